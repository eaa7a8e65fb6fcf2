"""Google Benchmark's front door: its flags and its JSON work on every case that one rank can do alone."""

import json
import os
import pathlib
import subprocess
import unittest

from program import MPIEXEC, ProgramTest

MICROBENCH = os.environ["SHORTFALL_MICROBENCH"]
REAL_TIME = "/real_time"


class Microbench(ProgramTest):
    def call_microbench(self, *arguments, launcher=()):
        return subprocess.run([*launcher, MICROBENCH, *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=60, check=False)

    def names(self):
        listed = self.call_microbench("--benchmark_list_tests")
        self.assertEqual(listed.returncode, 0, listed)
        return listed.stdout.split()

    def measured(self, *arguments):
        """The runs that Google Benchmark wrote as JSON."""
        out = pathlib.Path(self.folder) / "out.json"
        ended = self.call_microbench(f"--benchmark_out={out}", "--benchmark_out_format=json",
                                     "--benchmark_min_time=0.01", *arguments)
        self.assertEqual(ended.returncode, 0, ended)
        runs = json.loads(out.read_text())["benchmarks"]
        for run in runs:
            self.assertNotIn("error_message", run)
        return runs

    def test_microbench_offers_every_case_that_a_rank_does_alone(self):
        planned = self.call("run", "--dry-run", "--profile", "standard").stdout.splitlines()

        # Searches need the harness, steps a workload.
        alone = {key for key in planned
                 if (key.endswith("group=all") or "group=all," in key) and "search=" not in key
                 and not key.startswith("step_")}

        self.assertLessEqual({"clock_read/group=all", "thread_wake/group=all", "os_noise/group=all"}, alone)
        offered = {name.removesuffix(REAL_TIME) for name in self.names()}
        self.assertEqual({name for name in offered if not name.startswith("instrument/")}, alone)

    def test_microbench_repeats_what_was_filtered_and_writes_json(self):
        runs = self.measured("--benchmark_filter=^core_clock/", "--benchmark_repetitions=3")

        self.assertEqual({run["run_name"] for run in runs}, {"core_clock/group=all" + REAL_TIME})
        single = [run for run in runs if run["run_type"] == "iteration"]
        self.assertEqual([run["repetition_index"] for run in single], [0, 1, 2])
        self.assertIn("median", {run.get("aggregate_name") for run in runs})
        for run in single:  # what compare.py reads
            self.assertGreater(run["real_time"], 0)
            self.assertGreater(run["cpu_time"], 0)
            self.assertEqual(run["time_unit"], "ns")
            self.assertGreater(run["cycles_per_s"], 1e6)

    def test_microbench_tells_the_figures_of_a_probe(self):
        [run] = self.measured("--benchmark_filter=^os_noise/")

        self.assertGreater(run["quantum_s"], 0)
        self.assertGreaterEqual(run["longest_detour_s"], 0)
        self.assertGreater(run["iterations_per_call"], 1)

    def test_microbench_measures_the_instrument_itself(self):
        names = {name for name in self.names() if name.startswith("instrument/")}
        self.assertLessEqual({"instrument/two_stamps", "instrument/empty_call", "instrument/empty_case",
                              "instrument/vote", "instrument/barrier", "instrument/vital_signs"}, names)

        runs = self.measured("--benchmark_filter=^instrument/")

        self.assertEqual({run["name"] for run in runs}, names)
        time = {run["name"].removeprefix("instrument/"): run["cpu_time"] for run in runs}
        self.assertGreater(min(time.values()), 0)
        self.assertLess(time["empty_call"], time["empty_case"])

    def test_microbench_refuses_several_ranks(self):
        if not MPIEXEC:
            self.skipTest("this build has no MPI")
        ended = self.call_microbench(launcher=(MPIEXEC, "-n", "2", "--oversubscribe"))

        self.assertEqual(ended.returncode, 64, ended)
        self.assertIn("is for one process", ended.stderr)


if __name__ == "__main__":
    unittest.main()
