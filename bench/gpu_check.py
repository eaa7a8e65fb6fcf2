#!/usr/bin/env python3
"""Measures one NVIDIA GPU with Shortfall, and holds the figures against what is claimed of it.

    bench/gpu_check.py PROGRAM FOLDER [STEP...]    by way of scripts/gpu_check, which builds the program

Steps: machine, quick, workload, memory, links, bf16, fp8, shapes, clock, data, sanitizer; without any, all of them (some
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

PAIRS = 7
HERE = pathlib.Path(__file__).resolve().parent
TORCH = HERE / "torch_products.py"
# Large ones of many proportions, among which the fastest of either side counts.
SHAPES = ["2048x2048x13312", "4096x4096x4096", "4096x4096x8192", "8192x4096x4096", "8192x8192x2048", "8192x8192x4096",
          "8192x8192x8192", "6144x6144x6144", "5120x5120x10240", "1024x9216x14336", "4096x14336x4096", "16384x4096x4096",
          "16384x8192x2048", "7168x7168x7168", "16384x16384x4096", "12288x4096x6144"]


class Missing(Exception):
    """A step cannot be done here; says why."""


class Check:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.figures = []

    def command(self, name, *arguments):
        return [self.program, "run", "--device", "cuda", "--quiet", "--out", str(self.folder / name), *arguments]

    def run(self, name, *arguments, prefix=()):
        """Results by key, and the report."""
        command = [*prefix, *self.command(name, *arguments)]
        with open(self.folder / "log", "a", encoding="utf-8") as log:
            log.write(" ".join(command) + "\n")
            log.flush()
            status = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
            log.write(f"exit status {status}\n")
        path = self.folder / name / "report.json"
        if not path.exists():
            raise Missing(f"shortfall run {' '.join(arguments)} ended with {status} and no report: {self.folder}/log")
        report = json.loads(path.read_text())
        return {result["key"]: result for result in report["results"]}, report

    def figure(self, name, value, limit, unit, how):
        """`limit` is (at_least, at_most), either may be None."""
        least, most = limit
        is_reached = value is not None and (least is None or value >= least) and (most is None or value <= most)
        self.figures.append({"name": name, "value": value, "at_least": least, "at_most": most, "unit": unit,
                             "how": how, "status": "unknown" if value is None else "reached" if is_reached else "missed"})

    def unknown(self, name, why):
        self.figures.append({"name": name, "value": None, "at_least": None, "at_most": None, "unit": "",
                             "how": why, "status": "unknown"})


def measured(results, benchmark, **params):
    """The measured results of a benchmark with these parameters."""
    return [r for r in results.values() if r["benchmark"] == benchmark and r["status"] == "measured"
            and all(str(r["params"].get(name)) == str(value) for name, value in params.items())]


def only(found, what):
    if not found:
        raise Missing(f"{what} was not measured: see the report")
    return found[-1]


def largest(found, what):
    return max([only(found, what), *found], key=lambda r: r["params"]["bytes"])


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


def bare_host_copies(check):
    """A bare loop that times copies as nvbandwidth does; calling it gives bytes/s by direction."""
    nvcc = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
    if not nvcc:
        raise Missing("nvcc is not in PATH: the bare loop cannot be built")
    program = check.folder / "host_copies"
    built = subprocess.run([nvcc, "-O2", "-arch=native", HERE / "reference/host_copies.cu", "-o", program],
                           capture_output=True, text=True, check=False)
    if built.returncode != 0:
        raise Missing("the bare loop was not built: " + built.stderr.strip()[-300:])

    def rates():
        done = subprocess.run([program], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Missing("the bare loop failed: " + done.stderr.strip())
        return {word: float(number) for word, number in map(str.split, done.stdout.splitlines())}
    return rates


def check_host_copies(check):
    """512 MiB of pinned memory near to the GPU, by the copy engine: ours and a bare loop in turns."""
    bare, ratios = bare_host_copies(check), {"to_device": [], "to_host": []}
    for pair in range(PAIRS):
        results, _ = check.run(f"links-{pair}", "host_copy", "--sizes", "512MiB:512MiB", "--samples", "16", "--set",
                               "memory=pinned", "--set", "by=copy_engine", "--set", "group=one", "--set",
                               "direction=to_device,to_host")
        theirs = bare()
        for direction, all_ratios in ratios.items():
            ours = only(measured(results, "host_copy", direction=direction), f"host_copy {direction}")
            all_ratios.append(ours["rates"]["bus_bytes_per_s"] / theirs[direction])
        if pair > 0:
            shutil.rmtree(check.folder / f"links-{pair}")
    for direction, all_ratios in ratios.items():
        check.figure(f"host_copy {direction} beside a bare loop", statistics.median(all_ratios), (0.97, None), "of its rate",
                     f"512 MiB, pinned, copy engine; median of {PAIRS} pairs in turns")


def two_processes(check):
    """Words that start a command as two ranks of this host."""
    launcher = HERE.parent / "scripts/launch_local"
    if launcher.exists():
        return [str(launcher), "2"]
    listed = json.loads(subprocess.run([check.program, "list", "--json"], stdout=subprocess.PIPE, check=False).stdout)
    if shutil.which("mpirun") and any(b["name"] == "mpi" and b["usable"] for b in listed["backends"]):
        return ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2"]
    raise Missing("two ranks need MPI in the build and mpirun, or scripts/launch_local")


def check_shared_gpu(check):
    """What one GPU can show of CUDA IPC: copies between two processes that share it, verified. No rates."""
    results, _ = check.run("ipc", "peer_copy", "peer_bisection", "peer_latency", "--profile", "quick", "--share-gpus", "--set",
                           "way=write,read", "--set", "by=copy_engine,kernel", "--samples", "5", prefix=two_processes(check))
    of_peers = [r for r in results.values() if r["benchmark"].startswith("peer_")]
    wrong = [r["key"] for r in of_peers if r["status"] != "measured" or r["verification"]["status"] != "passed"]
    check.figure("copies by CUDA IPC between two processes on one GPU", len(wrong) if of_peers else None, (None, 0),
                 "cases that are not right", ", ".join(wrong) or f"{len(of_peers)} cases, report 'ipc'")


def check_links(check):
    for part in (check_host_copies, check_shared_gpu):
        try:
            part(check)
        except Missing as why:
            check.unknown(part.__doc__.splitlines()[0], str(why))


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
         "links": check_links,
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
