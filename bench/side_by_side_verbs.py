#!/usr/bin/env python3
"""Holds rdma_latency, rdma_bandwidth and rdma_atomic_rate against perftest, turn by turn.

    scripts/soft-roce --memory 1500 --timeout 1500 --out DIR -- bench/side_by_side_verbs.py --output DIR/verbs.md
    bench/side_by_side_verbs.py [--devices mlx5_0,mlx5_1] [--gid 3] [--benchmarks rdma_latency] [--sizes 8,4096]
        [--pairs 7] [--output FILE.md]

Needs build/release, perftest and two ports of this machine that reach each other. Each pair runs
both programs, one after the other, as two processes, with the same depth of the queue, the same
number of messages and the same MTU. The table gives times of one message: half of there and back,
or, of a window, its time by its messages; and the ratio ours / theirs, so that 1.00 is equal and
more is slower. Ours are medians of samples, each the mean of many messages. Of latency perftest
tells the median and the mean of single messages, which differ where few take much longer: there is
a row for each. Of bandwidth it tells the mean.
"""

import argparse
import itertools
import os
import pathlib
import sys

from turns import HEADER, free_port, output_of, results_of, row

# Of perftest: the program, its column in the table it prints.
LATENCY = {"write": "ib_write_lat", "send": "ib_send_lat"}
BANDWIDTH = {"write": "ib_write_bw", "read": "ib_read_bw"}
DEPTH = 126  # messages under way, as backends/verbs/wiring.cpp
SAMPLES = 9
FETCHES = 16  # reads or atomics under way, as backends/verbs/queue.cpp


def window_of(size):
    return max(16, min(1024, (8 << 20) // size))


class Sides:
    """Cases are (benchmark, verb, size)."""

    def __init__(self, devices, gid):
        self.devices, self.gid = devices, gid

    def ours(self, cases):
        """{case: (best, median) seconds of a message} of cases of one benchmark and one window."""
        benchmark, _, size = cases[0]
        verbs, sizes = (",".join(sorted({str(case[i]) for case in cases})) for i in (1, 2))
        words = [benchmark, "--links", "verbs", "--set", f"nics={'..'.join(self.devices)}", "--set", f"gid={self.gid}",
                 "--set", f"op={verbs}", "--samples", SAMPLES]
        if benchmark != "rdma_atomic_rate":
            words += ["--set", f"bytes={sizes}"]
        if benchmark != "rdma_latency":
            words += ["--set", f"window={window_of(size)}", "--set", "direction=one_way"]
        found = {}
        for result in results_of(words, dict(os.environ)):
            timing = result["timing"]["throughput"]
            params = result["params"]
            found[benchmark, params["op"], params.get("bytes", size)] = timing["min_s"], timing["median_s"]
        return found

    def theirs(self, case):
        """{what perftest tells: seconds of a message}."""
        benchmark, verb, size = case
        port = free_port()
        if benchmark == "rdma_latency":
            words = [LATENCY[verb], "-n", max(100, min(2000, (8 << 20) // size))]
        elif benchmark == "rdma_bandwidth":
            words = [BANDWIDTH[verb], "-n", 4 * window_of(size), "-t", min(DEPTH, window_of(size))]
        else:
            words = ["ib_atomic_bw", "-A", "FETCH_AND_ADD", "-n", 4 * window_of(size), "-t", DEPTH]
        if benchmark == "rdma_atomic_rate" or verb == "read":
            words += ["-o", FETCHES]
        words += ["-x", self.gid, "-p", port, "-F"] + ([] if verb == "fetch_add" else ["-s", size])
        server, client = ([*map(str, words), "-d", device] for device in reversed(self.devices))
        return message_s(output_of(server, [*client, "127.0.0.1"], dict(os.environ)), benchmark, size)

    def pair(self, cases):
        """{case: (ours, theirs)}."""
        mine = {}
        for block in blocks_of(cases):
            mine.update(self.ours(block))
        return {case: (mine[case], self.theirs(case)) for case in cases}


def rows_of(case, pairs):
    """One for each figure of perftest, which stands for its best and its median."""
    for figure in pairs[0][1]:
        name = "{} {} {} B".format(*case) + f", its {figure}"
        yield row(name, [(ours, (theirs[figure], theirs[figure])) for ours, theirs in pairs])


def blocks_of(cases):
    """What one run can measure: a window is set for all of it."""
    blocks = {}
    for case in cases:
        benchmark, _, size = case
        blocks.setdefault((benchmark, benchmark == "rdma_latency" or window_of(size)), []).append(case)
    return blocks.values()


def message_s(output, benchmark, size):
    """Of the row below the header: bytes, iterations, and of latency the least, most, typical and mean
    us, of bandwidth the peak and mean MiB/s and 10^6 messages a second."""
    lines = output.splitlines()
    header = next(i for i, line in enumerate(lines) if line.lstrip().startswith("#bytes"))
    words = lines[header + 1].split()
    if benchmark == "rdma_latency":
        return {"median": float(words[4]) * 1e-6, "mean": float(words[5]) * 1e-6}
    # Of large messages the rate has too few digits, of small ones the bandwidth.
    return {"mean": 1e-6 / float(words[4]) if size < 65536 else size / (float(words[3]) * 2**20)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", default="rxe0,rxe1")
    parser.add_argument("--gid", type=int, default=1)
    parser.add_argument("--sizes", default="8,4096,65536,1048576")
    parser.add_argument("--benchmarks", default="rdma_latency,rdma_bandwidth,rdma_atomic_rate")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    sides = Sides(arguments.devices.split(","), arguments.gid)
    sizes = list(map(int, arguments.sizes.split(",")))
    together = [list(itertools.product(["rdma_latency"], LATENCY, sizes)),
                list(itertools.product(["rdma_bandwidth"], BANDWIDTH, sizes)), [("rdma_atomic_rate", "fetch_add", 8)]]
    lines = list(HEADER)
    print("\n".join(lines), flush=True)
    for cases in together:
        if cases[0][0] not in arguments.benchmarks.split(","):
            continue
        pairs = [sides.pair(cases) for _ in range(arguments.pairs)]
        for case in cases:
            for line in rows_of(case, [pair[case] for pair in pairs]):
                lines.append(line)
                print(line, flush=True)
        if arguments.output:
            arguments.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
