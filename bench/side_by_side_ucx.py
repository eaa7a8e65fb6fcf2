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
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ROOT / "build/release/shortfall"
ALLOWED = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
SETTINGS = {"posix": {"UCX_TLS": "posix"}, "posix,cma": {"UCX_TLS": "posix,cma"},
            "sysv": {"UCX_TLS": "self,sysv"}, "tcp": {"UCX_TLS": "tcp,self", "UCX_NET_DEVICES": "lo"}}
TESTS = {"put": ("ucp_put_lat", "ucp_put_bw"), "get": ("ucp_get", "ucp_get"), "tag": ("tag_lat", "tag_bw"),
         "am": ("ucp_am_lat", "ucp_am_bw"), "stream": ("stream_lat", "stream_bw")}
IN_FLIGHT = 32  # as backends/ucx/in_flight.hpp
SAMPLES = 15
SAMPLE_S = 1e-3  # the least that a sample of ours takes


def window_of(size):
    return max(4, min(2048, (1 << 20) // size))  # no call longer than what nobody interrupts


def ours(environment, cases):
    """{case: (best, median) of one message in seconds}"""
    runs = {}  # windows are set for a run
    for shape, verb, size in cases:
        runs.setdefault((shape, 0 if shape == "latency" else window_of(size)), []).append((verb, size))
    found = {}
    for (shape, window), some in runs.items():
        verbs, sizes = (",".join(sorted({str(case[i]) for case in some})) for i in (0, 1))
        more = ["--set", f"window={window}", "--set", "direction=one_way"] if window else []
        with tempfile.TemporaryDirectory() as out:
            command = ["mpirun", "-n", "2", OURS, "run", f"ucx_{shape}", "--links", "ucx", "--set", f"op={verbs}",
                       "--set", f"bytes={sizes}", *more, "--samples", SAMPLES, "--quiet", "--out", f"{out}/report"]
            subprocess.run([str(word) for word in command], env={**environment, **ALLOWED}, stdout=subprocess.DEVNULL)
            results = json.loads(pathlib.Path(out, "report", "report.json").read_text())["results"]
        for result in results:
            if not result["benchmark"].startswith("ucx_"):
                continue
            assert result["verification"]["status"] == "passed", result
            timing = result["timing"]["throughput"]
            found[shape, result["params"]["op"], result["params"]["bytes"]] = timing["min_s"], timing["median_s"]
    return found


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def line_of(case, message_s):
    """Of a batch file: one sample, as long as ours."""
    shape, verb, size = case
    count = max(10, round(SAMPLE_S / message_s))
    outstanding = 1 if shape == "latency" or verb == "stream" else IN_FLIGHT
    return (f"{shape}-{verb}-{size} -t {TESTS[verb][shape != 'latency']} -s {size} -n {count} "
            f"-w {max(10, count // 10)} -O {outstanding}\n")


def output_of(environment, batch):
    command = ["ucx_perftest", "-p", str(free_port()), "-b", batch, "-f", "-v"]
    server = subprocess.Popen([*command, "-c", "0"], env=environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        while True:  # until it listens
            client = subprocess.run([*command, "-c", "1", "127.0.0.1"], env=environment, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            if client.returncode == 0 and client.stdout:
                return client.stdout
            time.sleep(0.05)
    finally:
        server.kill()
        server.wait()


def theirs(environment, found):
    """The same of ucx_perftest."""
    with tempfile.NamedTemporaryFile("w", suffix=".tests") as batch:
        for case, (_, median) in found.items():
            batch.write(line_of(case, median) * (SAMPLES + 1))  # the first connects
        batch.flush()
        rows = [row.split(",") for row in output_of(environment, batch.name).splitlines()]
    times = {}
    for words in rows:
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


def row(name, pairs):
    best = [min(pair[side][0] for pair in pairs) for side in (0, 1)]
    median = statistics.median(pair[0][1] / pair[1][1] for pair in pairs)
    return f"| {name} | {1e6 * best[0]:.4f} | {1e6 * best[1]:.4f} | {best[0] / best[1]:.3f} | {median:.3f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--over", default="posix;tcp")
    parser.add_argument("--verbs", default=",".join(TESTS))
    parser.add_argument("--sizes", default="8,4096,65536,1048576,16777216")
    parser.add_argument("--shapes", default="latency,bandwidth")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    lines = ["| case | ours, best us | ucx_perftest, best us | ratio of best | ratio of medians |", "|---|---|---|---|---|"]
    print("\n".join(lines))
    cases = list(itertools.product(arguments.shapes.split(","), arguments.verbs.split(","),
                                   map(int, arguments.sizes.split(","))))
    for name in arguments.over.split(";"):
        environment = {**os.environ, **SETTINGS[name]}
        pairs = {case: [] for case in cases}
        for _ in range(arguments.pairs):
            mine = ours(environment, cases)
            other = theirs(environment, mine)
            for case in cases:
                pairs[case].append((mine[case], other[case]))
        for (shape, verb, size), some in pairs.items():
            lines.append(row(f"{name} {verb} {shape} {size} B", some))
            print(lines[-1], flush=True)
    if arguments.output:
        arguments.output.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
