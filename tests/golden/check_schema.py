#!/usr/bin/env python3
"""Validates reports:  check_schema.py [--strictness] SCHEMA REPORT...

With --strictness it also spoils each report at every key in turn and demands that the schema notices:
a required key taken away, a value of another type put in."""

import copy
import json
import sys

try:
    import jsonschema
except ImportError:
    print("skipped: this Python has no jsonschema (Debian: python3-jsonschema)")
    sys.exit(77)

OPEN = {"params", "labels", "environment", "details", "peak_flop_per_s", "further_peak_flop_per_s",
        "versions", "unread", "clock_reasons", "elasticity"}  # any keys
WRONG_TYPES = [[["a list of a list"]], {"an": {"odd": "object"}}, True]


def places(value, path=()):
    """The path of every key of every object inside."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(key, str):
            yield path + (key,)
        if isinstance(inner, (dict, list)):
            yield from places(inner, path + (key,))


def shape_of(path):
    """results[0] and results[7] obey the same rules."""
    return tuple("*" if isinstance(part, int) else part for part in path)


def without_repeats(document):
    """The document with those results alone that have a key no earlier one has: the others tell no more."""
    seen = set()
    kept = []
    for result in document["results"]:
        shapes = {(result["status"], *shape_of(path)) for path in places(result)}
        if not shapes <= seen:
            kept.append(result)
        seen |= shapes
    return {**document, "results": kept}


def of_one_kind(paths):
    """One path for each shape."""
    return {shape_of(path): path for path in paths}.values()


def parent_of(document, path):
    for part in path[:-1]:
        document = document[part]
    return document


def spoiled(document, path):
    """(what was done, document) for each way to spoil this place."""
    key = path[-1]
    is_free = path[-2:-1] and path[-2] in OPEN
    optional = "rates" in path or "aggregate" in path or is_free
    if not optional:
        without = copy.deepcopy(document)
        del parent_of(without, path)[key]
        yield "removed", without
    old = parent_of(document, path)[key]
    for wrong in WRONG_TYPES:
        if isinstance(old, (dict, bool)) and isinstance(wrong, type(old)):
            continue
        other = copy.deepcopy(document)
        parent_of(other, path)[key] = wrong
        yield f"set to {json.dumps(wrong)}", other


def unnoticed(validator, document):
    document = without_repeats(document)
    for path in of_one_kind(places(document)):
        for what, bad in spoiled(document, path):
            if validator.is_valid(bad):
                yield f"{'.'.join(map(str, path))} {what}"


def main(arguments):
    is_strict = arguments[:1] == ["--strictness"]
    schema_file, *reports = arguments[is_strict:]
    with open(schema_file, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    faults = []
    for report in reports:
        with open(report, encoding="utf-8") as file:
            document = json.load(file)
        for outer in validator.iter_errors(document):
            error = jsonschema.exceptions.best_match([outer])  # of alternatives, the one that was meant
            faults.append(f"{report}: {error.json_path}: {error.message[:300]}")
        if is_strict:
            faults += [f"the schema takes {report} with {fault}" for fault in unnoticed(validator, document)]
    print("\n".join(faults) or f"{len(reports)} valid")
    return 1 if faults or not reports else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
