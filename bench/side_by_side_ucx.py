#!/usr/bin/env python3
"""Holds ucx_latency and ucx_bandwidth against ucx_perftest, turn by turn on the same cores.

    bench/side_by_side_ucx.py [--over 'posix;tcp'] [--verbs put,tag] [--sizes 8,4096] [--pairs 7] [--output FILE.md]

Needs build/release and ucx_perftest (Debian: ucx-utils). Each pair runs both programs, one after the
other, as two processes on two cores; each takes equally many samples of equal length. The table
gives times of one message: half of there and back, or, of a window, its time by its messages; and
the ratio of the best ones, ours / theirs, so that 1.00 is equal and more is slower.

ucx_perftest 1.13 stops its clock when all has left the sender, and writes every message to the same
place; ours waits until the last one has arrived, and each message of a window has a place of its
own. So windows are long, as far as all of their places fit the second-level cache.
"""

import argparse
import itertools
import os
import pathlib
import statistics
import sys
import tempfile

from turns import HEADER, free_port, output_of, results_of, row

SETTINGS = {"posix": {"UCX_TLS": "posix"}, "posix,cma": {"UCX_TLS": "posix,cma"},
            "sysv": {"UCX_TLS": "self,sysv"}, "tcp": {"UCX_TLS": "tcp,self", "UCX_NET_DEVICES": "lo"},
            # UCX before 1.19 takes datagrams of adapters like mlx5 alone for addressed to it.
            "rxe": {"UCX_TLS": "rc_v,self", "UCX_NET_DEVICES": "rxe0:1", "UCX_UD_VERBS_ETH_DGID_CHECK": "n"}}
TESTS = {"put": ("ucp_put_lat", "ucp_put_bw"), "get": ("ucp_get", "ucp_get"), "tag": ("tag_lat", "tag_bw"),
         "am": ("ucp_am_lat", "ucp_am_bw"), "stream": ("stream_lat", "stream_bw")}
IN_FLIGHT = 32  # as backends/ucx/in_flight.hpp
SAMPLE_S = 1e-3  # the least that a sample of ours takes


def window_of(size):
    return max(4, min(2048, (1 << 20) // size))  # no call longer than what nobody interrupts


def ours(environment, cases, samples):
    """{case: (best, median) of one message in seconds}"""
    runs = {}  # windows are set for a run
    for shape, verb, size in cases:
        runs.setdefault((shape, 0 if shape == "latency" else window_of(size)), []).append((verb, size))
    found = {}
    for (shape, window), some in runs.items():
        verbs, sizes = (",".join(sorted({str(case[i]) for case in some})) for i in (0, 1))
        more = ["--set", f"window={window}", "--set", "direction=one_way"] if window else []
        results = results_of([f"ucx_{shape}", "--links", "ucx", "--set", f"op={verbs}", "--set", f"bytes={sizes}",
                              *more, "--samples", samples], environment)
        for result in results:
            timing = result["timing"]["throughput"]
            found[shape, result["params"]["op"], result["params"]["bytes"]] = timing["min_s"], timing["median_s"]
    return found


def line_of(case, message_s):
    """Of a batch file: one sample, as long as ours."""
    shape, verb, size = case
    count = max(10, round(SAMPLE_S / message_s))
    outstanding = 1 if shape == "latency" or verb == "stream" else IN_FLIGHT
    return (f"{shape}-{verb}-{size} -t {TESTS[verb][shape != 'latency']} -s {size} -n {count} "
            f"-w {max(10, count // 10)} -O {outstanding}\n")


def theirs(environment, found, samples):
    """The same of ucx_perftest."""
    with tempfile.NamedTemporaryFile("w", suffix=".tests") as batch:
        for case, (_, median) in found.items():
            batch.write(line_of(case, median) * (samples + 1))  # the first connects
        batch.flush()
        command = ["ucx_perftest", "-p", str(free_port()), "-b", batch.name, "-f", "-v"]
        output = output_of([*command, "-c", "0"], [*command, "-c", "1", "127.0.0.1"], environment)
    times = {}
    for words in (line.split(",") for line in output.splitlines()):
        if len(words) < 9 or words[0].count("-") != 2:
            continue
        shape, verb, size = words[0].split("-")
        # Bandwidth has two digits of a MiB/s, the rate none. A get is no ping-pong: what is called its
        # latency is the time between two of them.
        size = int(size)
        rate = float(words[8]) if size < 4096 else float(words[6]) * 2**20 / size
        if shape != "latency" and rate == 0:
            continue  # it was interrupted for so long
        one = float(words[4]) / 1e6 if shape == "latency" else 1 / rate
        times.setdefault((shape, verb, size), []).append(one)
    return {case: (min(some[1:]), statistics.median(some[1:])) for case, some in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--over", default="posix;tcp")
    parser.add_argument("--verbs", default=",".join(TESTS))
    parser.add_argument("--sizes", default="8,4096,65536,1048576,16777216")
    parser.add_argument("--shapes", default="latency,bandwidth")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--samples", type=int, default=15, help="of a case, in each run of either program")
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    lines = list(HEADER)
    print("\n".join(lines))
    cases = list(itertools.product(arguments.shapes.split(","), arguments.verbs.split(","),
                                   map(int, arguments.sizes.split(","))))
    for name in arguments.over.split(";"):
        environment = {**os.environ, **SETTINGS[name]}
        pairs = {case: [] for case in cases}
        for number in range(arguments.pairs):
            mine = ours(environment, cases, arguments.samples)
            other = theirs(environment, mine, arguments.samples)
            for case in cases:
                pairs[case].append((mine[case], other[case]))
            print(f"{name}: pair {number + 1} of {arguments.pairs}", file=sys.stderr, flush=True)
        for (shape, verb, size), some in pairs.items():
            lines.append(row(f"{name} {verb} {shape} {size} B", some))
            print(lines[-1], flush=True)
    if arguments.output:
        arguments.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
