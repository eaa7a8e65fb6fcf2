"""Ranks on several hosts that meet over TCP, as a scheduler would start them; mpirun plays it here."""

import unittest

from on_hosts import HostsTest, on_hosts

# Rank 0 is told "localhost", as some schedulers do; nobody is told who else is on its host.
AS_SCHEDULER = """
export RANK=$OMPI_COMM_WORLD_RANK WORLD_SIZE=$OMPI_COMM_WORLD_SIZE MASTER_ADDR=node01 MASTER_PORT=29500
((RANK)) || MASTER_ADDR=localhost
for name in $(compgen -e | grep -E '^(OMPI_|PMIX_|PMI_|SLURM_)'); do unset "$name"; done
exec "$0" "$@"
"""


class WithoutMpi(HostsTest):
    def test_ranks_of_three_hosts_meet_without_mpi(self):
        launcher = [*on_hosts(3, "--slots", "2"), "mpirun", "-n", "6", "bash", "-c", AS_SCHEDULER]

        ended = self.call_run("memory_copy", "all_reduce", "--sizes", "64KiB:64KiB", "--samples", "3", before=launcher)

        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual([(host["name"], host["ranks"]) for host in report["machine"]["hosts"]],
                         [("node01", 2), ("node02", 2), ("node03", 2)])
        copied = {r["params"]["group"]: r["per_rank"]["n"] for r in report["results"] if r["benchmark"] == "memory_copy"}
        self.assertEqual(copied, {"all": 6, "one": 1})
        self.assertIn("all_reduce", [left_out["key"] for left_out in report["verdict"]["excluded"]])
        self.assertIn("set LOCAL_WORLD_SIZE=2", [event["message"] for event in report["events"]])


if __name__ == "__main__":
    unittest.main()
