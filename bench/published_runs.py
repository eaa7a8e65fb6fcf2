#!/usr/bin/env python3
"""How well `shortfall predict` meets published training runs, source by source: the table of docs/model_accuracy.md.

    bench/published_runs.py [FILE...]

Needs build/release. Without files, those of tests/data. Every third row of a source, from its first
on, gives the source's factor; errors with a factor are of its other rows alone.
"""

import json
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/shortfall"
FILES = [ROOT / "tests/data/published_runs.json", ROOT / "tests/data/vtrain_single_node.json"]


def predicted(file, calibration):
    """Errors by source."""
    done = subprocess.run([PROGRAM, "predict", file, "--calibrate", calibration, "--json"],
                          check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["by_source"]


def percent(share):
    return "-" if share is None else f"{100 * share:.1f} %"


def main():
    files = sys.argv[1:] or FILES
    print("| source | rows | error | bias | factor | rows judged | error with it | bias with it |")
    print("|---|---|---|---|---|---|---|---|")
    begin = time.monotonic()
    for file in files:
        plain, calibrated = predicted(file, "none"), predicted(file, "per-source")
        for source, one in plain.items():
            if not one["n"]:
                continue
            with_factor = calibrated[source]
            print(f"| {source} | {one['n']} | {percent(one['mape'])} | {percent(one['bias'])} "
                  f"| {with_factor['stack_factor']:.3f} | {with_factor['n']} "
                  f"| {percent(with_factor['mape'])} | {percent(with_factor['bias'])} |")
    print(f"{time.monotonic() - begin:.1f} s for all, twice", file=sys.stderr)


if __name__ == "__main__":
    main()
