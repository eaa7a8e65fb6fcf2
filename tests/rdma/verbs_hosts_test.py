"""Verbs between three hosts, each a guest of its own with one software device."""

import os
import pathlib
import unittest

from on_verbs import VerbsTest

HOSTS = os.environ.get("SOFT_ROCE_HOSTS", "node0,node1,node2")


class Hosts(VerbsTest):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path("/tmp")  # which all hosts have

    def check_matrix(self, fabric):
        """Of both directions between each two hosts, each with its only device."""
        (rail,) = fabric["classes"]
        self.assertEqual((rail["class"], rail["pairs"]), ("same_rail", 6))
        self.assertEqual([(end["rank"], end["device"]) for end in fabric["matrix"]["ends"]],
                         [(0, "rxe0"), (1, "rxe0"), (2, "rxe0")])
        for i, row in enumerate(fabric["matrix"]["values"]):
            self.assertEqual([value is None for value in row], [i == j for j in range(3)])

    # In one job: to start another one takes longer than to measure.
    def test_pairs_hubs_shifts_and_rounds_of_three_hosts(self):
        results = self.measure("rdma_latency", "rdma_bandwidth", "rdma_all_to_one", "rdma_shift", "rdma_rounds",
                               "--set", "op=write", "--set", "direction=one_way", "--sizes", "64KiB:64KiB",
                               ranks=None, before=["mpirun", "-n", "3", "--host", HOSTS])

        for result in results:
            self.check_good(result)
        self.assertEqual(self.report()["run"]["hosts"], 3)
        rounds = [r for r in results if r["benchmark"] == "rdma_rounds"]
        self.assertEqual([r["params"]["group"] for r in rounds],
                         ["round_1", "round_1_back", "round_2", "round_2_back", "round_3", "round_3_back"])
        (fabric,) = [f for f in self.report()["fabric"] if f["benchmark"] == "rdma_rounds"]
        self.check_matrix(fabric)

    def test_where_a_host_cannot_open_its_device_the_others_are_measured(self):
        fault = ["-x", "LD_PRELOAD=" + os.environ["SHORTFALL_FAULTY_VERBS"], "-x", "SHORTFALL_TEST_FAULT=rank1:no_open"]

        results = self.measure("rdma_rounds", "--set", "op=write", "--set", "direction=one_way", "--sizes", "4KiB:4KiB",
                               ranks=None, before=["mpirun", "-n", "3", "--host", HOSTS, *fault], status=3)

        groups = {r["params"]["group"]: r for r in results}
        self.assertEqual(len(groups), 6)
        for number in (1, 3):  # those in which node1 has a partner
            for way in ("", "_back"):
                skipped = groups[f"round_{number}{way}"]
                self.assertEqual(skipped["status"], "skipped")
                self.assertIn("without rank 1, which cannot take part", skipped["reason"])
        for measured in (groups["round_2"], groups["round_2_back"]):
            self.check_good(measured)
            self.assertEqual(measured["per_rank"]["adapters"], ["rxe0:1", "", "rxe0:1"])
        (found,) = [f for f in self.report()["findings"] if f["kind"] == "unusable_link"]
        self.assertEqual((found["host"], found["rank"]), ("node1", 1))
        self.assertIn("rxe0 cannot be opened: Permission denied", found["reason"])


if __name__ == "__main__":
    unittest.main()
