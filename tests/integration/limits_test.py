"""How far a fabric carries training: `shortfall limits` from outside."""

import json
import pathlib
import unittest
import xml.etree.ElementTree

from program import ProgramTest

REFERENCE = pathlib.Path(__file__).parent.parent / "data" / "limits_reference.json"


class Limits(ProgramTest):
    def check_json(self, *arguments, status=0):
        ended = self.call("limits", *arguments, "--json")
        self.assertEqual(ended.status, status, ended)
        return json.loads(ended.stdout)

    def check_refused(self, arguments, *words):
        ended = self.call("limits", *arguments)
        self.assertEqual((ended.status, ended.stdout), (64, ""), ended)
        for word in words:
            self.assertIn(word, ended.stderr)

    def changed_reference(self, change):
        document = json.loads(REFERENCE.read_text())
        document = {key: document[key] for key in ("constants", "gpus", "matmul", "comm")}
        change(document)
        file = self.folder / "values.json"
        file.write_text(json.dumps(document))
        return file

    def test_reference_is_recomputed_within_the_tolerance(self):
        check = self.check_json("--reference", REFERENCE)

        self.assertTrue(check["holds"])
        self.assertEqual(sum(section["entries"] for section in check["sections"]), 946)
        self.assertLess(max(section["largest_relative_error"] for section in check["sections"]), 1e-9)

    def test_a_wrong_value_gives_exit_status_2_and_its_place(self):
        def change(document):
            document["comm"][4]["bandwidth_s"] *= 1 + 1e-8

        ended = self.call("limits", "--reference", self.changed_reference(change))

        self.assertEqual(ended.status, 2, ended)
        self.assertIn("comm[4].bandwidth_s", ended.stdout)

    def test_a_broken_value_gives_exit_status_64_and_its_place(self):
        def change(document):
            document["gpus"]["A100 SXM"]["hbm_Bps"] = -1

        self.check_refused(["--reference", self.changed_reference(change)],
                           "gpus.A100 SXM.hbm_Bps")

    def test_headline_figures(self):
        limits = self.check_json("--gpu", "H100 SXM")["limits"]

        self.assertAlmostEqual(limits["linear_scaling_end_flop"] / 2.05e28, 1, 2)
        self.assertAlmostEqual(limits["closed_form_linear_end_flop"] / 1.92e28, 1, 2)
        self.assertAlmostEqual(limits["last_feasible_flop"] / 2.71e31, 1, 2)
        self.assertAlmostEqual(limits["closed_form_latency_wall_flop"] / 2.31e31, 1, 2)

    def test_picture_is_xml(self):
        picture = self.folder / "limits.svg"
        ended = self.call("limits", "--svg", picture)

        self.assertEqual(ended.status, 0, ended)
        self.assertTrue(xml.etree.ElementTree.parse(picture).getroot().tag.endswith("svg"))

    def test_a_report_takes_the_place_of_the_datasheet(self):
        self.call_run("memory_read", "--sizes", "64MiB:64MiB", "--samples", "3")
        limits = self.check_json("--system", self.out / "report.json")

        self.assertNotEqual(limits["gpu"]["memory_bytes_per_s"], 3.352e12)
        self.assertTrue(any("not measured" in source for source in limits["sources"]))

    def test_bad_options_are_refused(self):
        self.check_refused(["--gpu", "H1000"], "--gpu=H1000", "H100 SXM")
        self.check_refused(["--reference", "nosuch.json"], "nosuch.json")
        self.check_refused(["--system", "nosuch.json"], "nosuch.json")
        self.check_refused(["--svg", "/proc/x"], "--svg=/proc/x")
        self.check_refused(["--reference", REFERENCE, "--gpu", "H100 SXM"], "--reference")


if __name__ == "__main__":
    unittest.main()
