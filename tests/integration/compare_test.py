"""What changed between runs: `shortfall compare` from outside."""

import json
import pathlib
import shutil
import unittest

from program import ProgramTest

GOLDEN = pathlib.Path(__file__).parent.parent / "golden" / "report.json"
PPT = 10**12


def take_longer(document, row, factor):
    """The step without this row takes as long as before; the row takes `factor` times as long."""
    rows = document["shortfall"]["waterfall"]
    times = [one["share_ppt"] * (factor if one["id"] == row else 1) for one in rows]
    whole, before, share_before = sum(times), 0, 0
    for one, time in zip(rows, times):
        before += time
        share = round(before / whole * PPT)
        one["share_ppt"], share_before = share - share_before, share


class Compare(ProgramTest):
    def changed(self, name, change):
        document = json.loads(GOLDEN.read_text())
        change(document)
        file = self.folder / name
        file.write_text(json.dumps(document))
        return file

    def copy(self, name="same.json"):
        return self.changed(name, lambda document: None)

    def compare(self, baseline, candidate, *options, status=0):
        ended = self.call("compare", "--baseline", *baseline, "--candidate", *candidate, *options)
        self.assertEqual(ended.status, status, ended)
        return ended

    def check_refused(self, arguments, *words):
        ended = self.call("compare", *arguments)
        self.assertEqual((ended.status, ended.stdout), (64, ""), ended)
        for word in words:
            self.assertIn(word, ended.stderr)

    def test_equal_runs_differ_in_nothing(self):
        document = json.loads(self.compare([GOLDEN], [self.copy()], "--strict", "--json").stdout)

        self.assertEqual(document["mfu"]["change"], 0)
        self.assertEqual({case["change"] for case in document["cases"]}, {"same"})

    def test_terms_of_the_mfu_add_up(self):
        slower = self.changed("slower.json", lambda d: take_longer(d, "stragglers", 4))

        mfu = json.loads(self.compare([GOLDEN], [slower], "--json").stdout)["mfu"]

        self.assertAlmostEqual(sum(term["change"] for term in mfu["terms"]), mfu["change"], 12)
        self.assertAlmostEqual(mfu["change"], 0.39 / (1 + 3 * 0.055) - 0.39, 11)
        self.assertEqual(mfu["terms"][0]["id"], "stragglers")
        self.assertLess(max(abs(term["change"]) for term in mfu["terms"][1:]), 1e-11)

    def test_a_slower_case_gives_exit_status_2_and_its_name(self):
        def change(document):
            times = document["results"][0]["timing"]["throughput"]
            for key, value in times.items():
                if key != "n" and value is not None:
                    times[key] = [1.5 * x for x in value] if key == "ci95_s" else 1.5 * value

        slower = self.changed("slower.json", change)
        key = json.loads(GOLDEN.read_text())["results"][0]["key"]

        self.assertIn(key, self.compare([GOLDEN], [slower], status=2).stdout)
        self.compare([GOLDEN], [slower], "--floor", "60")
        self.compare([slower], [GOLDEN])

    def test_what_one_side_has_alone_matters_if_strict(self):
        shorter = self.changed("shorter.json", lambda d: d["results"].pop(0))

        self.assertIn("only in the baseline", self.compare([GOLDEN], [shorter]).stdout)
        self.compare([GOLDEN], [shorter], "--strict", status=3)

    def test_reports_without_a_shortfall_are_compared_by_cases(self):
        without = self.changed("without.json", lambda d: d.update(shortfall=None))

        self.assertIn("MFU is not", self.compare([GOLDEN], [without]).stdout)
        self.assertNotIn("MFU", self.compare([without], [self.changed("other.json", lambda d: d.update(shortfall=None))]).stdout)

    def test_other_machines_are_refused_unless_forced(self):
        other = self.changed("other.json", lambda d: d["run"].update(topology_class="8 ranks on 1 host, H100"))

        self.check_refused(["--baseline", GOLDEN, "--candidate", other], "H100", "--force")
        self.compare([GOLDEN], [other], "--force")

    def test_bad_input_is_refused(self):
        same = self.copy()
        link = self.folder / "link.json"
        link.symlink_to(same)
        folder = self.folder / "run"
        folder.mkdir()
        shutil.copy(GOLDEN, folder / "report.json")
        newer = self.changed("newer.json", lambda d: d.update(schema_version=2))
        uneven = self.changed("uneven.json", lambda d: d["shortfall"]["waterfall"].pop())
        self.check_refused(["--baseline", same], "--candidate")
        self.check_refused(["--baseline", same, "--candidate", "nosuch.json"], "nosuch.json")
        self.check_refused(["--baseline", same, "--candidate", same], "same.json", "twice")
        self.check_refused(["--baseline", same, "--candidate", link], "link.json", "twice")
        self.check_refused(["--baseline", folder, folder / "report.json", "--candidate", same], "twice")
        self.check_refused(["--baseline", same, "--candidate", newer], "newer.json", "schema_version")
        self.check_refused(["--baseline", same, "--candidate", uneven], "shortfall.waterfall", "1030000000000")
        for percent in ("-1", "x", "nan", "1e9"):
            self.check_refused(["--baseline", same, "--candidate", GOLDEN, f"--floor={percent}"], "--floor")


if __name__ == "__main__":
    unittest.main()
