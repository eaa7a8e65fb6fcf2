"""What is made slow on purpose moves its own row of the waterfall, and no other."""

import contextlib
import json
import os
import subprocess
import sys
import unittest
from functools import partial

from on_hosts import HostsTest, on_hosts
from program import ProgramTest

CPUS = sorted(os.sched_getaffinity(0))
ATTEMPTS, SAME_CLOCK = 3, 0.1
POINTS = 2  # of MFU: more has moved, less has not


def training_run(gpus, hidden, sequence, batch):
    """One layer that no limit of --budget 12 scales down."""
    return {"id": "planted-1", "gpu": "cpu", "gpus": gpus, "tp": 1, "dp": gpus, "seq_len": sequence,
            "global_batch_seqs": batch, "micro_batch": batch // gpus, "precision": "fp32", "fsdp_or_zero": "none",
            "recompute": "none",
            "arch": {"layers": 1, "hidden": hidden, "heads": hidden // 64, "ffn": 4 * hidden, "vocab": 512}}


def on_cpu(cpu, *command):
    return ["taskset", "--cpu-list", str(cpu), *command]


@contextlib.contextmanager
def neighbour(cpu, command, _job):
    """Another program that runs on this CPU meanwhile."""
    process = subprocess.Popen(on_cpu(cpu, *command), stdin=subprocess.DEVNULL)
    try:
        yield
        if process.poll() is not None:
            raise AssertionError(f"{command} has ended: nothing was planted")
    finally:
        process.kill()
        process.wait()


def cpu_of(report, rank):
    """One that this rank has for itself."""
    bound = {binding["rank"]: binding for binding in report["machine"]["bindings"]}
    if bound[rank]["is_shared"]:
        raise unittest.SkipTest("ranks share their CPUs here: nobody else's would be slow")
    return int(bound[rank]["set"].replace("-", ",").split(",")[0])


def clock_time(report):
    """Of the first rank, on which nothing is planted: what a given number of cycles took."""
    [clock] = [r for r in report["results"] if r["benchmark"] == "core_clock"]
    return clock["per_rank"]["all_s"][0]


class Planted(ProgramTest):
    def setUp(self):
        super().setUp()
        if len(CPUS) < 2:
            self.skipTest("needs 2 CPUs, one for the culprit")

    def report_of(self, name, run, ranks, before, plant):
        """Of a run with `before` in front of its command, while plant(job) holds."""
        (self.folder / "workload.json").write_text(json.dumps(run))
        self.out = self.folder / name
        job = self.start("run", "--suite", "workload", "--workload", "workload.json", "--profile", "quick",
                         "--budget", "12", "--quiet", "--out", self.out, ranks=ranks, before=before)
        with plant(job):
            ended = job.end(150)
        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual(report["run"]["status"], "complete")
        self.assertIsNotNone(report["shortfall"]["measured_step_s"])
        return report

    def changes(self, run, ranks, *, before=(), planted_before=None, plant=lambda baseline: contextlib.nullcontext):
        """What became of each row of the waterfall, by its id, since something was planted: in front of the
        command, or by plant(baseline)(job). Runs are made in turn, as this machine's clock may change: those
        count between which it did not."""
        changed = []
        for attempt in range(ATTEMPTS):
            names = f"baseline{attempt}", f"planted{attempt}"
            baseline = self.report_of(names[0], run, ranks, before, contextlib.nullcontext)
            planted = self.report_of(names[1], run, ranks, planted_before or before, plant(baseline))
            self.assertEqual(planted["shortfall"]["workload"], baseline["shortfall"]["workload"])
            changed.append(clock_time(planted) / clock_time(baseline) - 1)
            if abs(changed[-1]) <= SAME_CLOCK:
                return self.compared(*names)
        told = ", ".join(f"{100 * share:+.0f} %" for share in changed)
        self.skipTest(f"the clock of this machine changed between runs in each of {ATTEMPTS} attempts: {told}")

    def compared(self, baseline, planted):
        ended = self.call("compare", "--baseline", baseline, "--candidate", planted, "--json")
        self.assertIn(ended.status, (0, 2), ended)
        return {term["id"]: term for term in json.loads(ended.stdout)["mfu"]["terms"]}

    def check_moved(self, terms, cause):
        """It took more than any other row, of which none moved."""
        points = {name: 100 * term["change"] for name, term in terms.items()}
        told = "MFU points: " + ", ".join(f"{name} {change:+.2f}" for name, change in points.items() if change)
        print(told)  # for ctest --verbose: how clearly
        self.assertLess(points[cause], -POINTS, told)
        self.assertEqual(max(points, key=lambda name: abs(points[name])), cause, told)
        for name in points.keys() - {cause, "residual"}:
            self.assertLess(abs(points[name]), POINTS, told)


class OnOneHost(Planted):
    LONG_PRODUCTS = training_run(2, hidden=512, sequence=256, batch=8)

    def test_a_busy_loop_on_the_core_of_a_rank_is_its_straggling(self):
        endless = [sys.executable, "-c", "while True: pass"]

        terms = self.changes(self.LONG_PRODUCTS, 2,
                             plant=lambda baseline: partial(neighbour, cpu_of(baseline, 1), endless))

        self.check_moved(terms, "stragglers")
        self.assertEqual(terms["stragglers"]["culprit"]["rank"], 1)


class OnTwoHosts(Planted, HostsTest):
    def hosts(self, *options):
        """Two, each with a CPU of its own."""
        own = [word for i in (0, 1) for word in ("--on", f"node0{i + 1}", f"taskset -cp {CPUS[i]} $$ >/dev/null")]
        return on_hosts(2, *own, *options)

    def test_a_slow_link_costs_the_exchange_of_gradients(self):
        few_parameters = training_run(2, hidden=512, sequence=256, batch=8)

        terms = self.changes(few_parameters, 2, before=self.hosts(),
                             planted_before=self.hosts("--rate", "node02", "200mbit"))

        self.check_moved(terms, "data")


if __name__ == "__main__":
    unittest.main()
