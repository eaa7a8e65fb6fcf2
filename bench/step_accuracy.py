#!/usr/bin/env python3
"""How far predictions of training and decode steps are from what is then executed.

    bench/step_accuracy.py [--set held_out|developed] [--hosts N] [--runs 1] [--output FILE.md]

Needs build/release. Every configuration is a training run that is predicted from what the same job
has measured, and then executed at least ten times; the error is that of the median. With --hosts,
ranks stand on so many hosts of scripts/cluster, which needs root. `developed` were looked at while
the program was written, `held_out` were not.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ROOT / "build/release/shortfall"
ENVIRONMENT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

# hidden, layers, sequence, batch (sequences of all ranks), tensor-parallel ranks, vocabulary
DEVELOPED = [(512, 4, 256, 4, 1, 4096), (1024, 2, 256, 2, 2, 4096), (768, 3, 128, 8, 1, 8192)]
HELD_OUT = {2: [(512, 6, 256, 8, 1, 8192), (512, 4, 512, 2, 2, 2048), (1024, 3, 128, 4, 1, 4096),
                (1024, 4, 256, 1, 2, 8192), (1536, 2, 128, 2, 1, 4096), (1536, 2, 256, 2, 2, 4096),
                (2048, 1, 128, 2, 1, 4096), (2048, 2, 128, 1, 2, 4096)],
            4: [(512, 4, 128, 4, 1, 4096), (512, 4, 256, 8, 2, 4096), (1024, 2, 128, 4, 4, 4096),
                (1024, 2, 128, 4, 1, 2048), (2048, 1, 64, 2, 2, 2048), (2048, 1, 128, 1, 4, 2048)]}


def workload(shape, ranks):
    hidden, layers, sequence, batch, tensor, vocabulary = shape
    data = ranks // tensor
    name = f"h{hidden}-l{layers}-s{sequence}-b{batch}-tp{tensor}-dp{data}"
    return {"id": name, "model": "a transformer", "gpu": "cpu", "gpus": ranks, "precision": "fp32",
            "arch": {"layers": layers, "hidden": hidden, "heads": hidden // 64, "kv_heads": hidden // 64,
                     "head_dim": 64, "ffn": 4 * hidden, "vocab": vocabulary, "gated_mlp": False,
                     "tied_embedding": True},
            "seq_len": sequence, "global_batch_seqs": max(batch, data), "tp": tensor, "pp": 1, "vp": 1,
            "dp": data, "cp": 1, "ep": 1, "micro_batch": max(batch // data, 1), "fsdp_or_zero": "none",
            "recompute": "none", "schedule": "none"}


def on_hosts(count):
    """Each with one CPU, as far as there are enough: what all hosts see, every rank takes for its own."""
    if count < 2:
        return []
    cpus = sorted(os.sched_getaffinity(0))
    own = [word for i in range(count)
           for word in ("--on", f"node{i + 1:02}", f"taskset -cp {cpus[i % len(cpus)]} $$ >/dev/null")]
    return [ROOT / "scripts/cluster", str(count), *own, "--"]


def run(run_, ranks, hosts):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = folder / "workload.json"
        file.write_text(json.dumps(run_))
        command = [*on_hosts(hosts), "mpirun", "--oversubscribe", "-n", str(ranks), OURS, "run", "--suite", "workload",
                   "--profile", "quick", "--workload", file, "--quiet", "--out", folder / "out"]
        done = subprocess.run([str(word) for word in command], env=ENVIRONMENT, capture_output=True, text=True,
                              check=False)
        path = folder / "out/report.json"
        if not path.exists():
            raise SystemExit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stderr}")
        return json.loads(path.read_text())["shortfall"]


def error_of(predicted, measured):
    return predicted / measured - 1 if measured else float("nan")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=["held_out", "developed"], default="held_out")
    parser.add_argument("--hosts", type=int, default=1)
    parser.add_argument("--ranks", type=int)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="FOLDER for the shortfall block of every run")
    options = parser.parse_args()
    ranks = options.ranks or max(2, options.hosts)
    shapes = DEVELOPED if options.set == "developed" else HELD_OUT[ranks]
    table = ["| configuration | factor | predicted | measured | error | token predicted | measured | error |",
             "|---|---|---|---|---|---|---|---|"]
    errors = []
    for shape in shapes:
        for number in range(options.runs):
            asked = workload(shape, ranks)
            told = run(asked, ranks, options.hosts)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{asked['id']}-{number}.json").write_text(json.dumps(told, indent=1))
            step = error_of(told["predicted_step_s"], told["measured_step_s"])
            token = told["decode"] or {}
            of_token = error_of(token.get("predicted_token_s", 0), token.get("measured_token_s"))
            errors.append(abs(step))
            table.append(f"| {asked['id']} | {told['workload']['factor']:.3g} | {told['predicted_step_s'] * 1e3:.1f} ms "
                         f"| {(told['measured_step_s'] or 0) * 1e3:.1f} ms | {100 * step:+.1f} % "
                         f"| {token.get('predicted_token_s', 0) * 1e3:.2f} ms "
                         f"| {(token.get('measured_token_s') or 0) * 1e3:.2f} ms | {100 * of_token:+.1f} % |")
            print(table[-1], flush=True)
    text = "\n".join([*table, "", f"|error| of the step: median {100 * statistics.median(errors):.1f} %, "
                                  f"largest {100 * max(errors):.1f} %."])
    if options.output:
        options.output.write_text(text + "\n")
    print(text.splitlines()[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
