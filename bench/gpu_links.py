"""The step 'links' of gpu_check.py: copies between a GPU and its host, and between processes that share it."""

import json
import pathlib
import shutil
import statistics
import subprocess
import tempfile

from gpu_figures import PAIRS, Missing, measured, only

HERE = pathlib.Path(__file__).resolve().parent


def bare_host_copies():
    """A bare loop that times copies as nvbandwidth does; calling it gives bytes/s by direction."""
    nvcc = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
    if not nvcc:
        raise Missing("nvcc is not in PATH: the bare loop cannot be built")
    folder = tempfile.TemporaryDirectory(prefix="shortfall_bare_")
    program = pathlib.Path(folder.name) / "host_copies"
    built = subprocess.run([nvcc, "-O2", "-arch=native", HERE / "reference/host_copies.cu", "-o", program],
                           capture_output=True, text=True, check=False)
    if built.returncode != 0:
        raise Missing("the bare loop was not built: " + built.stderr.strip()[-300:])

    def rates():
        done = subprocess.run([pathlib.Path(folder.name) / "host_copies"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Missing("the bare loop failed: " + done.stderr.strip())
        return {word: float(number) for word, number in map(str.split, done.stdout.splitlines())}
    return rates


def check_host_copies(check):
    """512 MiB of pinned memory near to the GPU, by the copy engine: ours and a bare loop in turns."""
    bare, ratios = bare_host_copies(), {"to_device": [], "to_host": []}
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
