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

    def test_pairs_hubs_and_shifts_of_three_hosts(self):
        results = self.measure("rdma_latency", "rdma_bandwidth", "rdma_all_to_one", "rdma_shift",
                               "--set", "op=write", "--set", "direction=one_way", "--sizes", "64KiB:64KiB",
                               ranks=None, before=["mpirun", "-n", "3", "--host", HOSTS])

        for result in results:
            self.check_good(result)
        self.assertEqual(self.report()["run"]["hosts"], 3)


if __name__ == "__main__":
    unittest.main()
