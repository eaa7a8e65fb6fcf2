#!/usr/bin/env python3
"""Adds up ctest's JUnit records: skips by reason, failures by name, and one line of totals.

Usage: count_tests.py RECORD... --failures [NAME...]     names of what failed before it left a record
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


def reason_of(output):
    """What a skipped test says last: GoogleTest's message after 'Skipped', or unittest's own words."""
    lines = [line.strip() for line in (output or "").splitlines()]
    lines = [line for line in lines if line and not re.match(r"\[[ =A-Z-]+\]|Note: |Running ", line)]
    said = [line for previous, line in zip(lines, lines[1:]) if previous.endswith("Skipped")]
    return (said or lines or ["no reason given"])[-1]


def main():
    separator = sys.argv.index("--failures")
    records, failed = sys.argv[1:separator], sys.argv[separator + 1:]
    passed, skipped = 0, {}
    for record in records:
        preset = pathlib.Path(record).parent.name
        for case in ElementTree.parse(record).getroot().iter("testcase"):
            name = f"{preset}: {case.get('name')}"
            if case.find("skipped") is not None:
                skipped.setdefault(reason_of(case.findtext("system-out")), []).append(name)
            elif case.get("status") == "run":
                passed += 1
            else:
                failed.append(name)
    for reason, names in skipped.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        print(f"skipped  {names[0]}{more}: {reason}")
    for name in failed:
        print(f"failed   {name}")
    print(f"{passed} passed, {len(failed)} failed, {sum(map(len, skipped.values()))} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
