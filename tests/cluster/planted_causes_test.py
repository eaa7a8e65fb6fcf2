"""What is made slow on purpose moves its own row of the waterfall, and no other."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import unittest
from functools import partial

from on_hosts import HostsTest, on_hosts
from program import ProgramTest

CPUS = sorted(os.sched_getaffinity(0))
ATTEMPTS = 4  # pairs of runs, on a machine that changes its own speed
POINTS = 2  # of MFU: more has moved, less has not


def training_run(gpus, hidden, sequence, batch):
    """One layer that no limit of --budget 12 scales down."""
    return {"id": "planted-1", "gpu": "cpu", "gpus": gpus, "tp": 1, "dp": gpus, "seq_len": sequence,
            "global_batch_seqs": batch, "micro_batch": batch // gpus, "precision": "fp32", "fsdp_or_zero": "none",
            "recompute": "none",
            "arch": {"layers": 1, "hidden": hidden, "heads": hidden // 64, "ffn": 4 * hidden, "vocab": 512}}


def python(*lines):
    """A program that runs until it is killed."""
    return [sys.executable, "-c", "\n".join(lines)]


ENDLESS = python("while True: pass")
STREAM = python("to, of = bytearray(1 << 28), bytes(1 << 28)", "while True: to[:] = of")
# A daemon that wakes up often: what it runs for is taken from whoever computes there.
ONE_MS_OF_FOUR = python("import time",
                        "while True:",
                        "    time.sleep(0.003)",
                        "    end = time.perf_counter() + 0.001",
                        "    while time.perf_counter() < end: pass")


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


def of_step(report, benchmark):
    """Cases of this kind as they were in turn with the executed steps."""
    return [r for r in report["results"]
            if r["benchmark"] == benchmark and r["params"].get("turn") == "training_step"]


def largest_pass(report):
    passes = of_step(report, "step_pass")
    return max(passes, key=lambda r: r["params"]["bytes"])["timing"]["throughput"]["median_s"]


def points_of(terms):
    """Of MFU. What no row explains is none of the causes."""
    return {name: round(100 * term["change"], 2) for name, term in terms.items() if name != "residual"}


def told(terms):
    return "MFU points: " + ", ".join(f"{name} {100 * term['change']:+.2f}" for name, term in terms.items()
                                      if term["change"])


def is_moved_alone(terms, cause):
    points = points_of(terms)
    return points[cause] < 0 and [name for name, change in points.items() if abs(change) >= POINTS] == [cause]


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

    def check_moves(self, cause, run, ranks, *, before=(), planted_before=None, usual=contextlib.nullcontext,
                    plant=lambda baseline: contextlib.nullcontext):
        """That row takes more of the MFU than any other, of which none moves, since something was planted: in
        front of the command, or by plant(baseline)(job) instead of usual(job). Runs are made in turn until two
        show that. Where none do, the machine may have moved rows by itself: so it has if runs without a plant
        differ as much. Returns the rows by their id."""
        baselines, planted, faults = [], [], []
        for attempt in range(ATTEMPTS):
            names = f"baseline{attempt}", f"planted{attempt}"
            baseline = self.report_of(names[0], run, ranks, before, usual)
            with_plant = self.report_of(names[1], run, ranks, planted_before or before, plant(baseline))
            self.assertEqual(with_plant["shortfall"]["workload"], baseline["shortfall"]["workload"])
            self.check_plant(baseline, with_plant)
            new = [(names[0], other) for other in planted] + [(other, names[1]) for other in [*baselines, names[0]]]
            for pair in new:
                terms = self.compared(*pair)
                if is_moved_alone(terms, cause):
                    print(told(terms))  # for ctest --verbose: how clearly
                    return terms
                faults.append(terms)
            baselines.append(names[0])
            planted.append(names[1])
        failure = "\n".join([f"{cause} alone should have moved", *map(told, faults)])
        if not any(points_of(terms)[cause] <= -POINTS for terms in faults):
            self.fail(failure)
        self.skip_if_unsteady(baselines)
        self.fail(failure)

    def skip_if_unsteady(self, baselines):
        for pair in itertools.combinations(baselines, 2):
            by_itself = points_of(self.compared(*pair))
            if max(map(abs, by_itself.values())) >= POINTS:
                self.skipTest(f"this machine moves rows by itself, between runs without a plant: {by_itself}")

    def check_plant(self, baseline, planted):
        """Skips where what was planted changes nothing on this machine."""

    def compared(self, baseline, planted):
        ended = self.call("compare", "--baseline", baseline, "--candidate", planted, "--json")
        self.assertIn(ended.status, (0, 2), ended)
        return {term["id"]: term for term in json.loads(ended.stdout)["mfu"]["terms"]}


class OnOneHost(Planted):
    LONG_PRODUCTS = training_run(2, hidden=512, sequence=256, batch=8)

    def check_straggles(self, command):
        """Rank 1, since it shares its CPU with this program."""
        terms = self.check_moves("stragglers", self.LONG_PRODUCTS, 2,
                                 plant=lambda baseline: partial(neighbour, cpu_of(baseline, 1), command))

        self.assertEqual(terms["stragglers"]["culprit"]["rank"], 1)

    def test_a_busy_loop_on_the_core_of_a_rank_is_its_straggling(self):
        self.check_straggles(ENDLESS)

    def test_a_rank_that_is_late_by_a_millisecond_again_and_again_is_a_straggler(self):
        self.check_straggles(ONE_MS_OF_FOUR)


class BesideAStream(Planted):
    FEW_TOKENS = training_run(1, hidden=1024, sequence=64, batch=1)  # much of its step is the optimizer
    TAKES = 0.1

    def check_plant(self, baseline, planted):
        longer = largest_pass(planted) / largest_pass(baseline) - 1
        if longer < self.TAKES:
            self.skipTest("a program that streams on another core takes too little of this machine's memory "
                          f"bandwidth: passes took {100 * longer:+.1f} % longer beside it, {100 * self.TAKES:.0f} % "
                          "are needed")

    def test_a_neighbour_that_streams_takes_memory(self):
        # Beside the one rank there is always a program, so that only what it does differs, not the clock.
        self.check_moves("memory", self.FEW_TOKENS, 1, before=["taskset", "--cpu-list", str(CPUS[0])],
                         usual=partial(neighbour, CPUS[1], ENDLESS),
                         plant=lambda _: partial(neighbour, CPUS[1], STREAM))


class OnTwoHosts(Planted, HostsTest):
    def hosts(self, *options):
        """Two, each with a CPU of its own."""
        own = [word for i in (0, 1) for word in ("--on", f"node0{i + 1}", f"taskset -cp {CPUS[i]} $$ >/dev/null")]
        return on_hosts(2, *own, *options)

    def test_a_slow_link_costs_the_exchange_of_gradients(self):
        few_parameters = training_run(2, hidden=512, sequence=256, batch=8)

        self.check_moves("data", few_parameters, 2, before=self.hosts(),
                         planted_before=self.hosts("--rate", "node02", "200mbit"))


if __name__ == "__main__":
    unittest.main()
