"""Collectives between GPUs, on the doubles of NVIDIA's libraries: every path of the NCCL backend, on 1 to 3 ranks."""

import os
import unittest

from on_double import EXPECTED, ONE, NcclTest

REDUCTIONS = ["all_reduce", "reduce_scatter", "reduce"]
BLOCKS = ["all_gather", "all_to_all", "gather", "scatter"]
OTHERS = ["all_to_allv", "broadcast", "send_recv_ring", "neighbor_exchange"]
EVERY_TYPE = "f32,f64,bf16,f16,f8_e4m3,f8_e5m2,i32,int8,u8,i64,u32,u64"
SIZES = ["--sizes", "192B:96KiB:512", "--samples", "3"]


class NcclOnDouble(NcclTest):
    def check_all_kinds(self, ranks):
        ended = self.call_run(*REDUCTIONS, *BLOCKS, *OTHERS, *SIZES, ranks=ranks)

        self.assertEqual(ended.status, 0, ended)
        results = self.results()
        self.check_all_measured(results)
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
        self.check_all_measured([r for r in self.results() if r["benchmark"] != "broadcast"])
        for result in self.results():
            self.assertIsNone(result["rates"]["bus_bytes_per_s"], result["key"])  # nothing crosses a link

    def test_messages_and_barriers(self):
        ended = self.call_run("send_recv", "send_recv_bandwidth", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "window=4", "--set", "direction=one_way,two_way", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        self.check_all_measured(self.results())

    def check_every_type_and_place(self, operations):
        ended = self.call_run(*REDUCTIONS, "--sizes", "24KiB:24KiB", "--samples", "3", "--dtype", EVERY_TYPE,
                              "--set", f"op={operations}", "--set", "place=out_of_place,in_place", ranks=3, limit=120)

        self.assertEqual(ended.status, 0, ended)
        results = self.results()
        self.check_all_measured(results)
        self.assertEqual(len(results), len(REDUCTIONS) * len(EVERY_TYPE.split(",")) * 2 * 2)

    def test_every_type_and_place_of_sums_and_products(self):
        self.check_every_type_and_place("sum,prod")

    def test_every_type_and_place_of_extremes(self):
        self.check_every_type_and_place("max,min")

    def check_averages(self, ranks, types):
        ended = self.call_run(*REDUCTIONS, "--sizes", "24KiB:24KiB", "--samples", "3", "--dtype", types,
                              "--set", "op=avg", "--collectives", "nccl", ranks=ranks)

        self.assertEqual(ended.status, 0, ended)
        self.assertEqual(len(self.results()), len(REDUCTIONS) * len(types.split(",")))
        return self.results()

    def test_averages_of_every_type_on_one_gpu(self):
        self.check_all_measured(self.check_averages(1, EVERY_TYPE))

    def test_averages_of_every_type_between_two_gpus(self):
        self.check_all_measured(self.check_averages(2, EVERY_TYPE))

    def test_averages_between_three_gpus_are_of_integers_alone(self):
        for result in self.check_averages(3, "f32,i32,int8,u8,i64,u32,u64"):
            if result["params"]["dtype"] == "f32":
                self.assertEqual(result["status"], "skipped")
                self.assertIn("the average of f32 over 3 ranks is not exact", result["reason"])
            else:
                self.check_all_measured([result])

    def test_every_way_to_exchange_blocks(self):
        ended = self.call_run("all_to_all", "gather", "scatter", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "via=native,grouped", "--set", "start=blocking,graph", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        self.check_all_measured(self.results())
        ways = {(r["params"]["via"], r["params"]["start"]) for r in self.results()}
        self.assertEqual(len(ways), 4)

    def test_every_kind_of_buffers_and_channels(self):
        ended = self.call_run("all_reduce", "all_gather", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "buffers=plain,registered,symmetric", "--set", "channels=auto,2",
                              "--set", "place=in_place,out_of_place", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        self.check_all_measured(self.results())

    def test_several_groups_at_once(self):
        ended = self.call_run("all_reduce", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "group=world,pairs,next_pairs,within_host", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        self.check_all_measured(self.results())

    def test_skewed_exchange(self):
        ended = self.call_run("all_to_allv", "--sizes", "24KiB:24KiB", "--samples", "3",
                              "--set", "skew=balanced,zipf:1.5", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        self.check_all_measured(self.results())

    def test_versions_and_ways_are_in_the_report(self):
        self.call_run(*ONE, ranks=2)

        details = dict(self.results()[0]["details"].items())
        self.assertRegex(details["nccl"], r"^2\.\d+\.\d+$")
        self.assertRegex(details["nccl_header"], r"^2\.\d+\.\d+$")
        self.assertEqual(details["via"], "native")

    def test_what_nccl_has_chosen_for_a_graph_is_not_taken_from_the_barrier_before_it(self):
        self.call_run("all_reduce", "--sizes", "96KiB:96KiB", "--samples", "3", "--set", "start=graph", ranks=2)

        self.assertEqual(self.results()[0]["details"]["protocol"], "SIMPLE")

    def test_what_nccl_has_chosen_is_told_for_each_size(self):
        self.call_run("all_reduce", "--sizes", "192B:96KiB:512", "--samples", "3", ranks=2)

        chosen = {r["params"]["bytes"]: r["details"] for r in self.results()}
        self.assertEqual([chosen[192][name] for name in ("algorithm", "protocol", "channels_used")], ["RING", "LL", "1"])
        self.assertEqual([chosen[98304][name] for name in ("algorithm", "protocol", "channels_used")],
                         ["RING", "SIMPLE", "2"])

    def test_ranks_on_one_gpu_that_say_they_are_on_two_hosts_are_labelled(self):
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=1"
        ended = self.launch(2, ["bash", "-c", 'NCCL_HOSTID=rank$RANK exec "$0" "$@"'], *ONE, "--share-gpus")

        self.assertEqual(ended.status, 0, ended)
        self.check_all_measured(self.results())
        self.assertIn("gpus_shared", {f["kind"] for f in self.report()["findings"]})

    def test_ranks_without_mpi_meet_by_nccl(self):
        ended = self.launch(3, [], *ONE)

        self.assertEqual(ended.status, 0, ended)
        self.check_all_measured(self.results())


if __name__ == "__main__":
    unittest.main()
