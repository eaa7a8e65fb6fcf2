"""Variables that slow a library down: they are found, told with the gain, and mended."""

import os
import pathlib
import unittest
from unittest import mock

from program import ProgramTest

SMALL_PRODUCT = ["gemm", "--dtype", "f64", "--set", "n=64", "--samples", "3"]
HASWELL_OF_BLIS_0, SKX_OF_BLIS = "3", "0"  # BLIS 0.9 reads numbers, and takes every name for 0
CRIPPLING = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "BLIS_ARCH_TYPE"]


class CrippledLibraries(ProgramTest):
    def setUp(self):
        super().setUp()
        if "avx512vl" not in pathlib.Path("/proc/cpuinfo").read_text():
            self.skipTest("this processor has no AVX-512: nothing faster than Haswell's kernels")

    def run_with(self, variables, ranks=None):
        """The report of a run for which these alone of the crippling variables are set."""
        environment = {name: value for name, value in os.environ.items() if name not in CRIPPLING}
        with mock.patch.dict(os.environ, {**environment, **variables}, clear=True):
            ended = self.call_run(*SMALL_PRODUCT, ranks=ranks)
        self.assertEqual(ended.status, 0, ended)
        return self.report()

    def libraries_of(self, report, name):
        """Of this build; the test is skipped if there is none of this name."""
        known = report["results"][0]["details"].get("blas", "")
        if name not in known:
            self.skipTest(f"this build has no {name}")
        return [library for library in known.split("; ") if library.startswith(name)]

    def handicaps(self, report, name):
        return [f for f in report["findings"]
                if f["kind"] == "crippled_library" and f["device"].startswith(name)]

    def test_openblas_is_freed_from_a_core_it_was_told(self):
        report = self.run_with({"OPENBLAS_CORETYPE": "Haswell"})

        self.assertNotIn("Haswell", self.libraries_of(report, "OpenBLAS")[0])
        [finding] = self.handicaps(report, "OpenBLAS")
        self.assertEqual(finding["severity"], "warn")
        self.assertGreater(finding["value"], 1.05)
        self.assertIn("OPENBLAS_CORETYPE=Haswell", finding["reason"])
        self.assertIn("it was mended", finding["reason"])
        self.assertIn("unset OPENBLAS_CORETYPE", finding["action"])
        self.assertEqual(report["machine"]["environment"]["OPENBLAS_CORETYPE"], "Haswell")
        self.assertEqual(report["verdict"]["status"], "warn")

    def test_openblas_is_not_suspected_without_a_cause(self):
        report = self.run_with({})

        self.libraries_of(report, "OpenBLAS")
        self.assertEqual(self.handicaps(report, "OpenBLAS"), [])

    def test_blis_is_freed_from_an_architecture_it_was_told(self):
        report = self.run_with({"BLIS_ARCH_TYPE": HASWELL_OF_BLIS_0})

        [blis] = self.libraries_of(report, "BLIS")
        if not blis.startswith("BLIS 0."):
            self.skipTest(f"{blis} numbers its architectures in another way")
        self.assertIn("skx", blis)
        [finding] = self.handicaps(report, "BLIS")
        self.assertGreater(finding["value"], 1.05)
        self.assertIn("haswell instead of skx by BLIS_ARCH_TYPE=3", finding["reason"])

    def test_blis_with_its_widest_kernels_is_left_alone(self):
        report = self.run_with({"BLIS_ARCH_TYPE": SKX_OF_BLIS})

        self.assertIn("skx", self.libraries_of(report, "BLIS")[0])
        self.assertEqual(self.handicaps(report, "BLIS"), [])

    def test_two_ranks_of_a_host_tell_of_a_library_once(self):
        if not os.environ.get("SHORTFALL_MPIEXEC"):
            self.skipTest("this build has no MPI")
        report = self.run_with({"OPENBLAS_CORETYPE": "Haswell"}, ranks=2)

        self.libraries_of(report, "OpenBLAS")
        self.assertEqual(len(self.handicaps(report, "OpenBLAS")), 1)


if __name__ == "__main__":
    unittest.main()
