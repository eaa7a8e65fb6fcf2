"""Tests that run on the doubles of NVIDIA's libraries."""

import os
import pathlib

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


ONE = ["all_reduce", "--sizes", "24KiB:24KiB", "--samples", "3"]  # between GPUs


class NcclTest(DoubleTest):
    """Between three GPUs, on the double of NCCL."""

    def setUp(self):
        super().setUp()
        for name in ("SHORTFALL_CUDA_DOUBLE", "SHORTFALL_NCCL_DOUBLE"):
            os.environ.pop(name, None)
            self.addCleanup(os.environ.pop, name, None)
        os.environ["SHORTFALL_CUDA_DOUBLE"] = "gpus=3"

    def set(self, name, value):
        os.environ[name] = value
        self.addCleanup(os.environ.pop, name, None)

    def results(self):
        startup = ("mpi_init", "join", "connect")
        return [r for r in self.report()["results"] if r["benchmark"] not in startup]

    def check_all_measured(self, results):
        self.assertTrue(results)
        for result in results:
            key = result["key"]
            self.assertEqual(result["status"], "measured", f"{key}: {result['reason']}")
            self.assertEqual(result["backend"], "nccl", key)
            self.assertEqual(result["memory"], "cuda", key)
            # Whoever only gives has nothing to check, but some rank has.
            self.assertEqual(result["verification"]["status"], "passed", key)

    def launch(self, ranks, before, *arguments):
        launcher = pathlib.Path(__file__).parents[2] / "scripts/launch_local"
        return self.call_run(*arguments, before=[str(launcher), str(ranks), *before], limit=60)
