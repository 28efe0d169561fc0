"""Reads a JSON list of patterns; writes for each null, or why stix2-patterns refuses it."""

import json
import sys

from stix2patterns.validator import run_validator


def refusal(pattern):
    try:
        faults = run_validator(pattern, "2.1")
    except Exception as error:  # it fails on negative list positions instead of refusing them
        return f"exception: {error!r}"
    return "; ".join(faults) or None


sys.setrecursionlimit(20_000)
json.dump([refusal(pattern) for pattern in json.load(sys.stdin)], sys.stdout)
