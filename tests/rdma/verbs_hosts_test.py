"""Verbs between three hosts, each a guest of its own with one software device."""

import os
import unittest

from on_verbs import VerbsTest

HOSTS = os.environ.get("SOFT_ROCE_HOSTS", "node0,node1,node2")


class Hosts(VerbsTest):
    def test_pairs_hubs_and_shifts_of_three_hosts(self):
        os.environ["OMPI_MCA_orte_default_hostfile"] = self.hostfile()

        results = self.measure("rdma_latency", "rdma_bandwidth", "rdma_all_to_one", "rdma_shift",
                               "--set", "op=write", "--set", "direction=one_way",
                               "--sizes", "64KiB:64KiB", ranks=3)

        for result in results:
            self.check_good(result)
        self.assertEqual(self.report()["run"]["hosts"], 3)

    def hostfile(self):
        path = self.folder / "hosts"
        path.write_text("".join(f"{host} slots=1\n" for host in HOSTS.split(",")))
        return str(path)


if __name__ == "__main__":
    unittest.main()
