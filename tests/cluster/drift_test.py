"""Hosts that differ from the others are found, named, and nothing else is said."""

import json
import unittest

from on_hosts import HostsTest, on_hosts


class HostsThatDiffer(HostsTest):
    def machine(self, *options, arguments=(), status=0):
        ended = self.call("machine", "--json", *arguments, ranks=4, before=on_hosts(4, *options))
        self.assertEqual(ended.status, status, ended)
        return json.loads(ended.stdout)

    def differences(self, machine):
        return sorted((f["kind"], f["host"], f["metric"]) for f in machine["findings"] if f["kind"] != "occupied")

    def test_equal_hosts_have_no_findings_and_are_told_once(self):
        self.assertEqual(self.differences(self.machine()), [])

        page = self.call("machine", ranks=4, before=on_hosts(4))

        self.assertIn("4 equal hosts: node01, node02, node03, node04", page.stdout, page)

    def test_another_processor_and_environment_are_found_on_their_hosts(self):
        cpuinfo = self.folder / "cpuinfo"
        lines = open("/proc/cpuinfo").read().splitlines()
        cpuinfo.write_text("".join(("microcode\t: 0x7" if line.startswith("microcode") else line) + "\n"
                                   for line in lines))
        machine = self.machine("--on", "node02", f"mount --bind {cpuinfo} /proc/cpuinfo",
                               "--on", "node04", "export OMP_NUM_THREADS=1")

        expected = [("drift", "node04", "environment.OMP_NUM_THREADS")]
        if any(line.startswith("microcode") for line in lines):
            expected.insert(0, ("drift", "node02", "cpu.microcode"))
        self.assertEqual(self.differences(machine), expected)
        drift = machine["drift"][-1]
        self.assertEqual((drift["value"], drift["sharing"], drift["hosts"]), ("1", 1, 4))

    def test_two_against_two_names_both_values(self):
        machine = self.machine("--on", "node02", "ulimit -l 64", "--on", "node03", "ulimit -l 64")

        self.assertEqual([kind for kind, _, _ in self.differences(machine)], ["drift"])
        reason = next(f["reason"] for f in machine["findings"] if f["kind"] == "drift")
        for words in ("node01", "node02", "node03", "node04", "65536"):
            self.assertIn(words, reason)

    def test_a_host_that_is_not_there_is_missed(self):
        site = self.folder / "site.json"
        site.write_text(json.dumps({"hosts": [f"node0{i}" for i in range(1, 6)]}))

        machine = self.machine(arguments=["--expect", site], status=2)

        missing = [f for f in machine["findings"] if f["kind"] == "expected_missing"]
        self.assertIn("node05", json.dumps(missing))
        self.assertNotIn("node04", json.dumps(missing))

    def test_the_order_of_hosts_changes_nothing(self):
        options = ["--on", "node03", "export OMP_NUM_THREADS=1"]
        hostfile = self.folder / "hostfile"
        hostfile.write_text("node04\nnode03\nnode02\nnode01\n")
        turned = ["--on", "node01", "export OMPI_MCA_rmaps_base_mapping_policy=seq; "
                                    f"export OMPI_MCA_orte_default_hostfile={hostfile}"]

        self.assertEqual(self.differences(self.machine(*options, *turned)), self.differences(self.machine(*options)))


if __name__ == "__main__":
    unittest.main()
