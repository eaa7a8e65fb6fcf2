"""A quick selection on several numbers of ranks: everything is measured and right, or says why not."""

import unittest

from program import QUICK, ProgramTest

NEED_TWO_RANKS = {"all_reduce", "all_to_all", "barrier", "send_recv", "send_recv_bandwidth"}
NOTHING_TO_COMPARE = {"barrier"}


class Jobs(ProgramTest):
    def check_result(self, result, ranks):
        key = result["key"]
        if result["status"] == "skipped":
            self.assertTrue(result["reason"], key)
            return
        self.assertEqual(result["status"], "measured", f"{key}: {result['reason']}")
        happens_once = result["benchmark"] in ("mpi_init", "connect")
        verified = "none" if happens_once or result["benchmark"] in NOTHING_TO_COMPARE else "passed"
        self.assertEqual(result["verification"]["status"], verified, key)
        timing = result["timing"][result["timing"]["primary"]]
        self.assertEqual(timing["n"], 1 if happens_once else 3, key)
        self.assertGreater(timing["median_s"], 0, key)
        self.assertLessEqual(result["per_rank"]["n"], ranks, key)
        if happens_once:
            return
        vitals = result["vitals"]
        self.assertGreater(vitals["clock_hz"]["before"], 1e8, key)
        self.assertLessEqual(vitals["clock_hz"]["slowest"]["value"], vitals["clock_hz"]["before"], key)
        self.assertEqual(vitals["disturbed"], vitals["reason"] is not None, key)
        self.assertEqual(vitals["disturbed"], vitals["disturbed_hosts"] != [], key)

    def check_job(self, ranks, launched=True, limit=60):
        ended = self.call_run(*QUICK, ranks=ranks if launched else None, limit=limit)

        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual(report["run"]["status"], "complete")
        self.assertEqual(report["run"]["ranks"], ranks)
        # Of this machine, and of whoever else uses it.
        others = [f for f in report["findings"] if f["kind"] not in ("crippled_library", "disturbed")]
        self.assertEqual(others, [])
        self.assertIn(report["verdict"]["status"], ("pass", "warn"), report["verdict"])
        for result in report["results"]:
            self.check_result(result, ranks)
        planned = {word for word in QUICK if "_" in word} | {"gemm", "barrier"}
        once = {"mpi_init", "connect"} if ranks > 1 else set()
        self.assertEqual({r["benchmark"] for r in report["results"]}, planned | once)
        alone = {r["benchmark"] for r in report["results"]
                 if r["status"] == "skipped" and r["benchmark"] in NEED_TWO_RANKS}
        self.assertEqual(alone, NEED_TWO_RANKS if ranks == 1 else set())
        measured = {r["benchmark"] for r in report["results"] if r["status"] == "measured"}
        self.assertLessEqual({"memory_read", "memory_copy", "memory_triad"}, measured)

    def test_measures_without_a_launcher(self):
        self.check_job(1, launched=False)

    def test_measures_on_1_rank(self):
        self.check_job(1)

    def test_measures_on_2_ranks(self):
        self.check_job(2)

    def test_measures_on_3_ranks(self):
        self.check_job(3)

    def test_measures_on_5_ranks(self):
        self.check_job(5, limit=100)


if __name__ == "__main__":
    unittest.main()
