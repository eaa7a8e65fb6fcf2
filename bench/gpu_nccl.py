"""The steps 'nccl' and 'overlap' of gpu_check.py: NCCL between two ranks that share a GPU, and products beside copies."""

import pathlib

from gpu_figures import Missing, measured, only

LAUNCH = pathlib.Path(__file__).resolve().parent.parent / "scripts/launch_local"
# NCCL refuses two ranks on one GPU of one host; each says that it is on a host of its own.
TWO_RANKS = [str(LAUNCH), "2", "bash", "-c", 'NCCL_HOSTID=rank$RANK exec "$0" "$@"']
KINDS = ["all_reduce", "all_gather", "reduce_scatter", "all_to_all", "all_to_allv", "broadcast", "reduce", "gather",
         "scatter", "send_recv_ring", "neighbor_exchange", "barrier", "send_recv", "send_recv_bandwidth"]


def check_nccl(check):
    """Functions alone, verified: two ranks take turns on one GPU and meet over sockets, so that no rate means anything."""
    results, _ = check.run("nccl-alone", *KINDS[:-2], "--collectives", "nccl", "--sizes", "8KiB:8MiB:1024", "--samples", "5")
    alone = [r for r in results.values() if r["suite"] == "collectives"]
    wrong = [f"{r['key']} ({r['reason']})" for r in alone
             if r["status"] != "measured" or r["verification"]["status"] == "failed"]
    check.figure("NCCL on one rank", len(wrong) if alone else None, (None, 0), "cases that are not right",
                 "; ".join(wrong) or f"{len(alone)} cases, report 'nccl-alone'")
    results, _ = check.run("nccl", *KINDS, "--collectives", "nccl", "--share-gpus", "--sizes", "8KiB:8MiB:1024",
                           "--samples", "5", prefix=TWO_RANKS)
    of_nccl = [r for r in results.values() if r["suite"] in ("collectives", "network")]
    wrong = [f"{r['key']} ({r['reason']})" for r in of_nccl
             if r["status"] != "measured" or r["verification"]["status"] == "failed"]
    check.figure("NCCL between two ranks on one GPU", len(wrong) if of_nccl else None, (None, 0), "cases that are not right",
                 "; ".join(wrong) or f"{len(of_nccl)} cases, report 'nccl'")
    results, _ = check.run("nccl-ways", "all_reduce", "all_to_all", "--collectives", "nccl", "--share-gpus", "--sizes",
                           "1MiB:1MiB", "--samples", "5", "--set", "buffers=plain,registered,symmetric", "--set",
                           "start=blocking,graph", "--set", "channels=auto,2", prefix=TWO_RANKS)
    of_nccl = [r for r in results.values() if r["suite"] == "collectives"]
    right = [r for r in of_nccl if r["status"] == "measured" and r["verification"]["status"] == "passed"]
    others = [f"{r['key']} ({r['reason']})" for r in of_nccl if r not in right]
    check.figure("NCCL: buffers, graphs and channels that work", len(right) if of_nccl else None, (None, None),
                 f"of {len(of_nccl)} cases", "; ".join(others) or "all, report 'nccl-ways'")
    chosen = {r["details"].get("algorithm") for r in right if r["details"].get("algorithm")}
    check.figure("NCCL tells which algorithms it chose", len(chosen) or None, (1, None), "algorithms", ", ".join(chosen))


def check_overlap(check):
    """How much a product and a copy within the same GPU slow one another."""
    results, _ = check.run("overlap", "gemm_beside_copy", "--profile", "standard", "--set", "n=8192")
    for result in measured(results, "gemm_beside_copy"):
        figures = {f["name"]: f["median"] for f in result["figures"]}
        if "gemm_slowdown_low" not in figures:
            raise Missing("there were too few turns for an interval: see the report")
        for name in ("gemm", "copy"):
            low, high = figures[f"{name}_slowdown_low"], figures[f"{name}_slowdown_high"]
            check.figure(f"{name} beside the other, {result['params']['bytes']} B", figures[f"{name}_slowdown"], (None, None),
                         "times as long as alone", f"95 % interval {low:.4f} to {high:.4f}, {result['key']}")
    only(measured(results, "gemm_beside_copy"), "gemm_beside_copy")
