"""Asks stix2-matcher: a bundle and patterns on each line of standard input, its answers on a line of standard output."""

import json
import sys

from stix2matcher.matcher import match


def answer(pattern, bundle):
    try:
        return bool(match(pattern, [bundle], stix_version="2.1"))
    except Exception as error:  # what it cannot do is told, and the caller knows whether that was expected
        return f"{type(error).__name__}: {error}"


for line in sys.stdin:
    case = json.loads(line)
    answers = [answer(pattern, case["bundle"]) for pattern in case["patterns"]]
    print(json.dumps(answers), flush=True)
