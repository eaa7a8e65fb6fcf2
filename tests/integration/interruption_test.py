"""Hangs, signals and lost ranks: the report is on disk, says what happened, and can be resumed."""

import json
import signal
import time
import unittest

from program import ProgramTest

# Short cases first; the last one hangs under fault all_to_all:hang.
CASES = ["memory_copy", "all_reduce", "all_to_all", "--sizes", "4KiB:4KiB", "--dtype", "f32",
         "--samples", "3"]
# A case of a minute after short ones.
LONG = ["memory_copy", "--set", "bytes=4KiB,64MiB", "--samples", "2000"]


class Interruptions(ProgramTest):
    def told_of_ranks(self, report):
        """What the report says of each rank, in findings and events."""
        said = {}
        for entry in report["findings"] + report["events"]:
            text = entry.get("reason") or entry.get("message") or ""
            said.setdefault(entry["rank"], []).append(text)
        return said

    def check_partial(self, report, reason):
        self.assertEqual(report["run"]["status"], "partial")
        self.assertIn(reason, report["run"]["reason"])
        self.assertEqual(report["verdict"]["status"], "unknown")
        done = {r["benchmark"] for r in report["results"] if r["status"] == "measured"}
        self.assertIn("memory_copy", done)

    def start_hanging(self, *more, ranks=2):
        job = self.start("run", *CASES, "--out", self.out, *more, ranks=ranks, fault="all_to_all:hang")
        job.wait_until(job.struck.exists, "the hang")
        return job

    def test_hang_ends_with_the_case_and_the_phase_of_every_rank(self):
        job = self.start_hanging("--case-timeout", "3", ranks=3)
        started = time.monotonic()

        ended = job.end(30)

        self.assertEqual(ended.status, 3, ended)
        self.assertLess(time.monotonic() - started, 15)
        report = self.report()
        self.check_partial(report, "all_to_all/bytes=4096")
        said = self.told_of_ranks(report)
        for rank in range(3):
            self.assertTrue(any("run" in text for text in said.get(rank, [])), said)

    def test_sigterm_leaves_a_partial_report(self):
        job = self.start_hanging()

        job.process.send_signal(signal.SIGTERM)
        job.end(15)

        self.check_partial(self.report(), "SIGTERM")

    def test_sigint_leaves_a_partial_report(self):
        job = self.start("run", *LONG, "--out", self.out, ranks=2)
        job.wait_until(self.has_finished_a_case, "the first case")

        job.process.send_signal(signal.SIGINT)
        job.end(15)

        self.check_partial(self.report(), "SIG")

    def test_signal_without_a_launcher_leaves_a_partial_report(self):
        job = self.start("run", *LONG, "--out", self.out)
        job.wait_until(self.has_finished_a_case, "the first case")

        job.process.send_signal(signal.SIGTERM)
        ended = job.end(15)

        self.assertEqual(ended.status, 3, ended)
        self.check_partial(self.report(), "SIGTERM")

    def test_killed_rank_is_named(self):
        job = self.start_hanging(ranks=3)

        job.signal_rank(1, signal.SIGKILL)
        ended = job.end(20)

        self.assertNotEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual(report["run"]["status"], "partial")
        said = self.told_of_ranks(report)
        self.assertTrue(any("connection closed" in text or "silent" in text for text in said.get(1, [])), said)

    def test_stopped_rank_is_named_as_silent(self):
        job = self.start_hanging("--case-timeout", "4", ranks=2)

        job.signal_rank(1, signal.SIGSTOP)
        ended = job.end(30)

        self.assertEqual(ended.status, 3, ended)
        report = self.report()
        self.check_partial(report, "all_to_all/bytes=4096")
        said = self.told_of_ranks(report)
        self.assertTrue(any("silent" in text for text in said.get(1, [])), said)
        self.assertFalse(any("silent" in text for text in said.get(0, [])), said)

    def test_resumed_run_keeps_what_was_measured_and_does_the_rest(self):
        job = self.start_hanging()
        job.process.send_signal(signal.SIGTERM)
        job.end(15)
        before = {r["key"]: r for r in self.report()["results"] if r["status"] == "measured"}

        ended = self.call("run", "--resume", self.out, ranks=2)

        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual(report["run"]["status"], "complete")
        after = {r["key"]: r for r in report["results"]}
        self.assertEqual({r["benchmark"] for r in after.values()}, {"memory_copy", "all_reduce", "all_to_all"})
        self.assertGreater(len(before), 0)
        self.assertEqual({key: after[key]["timing"] for key in before},
                         {key: result["timing"] for key, result in before.items()})
        self.assertTrue(all(r["status"] == "measured" for r in after.values()))

    def test_journal_holds_one_result_a_line(self):
        self.call_run("memory_copy", "--sizes", "4KiB:16KiB", "--samples", "3", ranks=2)

        lines = [json.loads(line) for line in (self.out / "journal.jsonl").read_text().splitlines()]

        journaled = [line["key"] for line in lines if "key" in line]
        self.assertEqual(journaled, [r["key"] for r in self.report()["results"]])


if __name__ == "__main__":
    unittest.main()
