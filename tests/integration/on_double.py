"""Tests that run on the doubles of NVIDIA's libraries."""

import os

from program import OF_THIS_MACHINE, ProgramTest

# The double's host has no PCI slots, no clocks of processors, and is no node of a cluster.
EXPECTED = {*OF_THIS_MACHINE, "gpu_without_a_rank"}


class DoubleTest(ProgramTest):
    def setUp(self):
        super().setUp()
        os.environ.pop("SHORTFALL_CUDA_DOUBLE", None)
        self.addCleanup(os.environ.pop, "SHORTFALL_CUDA_DOUBLE", None)

    def double(self, settings):
        os.environ["SHORTFALL_CUDA_DOUBLE"] = settings

    def results(self):
        return self.report()["results"]

    def check_measured(self, result):
        key = result["key"]
        self.assertEqual(result["status"], "measured", f"{key}: {result['reason']}")
        self.assertEqual(result["device"], "cuda", key)
        self.assertEqual(result["memory"], "cuda", key)
        self.assertEqual(result["verification"]["status"], "passed", key)
