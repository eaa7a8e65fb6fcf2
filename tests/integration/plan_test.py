"""The best split of a training run over GPUs: `shortfall plan` from outside."""

import json
import unittest

from program import ProgramTest

RUN = {"id": "lab-7", "gpu": "H100-SXM5-80GB", "gpus": 64, "dp": 64, "seq_len": 4096,
       "global_batch_seqs": 512, "precision": "bf16",
       "arch": {"layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 8, "ffn": 14336, "vocab": 128256,
                "gated_mlp": True}}


class Plan(ProgramTest):
    def plans(self, *arguments):
        ended = self.call("plan", *arguments, "--json")
        self.assertEqual((ended.status, ended.stderr), (0, ""), ended)
        return json.loads(ended.stdout)

    def check_refused(self, arguments, *words):
        ended = self.call("plan", *arguments)
        self.assertEqual((ended.status, ended.stdout), (64, ""), ended)
        self.assertEqual(ended.stderr.count("\n"), 1, ended)
        for word in words:
            self.assertIn(word, ended.stderr)

    def written(self, document, name="run.json"):
        file = self.folder / name
        file.write_text(json.dumps(document))
        return file

    def test_plans_are_predicted_alike(self):
        for model, gpus in (("llama3-405b", 16384), ("deepseek-v3", 2048), ("gpt2-124m", 8)):
            plans = self.plans(model, "--gpus", gpus)["best"]
            file = self.written({"rows": [plan["run"] for plan in plans]})
            ended = self.call("predict", file, "--json")
            self.assertEqual(ended.status, 0, ended)
            rows = json.loads(ended.stdout)["rows"]
            self.assertEqual(len(rows), len(plans))
            for plan, row in zip(plans, rows):
                self.assertAlmostEqual(row["step_s"] / plan["step_s"], 1, 9)
                self.assertAlmostEqual(row["mfu"]["causal"] / plan["mfu"]["causal"], 1, 9)

    def test_document_says_what_was_found(self):
        document = self.plans("llama3-70b", "--gpus", 256, "--batch", 1024)
        searched = document["searched"]

        self.assertEqual((document["model"], document["gpus"]), ("llama3-70b", 256))
        self.assertGreater(searched["candidates"], searched["fit"])
        self.assertGreaterEqual(searched["fit"], searched["evaluated"])
        self.assertEqual(len(document["best"]), 10)
        steps = [plan["step_s"] for plan in document["best"]]
        self.assertEqual(steps, sorted(steps))
        for plan in document["best"]:
            run, memory = plan["run"], plan["memory_bytes"]
            self.assertEqual(run["tp"] * run["pp"] * run["dp"] * run["cp"], 256)
            self.assertEqual(run["global_batch_seqs"], 1024)
            self.assertLessEqual(memory["needed"], memory["available"])
            self.assertEqual(plan["sum_check_ppt"], 0)
            self.assertEqual(sum(row["share_ppt"] for row in plan["waterfall"]), 10**12)
            self.assertAlmostEqual(plan["elasticity"]["sum"], 1, 3)
            self.assertAlmostEqual(plan["tokens_per_s"] * plan["step_s"],
                                   run["seq_len"] * run["global_batch_seqs"], 3)

    def test_table_shows_splits_and_the_waterfall_of_the_first(self):
        ended = self.call("plan", "llama3-405b", "--gpus", 16384)

        self.assertEqual((ended.status, ended.stderr), (0, ""), ended)
        for word in ("candidates", "sharding", "ZeRO-1", "the model's own arithmetic", "###", "one step"):
            self.assertIn(word, ended.stdout)
        self.assertLessEqual(max(map(len, ended.stdout.splitlines())), 120)

    def test_a_file_is_planned_without_its_split(self):
        file = self.written(RUN)
        split = self.written({**RUN, "tp": 8, "dp": 8, "recompute": "full"}, "split.json")

        self.assertEqual(self.plans(file, "--gpus", 64)["best"], self.plans(split, "--gpus", 64)["best"])

    def test_options_take_the_place_of_what_the_run_says(self):
        plan = self.plans("llama3-8b", "--gpus", 16, "--gpu", "H200", "--batch", 64, "--seq-len", 16384)["best"][0]

        self.assertEqual([plan["run"][key] for key in ("gpu", "global_batch_seqs", "seq_len")], ["H200", 64, 16384])
        self.assertGreater(plan["memory_bytes"]["device"], 1.4e11)

    def test_plans_go_by_what_a_report_measured(self):
        self.call_run("gemm", "memory_read", "--profile", "quick", "--set", "n=256", "--sizes", "64MiB:64MiB",
                      "--samples", "3")
        for report in (self.out, self.out / "report.json"):
            document = self.plans("nano-10m", "--gpus", 2, "--system", report)
            self.assertIn("as measured in", document["system"])
            self.assertTrue(document["best"][0]["extrapolated"])
            self.assertTrue(any("as measured in" in note for note in document["assumed"]))

    def test_plans_for_bad_counts_are_refused(self):
        for option in ("--gpus", "--batch", "--seq-len"):
            for value in ("0", "-1", "1000000000000", "1e3", "many", "nan", "7.5"):
                arguments = {"--gpus": "8", option: value}
                words = [f"{name}={text}" for name, text in arguments.items()]
                self.check_refused(["llama3-8b", *words], f"{option}={value}: must be a whole number from 1")

    def test_what_cannot_be_planned_is_refused(self):
        self.check_refused(["llama-8b", "--gpus", 8], "llama-8b: neither a file nor a workload", "llama3-8b",
                           "deepseek-v3")
        self.check_refused(["llama3-8b", "--gpus", 8, "--gpu", "H1000"], "--gpu=H1000: ", "datasheet")
        self.check_refused(["nano-10m", "--gpus", 8], "nano-10m", "cpu")
        self.check_refused(["llama3-405b", "--gpus", 8], "does not fit: the smallest of", "GiB", "GPUs would do")
        self.check_refused(["llama3-8b", "--gpus", 131], "--gpus=131", "128 can")
        self.check_refused(["llama3-8b", "--gpus", 8, "--system", "nosuch.json"], "nosuch.json")
        self.check_refused(["llama3-8b", "--gpus", 8, "--gpu", "H200", "--system", "report.json"],
                           "--gpu=H200: cannot go with --system=report.json")
        self.check_refused(["llama3-8b", "--gpus", 8, "--batch", 2**36, "--seq-len", 2**28], "global_batch_seqs")

    def test_broken_files_are_not_planned(self):
        (self.folder / "broken.json").write_text("{")
        self.check_refused([self.folder / "broken.json", "--gpus", 8], "broken.json")
        self.check_refused([self.written([RUN, {**RUN, "id": "lab-8"}]), "--gpus", 8],
                           "expected one training run, found 2")
        self.check_refused([self.written({**RUN, "seq_len": -1}), "--gpus", 8], "seq_len")
        self.check_refused([self.written({**RUN, "gpu": None}), "--gpus", 8], "gpu")


if __name__ == "__main__":
    unittest.main()
