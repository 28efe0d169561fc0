"""Answers questions about STIX with the reference libraries: one JSON request a line in, one answer a line out."""

import json
import sys
import warnings

import stix2
from stix2.canonicalization.Canonicalize import canonicalize
from stix2validator import ValidationOptions, validate_instance

warnings.simplefilter("ignore")
OPTIONS = ValidationOptions(version="2.1", silent=True)


def canonical(value):
    return canonicalize(value, utf8=False)


def identifier(members):
    try:
        return stix2.parse(members, version="2.1", allow_custom=True).id
    except Exception as error:  # the library refuses some inputs that have an id all the same
        return "refused: " + str(error)


def valid(instance):
    try:
        result = validate_instance(instance, OPTIONS)
    except Exception as error:
        return ["crashed: " + str(error)]
    return [str(error) for error in result.errors]


ANSWERS = {"canonical": canonical, "id": identifier, "valid": valid}
for line in sys.stdin:
    request = json.loads(line)
    answer = ANSWERS[request["ask"]](request["value"])
    print(json.dumps(answer))
