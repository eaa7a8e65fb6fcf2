#!/usr/bin/env python3
"""Holds Shortfall against bare loops that do the same, turn by turn on the same cores.

    bench/side_by_side.py [SUITE ...] [--pairs 7] [--output FILE.md]

Needs build/release and mpicc, gcc and g++. Each pair runs both programs, one after the other; the
table gives the ratio of the best times over all pairs (ours / theirs for times, so that 1.00 is
equal and more is slower) and the median over pairs of the ratio of medians.
"""

import argparse
import itertools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ROOT / "build/release/shortfall"
REFERENCE = ROOT / "bench/reference"
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def build(folder):
    """The reference programs, with the flags that their authors would choose."""
    for command in (["mpicc", "-O2", "refloop.c", "-o", folder / "refloop"],
                    ["gcc", "-O3", "-march=native", "-fopenmp", "stream_nt.c", "-o", folder / "stream_nt"],
                    ["gcc", "-O2", "chase.c", "-o", folder / "chase"],
                    ["g++", "-O2", "-fopenmp", "gemm_dnnl.cpp", "-o", folder / "gemm_dnnl", "-ldnnl"]):
        subprocess.run(command, cwd=REFERENCE, check=True)


def text_of(command, **environment):
    done = subprocess.run([str(word) for word in command], env={**ENVIRONMENT, **environment},
                          check=True, text=True, stdout=subprocess.PIPE)
    return done.stdout


def mpirun(ranks, *command):
    return ["mpirun", "--oversubscribe", "-n", str(ranks), *command]


def report_of(launch, *arguments):
    """Runs ours and returns the measured results of its report."""
    with tempfile.TemporaryDirectory() as out:
        folder = pathlib.Path(out) / "report"
        subprocess.run([str(word) for word in (*launch, OURS, "run", "--quiet", "--out", folder, *arguments)],
                       env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        results = json.loads((folder / "report.json").read_text())["results"]
    return [result for result in results if result["status"] == "measured"]


class Series:
    """Times of one case by both programs, pair by pair: (minimum, median) in seconds."""

    def __init__(self):
        self.ours, self.theirs = [], []

    def ratio_of_minima(self):
        return min(t[0] for t in self.ours) / min(t[0] for t in self.theirs)

    def ratio_of_medians(self):
        return statistics.median(o[1] / t[1] for o, t in zip(self.ours, self.theirs))

    def row(self, name):
        ours, theirs = min(t[0] for t in self.ours), min(t[0] for t in self.theirs)
        digits = 3 if theirs > 1e-6 else 5  # a load takes a nanosecond
        return (f"| {name} | {1e6 * ours:.{digits}f} | {1e6 * theirs:.{digits}f} | {self.ratio_of_minima():.3f} "
                f"| {1e9 * (ours - theirs):+.{digits - 3}f} | {self.ratio_of_medians():.3f} |")


HEADER = ("| case | ours, best us | bare loop, best us | ratio of best | difference ns | ratio of medians |\n"
          "|---|---|---|---|---|---|")


ALL = ["all_reduce", "all_gather", "reduce_scatter", "all_to_all", "all_to_allv", "broadcast", "reduce",
       "gather", "scatter", "send_recv_ring", "neighbor_exchange"]


SWEEP = [8 * 2**k for k in range(22)]  # to 16 MiB
SOME = [8, 4 << 10, 64 << 10, 1 << 20, 16 << 20]


def by_samples(sizes):
    """Enough samples for a best time that is stable, few enough for some seconds."""
    classes = ((0, 64 << 10, 1000), (64 << 10, 1 << 20, 300), (1 << 20, 1 << 40, 40))
    groups = [([size for size in sizes if low < size <= high], samples) for low, high, samples in classes]
    return [group for group in groups if group[0]]


def collectives(folder, pairs, ranks, names, sizes):
    table = {}
    for name in names:
        # Reductions are of f32; what only moves is cut into bytes, so that 4 ranks can share 8 B.
        reduces = "reduce" in name
        options = ["--dtype", "f32" if reduces else "u8"]
        options += ["--set", "skew=balanced"] if name == "all_to_allv" else []
        for _ in range(pairs):
            results = []
            for some, samples in by_samples(sizes):
                results += report_of(mpirun(ranks), name, "--set", f"bytes={','.join(map(str, some))}",
                                     "--samples", samples, *options)
            timings = {r["params"]["bytes"]: r["timing"]["isolated"] for r in results if r["benchmark"] == name}
            # As many samples as ours took: the best of more is better.
            wanted = [f"{size}:{timing['n']}" for size, timing in timings.items()]
            for line in text_of(mpirun(ranks, folder / "refloop", name, *wanted)).splitlines():
                size, least, median = line.split()
                timing = timings[int(size)]
                series = table.setdefault(f"{name}, {ranks} ranks, {size} B", Series())
                series.ours.append((timing["min_s"], timing["median_s"]))
                series.theirs.append((float(least) / 1e6, float(median) / 1e6))
    return table


def collectives2(folder, pairs):
    """all_reduce and all_to_all on 2 ranks, one synchronised call, 8 B to 16 MiB."""
    return collectives(folder, pairs, 2, ["all_reduce", "all_to_all"], SWEEP)


def collectives4(folder, pairs):
    """all_reduce and all_to_all on 4 ranks, one synchronised call, 8 B to 16 MiB."""
    return collectives(folder, pairs, 4, ["all_reduce", "all_to_all"], SWEEP)


def every2(folder, pairs):
    """Every collective on 2 ranks, one synchronised call."""
    return collectives(folder, pairs, 2, ALL, SOME)


def every4(folder, pairs):
    """Every collective on 4 ranks, one synchronised call."""
    return collectives(folder, pairs, 4, ALL, SOME)


def gemm(folder, pairs):
    """oneDNN's matrix product with packed weights, on one core and on all."""
    table = {}
    names = {"f32": "f32", "bf16": "bf16", "int8": "u8s8"}
    cores = os.cpu_count()
    has_bf16 = "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text()
    for threads, n, ours in itertools.product(sorted({1, cores}), (2048, 4096), names):
        is_slow = ours == "bf16" and not has_bf16  # emulated: seconds a call
        if is_slow and n == 4096 and threads == 1:
            continue
        samples = 2 if is_slow and n == 4096 else 5
        taskset = ["taskset", "-c", f"0-{threads - 1}"]
        series = table.setdefault(f"gemm {ours} {n}, {threads} threads", Series())
        for _ in range(pairs):
            timing = report_of(taskset, "gemm", "--set", f"n={n}", "--dtype", ours, "--set", "group=all",
                               "--samples", samples)[0]["timing"]["throughput"]
            words = text_of([*taskset, folder / "gemm_dnnl", names[ours], n, samples, "any"],
                            OMP_NUM_THREADS=str(threads)).split()
            rate = [float(words[words.index(key) + 1]) * 1e9 for key in ("best", "median")]
            series.ours.append((timing["min_s"], timing["median_s"]))
            series.theirs.append(tuple(2 * n**3 / r for r in rate))
    return table


def memory(folder, pairs):
    """copy and triad of three arrays of 268 MB (two for copy), against plain and streaming stores."""
    table = {}
    elements = 1 << 25
    cores = os.cpu_count()
    for threads in sorted({1, cores}):
        cpus = "0" if threads == 1 else f"0-{cores - 1}"
        for _ in range(pairs):
            lines = text_of(["taskset", "-c", cpus, folder / "stream_nt", elements, 15, 1],
                            OMP_NUM_THREADS=str(threads)).splitlines()
            for name, arrays in (("copy", 2), ("triad", 3)):
                size = arrays * 8 * elements
                result = report_of(["taskset", "-c", cpus], f"memory_{name}", "--sizes", f"{size}:{size}",
                                   "--set", "group=all", "--samples", 15)[0]
                timing = result["timing"]["throughput"]
                for line, stores in zip(lines, ("plain", "non-temporal")):
                    words = line.split()
                    best, median = (float(rate) for rate in words[words.index(name) + 1].split("/"))
                    series = table.setdefault(f"memory_{name}, {threads} threads, against {stores} stores", Series())
                    series.ours.append((timing["min_s"], timing["median_s"]))
                    series.theirs.append((size / best / 1e9, size / median / 1e9))
    return table


def latency(folder, pairs):
    """A load that waits for the one before, along a random cycle of cache lines, on one core."""
    table = {}
    core = ["taskset", "-c", "0"]
    samples = 100
    for size, pages in itertools.product(("16KiB", "256KiB", "4MiB", "64MiB", "256MiB"), ("huge", "small")):
        series = table.setdefault(f"memory_latency {size}, {pages} pages", Series())
        for _ in range(pairs):
            result = report_of(core, "memory_latency", "--sizes", f"{size}:{size}", "--set", "group=one",
                               "--set", f"pages={pages}", "--samples", samples)[0]
            assert result["details"]["pages"] == pages, result["details"]
            timing = result["timing"]["throughput"]
            loads = max(16400, int(1e-3 / timing["median_s"]) // 8 * 8)  # samples as long as ours
            words = text_of([*core, folder / "chase", result["params"]["bytes"], int(pages == "huge"),
                             loads, samples]).split()
            series.ours.append((timing["min_s"], timing["median_s"]))
            series.theirs.append(tuple(float(word) / 1e9 for word in words))
    return table


SUITES = {suite.__name__: suite for suite in (collectives2, collectives4, every2, every4, gemm, memory, latency)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", default=[], help="which of: " + ", ".join(SUITES))
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    lines = []
    with tempfile.TemporaryDirectory() as name:
        build(pathlib.Path(name))
        for suite in arguments.suites or SUITES:
            table = SUITES[suite](pathlib.Path(name), arguments.pairs)
            lines += [f"## {suite}: {SUITES[suite].__doc__}", "", HEADER]
            lines += [series.row(case) for case, series in table.items()] + [""]
            print("\n".join(lines[-len(table) - 4:]), flush=True)
    if arguments.output:
        arguments.output.write_text("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
