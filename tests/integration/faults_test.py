"""Every fault that faulty_mpi.cpp commits is caught, and its rank, host and index are named."""

import socket
import unittest

from program import OF_THIS_MACHINE, ProgramTest

ELEMENTS = {4096: 1024, 65536: 16384}  # f32, by params.bytes


class Faults(ProgramTest):
    def run_with(self, fault, ranks):
        return self.call_run("all_reduce", "all_to_all", "memory_copy", "--sizes", "4KiB:64KiB:16",
                             "--dtype", "f32", "--samples", "5", ranks=ranks, fault=fault)

    def check_mismatch(self, result, rank, index, difference):
        verification = result["verification"]
        self.assertEqual(verification["status"], "failed", result["key"])
        mismatch = verification["mismatch"]
        self.assertEqual(mismatch["rank"], rank, mismatch)
        self.assertTrue(mismatch["host"].startswith(socket.gethostname().split(".")[0]), mismatch)
        if index is not None:
            self.assertEqual(mismatch["index"], index(ELEMENTS[result["params"]["bytes"]]), mismatch)
        if difference == "nan":
            self.assertIsNone(mismatch["got"])
        elif difference is not None:
            self.assertEqual(mismatch["got"] - mismatch["want"], difference, mismatch)
        else:
            self.assertNotEqual(mismatch["got"], mismatch["want"])

    def check_caught(self, fault, *, ranks, rank, index=None, difference=None):
        ended = self.run_with(fault, ranks)

        self.assertEqual(ended.status, 2, ended)
        report = self.report()
        self.assertEqual(report["verdict"]["status"], "fail")
        self.assertEqual(report["run"]["status"], "complete")
        hit = fault.split(":")[0]
        wrong = [r for r in report["results"] if r["benchmark"] == hit]
        self.assertEqual(len(wrong), len(ELEMENTS))
        for result in wrong:
            self.check_mismatch(result, rank, index, difference)
        for result in report["results"]:
            if result["benchmark"] not in (hit, "mpi_init", "connect"):
                self.assertEqual(result["verification"]["status"], "passed", result["key"])
        found = {(f["metric"], f["severity"], f["rank"]) for f in report["findings"]
                 if f["kind"] == "wrong_data"}
        self.assertEqual(found, {(r["key"], "fail", rank) for r in wrong})

    def test_no_fault_is_no_finding(self):
        ended = self.run_with("nothing:nowhere", 3)

        self.assertEqual(ended.status, 0, ended)
        self.assertLessEqual({f["kind"] for f in self.report()["findings"]}, OF_THIS_MACHINE)

    def test_last_element_of_the_last_rank(self):
        self.check_caught("all_reduce:last_element", ranks=3, rank=2, index=lambda n: n - 1, difference=1)

    def test_half_more_in_the_middle_of_the_last_rank(self):
        self.check_caught("all_reduce:half_more", ranks=3, rank=2, index=lambda n: n // 2, difference=0.5)

    def test_result_shifted_by_100_elements(self):
        self.check_caught("all_reduce:shifted", ranks=2, rank=0)

    def test_all_reduce_that_never_communicates(self):
        self.check_caught("all_reduce:never_communicates", ranks=3, rank=0)

    def test_two_blocks_of_an_all_to_all_swapped(self):
        self.check_caught("all_to_all:swapped_blocks", ranks=3, rank=2)

    def test_one_rank_counted_twice(self):
        self.check_caught("all_reduce:counted_twice", ranks=3, rank=0)

    def test_previous_result_returned(self):
        self.check_caught("all_reduce:previous_result", ranks=2, rank=1)

    def test_previous_result_of_an_all_to_all_returned(self):
        self.check_caught("all_to_all:previous_result", ranks=2, rank=1)

    def test_not_a_number(self):
        self.check_caught("all_reduce:nan", ranks=2, rank=1, index=lambda n: n // 2, difference="nan")

    def test_fault_that_begins_after_50_calls(self):
        self.check_caught("all_reduce:after_50_calls", ranks=2, rank=1, index=lambda n: 0, difference=1)

    def test_last_element_of_an_all_to_all(self):
        self.check_caught("all_to_all:last_element", ranks=2, rank=1, index=lambda n: n - 1, difference=1)

    def test_call_that_fails_on_one_rank_names_it_and_the_run_goes_on(self):
        ended = self.run_with("all_reduce:error", 2)

        self.assertEqual(ended.status, 3, ended)
        report = self.report()
        self.assertEqual(report["verdict"]["status"], "unknown")
        for result in report["results"]:
            if result["benchmark"] == "all_reduce":
                self.assertEqual((result["status"], result["rank"]), ("failed", 1), result)
                self.assertIn("all_reduce", result["reason"])
            elif result["benchmark"] not in ("mpi_init", "connect"):
                self.assertEqual(result["verification"]["status"], "passed", result["key"])

    def test_call_that_fails_while_others_wait_ends_the_job_and_names_the_rank(self):
        ended = self.run_with("all_reduce:error_after_50_calls", 2)

        self.assertEqual(ended.status, 3, ended)
        report = self.report()
        self.assertEqual(report["verdict"]["status"], "unknown")
        said = [report["run"]["reason"] or ""]
        said += [f"rank {f['rank']} {f['reason']}" for f in report["findings"]]
        said += [f"rank {e['rank']} {e['message']}" for e in report["events"]]
        self.assertTrue(any("rank 1" in text and "all_reduce" in text for text in said), said)


class EveryCollective(ProgramTest):
    """The last element that arrives is one too large: in every type, place and way to start."""

    def check(self, name, *, rank=2, places="out_of_place", share=1, starts="blocking,nonblocking", call=None, more=()):
        ended = self.call_run(name, "--sizes", "6KiB:6KiB", "--dtype", "f32,f64,bf16,i32,u8,i64,u32,u64", *more,
                              "--set", f"place={places}", "--set", f"start={starts}", "--samples", "3",
                              ranks=3, fault=f"{call or name}:last_element")

        self.assertEqual(ended.status, 2, ended)
        results = [r for r in self.report()["results"] if r["benchmark"] == name]
        measured = [r for r in results if r["status"] == "measured"]
        self.assertGreaterEqual(len(measured), 7 * len(places.split(",")) * len(starts.split(",")))
        for result in results:
            if result["status"] == "skipped":
                self.assertEqual(result["params"]["dtype"], "bf16", result)
                self.assertIn("bf16", result["reason"])
        size = {"f64": 8, "i64": 8, "u64": 8, "bf16": 2, "u8": 1}
        for result in measured:
            mismatch = result["verification"]["mismatch"]
            self.assertIsNotNone(mismatch, result["key"])
            elements = 6144 // size.get(result["params"]["dtype"], 4)
            self.assertEqual((mismatch["rank"], mismatch["index"]), (rank, elements // share - 1),
                             result["key"])
            self.assertNotEqual(mismatch["got"], mismatch["want"])

    def test_last_element_of_all_reduce_in_every_type(self):
        self.check("all_reduce", places="out_of_place,in_place")

    def test_last_element_of_products_in_every_type(self):
        self.check("all_reduce", starts="blocking", more=["--set", "op=prod"])

    def test_last_element_of_all_gather_in_every_type(self):
        self.check("all_gather", places="out_of_place,in_place")

    def test_last_element_of_reduce_scatter_in_every_type(self):
        self.check("reduce_scatter", places="out_of_place,in_place", share=3)

    def test_last_element_of_all_to_all_in_every_type(self):
        self.check("all_to_all", places="out_of_place,in_place")

    def test_last_element_of_broadcast_in_every_type(self):
        self.check("broadcast")

    def test_last_element_of_reduce_in_every_type(self):
        self.check("reduce", places="out_of_place,in_place", rank=0)

    def test_last_element_of_gather_in_every_type(self):
        self.check("gather", places="out_of_place,in_place", rank=0)

    def test_last_element_of_scatter_in_every_type(self):
        self.check("scatter", share=3)

    def test_last_element_of_send_recv_ring_in_every_type(self):
        self.check("send_recv_ring", starts="blocking")

    def test_last_element_of_neighbor_exchange_in_every_type(self):
        self.check("neighbor_exchange", starts="blocking", call="send_recv_ring")

    def test_last_element_of_all_to_allv_in_every_type(self):
        ended = self.call_run("all_to_allv", "--sizes", "6KiB:6KiB", "--dtype", "f32,f64,bf16,i32,u8", "--samples", "3",
                              "--set", "start=blocking,nonblocking", ranks=3, fault="all_to_allv:last_element")

        self.assertEqual(ended.status, 2, ended)
        wrong = [r for r in self.report()["results"] if r["benchmark"] == "all_to_allv"]
        self.assertEqual(len(wrong), 5 * 2 * 2)  # types, starts, balanced and skewed
        for result in wrong:
            self.assertEqual(result["verification"]["mismatch"]["rank"], 2, result["key"])



if __name__ == "__main__":
    unittest.main()
