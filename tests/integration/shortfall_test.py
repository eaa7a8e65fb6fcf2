"""A tiny training run is measured for, predicted, executed and accounted for: `shortfall run --workload`."""

import json
import re
import signal
import unittest

from program import OF_THIS_MACHINE, ProgramTest

WHOLE = 10**12
ONCE = {"mpi_init", "connect"}
OPERATIONS = {"step_product", "step_pass", "step_exchange"}
STEPS = ["training_step", "decode_step"]
QUICK = ["--suite", "workload", "--profile", "quick", "--samples", "3"]


def tiny(gpus, tensor=1, hidden=128, sequence=64, **changes):
    data = gpus // tensor
    return {"id": "tiny-1", "gpu": "cpu", "gpus": gpus, "tp": tensor, "dp": data, "seq_len": sequence,
            "global_batch_seqs": 2 * data, "precision": "fp32", "fsdp_or_zero": "none", "recompute": "none",
            "arch": {"layers": 2, "hidden": hidden, "heads": hidden // 32, "ffn": 4 * hidden, "vocab": 512}, **changes}


def keys_in_order(report):
    """Of what was planned: without what happens once a run, and what was measured in turn with the steps."""
    return [r["key"] for r in report["results"] if r["benchmark"] not in ONCE and "turn" not in r["params"]]


class WithWorkload(ProgramTest):
    def options(self, run, *more):
        """To run QUICK with it; of a file, unless it is named."""
        if not isinstance(run, str):
            (self.folder / "workload.json").write_text(json.dumps(run))
            run = "workload.json"
        return [*QUICK, "--workload", run, *more]

    def measured(self, run, ranks, *more):
        """The report of a run that is complete and good."""
        ended = self.call_run(*self.options(run, *more), ranks=ranks)
        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.check_good(report)
        return report

    def check_good(self, report):
        self.assertEqual(report["run"]["status"], "complete")
        self.assertLessEqual({f["kind"] for f in report["findings"]}, OF_THIS_MACHINE)
        for result in report["results"]:
            is_alone = result["benchmark"] in ONCE or "turn" in result["params"]
            self.assertEqual(result["status"], "measured", result)
            self.assertEqual(result["verification"]["status"], "none" if is_alone else "passed", result)
        self.assertEqual([r["benchmark"] for r in report["results"] if r["benchmark"] in STEPS], STEPS)

    def check_waterfall(self, account):
        self.assertEqual(sum(row["share_ppt"] for row in account["waterfall"]), WHOLE)
        self.assertEqual(account["sum_check_ppt"], 0)
        self.assertEqual(account["waterfall"][0]["id"], "delivered")

    def check_times(self, report):
        account = report["shortfall"]
        step = account["measured_step_s"]
        for figure in ("first_predicted_step_s", "predicted_step_s", "measured_step_s"):
            self.assertGreater(account[figure], 0, figure)
        self.assertAlmostEqual(sum(row["delta_s"] for row in account["waterfall"]) / step, 1, 6)
        residual = account["waterfall"][-1]
        self.assertEqual(residual["id"], "residual")
        self.assertAlmostEqual(residual["delta_s"] / step, 1 - account["predicted_step_s"] / step, 6)
        self.assertGreater(account["decode"]["predicted_token_s"], 0)
        self.assertGreater(account["decode"]["measured_token_s"], 0)
        training = next(r for r in report["results"] if r["benchmark"] == "training_step")
        if not training["vitals"]["disturbed"]:  # a step of milliseconds waits for others of this machine
            self.assertTrue(1 / 4 < account["predicted_step_s"] / step < 4, account)

    def check_account(self, report):
        """The shortfall of a run whose step was executed."""
        account = report["shortfall"]
        self.assertIsNotNone(account)
        self.check_waterfall(account)
        self.check_waterfall(account["at_scale"])
        self.check_times(report)
        self.assertAlmostEqual(account["mfu"]["causal"] * account["mfu"]["peak_used"] /
                               account["delivered_flop_per_s"], 1, 9)
        self.assertEqual(account["at_scale"]["gpus"], self.told_gpus)
        for part in account["parts"]:
            self.assertGreater(part["measured_s"], 0, part)
        for result in report["results"]:
            if result["benchmark"] == "step_exchange" and result["status"] == "measured":
                self.assertEqual(result["backend"], "mpi", result["key"])
        return account

    def setUp(self):
        super().setUp()
        self.told_gpus = 2

    def planned(self, run, ranks):
        ended = self.call("run", *self.options(run, "--dry-run"), ranks=ranks)
        self.assertEqual((ended.status, ended.stderr), (0, ""), ended)
        return ended.stdout.splitlines()[:-1]


class SmallRuns(WithWorkload):
    def test_a_run_of_2_data_parallel_ranks_is_accounted_for(self):
        account = self.check_account(self.measured(tiny(2), 2))

        self.assertEqual((account["workload"]["name"], account["workload"]["factor"]), ("tiny-1", 1))
        self.assertEqual(account["workload"]["changes"], [])
        self.assertIn("data = 2", account["workload"]["run"])
        losses = {row["id"]: row["delta_s"] for row in account["waterfall"]}
        self.assertGreater(losses["data"], 0)
        self.assertEqual(losses["tensor"], 0)

    def test_a_run_of_2_tensor_parallel_ranks_is_accounted_for(self):
        account = self.check_account(self.measured(tiny(2, tensor=2), 2))

        self.assertEqual(account["workload"]["changes"], [])
        self.assertIn("tensor = 2", account["workload"]["run"])
        losses = {row["id"]: row["delta_s"] for row in account["waterfall"]}
        self.assertGreater(losses["tensor"], 0)
        self.assertEqual(losses["data"], 0)

    def test_a_run_of_3_ranks_is_accounted_for(self):
        self.told_gpus = 3
        account = self.check_account(self.measured(tiny(3), 3))

        self.assertIn("data = 3", account["workload"]["run"])

    def test_a_run_of_1_rank_is_accounted_for(self):
        self.told_gpus = 1
        account = self.check_account(self.measured(tiny(1), 1))

        between_ranks = {"tensor", "data", "experts", "stragglers"}
        self.assertEqual({row["delta_s"] for row in account["waterfall"] if row["id"] in between_ranks}, {0})

    def test_what_matters_is_measured_before_the_step_in_the_order_of_the_plan(self):
        planned = self.planned(tiny(2), 2)
        self.assertFalse(self.out.exists())

        done = keys_in_order(self.measured(tiny(2), 2))

        self.assertEqual(done, planned)
        self.assertEqual(planned[-2:], [f"{step}/workload=tiny-1,group=world" for step in STEPS])
        before = {key.split("/")[0] for key in planned[:-2]}
        self.assertLessEqual(OPERATIONS, before)
        self.assertLessEqual(before, OPERATIONS | {"core_clock", "os_noise"})

    def test_the_table_tells_the_shortfall_in_a_sentence(self):
        account = self.measured(tiny(2), 2)["shortfall"]

        ended = self.call("report", self.out, "--format", "table")

        self.assertEqual(ended.status, 0, ended)
        page = " ".join(ended.stdout.split())
        self.assertIn("shortfall of tiny-1", page)
        self.assertIn("reach this training step", page)
        if account["datasheet_flop_per_s"] > 0:
            share = 100 * account["delivered_flop_per_s"] / account["datasheet_flop_per_s"]
            self.assertIn(f"({share:.1f} %)", page)

    def test_causes_of_a_change_between_two_reports_add_up_to_it(self):
        self.measured(tiny(2), 2)
        before, self.out = self.out, self.folder / "after"
        self.measured(tiny(2), 2)

        ended = self.call("compare", "--baseline", before, "--candidate", self.out, "--json")

        self.assertIn(ended.status, (0, 2), ended)  # of cases this short, some may be slower
        mfu = json.loads(ended.stdout)["mfu"]
        self.assertTrue(mfu["baseline"]["is_measured"] and mfu["candidate"]["is_measured"])
        self.assertAlmostEqual(mfu["change"], mfu["candidate"]["mfu"] - mfu["baseline"]["mfu"], 12)
        self.assertAlmostEqual(sum(term["change"] for term in mfu["terms"]), mfu["change"], 11)
        self.assertGreater(max(abs(term["change"]) for term in mfu["terms"]), 0)


class Fitting(WithWorkload):
    def check_changes(self, account, *wanted):
        changes = account["workload"]["changes"]
        for change in changes:
            self.assertRegex(change, r"^\S.* -> \S.*: \S")  # what, from where, to where, and why
        for begin in wanted:
            self.assertTrue(any(change.startswith(begin) for change in changes), f"{begin} not in {changes}")

    def test_a_run_that_is_much_too_large_is_scaled_down(self):
        self.told_gpus = 16384
        account = self.check_account(self.measured("llama3-405b", 2, "--budget", "1"))

        self.assertGreater(account["workload"]["factor"], 0)
        self.assertLess(account["workload"]["factor"], 1e-3)
        self.check_changes(account, "layers 126 -> ", "tensor-parallel ranks 8 -> 2: 2 ranks are at hand",
                           "pipeline stages 16 -> 1: ")
        self.assertTrue(account["at_scale"]["extrapolated"])

    def test_a_split_that_does_not_divide_the_ranks_is_changed(self):
        self.told_gpus = 4
        account = self.check_account(self.measured(tiny(4, tensor=4, global_batch_seqs=4), 3))

        self.check_changes(account, "tensor-parallel ranks 4 -> 1: 3 ranks are at hand",
                           "data-parallel ranks 1 -> 3: 3 ranks are at hand", "global batch 4 -> 3: ")
        self.assertIn("data = 3", account["workload"]["run"])


class Refusals(WithWorkload):
    def check_refused(self, run, *words):
        ended = self.call_run(*self.options(run), ranks=2)
        self.assertEqual((ended.status, ended.stdout), (64, ""), ended)
        for word in words:
            self.assertIn(word, ended.stderr)
        self.assertFalse(self.out.exists())

    def test_workloads_that_are_unknown_are_refused(self):
        self.check_refused("llama3-405", "neither a file nor a workload", "Nearest workloads: llama3-405b")

    def test_files_of_several_runs_are_refused(self):
        self.check_refused([tiny(2), tiny(2, id="tiny-2")], "workload.json", "expected one training run, found 2")

    def test_keys_that_are_unknown_are_refused_with_the_nearest_one(self):
        self.check_refused(tiny(2, bacth=3), "workload.json (tiny-1): bacth: expected a key that is known")
        run = tiny(2)
        run["arch"]["head"] = 4
        self.check_refused(run, "arch.head: expected a key that is known (nearest: heads")

    def test_a_workload_is_no_axis(self):
        ended = self.call_run("--set", "workload=nano-10m", "training_step")
        self.assertEqual((ended.status, ended.stdout), (64, ""), ended)
        self.assertIn("--set workload=nano-10m: a run is for one workload. Name it by --workload nano-10m", ended.stderr)

    def test_runs_that_can_be_none_are_refused(self):
        self.check_refused(tiny(2, dp=3), "gpus: expected tp x pp x dp x cp")
        self.check_refused(tiny(2, seq_len=None), "cannot be predicted without seq_len")


class Interruptions(WithWorkload):
    def test_an_interrupted_step_leaves_a_report_that_can_be_resumed(self):
        run = tiny(2, hidden=256, sequence=128, global_batch_seqs=64)  # a step that takes a while
        last = self.planned(run, 2)[-3]
        job = self.start("run", *self.options(run), "--out", self.out, ranks=2)
        journal = self.out / "journal.jsonl"
        job.wait_until(lambda: journal.exists() and json.dumps(last) in journal.read_text(), "the training step")

        job.process.send_signal(signal.SIGTERM)
        job.end(20)

        partial = self.report()
        self.assertEqual(partial["run"]["status"], "partial")
        self.assertIn("SIGTERM", partial["run"]["reason"])
        self.assertEqual(keys_in_order(partial)[-1], last)
        told = [event["message"] for event in partial["events"] if event["rank"] == 0]
        self.assertTrue(any("training_step" in message for message in told), partial["events"])
        self.assertIsNone(partial["shortfall"])

        ended = self.call("run", "--resume", self.out, ranks=2)

        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.check_good(report)
        self.check_account(report)
        kept = {r["key"]: r["timing"] for r in report["results"]}
        for result in partial["results"]:
            self.assertEqual(kept[result["key"]], result["timing"], result["key"])


class WrongData(WithWorkload):
    def test_a_wrong_sum_of_gradients_is_found_in_the_step(self):
        ended = self.call_run(*self.options(tiny(2)), ranks=2, fault="all_reduce:last_element")

        self.assertEqual(ended.status, 2, ended)
        report = self.report()
        training, decoding = (next(r for r in report["results"] if r["benchmark"] == step) for step in STEPS)
        self.assertEqual(training["verification"]["status"], "failed", training)
        self.assertEqual(decoding["verification"]["status"], "passed", decoding)
        wrong = re.fullmatch(r"\w+\.\w+ \(step_exchange/kind=all_reduce,bytes=(\d+),dtype=f32,.*\)",
                             training["details"]["wrong_operation"])
        self.assertIsNotNone(wrong, training["details"])
        mismatch = training["verification"]["mismatch"]
        self.assertEqual((mismatch["rank"], mismatch["index"]), (1, int(wrong[1]) // 4 - 1))
        found = [f for f in report["findings"] if f["kind"] == "wrong_data" and f["metric"] == training["key"]]
        self.assertEqual([(f["severity"], f["rank"]) for f in found], [("fail", 1)])
        account = report["shortfall"]  # a step with wrong data is no measurement
        self.check_waterfall(account)
        self.assertIsNone(account["measured_step_s"])
        self.assertGreater(account["first_predicted_step_s"], 0)


if __name__ == "__main__":
    unittest.main()
