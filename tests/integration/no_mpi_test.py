"""A build without MPI measures one rank, and refuses to be started as several."""

import shutil
import unittest

from program import ProgramTest

LAUNCHER = shutil.which("mpirun")


class NoMpi(ProgramTest):
    def test_measures_one_rank_and_says_why_collectives_are_skipped(self):
        ended = self.call_run("memory_copy", "all_reduce", "--sizes", "4KiB:4KiB", "--samples", "3")

        self.assertEqual(ended.status, 0, ended)
        status = {r["benchmark"]: (r["status"], r["reason"]) for r in self.report()["results"]}
        self.assertEqual(status["memory_copy"], ("measured", None))
        self.assertEqual(status["all_reduce"][0], "skipped")
        self.assertTrue(status["all_reduce"][1])

    @unittest.skipUnless(LAUNCHER, "this machine has no mpirun")
    def test_several_copies_are_refused(self):
        ended = self.call_run("memory_copy", ranks=2, launcher=LAUNCHER)

        self.assertEqual(ended.status, 64, ended)
        self.assertIn("MPI", ended.stderr)
        self.assertFalse(self.out.exists())

    @unittest.skipUnless(LAUNCHER, "this machine has no mpirun")
    def test_one_copy_under_a_launcher_is_measured(self):
        ended = self.call_run("memory_copy", "--sizes", "4KiB:4KiB", "--samples", "3", ranks=1,
                              launcher=LAUNCHER)

        self.assertEqual(ended.status, 0, ended)
        self.assertEqual(self.report()["run"]["ranks"], 1)


if __name__ == "__main__":
    unittest.main()
