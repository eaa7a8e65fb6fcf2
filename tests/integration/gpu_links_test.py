"""Copies between hosts and GPUs and among GPUs of several processes, on the doubles of NVIDIA's libraries."""

import unittest

from on_double import EXPECTED, DoubleTest

PEERS = ["peer_copy", "peer_all_to_one", "peer_one_to_all", "peer_bisection", "peer_latency"]
SMALL = ["--sizes", "4KiB:1MiB:256", "--samples", "3"]
PAIR = ["peer_copy", "--sizes", "64KiB:64KiB", "--samples", "3", "--set", "group=0-1"]
THREE = "gpus=3;shares=1"


class Links(DoubleTest):
    def of(self, benchmark, **params):
        return [r for r in self.results() if r["benchmark"] == benchmark
                and all(str(r["params"][name]) == str(value) for name, value in params.items())]

    def findings(self, kind):
        return [f for f in self.report()["findings"] if f["kind"] == kind]

    def test_one_rank_copies_to_and_from_its_host_and_pairs_need_another(self):
        ended = self.call_run("--suite", "device_link", "--profile", "quick", *SMALL)

        self.assertEqual(ended.status, 0, ended)
        for result in self.of("host_copy") + self.of("host_latency") + self.of("device_copy"):
            self.check_measured(result)
        self.assertEqual(len(self.of("host_copy")), 3 * 2 * 2)
        for benchmark in PEERS:
            for result in self.of(benchmark):
                self.assertEqual(result["status"], "skipped", result["key"])
                self.assertIn("needs 2 ranks in a group", result["reason"])

    def test_ranks_copy_to_and_from_their_host_at_once_by_engines_and_kernels(self):
        self.double("gpus=2")

        ended = self.call_run("host_copy", *SMALL, "--set", "by=copy_engine,kernel", "--set", "memory=pinned,pageable",
                              "--set", "node=local,7", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        for result in self.of("host_copy", node="local"):
            is_pageable = result["params"]["memory"] == "pageable"
            is_refused = is_pageable and (result["params"]["direction"] == "both" or result["params"]["by"] == "kernel")
            if is_refused:
                self.assertEqual(result["status"], "skipped", result["key"])
                self.assertIn("pageable memory", result["reason"])
            else:
                self.check_measured(result)
                self.assertIn("host_node", dict(result["details"]))
        for result in self.of("host_copy", node="7", memory="pinned"):
            self.assertIn("NUMA node", result["reason"])

    def test_both_directions_count_every_byte(self):
        self.call_run("host_copy", "--sizes", "64KiB:64KiB", "--samples", "3", "--set", "group=all")

        payload = {r["params"]["direction"]: r["work"]["payload_bytes"] for r in self.of("host_copy", memory="pinned",
                                                                                        by="copy_engine")}
        self.assertEqual(payload, {"to_device": 65536, "to_host": 65536, "both": 131072})

    def test_neighbours_of_two_ranks_copy_and_are_right(self):
        self.double("gpus=2;shares=1")

        ended = self.call_run(*PEERS, "--profile", "quick", *SMALL, ranks=2)

        self.assertEqual(ended.status, 0, ended)
        for benchmark in PEERS:
            self.assertTrue(self.of(benchmark), benchmark)
            for result in self.of(benchmark):
                self.check_measured(result)
                self.assertEqual(result["backend"], "cuda")
                self.assertEqual(dict(result["details"])["reached_by"], "CUDA IPC")

    def test_every_ordered_pair_of_three_ranks_is_measured_and_shown_as_a_square(self):
        self.double(THREE)

        ended = self.call_run("peer_copy", "--sizes", "64KiB:64KiB", "--samples", "3", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        groups = {r["params"]["group"] for r in self.of("peer_copy", way="write", by="copy_engine")}
        self.assertEqual(groups, {f"within_host_{a}-{b}" for a in range(3) for b in range(3) if a != b})
        for result in self.of("peer_copy"):
            self.check_measured(result)
            self.assertEqual(result["details"]["reached_by"], "CUDA IPC")  # also of pairs without rank 0
        self.assertIn("GB/s from row to column", ended.stdout)

    def test_rates_of_a_hub_are_of_its_link_whoever_copies(self):
        self.double(THREE)

        ended = self.call_run("peer_all_to_one", "peer_one_to_all", "--sizes", "64KiB:64KiB", "--samples", "3",
                              "--set", "way=write,read", "--set", "by=copy_engine,kernel", ranks=3)

        self.assertEqual(ended.status, 0, ended)
        timed = {("peer_all_to_one", "write"): 2, ("peer_all_to_one", "read"): 1,
                 ("peer_one_to_all", "write"): 1, ("peer_one_to_all", "read"): 2}
        for (benchmark, way), ranks in timed.items():
            for result in self.of(benchmark, way=way):
                self.check_measured(result)
                self.assertEqual(result["per_rank"]["n"], ranks, result["key"])
                moved = result["aggregate"]["algorithm_bytes_per_s"] * result["timing"]["throughput"]["median_s"]
                self.assertAlmostEqual(moved, 2 * 65536, delta=1)

    def test_writes_that_are_dropped_are_wrong_data_of_the_rank_that_misses_them(self):
        self.double(THREE + ";drops=1")

        ended = self.call_run(*PAIR, "--set", "way=write", ranks=3)

        self.assertEqual(ended.status, 2, ended)
        for result in self.of("peer_copy"):
            self.assertEqual(result["verification"]["status"], "failed")
            self.assertEqual(result["verification"]["mismatch"]["rank"], 1)
        self.assertEqual({f["rank"] for f in self.findings("wrong_data")}, {1})
        self.assertTrue(all(f["host"] for f in self.findings("wrong_data")))

    def test_a_peer_that_cannot_be_reached_is_skipped_with_both_gpus_and_never_zero(self):
        self.double(THREE + ";rank0.peers=0")

        ended = self.call_run(*PAIR, ranks=3)

        self.assertEqual(ended.status, 0, ended)
        skipped = self.of("peer_copy", way="write")
        self.assertTrue(skipped)
        for result in skipped:
            self.assertEqual(result["status"], "skipped", result["key"])
            self.assertNotIn("rates", {name for name, value in result.items() if value})
            self.assertIn("0000:17:00.0 does not reach the memory of the one at 0000:18:00.0 of rank 1 on",
                          result["reason"])

    def test_a_refusal_to_open_memory_is_a_failure_of_that_rank(self):
        self.double(THREE + ";rank2.fail.cudaIpcOpenMemHandle=201")

        ended = self.call_run("peer_copy", "--sizes", "64KiB:64KiB", "--samples", "3", "--set",
                              "group=0-1,2-0", "--set", "way=write", ranks=3)

        self.assertEqual(ended.status, 3, ended)
        for result in self.of("peer_copy", group="0-1"):
            self.check_measured(result)
        for result in self.of("peer_copy", group="2-0"):
            self.assertEqual(result["status"], "failed", result["key"])
            self.assertIn("open GPU memory of rank 0 on", result["reason"])
        self.assertEqual({f["rank"] for f in self.findings("not_measured") if f["rank"] is not None} or {2}, {2})

    def test_gpus_that_are_hidden_from_one_another_are_said_to_be(self):
        self.double("gpus=1;shares=1;rank1.first=1")

        ended = self.call_run(*PAIR, ranks=2)

        self.assertEqual(ended.status, 3, ended)  # nothing was measured
        for result in self.of("peer_copy"):
            self.assertEqual(result["status"], "skipped", result["key"])
            self.assertIn("is not visible to the rank of the one at", result["reason"])

    def test_processes_that_share_a_gpu_copy_within_it(self):
        self.double("gpus=1;shares=1")

        ended = self.call_run(*PAIR, "--share-gpus", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        self.assertEqual(len(self.findings("gpus_shared")), 1)
        for result in self.of("peer_copy"):
            self.check_measured(result)
        self.assertEqual({f["kind"] for f in self.report()["findings"]} - EXPECTED, {"gpus_shared"})

    def test_memory_that_is_not_there_is_skipped_on_all_ranks(self):
        self.double(THREE + ";rank1.memory=200000")

        ended = self.call_run(*PAIR, "--set", "way=write", ranks=3)

        self.assertEqual(ended.status, 3, ended)  # nothing was measured
        for result in self.of("peer_copy"):
            self.assertEqual(result["status"], "skipped", result["key"])
            self.assertIn("GPU memory", result["reason"])

    def test_a_rank_that_cannot_lend_its_memory_is_named_and_nobody_waits_for_it(self):
        self.double("gpus=2;shares=1;rank1.fail.cudaIpcGetMemHandle=801")

        ended = self.call_run("peer_copy", "--sizes", "64KiB:64KiB", "--samples", "3", "--set", "group=0-1", ranks=2)

        self.assertEqual(ended.status, 3, ended)
        for result in self.of("peer_copy", way="write"):
            self.assertEqual(result["status"], "failed", result["key"])
            self.assertIn("lend GPU memory to another process (CUDA IPC)", result["reason"])
        for result in self.of("peer_copy", way="read"):  # of the memory of rank 0
            self.check_measured(result)
        self.assertEqual({f["rank"] for f in self.findings("not_measured")} - {None}, {1})

    def test_ranks_choose_the_same_links_though_one_of_them_has_no_gpu(self):
        for rank in (0, 1):
            self.double(f"gpus=2;rank{rank}.driver=0")

            ended = self.call("run", "core_clock", "--samples", "3", "--device", "host", "--out", self.folder / str(rank),
                              ranks=2)

            self.assertEqual(ended.status, 0, ended)

    def test_a_rank_that_cannot_use_the_links_that_were_named_is_told(self):
        for rank in (0, 1):
            self.double(f"gpus=2;rank{rank}.driver=0")
            self.out = self.folder / str(rank)

            ended = self.call_run("core_clock", "--samples", "3", "--device", "host", "--links", "cuda", ranks=2)

            self.assertEqual(ended.status, 3, ended)
            (found,) = self.findings("unusable_link")
            self.assertEqual((found["rank"], found["device"]), (rank, "cuda"))
            self.assertIn("no NVIDIA driver is installed", found["reason"])
            self.assertEqual({r["status"] for r in self.report()["results"]}, {"measured"})

    def test_links_that_no_rank_can_use_are_refused(self):
        self.double("driver=0")

        ended = self.call_run("core_clock", "--device", "host", "--links", "cuda", ranks=2)

        self.assertEqual(ended.status, 64, ended)
        self.assertIn("--links=cuda", ended.stderr)
        self.assertIn("no NVIDIA driver is installed", ended.stderr)

    def test_groups_and_backends_of_links_that_do_not_exist_are_refused(self):
        for words, said in ((["--set", "group=0-0"], "is no pair of ranks"),
                            (["--set", "group=within_host_1"], "is no pair of ranks"),
                            (["--set", "way=push"], "One of: read, write"),
                            (["--links", "mpi"], "links no memories of ranks"),
                            (["--links", "nvlink"], "unknown backend")):
            ended = self.call_run("peer_copy", *words, "--device", "cuda")

            self.assertEqual(ended.status, 64, ended)
            self.assertIn(said, ended.stderr)


if __name__ == "__main__":
    unittest.main()
