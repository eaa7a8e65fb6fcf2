"""GPU memory over MPI: only where MPI says that it takes it."""

import os
import unittest

from on_double import DoubleTest

ONE = ["all_reduce", "all_to_all", "send_recv", "--sizes", "24KiB:24KiB", "--samples", "3", "--collectives", "mpi"]


class MpiOnDouble(DoubleTest):
    def setUp(self):
        super().setUp()
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=2"
        self.addCleanup(os.environ.pop, "SHORTFALL_CUDA_DOUBLE", None)

    def test_an_mpi_that_takes_gpu_memory_moves_it(self):
        os.environ["LD_PRELOAD"] = os.environ["SHORTFALL_CUDA_AWARE_MPI"]
        self.addCleanup(os.environ.pop, "LD_PRELOAD", None)

        ended = self.call_run(*ONE, ranks=2)

        self.assertEqual(ended.status, 0, ended)
        results = [r for r in self.report()["results"] if r["suite"] in ("collectives", "network")]
        self.assertEqual({r["benchmark"] for r in results}, {"all_reduce", "all_to_all", "send_recv"})
        for result in results:
            self.assertEqual((result["status"], result["backend"], result["memory"]), ("measured", "mpi", "cuda"))
            self.assertEqual(result["verification"]["status"], "passed")
            self.assertIn("memory_of_mpi", result["details"])

    def test_an_mpi_that_says_nothing_is_not_given_any(self):
        ended = self.call_run(*ONE, "memory_read", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        left_out = {e["key"].split("/")[0]: e["reason"] for e in self.report()["verdict"]["excluded"]}
        self.assertEqual(left_out["all_reduce"], "mpi takes no memory of cuda")


if __name__ == "__main__":
    unittest.main()
