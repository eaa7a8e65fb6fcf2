#!/usr/bin/env python3
"""Holds the guided search for the best shape against trying every shape of the same grid.

    bench/best_shape.py [--grid 64:1280x128:1280x128:1280] [--dtype f32] [--searches 3] [--pairs 7]

Needs build/release. The default grid has 2,000 shapes. One exhaustive search and several guided ones
measure shapes in the same way; then the winners of each are measured again, turn by turn, since the
best of 2,000 noisy figures owes something to luck. Prints the share of the exhaustive winner's rate
that each guided winner reaches, and the share of its time that was spent.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "build/release/shortfall"


def measured(*arguments):
    """The one result of a run of the program."""
    with tempfile.TemporaryDirectory() as out:
        folder = pathlib.Path(out) / "report"
        subprocess.run([PROGRAM, "run", "--quiet", "--out", folder, *arguments], check=True)
        result, = json.loads((folder / "report.json").read_text())["results"]
    if result["status"] != "measured":
        raise SystemExit(f"{result['key']}: {result['status']}: {result['reason']}")
    return result


def search(kind, options):
    """What one search found: the shape, and the figures that it tells."""
    result = measured("gemm_best_shape", "--dtype", options.dtype, "--set", f"grid={options.grid}",
                      "--set", f"search={kind}", "--case-timeout", "1200")
    figures = {figure["name"]: figure["median"] for figure in result["figures"]}
    return result["details"]["best_shape"], figures


def rates(shapes, options):
    """Operations per second of each shape, one value a round; rounds begin with another shape each."""
    found = {shape: [] for shape in shapes}
    for turn in range(options.pairs):
        start = turn % len(shapes)
        for shape in shapes[start:] + shapes[:start]:
            result = measured("gemm_shape", "--dtype", options.dtype, "--set", f"shape={shape}",
                              "--set", "group=all", "--samples", "30")
            found[shape].append(result["work"]["flop"] / result["timing"]["throughput"]["min_s"])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--grid", default="64:1280x128:1280x128:1280")
    parser.add_argument("--dtype", default="f32")
    parser.add_argument("--searches", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=7)
    options = parser.parse_args()

    guided = [search("guided", options) for _ in range(options.searches)]
    best, all_figures = search("exhaustive", options)
    if all_figures["candidates_tried"] < all_figures["candidates"]:
        raise SystemExit("the exhaustive search ran out of time: take a smaller grid")
    found = rates(sorted({best, *(shape for shape, _ in guided)}), options)

    print(f"exhaustive: {best}, {all_figures['candidates']:.0f} shapes in {all_figures['search_s']:.1f} s, "
          f"best {max(found[best]) / 1e9:.1f} GFLOP/s")
    for shape, figures in guided:
        of_best = max(found[shape]) / max(found[best])
        by_turn = statistics.median(mine / theirs for mine, theirs in zip(found[shape], found[best]))
        print(f"guided: {shape}, {figures['candidates_tried']:.0f} shapes in {figures['search_s']:.2f} s: "
              f"{100 * of_best:.1f} % of its best rate, {100 * by_turn:.1f} % in the median of turns, "
              f"{100 * figures['search_s'] / all_figures['search_s']:.1f} % of its time")


if __name__ == "__main__":
    main()
