"""What `machine` tells, what it is told by files, and how a run uses both."""

import json
import os
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as xml

from program import PROGRAM, ProgramTest, schema_faults_of_machine

CASE = ["memory_copy", "--sizes", "4KiB:4KiB", "--samples", "3"]


class Machine(ProgramTest):
    def file(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def machine(self, *arguments, status=0):
        ended = self.call("machine", "--json", *arguments)
        self.assertEqual(ended.status, status, ended)
        return json.loads(ended.stdout)

    def kinds(self, findings):
        return [finding["kind"] for finding in findings]

    def test_the_document_obeys_the_schema(self):
        self.assertEqual(schema_faults_of_machine(self.machine()), [])

    def test_what_is_told_is_what_the_system_says(self):
        host = self.machine()["hosts"][0]

        self.assertIn(host["os"]["kernel"].split()[-1], open("/proc/version").read())
        self.assertEqual(sum(node["memory_bytes"] or 0 for node in host["numa"]["list"]) > 0, True)
        self.assertIsNotNone(host["limits"]["locked_memory"])
        self.assertIn("MPI", {**host["os"]["versions"], "MPI": ""})

    def test_a_picture_is_drawn(self):
        picture = self.folder / "host.svg"

        ended = self.call("machine", "--svg", picture)

        self.assertEqual(ended.status, 0, ended)
        self.assertTrue(xml.parse(picture).getroot().tag.endswith("svg"))

    def test_met_expectations_are_silent(self):
        host = self.machine()["hosts"][0]
        expected = self.file("site.json", {"hosts": 1, "cores": host["cpu"]["cores"], "gpus_per_host": 0})

        found = self.machine("--expect", expected)["findings"]

        self.assertEqual([kind for kind in self.kinds(found) if kind.startswith("expected")], [])

    def test_missing_gpus_are_a_failure(self):
        expected = self.file("site.json", {"gpus_per_host": 8})

        found = self.machine("--expect", expected, status=2)["findings"]

        self.assertIn("expected_missing", self.kinds(found))
        self.assertIn("8", json.dumps(found))

    def test_a_run_fails_where_something_is_missing(self):
        expected = self.file("site.json", {"hosts": 3})

        ended = self.call_run(*CASE, "--expect", expected)

        self.assertEqual(ended.status, 2, ended)
        report = self.report()
        self.assertEqual(report["verdict"]["status"], "fail")
        self.assertIn("expected_missing", self.kinds(report["findings"]))

    def test_a_datasheet_of_the_user_counts(self):
        model = self.machine()["hosts"][0]["cpu"]["model"]
        sheet = self.file("sheet.json", {"cpus": [
            {"name": "ours", "match": [model], "host_peak_flop_per_s": {"f64": 1.25e12},
             "memory_bytes_per_s": 1e11, "sources": ["by hand"], "confidence": "high"}]})

        datasheet = self.machine("--datasheet", sheet)["datasheet"]

        self.assertIn("ours", datasheet["source"])
        self.assertEqual(datasheet["memory_bytes_per_s"], 100e9)

    def test_a_topology_file_stands_for_what_is_found(self):
        topology = self.file("host.xml", """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE topology SYSTEM "hwloc2.dtd">
<topology version="2.0">
  <object type="Machine" os_index="0" cpuset="0x0000000f" complete_cpuset="0x0000000f"
          allowed_cpuset="0x0000000f" nodeset="0x00000001" complete_nodeset="0x00000001"
          allowed_nodeset="0x00000001" gp_index="1">
    <object type="NUMANode" os_index="0" cpuset="0x0000000f" complete_cpuset="0x0000000f"
            nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="2" local_memory="1073741824"/>
    <object type="Core" os_index="0" cpuset="0x00000003" complete_cpuset="0x00000003"
            nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="3">
      <object type="PU" os_index="0" cpuset="0x00000001" complete_cpuset="0x00000001"
              nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="4"/>
      <object type="PU" os_index="1" cpuset="0x00000002" complete_cpuset="0x00000002"
              nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="5"/>
    </object>
    <object type="Core" os_index="1" cpuset="0x0000000c" complete_cpuset="0x0000000c"
            nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="6">
      <object type="PU" os_index="2" cpuset="0x00000004" complete_cpuset="0x00000004"
              nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="7"/>
      <object type="PU" os_index="3" cpuset="0x00000008" complete_cpuset="0x00000008"
              nodeset="0x00000001" complete_nodeset="0x00000001" gp_index="8"/>
    </object>
  </object>
</topology>
""")
        ended = self.call("machine", "--json", "--topology", topology)
        if "no hwloc" in ended.stderr:
            self.skipTest("this build has no hwloc")

        self.assertEqual(ended.status, 0, ended)
        cpu = json.loads(ended.stdout)["hosts"][0]["cpu"]
        self.assertEqual((cpu["cores"], cpu["threads"]), (2, 4))

    def test_what_may_not_be_read_is_named_with_the_answer(self):
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("only root can start a program as somebody else")
        done = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM, "machine",
                               "--json"], capture_output=True, text=True, cwd="/")
        if "cannot execute" in done.stderr or done.returncode in (126, 127):
            self.skipTest("nobody may start the program where it stands: " + done.stderr.strip())

        self.assertEqual(done.returncode, 0, done.stderr)
        unread = json.loads(done.stdout)["hosts"][0]["unread"]
        self.assertIn("Permission denied", unread.values(), unread)

    def test_bad_files_are_refused_with_their_place(self):
        for option, content, words in [
                ("--expect", "{", ["--expect", "is no JSON"]),
                ("--expect", {"gpus_per_hots": 8}, ["gpus_per_hots", "gpus_per_host"]),
                ("--expect", {"link_rates": {"rdma": 400}}, ["link_rates.rdma", "Gbit/s"]),
                ("--expect", {"link_rates": {"rdma": "400 Gbps/h"}}, ["link_rates.rdma", "Gbps/h"]),
                ("--datasheet", "[]", ["--datasheet"]),
                ("--datasheet", {"accelerators": [
                    {"name": "H100", "match": ["H100"], "peak_gflops": {"bf16": 1}}]}, ["peak_gflops"]),
                ("--topology", "<topology", ["--topology"])]:
            with self.subTest(option=option, content=content):
                file = self.file("bad", content)

                ended = self.call("machine", option, file)

                self.assertEqual((ended.status, ended.stdout), (64, ""), ended)
                if "no hwloc" not in ended.stderr:
                    self.assertEqual([word for word in words if word not in ended.stderr], [], ended)

    def test_files_that_are_not_there_are_refused(self):
        for option in ("--expect", "--datasheet", "--topology"):
            ended = self.call("machine", option, self.folder / "nosuch")

            self.assertEqual(ended.status, 64, ended)
            self.assertIn("nosuch", ended.stderr)


if __name__ == "__main__":
    unittest.main()
