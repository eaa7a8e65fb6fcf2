#!/usr/bin/env python3
"""Measures one NVIDIA GPU with Shortfall, and holds the figures against what is claimed of it.

    bench/gpu_check.py PROGRAM FOLDER [STEP...]    by way of scripts/gpu_check, which builds the program

Steps: machine, quick, workload, memory, links, nccl, overlap, bf16, fp8, shapes, clock, data, sanitizer; without any, all of them (some
nine minutes on an H200 by a rough count; figures.json is written after each).
FOLDER gets a report for each step, figures.json and figures.md. Steps that need what is not here
(PyTorch, compute-sanitizer) are left out, with the reason. Exit status: 0 all figures are reached, 2
one is not, 3 one could not be measured. Host names are left out of everything that is written.
"""

import json
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time

from gpu_figures import PAIRS, Check, Missing, largest, measured, only
from gpu_links import check_links
from gpu_nccl import check_nccl, check_overlap

TORCH = pathlib.Path(__file__).resolve().parent / "torch_products.py"
# Large ones of many proportions, among which the fastest of either side counts.
SHAPES = ["2048x2048x13312", "4096x4096x4096", "4096x4096x8192", "8192x4096x4096", "8192x8192x2048", "8192x8192x4096",
          "8192x8192x8192", "6144x6144x6144", "5120x5120x10240", "1024x9216x14336", "4096x14336x4096", "16384x4096x4096",
          "16384x8192x2048", "7168x7168x7168", "16384x16384x4096", "12288x4096x6144"]


def rate(result):
    return result["rates"]["flop_per_s"]


def check_machine(check):
    """What is here: kept beside the figures."""
    for name, arguments in (("list.json", ["list", "--json"]), ("machine.json", ["machine", "--json"])):
        done = subprocess.run([check.program, *arguments], stdout=subprocess.PIPE, check=False)
        (check.folder / name).write_bytes(done.stdout)


def check_quick(check):
    start = time.monotonic()
    check.run("quick", "--profile", "quick", "--suite", "gemm,memory,device_link,latency")
    check.figure("GPU part of profile quick", time.monotonic() - start, (None, 60), "s", "run --profile quick, wall time")


def check_workload(check):
    """A step and a token of what fits of three models, predicted and executed."""
    for name in ("gpt2-124m", "llama3-8b", "mixtral-8x7b"):
        _, report = check.run(f"workload-{name}", "--suite", "workload", "--workload", name)
        account = report["shortfall"]
        if not account or not account["measured_step_s"]:
            check.unknown(f"step of {name}", "it was not executed: see the report")
            continue
        error = abs(account["predicted_step_s"] / account["measured_step_s"] - 1)
        check.figure(f"step of {name}: |predicted - measured|", error, (None, 0.05), "of the measured time",
                     f"--workload {name}, scaled by {account['workload']['factor']:.3g}")


def check_memory(check):
    results, _ = check.run("memory", "memory_read", "memory_write", "memory_copy", "memory_scale", "memory_add",
                           "memory_triad", "memory_dot", "memory_gather", "memory_latency", "--profile", "standard")
    for benchmark, least in (("memory_read", 0.92), ("memory_triad", 0.88)):
        result = largest(measured(results, benchmark), benchmark)
        check.figure(f"HBM {benchmark.removeprefix('memory_')}", result["attainment"]["of_datasheet"], (least, None),
                     "of the datasheet", result["key"])


def torch_times(kind, shapes):
    done = subprocess.run([sys.executable, TORCH, kind, *shapes], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Missing("PyTorch did not do it: " + (done.stderr.strip().splitlines() or ["no answer"])[-1])
    return {line["shape"]: line for line in map(json.loads, done.stdout.splitlines())}


def our_times(check, name, kind, shapes):
    results, _ = check.run(name, "gemm_shape", "--dtype", kind, "--set", "shape=" + ",".join(shapes), "--set", "cache=warm",
                           "--samples", "30")
    return {r["params"]["shape"]: r["timing"]["throughput"] for r in measured(results, "gemm_shape", dtype=kind)}


def check_beside_torch(check, kind, name):
    """8192^3 in pairs, ours and theirs in turns."""
    shape, ours, theirs = "8192x8192x8192", [], []
    for pair in range(PAIRS):
        ours.append(our_times(check, f"{kind}-{pair}", kind, [shape])[shape])
        theirs.append(torch_times(kind, [shape])[shape])
        if pair > 0:
            shutil.rmtree(check.folder / f"{kind}-{pair}")
    minima = min(t["min_s"] for t in theirs) / min(t["min_s"] for t in ours)
    medians = statistics.median(t["median_s"] / o["median_s"] for o, t in zip(ours, theirs))
    how = f"8192^3, normal data, {PAIRS} pairs in turns; ours over {name}"
    check.figure(f"gemm {kind} beside {name}, minima", minima, (1.00, None), "of its rate", how)
    check.figure(f"gemm {kind} beside {name}, medians", medians, (1.00, None), "of its rate", how)


def check_best_shape(check):
    ours = our_times(check, "shapes", "bf16", SHAPES)
    theirs = torch_times("bf16", SHAPES)

    def best(times):
        def flop_per_s(shape):
            m, n, k = map(int, shape.split("x"))
            return 2 * m * n * k / times[shape]["median_s"]
        shape = max(times, key=flop_per_s)
        return shape, flop_per_s(shape)

    (our_shape, our_rate), (their_shape, their_rate) = best(ours), best(theirs)
    check.figure("best shape beside torch's best, bf16", our_rate / their_rate, (1.00, None), "of its rate",
                 f"of {len(SHAPES)} shapes, medians: ours {our_shape} {our_rate:.4g} FLOP/s, torch {their_shape} {their_rate:.4g} FLOP/s")
    results, _ = check.run("best_shape", "gemm_best_shape", "--dtype", "bf16")
    found = only(measured(results, "gemm_best_shape"), "gemm_best_shape")
    check.figure("best shape found by the search, bf16", found["attainment"]["of_datasheet"], (None, None),
                 "of the datasheet", dict(found["details"]).get("best_shape", found["key"]))


def clocks_of(result):
    device = result["vitals"]["device"]
    return device["measured_clock_hz"]["median"], device["clock_hz"]["median"]


def check_clock(check):
    results, _ = check.run("soaked", "gemm_soaked", "--dtype", "bf16", "--profile", "standard")
    soaked = only(measured(results, "gemm_soaked"), "gemm_soaked")
    own, drivers = clocks_of(soaked)
    if not own or not drivers:
        raise Missing("one of the clocks was not told")
    check.figure("SM clock, measured beside NVML's", own / drivers, (0.98, 1.02), "of NVML's",
                 f"{own / 1e6:.0f} MHz beside {drivers / 1e6:.0f} MHz, in {soaked['key']}")
    check.figure("gemm bf16 after 30 s of work", soaked["attainment"]["of_datasheet"], (None, None),
                 "of the datasheet", soaked["key"])


def check_data(check):
    results, _ = check.run("data", "gemm", "--dtype", "bf16", "--set", "n=8192", "--set",
                           "data=normal,zeros,integers,sorted,sparse:0.5,uniform", "--samples", "100")
    normal = only(measured(results, "gemm", data="normal"), "gemm of normal data")
    zeros = only(measured(results, "gemm", data="zeros"), "gemm of zeros")
    check.figure("gemm bf16 8192^3 of zeros over normal data", rate(zeros) / rate(normal), (1.02, None), "of its rate",
                 "the effect of data on power and clock: all in the report 'data'")


def check_sanitizer(check):
    if not shutil.which("compute-sanitizer"):
        raise Missing("compute-sanitizer is not in PATH")
    for tool in ("memcheck", "racecheck"):
        prefix = ["compute-sanitizer", "--tool", tool, "--error-exitcode", "86", "--print-limit", "20"]
        arguments = ["--suite", "memory,latency", "--sizes", "1MiB:1MiB", "--samples", "3", "--case-timeout", "300"]
        products = ["gemm_shape", "--set", "shape=256x512x128", "--samples", "3", "--case-timeout", "300"]
        links = ["--suite", "device_link", "--sizes", "1MiB:1MiB", "--set", "group=all", "--samples", "3",
                 "--case-timeout", "300"]
        for name, case in (("memory", arguments), ("products", products), ("links", links)):
            out = f"{tool}-{name}"
            done = subprocess.run([*prefix, *check.command(out, *case)], capture_output=True, text=True, check=False)
            (check.folder / f"{out}.log").write_text(done.stdout[-20000:] + done.stderr[-20000:])
            errors = [line for line in done.stdout.splitlines() if "ERROR SUMMARY" in line or "RACECHECK SUMMARY" in line]
            count = 0 if any(" 0 errors" in line or " 0 hazards" in line for line in errors) else None if not errors else 1
            check.figure(f"{tool}, {name}", count, (None, 0), "tools that found something", "; ".join(errors) or "no summary")


def scrub(folder):
    """Nothing that is kept names this host."""
    names = sorted({socket.gethostname(), socket.gethostname().split(".")[0]}, key=len, reverse=True)
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        text = path.read_text(encoding="utf-8", errors="replace")
        for name in names:
            text = re.sub(rf"\b{re.escape(name)}\b", "host", text)
        path.write_text(text, encoding="utf-8")


def table(figures):
    def limit(f):
        least, most = f["at_least"], f["at_most"]
        return " and ".join(([f">= {least:g}"] if least is not None else []) + ([f"<= {most:g}"] if most is not None else []))
    rows = [f"| {f['name']} | {'' if f['value'] is None else format(f['value'], '.4g')} {f['unit']} | {limit(f)} "
            f"| {f['status']} | {f['how']} |" for f in figures]
    return "\n".join(["| figure | measured | wanted | | how |", "|---|---|---|---|---|", *rows]) + "\n"


STEPS = {"machine": check_machine, "quick": check_quick, "workload": check_workload, "memory": check_memory,
         "links": check_links, "nccl": check_nccl, "overlap": check_overlap,
         "bf16": lambda check: check_beside_torch(check, "bf16", "torch.matmul"),
         "fp8": lambda check: check_beside_torch(check, "f8_e4m3", "torch._scaled_mm"),
         "shapes": check_best_shape, "clock": check_clock, "data": check_data, "sanitizer": check_sanitizer}


def main():
    wanted = sys.argv[3:] or list(STEPS)
    if len(sys.argv) < 3 or not set(wanted) <= set(STEPS):
        sys.exit(__doc__)
    check = Check(sys.argv[1], pathlib.Path(sys.argv[2]))
    check.folder.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        print(f"gpu_check: {name}", file=sys.stderr, flush=True)
        try:
            STEPS[name](check)
        except Missing as why:
            check.unknown(name, str(why))
        (check.folder / "figures.json").write_text(json.dumps(check.figures, indent=1) + "\n")
    (check.folder / "figures.md").write_text(table(check.figures))
    scrub(check.folder)
    print(table(check.figures), end="")
    states = {figure["status"] for figure in check.figures}
    sys.exit(2 if "missed" in states else 3 if "unknown" in states else 0)


if __name__ == "__main__":
    main()
