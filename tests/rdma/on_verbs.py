"""What tests of verbs have in common: two ranks of one guest, each with its own software device."""

from program import ProgramTest

NICS = "nics=rxe0..rxe1"


class VerbsTest(ProgramTest):
    def measure(self, *arguments, ranks=2, status=0, limit=200, **how):
        """The results by benchmark, all measured; the report is checked against its schema."""
        ended = self.call_run(*arguments, "--samples", "3", ranks=ranks, limit=limit, **how)
        self.assertEqual(ended.status, status, ended)
        return self.results()

    def results(self):
        return [r for r in self.report()["results"] if r["suite"] == "network"]

    def check_good(self, result, verified=True):
        self.assertEqual(result["status"], "measured", (result["key"], result["reason"]))
        self.assertEqual(result["backend"], "verbs")
        self.assertEqual(result["verification"]["status"], "passed" if verified else "none", result["key"])
        self.assertGreater(result["timing"][result["timing"]["primary"]]["median_s"], 0)
