"""Bad input: one sentence on standard error, exit status 64, nothing measured, nothing written."""

import json
import unittest

from program import MPIEXEC, ProgramTest

# What is typed, and the words that the answer must hold.
NAMES = [
    (["run", "all_reduec"], ["all_reduec", "all_reduce"]),
    (["run", "--suite", "nosuch"], ["--suite", "nosuch", "collectives"]),
    (["run", "--profile", "fast"], ["--profile", "fast", "quick"]),
    (["run", "--dtype", "fp12"], ["--dtype", "fp12", "bf16"]),
    (["run", "gemm", "--set", "data=sparse:2"], ["--set data=sparse:2", "sparse:SHARE", "from 0 to 1"]),
    (["run", "gemm_shape", "--set", "shape=4x4"], ["--set shape=4x4", "MxNxK"]),
    (["run", "--device", "cuda"], ["--device", "cuda", "not"]),
    (["run", "--device", "nosuch"], ["--device", "nosuch", "host"]),
    (["run", "--collectives", "ucx"], ["--collectives", "ucx", "no"]),
    (["run", "--collectives", "nosuch"], ["--collectives", "nosuch"]),
    (["run", "--nosuch"], ["--nosuch"]),
    (["nosuch"], ["nosuch"]),
    ([], ["--help"]),
]
NUMBERS = [
    (["run", "--samples", "0"], ["--samples", "0", "from 1"]),
    (["run", "--samples", "-3"], ["--samples", "-3", "from 1"]),
    (["run", "--samples", "many"], ["--samples", "many", "from 1"]),
    (["run", "--budget", "-1"], ["--budget", "-1", "above 0"]),
    (["run", "--budget", "nan"], ["--budget", "nan", "above 0"]),
    (["run", "--case-timeout", "0"], ["--case-timeout", "0", "above 0"]),
    (["run", "--seed", "x"], ["--seed", "x", "whole number"]),
    (["run", "--set", "nosuch=1"], ["--set", "nosuch", "bytes"]),
    (["run", "gemm", "--set", "n=0"], ["--set", "n", "0", "from 1"]),
    (["run", "gemm", "--set", "n"], ["--set", "n", "KEY=VALUE"]),
    (["run", "all_reduce", "--set", "op=mean"], ["--set", "op", "mean", "max"]),
    (["run", "all_to_allv", "--set", "skew=zipf:x"], ["skew", "zipf:x", "EXPONENT"]),
    (["run", "all_to_allv", "--set", "skew=zipf:-1"], ["skew", "zipf:-1", "EXPONENT"]),
    (["run", "send_recv", "--set", "group=0-x"], ["group", "0-x", "A-B"]),
    (["run", "send_recv", "--set", "group=round_0"], ["group", "round_0", "every_round", "numbers from 1"]),
    (["run", "send_recv", "--set", "group=round_1_cross_x"], ["group", "round_1_cross_x", "cross_rounds"]),
    (["run", "all_reduce", "--set", "group=mars"], ["group", "mars", "halves"]),
    (["run", "--fail-on", "never"], ["--fail-on", "never", "warn"]),
]
SIZES = [
    (["run", "--sizes", "0:8"], ["--sizes", "0:8"]),
    (["run", "--sizes", "8:4"], ["--sizes", "8:4"]),
    (["run", "--sizes", "abc"], ["--sizes", "abc", "FIRST:LAST"]),
    (["run", "--sizes", "8:16:1"], ["--sizes", "8:16:1", "2"]),
    (["run", "--sizes", "8:99999999TiB"], ["--sizes", "99999999TiB"]),
    (["run", "memory_copy", "--sizes", "64TiB:64TiB"], ["memory_copy", "are free"]),
    (["run", "gemm", "--set", "n=1000000"], ["gemm", "n=1000000", "are free"]),
]
SHAPES = {
    "empty": "",
    "text": "no report",
    "truncated": '{"schema_version": 1, "results": [',
    "deep": "[" * 100000,
    "array": "[]",
    "version": '{"schema_version": 999}',
    "mistyped": '{"schema_version": 1, "results": 7}',
}


class BadInput(ProgramTest):
    def check_refused(self, arguments, words, ranks):
        before = sorted(self.folder.rglob("*"))

        ended = self.call(*arguments, ranks=ranks)

        self.assertEqual(ended.status, 64, ended)
        self.assertEqual(ended.stdout, "")
        for word in words:
            self.assertIn(word, ended.stderr)
        self.assertNotIn("terminate called", ended.stderr)
        self.assertEqual(sorted(self.folder.rglob("*")), before, "something was written")

    def check_table(self, table):
        for number, (arguments, words) in enumerate(table):
            # On several ranks, rank 0 alone may speak: one of each kind shows that.
            for ranks in [None, 2] if MPIEXEC and number == 0 else [None]:
                with self.subTest(" ".join(map(str, arguments))[:200], ranks=ranks):
                    self.check_refused(arguments, words, ranks)

    def test_unknown_names_are_refused(self):
        self.check_table(NAMES)

    def test_bad_numbers_are_refused(self):
        self.check_table(NUMBERS)

    def test_bad_sizes_are_refused(self):
        self.check_table(SIZES)

    def test_bad_folders_are_refused(self):
        used, file, empty = self.folder / "used", self.folder / "file", self.folder / "empty"
        used.mkdir()
        empty.mkdir()
        (used / "report.json").write_text("{}")
        file.write_text("")

        self.check_table([
            (["run", "memory_copy", "--out", used], ["--out", "used", "report"]),
            (["run", "memory_copy", "--out", file], ["--out", "file"]),
            (["run", "memory_copy", "--out", file / "below"], ["--out", "below"]),
            (["run", "memory_copy", "--out", "/proc/x"], ["--out", "/proc/x"]),
            (["run", "--resume", empty], ["--resume", "empty"]),
            (["run", "--resume", "nosuch"], ["--resume", "nosuch"]),
            (["run", "--resume", empty, "--out", "other"], ["--out", "--resume"]),
        ])
        self.assertEqual((used / "report.json").read_text(), "{}")

    def test_unreadable_reports_are_refused(self):
        table = [(["report", "nosuch.json"], ["nosuch.json"]), (["report"], ["REPORT"])]
        for name, text in SHAPES.items():
            file = self.folder / f"{name}.json"
            file.write_text(text)
            table.append((["report", file], [file.name]))
        (self.folder / "folder").mkdir()
        table.append((["report", "folder"], ["folder"]))

        self.check_table(table)

    def test_bad_formats_and_outputs_are_refused(self):
        self.call_run("memory_copy", "--sizes", "4KiB:4KiB", "--samples", "3")
        report = self.out / "report.json"
        measured = json.loads(report.read_text())

        self.check_table([
            (["report", report, "--format", "nosuch"], ["--format", "nosuch", "table"]),
            (["report", report, "--output", "/proc/x"], ["/proc/x"]),
        ])
        self.assertEqual(json.loads(report.read_text()), measured)


if __name__ == "__main__":
    unittest.main()
