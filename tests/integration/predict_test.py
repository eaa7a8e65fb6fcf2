"""How long training runs take: `shortfall predict` from outside."""

import copy
import json
import pathlib
import time
import unittest

from program import ProgramTest

DATA = pathlib.Path(__file__).parent.parent / "data"
PUBLISHED, TABLE = DATA / "training_runs.json", DATA / "training_runs_table.json"
WHOLE = 10**12

GOOD = {"id": "lab-1", "arch": {"layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 8, "ffn": 14336,
                                "vocab": 128256, "gated_mlp": True},
        "gpu": "H100-SXM5-80GB", "gpus": 64, "seq_len": 8192, "global_batch_seqs": 128, "tp": 2, "dp": 32,
        "fsdp_or_zero": "ZeRO-1", "recompute": "full", "derived": {"iter_s": 9.5}}


def changed(**changes):
    """A good run after changes; keys of its arch are written arch__heads."""
    run = copy.deepcopy(GOOD)
    for key, value in changes.items():
        place = run
        *folders, last = key.split("__")
        for folder in folders:
            place = place[folder]
        place[last] = value
    return run


class Predict(ProgramTest):
    def written(self, document, name="runs.json"):
        file = self.folder / name
        if isinstance(document, bytes):
            file.write_bytes(document)
        else:
            file.write_text(document if isinstance(document, str) else json.dumps(document))
        return name

    def answer(self, *arguments):
        ended = self.call("predict", *arguments, "--json")
        self.assertEqual((ended.status, ended.stderr), (0, ""), ended)
        return json.loads(ended.stdout)

    def row(self, **changes):
        return self.answer(self.written(changed(**changes)))["rows"][0]

    def check_refused(self, arguments, *words):
        ended = self.call("predict", *arguments)
        self.assertEqual((ended.status, ended.stdout), (64, ""), ended)
        for word in words:
            self.assertIn(word, ended.stderr)

    def check_row_refused(self, field, **changes):
        with self.subTest(**changes):
            document = [changed(id="lab-0"), changed(**changes)]
            self.check_refused([self.written(document)], "runs.json: row 2 (lab-1)", field)

    def test_published_rows_are_answered_or_listed(self):
        for file in (PUBLISHED, TABLE):
            answer = self.answer(file)
            document = json.loads(file.read_text())
            self.assertEqual(len(answer["rows"]) + len(answer["not_predicted"]), len(document["rows"]))
            self.assertFalse(any(row["is_faulty"] for row in answer["not_predicted"]))
            for row in answer["rows"]:
                self.assertEqual(row["sum_check_ppt"], 0)
                self.assertEqual(sum(part["share_ppt"] for part in row["waterfall"]), WHOLE)
                self.assertAlmostEqual(row["elasticity"]["sum"], 1, 3)
                self.assertAlmostEqual(row["error"], row["step_s"] / row["reported_step_s"] - 1, 12)

    def test_waterfall_adds_up_to_the_measured_step(self):
        row = self.row()
        self.assertAlmostEqual(sum(part["delta_s"] for part in row["waterfall"]), 9.5, 9)
        self.assertEqual(row["waterfall"][-1]["id"], "residual")

    def test_without_a_measured_time_there_is_no_error_and_no_residual(self):
        row = self.row(derived=None)
        self.assertIsNone(row["reported_step_s"])
        self.assertIsNone(row["error"])
        self.assertAlmostEqual(sum(part["delta_s"] for part in row["waterfall"]), row["step_s"], 9)

    def test_errors_by_source_are_those_of_the_rows(self):
        answer = self.answer(PUBLISHED)
        for key, source in answer["by_source"].items():
            errors = [row["error"] for row in answer["rows"]
                      if row["source_key"] == key and row["error"] is not None]
            self.assertEqual(source["n"], len(errors))
            self.assertEqual(source["stack_factor"], 1)
            if errors:
                self.assertAlmostEqual(source["mape"], sum(map(abs, errors)) / len(errors), 12)
                self.assertAlmostEqual(source["bias"], sum(errors) / len(errors), 12)

    def test_calibration_is_judged_on_rows_that_it_does_not_know(self):
        plain = self.answer(TABLE)["rows"]
        fitted = self.answer(TABLE, "--calibrate", "per-source")
        factor = fitted["by_source"]["vtrain1"]["stack_factor"]
        for before, after in zip(plain, fitted["rows"]):
            self.assertAlmostEqual(after["step_s"] / before["step_s"], factor, 12)
        judged = [abs(row["error"]) for i, row in enumerate(fitted["rows"]) if i % 3 != 0]
        self.assertEqual(fitted["by_source"]["vtrain1"]["n"], len(judged))
        self.assertAlmostEqual(fitted["by_source"]["vtrain1"]["mape"], sum(judged) / len(judged), 12)

    def test_a_factor_does_not_change_with_the_rows_it_is_judged_on(self):
        times = [9, 10, 11, 9.2, 12, 8]
        runs = [changed(id=f"lab-{i}", derived__iter_s=t) for i, t in enumerate(times)]
        factor = self.answer(self.written(runs), "--calibrate", "per-source")["by_source"]["lab"]["stack_factor"]
        for i in (1, 2, 4, 5):
            runs[i]["derived"]["iter_s"] *= 3
        again = self.answer(self.written(runs), "--calibrate", "per-source")["by_source"]["lab"]["stack_factor"]
        self.assertEqual(factor, again)

    def test_workloads_are_known_by_name(self):
        row = self.answer("llama3-405b")["rows"][0]
        self.assertEqual(row["gpus"], 16384)
        self.assertTrue(row["what_if"] and row["requests"])
        listed = json.loads(self.call("list", "--json").stdout)["workloads"]
        self.assertIn("llama3-405b", [workload["name"] for workload in listed])
        self.assertIn("llama3-405b", self.call("list").stdout)

    def test_details_are_given_of_several_rows_where_asked_for(self):
        runs = self.written([changed(), changed(id="lab-2")])
        self.assertNotIn("what_if", self.answer(runs)["rows"][0])
        self.assertTrue(all(row["what_if"] for row in self.answer(runs, "--what-if")["rows"]))

    def test_failures_are_a_row_of_their_own(self):
        row = self.row(reliability={"between_failures_of_gpu_s": 6.4e7, "checkpoint_s": 20, "restart_s": 600})
        goodput = row["goodput"]
        self.assertAlmostEqual(goodput["between_checkpoints_s"], (2 * 20 * 1e6) ** 0.5)
        self.assertAlmostEqual(goodput["mfu_causal_after_failures"],
                               row["mfu"]["causal"] * (1 - goodput["lost_share"]))
        self.assertEqual(row["sum_check_ppt"], 0)
        self.assertNotIn("goodput", self.row())

    def test_text_tells_each_run_and_each_source(self):
        text = self.call("predict", PUBLISHED).stdout
        for word in ("kort22-gpt-175B-full", "errors by source", "not predicted", "palm-gpt3"):
            self.assertIn(word, text)
        single = self.call("predict", self.written(changed())).stdout
        for word in ("where the step goes", "what if", "assumed", "9.5 s measured"):
            self.assertIn(word, single)

    def test_a_row_that_lacks_a_value_is_listed(self):
        answer = self.answer(self.written([changed(), changed(id="lab-2", gpus=None, dp=None)]))
        self.assertEqual([row["id"] for row in answer["rows"]], ["lab-1"])
        self.assertIn("without gpus", answer["not_predicted"][0]["reason"])

    def test_impossible_runs_are_refused_with_row_and_field(self):
        self.check_row_refused("gpus: expected tp x pp x dp x cp", gpus=63)
        self.check_row_refused("tp: expected a divisor of arch.heads", tp=64, dp=1)
        self.check_row_refused("arch.kv_heads", arch__kv_heads=7)
        self.check_row_refused("gpus: expected so many that the run fits", arch__layers=3200)
        self.check_row_refused("global_batch_seqs", global_batch_seqs=-128)
        self.check_row_refused("global_batch_seqs", global_batch_seqs=127)
        self.check_row_refused("seq_len", seq_len=2**62)
        self.check_row_refused("micro_batch", micro_batch=1.5)
        self.check_row_refused("arch.hidden", arch__hidden="4096")
        self.check_row_refused("gpus", gpus=[64])
        self.check_row_refused("gpu", gpu="H1000")
        self.check_row_refused("heads_", arch__heads_=32)
        self.check_row_refused("batch", batch=1)
        self.check_row_refused("recompute", recompute="some")
        self.check_row_refused("derived.iter_s", derived__iter_s=-1)
        self.check_row_refused("derived.iter_s", derived__iter_s=1e-8)
        self.check_row_refused("reliability.checkpoint_s", reliability={
            "between_failures_of_gpu_s": 1e8, "checkpoint_s": -5, "restart_s": 0})

    def test_ids_that_stand_twice_are_refused(self):
        self.check_refused([self.written([changed(), changed()])],
                           "row 2 (lab-1): id: expected each id once, found it in row 1")

    def test_documents_that_are_none_are_refused(self):
        deep = '{"rows": ' + "[" * 10_000 + "]" * 10_000 + "}"
        not_finite = json.dumps([changed()]).replace("8192", "NaN")
        huge = json.dumps([changed()]).replace("8192", "1e999")
        for text, word in [("", "is empty"), ("[]", "empty list"), ('{"rows": []}', "empty list"),
                           ("3", "an object"), ("null", "an object"), ('{"rows": 3}', "a list"),
                           ("[3]", "row 1"), ("{", "no JSON"), (deep, "deeper"), (not_finite, "no JSON"),
                           (huge, "no JSON"), (b'[{"id": "\xff\xfe"}]', "no JSON"), (b"\x00\x01", "no JSON"),
                           ('[{"id": 1, "id": 2}]', "id")]:
            with self.subTest(text=text[:40]):
                self.check_refused([self.written(text)], "runs.json", word)

    def test_a_million_rows_are_refused_at_once(self):
        begin = time.monotonic()
        self.check_refused([self.written("[" + "{}," * 999_999 + "{}]")], "rows: expected at most 20000",
                           "found 1000000")
        self.assertLess(time.monotonic() - begin, 30)

    def test_other_rows_are_answered_with_keep_going(self):
        document = self.written([changed(gpus=63), changed(id="lab-2"), changed(id="lab-3", tp=-1)])
        self.check_refused([document], "row 1 (lab-1)", "1 other row at fault: --keep-going")
        ended = self.call("predict", document, "--keep-going", "--json")
        self.assertEqual(ended.status, 64, ended)
        answer = json.loads(ended.stdout)
        self.assertEqual([row["id"] for row in answer["rows"]], ["lab-2"])
        self.assertEqual([row["id"] for row in answer["not_predicted"]], ["lab-1", "lab-3"])
        self.assertIn("row 1 (lab-1): gpus:", ended.stderr)
        self.assertIn("row 3 (lab-3): tp:", ended.stderr)

    def test_bad_options_of_predictions_are_refused(self):
        good = self.written(changed())
        self.check_refused([], "RUNS")
        self.check_refused(["-"], "standard input")
        self.check_refused([""], "neither a file nor a workload")
        self.check_refused(["nosuch.json"], "nosuch.json", "neither a file nor a workload")
        self.check_refused(["llama3-405"], "Nearest workloads: llama3-405b")
        self.check_refused(["x" * 5000], "neither a file nor a workload")
        self.check_refused([self.folder], "cannot read")
        self.check_refused([good, "--calibrate", "all"], "--calibrate=all: must be none or per-source")
        self.check_refused([good, "--system", "nosuch.json"], "--system=nosuch.json")
        self.check_refused([good, "--datasheet", "nosuch.json"], "nosuch.json")


if __name__ == "__main__":
    unittest.main()
