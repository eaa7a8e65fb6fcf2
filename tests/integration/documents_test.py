"""What the program says of itself, of this machine and of a report; none of it measures anything."""

import csv
import io
import json
import unittest

from program import MPIEXEC, ProgramTest


class Documents(ProgramTest):
    def check_json(self, *arguments, **how):
        ended = self.call(*arguments, **how)

        self.assertEqual(ended.status, 0, ended)
        return json.loads(ended.stdout)

    def test_list_names_benchmarks_with_axes_and_backends_with_reasons(self):
        listed = self.check_json("list", "--json")

        benchmarks = {b["name"]: b for b in listed["benchmarks"]}
        self.assertLessEqual({"gemm", "memory_triad", "all_reduce", "send_recv"}, set(benchmarks))
        self.assertIn("bytes", json.dumps(benchmarks["all_reduce"]["axes"]))
        backends = {b["name"]: b for b in listed["backends"]}
        self.assertTrue(backends["host"]["usable"], backends["host"])
        self.assertFalse(backends["cuda"]["usable"])
        self.assertTrue(backends["cuda"]["reason"])
        sheets = {s["name"]: s for s in listed["datasheets"]}
        self.assertAlmostEqual(max(s["dense_peak_flop_per_s"].get("bf16", 0) for s in sheets.values()
                                   if "H100" in s["name"]), 989.4e12, delta=1e12)

    def test_list_is_readable(self):
        ended = self.call("list")

        self.assertEqual(ended.status, 0, ended)
        self.assertIn("all_reduce", ended.stdout)
        self.assertLessEqual(max(map(len, ended.stdout.splitlines())), 120)

    def test_machine_describes_one_host(self):
        machine = self.check_json("machine", "--json")

        self.assertEqual(len(machine["hosts"]), 1)
        self.assertGreater(machine["hosts"][0]["cpu"]["cores"], 0)

    def test_machine_describes_every_rank_under_mpirun(self):
        if not MPIEXEC:
            self.skipTest("this build has no MPI")
        machine = self.check_json("machine", "--json", ranks=2)

        self.assertEqual([b["rank"] for b in machine["bindings"]], [0, 1])
        self.assertEqual(machine["hosts"][0]["ranks"], 2)

    def test_dry_run_prints_the_plan_and_writes_nothing(self):
        ended = self.call("run", "memory_copy", "--sizes", "4KiB:16KiB:4", "--dry-run")

        self.assertEqual(ended.status, 0, ended)
        self.assertIn("memory_copy/bytes=4096", ended.stdout)
        self.assertIn("memory_copy/bytes=16384", ended.stdout)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_help_and_version_are_answers(self):
        for arguments, words in [(["--help"], "run"), (["run", "--help"], "--sizes"), (["--version"], "shortfall")]:
            ended = self.call(*arguments)

            self.assertEqual(ended.status, 0, ended)
            self.assertIn(words, ended.stdout)

    def test_report_is_shown_as_table_and_csv(self):
        self.call_run("memory_copy", "--sizes", "4KiB:16KiB:4", "--samples", "3")
        table = self.call("report", self.out / "report.json")
        sheet = self.call("report", self.out, "--format", "csv")

        self.assertEqual((table.status, sheet.status), (0, 0), f"{table}{sheet}")
        self.assertIn("memory_copy", table.stdout)
        rows = list(csv.DictReader(io.StringIO(sheet.stdout)))
        self.assertEqual([row["key"] for row in rows], [r["key"] for r in self.report()["results"]])

    def test_quiet_run_prints_nothing(self):
        ended = self.call_run("memory_copy", "--sizes", "4KiB:4KiB", "--samples", "3", "--quiet")

        self.assertEqual((ended.status, ended.stdout, ended.stderr), (0, "", ""))

    def test_environment_holds_no_other_variables(self):
        self.call_run("memory_copy", "--sizes", "4KiB:4KiB", "--samples", "3")

        text = (self.out / "report.json").read_text()

        self.assertNotIn("SHORTFALL_TEST_JOB", text)
        self.assertNotIn("HOME", json.loads(text)["machine"]["environment"])


if __name__ == "__main__":
    unittest.main()
