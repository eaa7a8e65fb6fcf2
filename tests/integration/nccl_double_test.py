"""Collectives between GPUs, on the doubles of NVIDIA's libraries: every path of the NCCL backend, on 1 to 3 ranks."""

import json
import os
import pathlib
import time
import unittest

from on_double import EXPECTED, DoubleTest

REDUCTIONS = ["all_reduce", "reduce_scatter", "reduce"]
BLOCKS = ["all_gather", "all_to_all", "gather", "scatter"]
OTHERS = ["all_to_allv", "broadcast", "send_recv_ring", "neighbor_exchange"]
SIZES = ["--sizes", "192B:96KiB:512", "--samples", "3"]
ONE = ["all_reduce", "--sizes", "24KiB:24KiB", "--samples", "3"]


class NcclOnDouble(DoubleTest):
    def setUp(self):
        super().setUp()
        for name in ("SHORTFALL_CUDA_DOUBLE", "SHORTFALL_NCCL_DOUBLE"):
            os.environ.pop(name, None)
            self.addCleanup(os.environ.pop, name, None)
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=3"

    def set(self, name, value):
        os.environ[name] = value
        self.addCleanup(os.environ.pop, name, None)

    def run_with_fault(self, fault, *more, case_timeout=6):
        self.set("SHORTFALL_NCCL_DOUBLE", fault)
        return self.call_run(*ONE, *more, "--case-timeout", case_timeout, ranks=2, limit=40)

    def results(self):
        startup = ("mpi_init", "join", "connect")
        return [r for r in self.report()["results"] if r["benchmark"] not in startup]

    def check_measured(self, results):
        self.assertTrue(results)
        for result in results:
            key = result["key"]
            self.assertEqual(result["status"], "measured", f"{key}: {result['reason']}")
            self.assertEqual(result["backend"], "nccl", key)
            self.assertEqual(result["memory"], "cuda", key)
            # Whoever only gives has nothing to check, but some rank has.
            self.assertEqual(result["verification"]["status"], "passed", key)

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

    def check_all_kinds(self, ranks):
        ended = self.call_run(*REDUCTIONS, *BLOCKS, *OTHERS, *SIZES, ranks=ranks)

        self.assertEqual(ended.status, 0, ended)
        results = self.results()
        self.check_measured(results)
        self.assertEqual({r["benchmark"] for r in results}, {*REDUCTIONS, *BLOCKS, *OTHERS})
        self.assertEqual({f["kind"] for f in self.report()["findings"]} - EXPECTED, set())

    def test_every_collective_between_two_gpus(self):
        self.check_all_kinds(2)

    def test_every_collective_between_three_gpus(self):
        self.check_all_kinds(3)

    def test_one_gpu_has_nobody_to_talk_to(self):
        ended = self.call_run("all_reduce", "memory_read", *SIZES, ranks=1)

        self.assertEqual(ended.status, 0, ended)
        for result in self.results():
            if result["benchmark"] == "memory_read":
                continue
            self.assertEqual(result["status"], "skipped")
            self.assertIn("needs 2 ranks", result["reason"])

    def test_one_gpu_exchanges_with_itself_where_that_is_asked_for(self):
        ended = self.call_run(*REDUCTIONS, *BLOCKS, *OTHERS, *SIZES, "--collectives", "nccl", ranks=1)

        self.assertEqual(ended.status, 0, ended)
        self.check_measured([r for r in self.results() if r["benchmark"] != "broadcast"])
        for result in self.results():
            self.assertIsNone(result["rates"]["bus_bytes_per_s"], result["key"])  # nothing crosses a link

    def test_messages_and_barriers(self):
        ended = self.call_run("send_recv", "send_recv_bandwidth", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "window=4", "--set", "direction=one_way,two_way", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        self.check_measured(self.results())

    def test_every_type_operation_and_place_of_reductions(self):
        types = "f32,f64,bf16,f16,f8_e4m3,f8_e5m2,i32,int8,u8"
        ended = self.call_run(*REDUCTIONS, "--sizes", "24KiB:24KiB", "--samples", "3", "--dtype", types,
                              "--set", "op=sum,max,min", "--set", "place=out_of_place,in_place", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        results = self.results()
        self.check_measured(results)
        self.assertEqual(len(results), len(REDUCTIONS) * len(types.split(",")) * 3 * 2)

    def test_every_way_to_exchange_blocks(self):
        ended = self.call_run("all_to_all", "gather", "scatter", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "via=native,grouped", "--set", "start=blocking,graph", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        self.check_measured(self.results())
        ways = {(r["params"]["via"], r["params"]["start"]) for r in self.results()}
        self.assertEqual(len(ways), 4)

    def test_every_kind_of_buffers_and_channels(self):
        ended = self.call_run("all_reduce", "all_gather", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "buffers=plain,registered,symmetric", "--set", "channels=auto,2",
                              "--set", "place=in_place,out_of_place", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        self.check_measured(self.results())

    def test_several_groups_at_once(self):
        ended = self.call_run("all_reduce", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "group=world,pairs,next_pairs,within_host", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        self.check_measured(self.results())

    def test_skewed_exchange(self):
        ended = self.call_run("all_to_allv", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "skew=balanced,zipf:1.5", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        self.check_measured(self.results())

    def test_versions_and_ways_are_in_the_report(self):
        self.call_run(*ONE, ranks=2)

        details = dict(self.results()[0]["details"].items())
        self.assertRegex(details["nccl"], r"^2\.\d+\.\d+$")
        self.assertRegex(details["nccl_header"], r"^2\.\d+\.\d+$")
        self.assertEqual(details["via"], "native")

    def test_what_nccl_has_chosen_is_told_for_each_size(self):
        self.call_run("all_reduce", "--sizes", "192B:96KiB:512", "--samples", "3", ranks=2)

        chosen = {r["params"]["bytes"]: r["details"] for r in self.results()}
        self.assertEqual([chosen[192][name] for name in ("algorithm", "protocol", "channels_used")], ["RING", "LL", "1"])
        self.assertEqual([chosen[98304][name] for name in ("algorithm", "protocol", "channels_used")],
                         ["RING", "SIMPLE", "2"])

    # Eight faults.

    def test_wrong_data_is_told_with_its_rank(self):
        ended = self.run_with_fault("rank1.fault=wrong_data")

        self.assertEqual(ended.status, 2, ended)
        wrong = self.results()[0]["verification"]
        self.assertEqual(wrong["status"], "failed")
        self.assertEqual(wrong["mismatch"]["rank"], 1)
        self.assertTrue(wrong["mismatch"]["host"])

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

    def test_a_rank_that_does_not_come_is_named(self):
        ended = self.run_with_fault("rank1.fault=init_hang")

        self.check_failed(ended, 1, "connect ranks by NCCL", "nothing after", "rank 1 is behind")

    def test_a_rank_that_cannot_connect_does_not_keep_the_others_waiting(self):
        start = time.monotonic()
        ended = self.run_with_fault("rank1.fault=init_error", case_timeout=60)

        self.assertLess(time.monotonic() - start, 25)
        self.check_failed(ended, 1, "connect ranks by NCCL", "unhandled system error")

    def test_an_operation_that_hangs_names_the_rank_that_is_behind_and_the_rest_goes_on(self):
        ended = self.run_with_fault("rank1.fault=op_hang:5", "memory_read")

        self.check_failed(ended, 1, "nothing after 3 s", "RAS answers", "Rank 1 has launched up to operation")
        self.assertEqual({r["status"] for r in self.results() if r["benchmark"] == "memory_read"}, {"measured"})
        self.assertEqual(self.report()["run"]["status"], "complete")

    def test_without_ras_a_hang_says_so(self):
        self.set("NCCL_RAS_ADDR", "localhost:28029")
        ended = self.run_with_fault("ras=0;rank1.fault=op_hang:5")

        self.assertEqual(ended.status, 3, ended)
        failed = next(r for r in self.results() if r["status"] == "failed")
        self.assertIn("RAS could not be asked: nobody answers at localhost:28029", failed["reason"])

    def test_an_abort_that_fails_ends_the_run_with_its_rank(self):
        ended = self.run_with_fault("rank1.fault=abort_fails:5", "memory_read")

        self.assertEqual(ended.status, 3, ended)
        report = self.report()
        self.assertEqual(report["run"]["status"], "partial")
        failed = next(r for r in report["results"] if r["status"] == "failed")
        self.assertIn("ncclCommAbort: internal error", failed["reason"])
        self.assertTrue(any(f["rank"] == 1 and f["host"] for f in report["findings"]), report["findings"])

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

    def test_ranks_on_one_gpu_that_say_they_are_on_two_hosts_are_labelled(self):
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=1"
        ended = self.launch(2, ["bash", "-c", 'NCCL_HOSTID=rank$RANK exec "$0" "$@"'], *ONE, "--share-gpus")

        self.assertEqual(ended.status, 0, ended)
        self.check_measured(self.results())
        self.assertIn("gpus_shared", {f["kind"] for f in self.report()["findings"]})

    def test_ranks_without_mpi_meet_by_nccl(self):
        ended = self.launch(3, [], *ONE)

        self.assertEqual(ended.status, 0, ended)
        self.check_measured(self.results())

    def test_a_rank_without_mpi_that_hangs_is_named(self):
        self.set("SHORTFALL_NCCL_DOUBLE", "rank1.fault=op_hang:5")
        ended = self.launch(2, [], *ONE, "--case-timeout", 6)

        self.check_failed(ended, 1, "RAS answers")

    def launch(self, ranks, before, *arguments):
        launcher = pathlib.Path(__file__).parents[2] / "scripts/launch_local"
        return self.call_run(*arguments, before=[str(launcher), str(ranks), *before], limit=60)

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


if __name__ == "__main__":
    unittest.main()
