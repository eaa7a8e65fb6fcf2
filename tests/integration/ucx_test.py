"""Two ranks exchange data by the calls of UCX, over what it finds on one host."""

import os
import pathlib
import signal
import sys
import unittest

from program import ProgramTest

VERBS = "op=put,get,tag,am,stream"
ALL = ["ucx_latency", "ucx_bandwidth", "--links", "ucx", "--set", VERBS, "--samples", "3"]
SHAPES = 1 + 2  # ping-pong; one way and both ways


class Ucx(ProgramTest):
    def setUp(self):
        super().setUp()
        for name in ("UCX_TLS", "UCX_NET_DEVICES"):
            os.environ.pop(name, None)

    def over(self, transports, **others):
        for name, value in {"UCX_TLS": transports, **others}.items():
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)

    def of_ucx(self):
        return [r for r in self.report()["results"] if r["benchmark"].startswith("ucx_")]

    def check_all(self, count):
        results = self.of_ucx()
        self.assertEqual(len(results), count)
        for result in results:
            self.assertEqual(result["status"], "measured", f"{result['key']}: {result['reason']}")
            self.assertEqual(result["verification"]["status"], "passed", result["key"])
        return results

    def test_every_call_is_verified_over_shared_memory(self):
        self.over("posix,cma")

        ended = self.call_run(*ALL, "--set", "bytes=8,4KiB,256KiB,4MiB", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        for result in self.check_all(5 * SHAPES * 4):
            self.assertIn("posix/memory", result["details"]["transports"], result["key"])
            self.assertEqual(result["details"]["UCX_TLS"], "posix,cma", result["key"])

    def test_every_call_is_verified_over_tcp(self):
        self.over("tcp", UCX_NET_DEVICES="lo")

        ended = self.call_run(*ALL, "--set", "bytes=8,16KiB,1MiB", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        for result in self.check_all(5 * SHAPES * 3):
            self.assertIn("tcp/lo", result["details"]["transports"], result["key"])

    def test_sizes_that_are_no_whole_words_arrive(self):
        for transports in ("posix", "tcp"):
            with self.subTest(transports):
                self.over(transports)
                self.out = self.folder / transports

                ended = self.call_run(*ALL, "--set", "bytes=1,3,4097", "--set", "window=5", ranks=2)

                self.assertEqual(ended.status, 0, ended)
                self.check_all(5 * SHAPES * 3)

    def test_windows_longer_than_what_is_in_flight_arrive(self):
        self.over("posix")

        ended = self.call_run("ucx_bandwidth", "--links", "ucx", "--set", VERBS, "--set", "bytes=8,10000", "--set",
                              "window=1,1000", "--samples", "3", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        self.check_all(5 * 2 * 2 * 2)

    def test_an_odd_rank_is_idle(self):
        self.over("posix")

        ended = self.call_run(*ALL, "--set", "bytes=8,64KiB", "--set", "group=pairs", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        for result in self.check_all(5 * SHAPES * 2):
            self.assertLessEqual(result["per_rank"]["n"], 2, result["key"])

    def test_a_rank_that_makes_no_progress_is_a_timeout(self):
        for transports in ("posix", "tcp"):
            with self.subTest(transports):
                self.over(transports)
                self.out = self.folder / transports
                job = self.start("run", "ucx_latency", "--links", "ucx", "--set", "op=tag", "--sizes", "1B:64KiB:2",
                                 "--samples", "800", "--case-timeout", "8", "--out", self.out, ranks=2)
                job.wait_until(self.has_finished_a_case, "the first case")

                job.signal_rank(1, signal.SIGSTOP)
                ended = job.end(60)

                self.assertEqual(ended.status, 3, ended)
                told = ended.stderr + str(self.report())
                self.assertIn("rank 1", told)
                self.assertRegex(told, "timeout|did not answer|nothing")

    def test_a_killed_rank_is_named_by_the_one_that_it_leaves(self):
        self.over("tcp")
        launcher = [sys.executable, str(pathlib.Path(__file__).parents[2] / "scripts/launch_local"), "2"]
        job = self.start("run", "ucx_latency", "--links", "ucx", "--set", "op=tag", "--sizes", "1B:64KiB:2",
                         "--samples", "800", "--case-timeout", "8", "--out", self.out, before=launcher)
        job.wait_until(self.has_finished_a_case, "the first case")

        job.signal_rank(1, signal.SIGKILL)
        ended = job.end(30)

        self.assertEqual(ended.status, 3, ended)
        self.assertEqual(self.report()["run"]["status"], "partial")
        self.assertIn("rank 1 on ", self.report()["run"]["reason"])

    def test_transports_that_do_not_exist_are_named(self):
        self.over("nonsense")

        ended = self.call_run("ucx_latency", "--links", "ucx", ranks=2)

        self.assertEqual(ended.status, 64, ended)
        self.assertIn("UCX_TLS=nonsense", ended.stderr)
        self.assertFalse(self.out.exists())


if __name__ == "__main__":
    unittest.main()
