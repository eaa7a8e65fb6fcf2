"""UCX beside GPUs: their memory only where UCX takes it, the host's everywhere."""

import os
import unittest

from on_double import DoubleTest

ONE = ["ucx_latency", "ucx_bandwidth", "--links", "ucx", "--set", "op=put,tag", "--set", "direction=one_way",
       "--sizes", "8:8", "--samples", "3"]


class UcxOnDouble(DoubleTest):
    def setUp(self):
        super().setUp()
        for name, value in (("SHORTFALL_CUDA_DOUBLE", "gpus=2"), ("UCX_TLS", "posix,cma")):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)

    def test_without_cuda_it_refuses_gpu_memory_and_moves_that_of_the_host(self):
        ended = self.call_run(*ONE, "--set", "memory=device,host", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        results = [r for r in self.results() if r["benchmark"].startswith("ucx_")]
        self.assertEqual(len(results), 8)
        for result in results:
            if result["params"]["memory"] == "device":
                self.assertEqual((result["status"], result["memory"]), ("skipped", "cuda"), result["key"])
                self.assertIn("takes no memory of GPUs: it was built without CUDA", result["reason"])
                continue
            self.assertEqual(result["status"], "measured", result["reason"])
            self.assertEqual((result["memory"], result["backend"]), ("host", "ucx"), result["key"])
            self.assertEqual(result["verification"]["status"], "passed", result["key"])
            self.assertIn("when its stream is empty", result["details"]["timed_by"])


if __name__ == "__main__":
    unittest.main()
