"""A quick selection on several numbers of ranks: everything is measured and right, or says why not."""

import unittest

from program import OF_THIS_MACHINE, ProgramTest, QUICK

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
        others = [f for f in report["findings"] if f["kind"] not in OF_THIS_MACHINE]
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

    def test_mpi_adds_up_and_multiplies_every_integer(self):
        ended = self.call_run("all_reduce", "reduce_scatter", "--sizes", "6KiB:6KiB", "--samples", "3", "--dtype",
                              "i32,u8,i64,u32,u64", "--set", "op=sum,max,min,prod", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        results = [r for r in self.report()["results"] if "op" in r["params"]]
        self.assertEqual(len(results), 2 * 5 * 4)
        for result in results:
            self.assertEqual(result["status"], "measured", f"{result['key']}: {result['reason']}")
            self.assertEqual(result["verification"]["status"], "passed", result["key"])

    def test_measures_without_a_launcher(self):
        self.check_job(1, launched=False)

    def test_measures_on_1_rank(self):
        self.check_job(1)

    def test_measures_on_2_ranks(self):
        self.check_job(2)

    def test_measures_on_3_ranks(self):
        self.check_job(3)

    def test_groups_that_this_job_lacks_are_skipped_with_the_reason(self):
        ended = self.call_run("send_recv", "--set", "group=0-1,1-9", "--sizes", "8:8", "--samples", "3", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        by_group = {r["params"]["group"]: r for r in self.report()["results"] if r["benchmark"] == "send_recv"}
        self.assertEqual(by_group["0-1"]["status"], "measured", by_group["0-1"])
        self.assertEqual(by_group["1-9"]["status"], "skipped")
        self.assertIn("'1-9'", by_group["1-9"]["reason"])

    def measure_rounds(self, benchmark, rounds, ranks):
        """The results by group, and the only map of all of them."""
        ended = self.call_run(benchmark, "--set", f"group={rounds}", "--sizes", "64KiB:64KiB", "--samples", "3",
                              *(["--set", "direction=one_way"] if "bandwidth" in benchmark else []), ranks=ranks)
        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        results = {r["params"]["group"]: r for r in report["results"] if r["benchmark"] == benchmark}
        for result in results.values():
            if result["status"] == "measured":
                self.assertEqual(result["verification"]["status"], "passed", result["key"])
                self.assertEqual(result["backend"], "mpi", "also where rank 0 is idle")
        (fabric,) = report["fabric"] or [None]
        return results, fabric, ended

    def test_every_round_of_3_ranks_is_a_matrix(self):
        results, fabric, ended = self.measure_rounds("send_recv", "every_round", ranks=3)

        self.assertEqual(list(results), ["round_1", "round_2", "round_3"])
        idle = [[rank for rank, time in enumerate(r["per_rank"]["all_s"]) if not time] for r in results.values()]
        self.assertEqual(idle, [[0], [1], [2]])
        self.assertEqual((fabric["metric"], fabric["unit"], fabric["ends"]), ("latency", "s", 3))
        values = fabric["matrix"]["values"]
        self.assertEqual([i for i in range(3) for j in range(3) if values[i][j] is None], [0, 1, 2])
        self.assertEqual(values[0][2], results["round_2"]["per_rank"]["max_s"])
        self.assertRegex(ended.stdout, "[um]s from row to column")

    def test_rounds_one_way_are_told_from_those_back(self):
        results, fabric, _ = self.measure_rounds("send_recv_bandwidth", "rounds", ranks=4)

        self.assertEqual(len(results), 6)
        (same_host,) = fabric["classes"]
        self.assertEqual((same_host["class"], same_host["pairs"]), ("same_host", 12))
        self.assertGreater(same_host["min"], 0)
        self.assertLessEqual(same_host["min"], same_host["median"])
        self.assertLessEqual(same_host["median"], same_host["max"])

    def test_rounds_of_2_ranks_are_one(self):
        results, _, _ = self.measure_rounds("send_recv", "rounds,round_2", ranks=2)

        self.assertEqual({group: r["status"] for group, r in results.items()},
                         {"round_1": "measured", "round_2": "skipped"})

    def test_overlap_and_transports_are_told(self):
        self.call_run("all_reduce", "--set", "start=overlapped", "--sizes", "64KiB:64KiB", "--samples", "5",
                      ranks=2)

        result = self.report()["results"][0]
        figures = {figure["name"]: figure for figure in result["figures"]}
        self.assertGreater(figures["computing_s"]["min"], 0)
        self.assertGreaterEqual(figures["overlap_share"]["min"], 0)
        self.assertLessEqual(figures["overlap_share"]["max"], 1)
        self.assertIn("mpi", result["details"])
        if "Open MPI" in result["details"]["mpi"] and "pml" not in result["details"]:
            self.skipTest("this Open MPI was built without loadable components")

    def test_measures_on_5_ranks(self):
        self.check_job(5, limit=100)


if __name__ == "__main__":
    unittest.main()
