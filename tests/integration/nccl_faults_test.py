"""What goes wrong between GPUs: nine faults that are planted in the double of NCCL, and bad input."""

import json
import os
import time
import unittest

from on_double import EXPECTED, ONE, NcclTest


class NcclFaults(NcclTest):
    def run_with_fault(self, fault, *more, case_timeout=6):
        self.set("SHORTFALL_NCCL_DOUBLE", fault)
        return self.call_run(*ONE, *more, "--case-timeout", case_timeout, ranks=2, limit=40)

    def check_failed(self, ended, rank, *words):
        self.assertEqual(ended.status, 3, ended)
        failed = [r for r in self.results() if r["status"] == "failed"]
        self.assertEqual(len(failed), 1, ended)
        told = failed[0]["reason"]
        for word in words:
            self.assertIn(word, told)
        found = [f for f in self.report()["findings"] if f["kind"] not in EXPECTED]
        self.assertTrue(any(f["rank"] == rank and f["host"] for f in found), found)
        return failed[0]

    # Nine faults.

    def test_wrong_data_is_told_with_its_rank(self):
        ended = self.run_with_fault("rank1.fault=wrong_data")

        self.assertEqual(ended.status, 2, ended)
        wrong = self.results()[0]["verification"]
        self.assertEqual(wrong["status"], "failed")
        self.assertEqual(wrong["mismatch"]["rank"], 1)
        self.assertTrue(wrong["mismatch"]["host"])

    def check_products_and_averages(self, fault):
        ended = self.run_with_fault(f"rank1.fault={fault}", "--set", "op=prod,avg", "--dtype", "f32,u64")

        self.assertEqual(ended.status, 2, ended)
        self.assertEqual(len(self.results()), 4)
        for result in self.results():
            self.assertEqual(result["verification"]["status"], "failed", result["key"])
            self.assertTrue(result["verification"]["mismatch"]["host"])

    def test_wrong_data_of_products_and_averages_is_told(self):
        self.check_products_and_averages("wrong_data")

    def test_a_dropped_contribution_to_products_and_averages_is_told(self):
        self.check_products_and_averages("dropped")

    def test_a_dropped_contribution_is_told(self):
        ended = self.run_with_fault("rank1.fault=dropped")

        self.assertEqual(ended.status, 2, ended)
        self.assertEqual(self.results()[0]["verification"]["status"], "failed")
        self.assertTrue(self.results()[0]["verification"]["mismatch"]["host"])

    def test_an_error_that_comes_by_itself_ends_the_case_on_all_ranks_at_once(self):
        start = time.monotonic()
        ended = self.run_with_fault("rank1.fault=async_error:5", "memory_read", case_timeout=60)

        self.assertLess(time.monotonic() - start, 25)  # rank 0 does not wait for its patience to end
        self.check_failed(ended, 1, "unhandled system error")
        self.assertEqual({r["status"] for r in self.results() if r["benchmark"] == "memory_read"}, {"measured"})

    def test_a_call_that_fails_does_not_leave_the_others_waiting_on_their_devices(self):
        start = time.monotonic()
        ended = self.run_with_fault("rank1.fault=call_error:5", "memory_read", case_timeout=60)

        self.assertLess(time.monotonic() - start, 25)
        self.check_failed(ended, 1, "unhandled system error")
        self.assertEqual({r["status"] for r in self.results() if r["benchmark"] == "memory_read"}, {"measured"})
        self.assertEqual(self.report()["run"]["status"], "complete")

    def test_a_rank_that_does_not_come_is_named(self):
        ended = self.run_with_fault("rank1.fault=init_hang")

        self.check_failed(ended, 1, "connect ranks by NCCL", "nothing after", "rank 1 is behind")

    def test_a_rank_that_cannot_connect_does_not_keep_the_others_waiting(self):
        start = time.monotonic()
        ended = self.run_with_fault("rank1.fault=init_error", case_timeout=60)

        self.assertLess(time.monotonic() - start, 25)
        self.check_failed(ended, 1, "connect ranks by NCCL", "unhandled system error")

    def test_a_group_that_one_rank_could_not_connect_is_refused_by_all_ranks_from_then_on(self):
        self.set("SHORTFALL_NCCL_DOUBLE", "rank1.fault=init_error")
        start = time.monotonic()
        ended = self.call_run("all_reduce", "all_gather", "memory_read", "--sizes", "24KiB:96KiB:4", "--samples", "3",
                              "--case-timeout", 60, ranks=3, limit=60)

        self.assertLess(time.monotonic() - start, 40)
        self.assertEqual(ended.status, 3, ended)
        self.assertEqual(self.report()["run"]["status"], "complete")
        failed = [r["reason"] for r in self.results() if r["status"] == "failed"]
        self.assertEqual(len(failed), 4)
        for reason in failed[1:]:
            self.assertIn("failed before: connect ranks by NCCL: unhandled system error", reason)

    def test_an_operation_that_hangs_names_the_rank_that_is_behind_and_the_rest_goes_on(self):
        ended = self.run_with_fault("rank1.fault=op_hang:5", "memory_read")

        self.check_failed(ended, 1, "nothing after 3 s", "RAS answers", "Rank 1 has launched up to operation")
        self.assertEqual({r["status"] for r in self.results() if r["benchmark"] == "memory_read"}, {"measured"})
        self.assertEqual(self.report()["run"]["status"], "complete")

    def test_where_nccl_tells_another_profiler_ranks_are_known_by_their_processes(self):
        self.set("NCCL_PROFILER_PLUGIN", "of_the_user")
        ended = self.run_with_fault("rank1.fault=op_hang:5")

        self.check_failed(ended, 1, "rank 1 is behind")

    def check_a_hang_of_graphs(self, fault):
        start = time.monotonic()
        ended = self.run_with_fault(fault, "memory_read", "--set", "start=graph")

        self.assertLess(time.monotonic() - start, 11)  # nobody waits for an abort that waits for graphs
        self.check_failed(ended, 1, "nothing after 3 s", "RAS answers")
        self.assertEqual({r["status"] for r in self.results() if r["benchmark"] == "memory_read"}, {"measured"})
        self.assertEqual(self.report()["run"]["status"], "complete")

    def test_a_graph_that_hangs_when_it_is_first_launched_is_told_like_any_other_operation(self):
        self.check_a_hang_of_graphs("rank1.fault=op_hang:1")

    def test_an_operation_that_hangs_beside_graphs_is_given_up_at_once(self):
        self.check_a_hang_of_graphs("rank1.fault=op_hang:2")

    def test_without_ras_a_hang_says_so(self):
        self.set("NCCL_RAS_ADDR", "localhost:28029")
        ended = self.run_with_fault("ras=0;rank1.fault=op_hang:5")

        self.assertEqual(ended.status, 3, ended)
        failed = next(r for r in self.results() if r["status"] == "failed")
        self.assertIn("RAS could not be asked: nobody answers at localhost:28029", failed["reason"])

    def check_a_stuck_gpu_of(self, rank):
        start = time.monotonic()
        ended = self.run_with_fault(f"rank{rank}.fault=abort_fails:5", "memory_read", case_timeout=12)

        self.assertEqual(ended.status, 3, ended)
        self.assertLess(time.monotonic() - start, 30)
        report = self.report()
        self.assertEqual(report["run"]["status"], "partial")
        failed = next(r for r in report["results"] if r["status"] == "failed")
        self.assertIn("ncclCommAbort: internal error", failed["reason"])
        self.assertTrue(any(f["rank"] == rank and f["host"] for f in report["findings"]), report["findings"])
        self.assertIn("left a device stuck", ended.stderr)

    def test_an_abort_that_fails_ends_the_run_with_its_rank(self):
        self.check_a_stuck_gpu_of(1)

    def test_a_gpu_of_rank_0_that_is_stuck_is_recorded_though_nothing_on_it_can_be_freed(self):
        self.check_a_stuck_gpu_of(0)

    def test_two_versions_of_nccl_are_named_with_their_ranks(self):
        ended = self.run_with_fault("rank1.version=22705")

        self.check_failed(ended, 1, "rank 1 on", "has NCCL 2.27.5", "rank 0 on", "all must have the same")

    def test_ranks_that_share_a_gpu_are_refused(self):
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=1"
        ended = self.call_run(*ONE, ranks=2)

        self.assertEqual(ended.status, 64, ended)
        self.assertIn("ranks 0 and 1 on", ended.stderr)
        self.assertIn("would share the GPU at 0000:17:00.0", ended.stderr)

    def test_nccl_itself_refuses_ranks_on_one_gpu(self):
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=1"
        ended = self.call_run(*ONE, "--share-gpus", ranks=2)

        self.check_failed(ended, 1, "rank 0 on", "rank 1 on", "share the GPU at 0000:17:00.0", "NCCL_HOSTID")

    def test_a_rank_without_mpi_that_hangs_is_named(self):
        self.set("SHORTFALL_NCCL_DOUBLE", "rank1.fault=op_hang:5")
        ended = self.launch(2, [], *ONE, "--case-timeout", 6)

        self.check_failed(ended, 1, "RAS answers")

    # Bad input.

    def unusable(self):
        listed = json.loads(self.call("list", "--json").stdout)
        return json.dumps(next(b for b in listed["backends"] if b["name"] == "nccl"))

    def test_a_library_of_another_major_version_is_named_beside_the_header(self):
        self.set("SHORTFALL_NCCL_DOUBLE", "version=30101")

        self.assertRegex(self.unusable(), r"libnccl.so.2 is NCCL 3\.1\.1, this build has the header of NCCL 2\.")
        ended = self.call_run(*ONE, "--collectives", "nccl", ranks=2)
        self.assertEqual(ended.status, 64, ended)
        self.assertIn("--collectives=nccl", ended.stderr)

    def test_gpus_that_nobody_connects_are_a_finding(self):
        self.set("SHORTFALL_NCCL_DOUBLE", "version=30101")
        ended = self.call_run("memory_read", "all_reduce", "--sizes", "64KiB:64KiB", "--samples", "3", ranks=2)

        self.assertEqual(ended.status, 3, ended)
        found = next(f for f in self.report()["findings"] if f["kind"] == "devices_unconnected")
        self.assertIn("NCCL 3.1.1", found["reason"])

    def test_interfaces_that_match_nothing_are_named(self):
        self.set("NCCL_SOCKET_IFNAME", "nosuch")

        self.assertRegex(self.unusable(), r"NCCL_SOCKET_IFNAME=nosuch matches no interface of this host, which has .*lo")

    def test_settings_that_forbid_what_was_asked_are_named(self):
        self.set("NCCL_WIN_ENABLE", "0")
        self.set("NCCL_MAX_CTAS", "4")
        ended = self.call_run("all_reduce", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "buffers=plain,symmetric", "--set", "channels=auto,8", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        reasons = {(r["params"]["buffers"], r["params"]["channels"]): r["reason"] for r in self.results()}
        self.assertIsNone(reasons["plain", "auto"])
        self.assertEqual(reasons["symmetric", "auto"], "NCCL_WIN_ENABLE=0 forbids symmetric windows")
        self.assertEqual(reasons["plain", "8"], "NCCL_MAX_CTAS=4 goes before channels=8")

    # What one rank alone cannot do, no rank waits for.

    def check_skipped_at_once(self, *options, words):
        start = time.monotonic()
        ended = self.call_run("all_reduce", "memory_read", "--samples", "3", "--case-timeout", 60, *options, ranks=2,
                              limit=90)

        self.assertLess(time.monotonic() - start, 25, ended)
        self.assertEqual(ended.status, 0, ended)
        self.assertEqual(self.report()["run"]["status"], "complete")
        skipped = [r for r in self.results() if r["benchmark"] == "all_reduce"]
        self.assertEqual({r["status"] for r in skipped}, {"skipped"}, ended)
        for word in ("rank 1 on", *words):
            self.assertIn(word, skipped[0]["reason"])

    def test_memory_that_one_rank_lacks_is_not_waited_for(self):
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=3;rank1.memory=3000000"
        self.check_skipped_at_once("--sizes", "1MiB:1MiB", "--set", "channels=2", words=["out of memory"])

    def test_a_variable_of_one_rank_that_forbids_what_was_asked_is_not_waited_for(self):
        start = time.monotonic()
        ended = self.launch(2, ["bash", "-c", '[ $RANK = 1 ] && export NCCL_MAX_CTAS=4; exec "$0" "$@"'],
                            "all_reduce", "--sizes", "24KiB:24KiB", "--samples", "3", "--set", "channels=8",
                            "--case-timeout", 60)

        self.assertLess(time.monotonic() - start, 25, ended)
        result = self.results()[0]
        self.assertEqual(result["status"], "skipped", ended)
        self.assertRegex(result["reason"], r"rank 1 on .*: NCCL_MAX_CTAS=4 goes before channels=8")

    def test_a_buffer_that_one_rank_cannot_register_is_its_failure(self):
        start = time.monotonic()
        ended = self.run_with_fault("rank1.fault=register_error", "--set", "buffers=registered", case_timeout=60)

        self.assertLess(time.monotonic() - start, 25, ended)
        self.check_failed(ended, 1, "register a buffer with NCCL", "unhandled system error")

    def test_a_gpu_of_one_rank_that_is_too_old_is_not_waited_for(self):
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=3;rank1.capability=8"
        self.check_skipped_at_once("--sizes", "24KiB:24KiB", "--dtype", "f8_e4m3", "--set", "channels=2",
                                   words=["on GPUs from Hopper on"])


if __name__ == "__main__":
    unittest.main()
