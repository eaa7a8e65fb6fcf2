"""Memory of GPUs under network adapters, on the double of CUDA: how it is registered, and who refuses it."""

import os
import unittest

from on_verbs import NICS, VerbsTest

MOVED = ["--set", NICS, "--set", "direction=one_way", "--set", "window=4", "--set", "memory=device,host"]
BY_FILE = "GPU memory by dmabuf"
BY_ADDRESS = "GPU memory by peer memory (dmabuf: rxe0 answers 'Operation not supported')"


class GpuMemory(VerbsTest):
    def setUp(self):
        super().setUp()
        self.setting("SHORTFALL_CUDA_DOUBLE", "gpus=2;shares=1;dmabuf=1")

    def setting(self, name, value):
        os.environ[name] = value
        self.addCleanup(os.environ.pop, name, None)

    def preload(self, fault):
        self.setting("LD_PRELOAD", os.environ["SHORTFALL_FAULTY_VERBS"])
        self.setting("SHORTFALL_TEST_FAULT", fault)

    def check_moved(self, result, memory, registered):
        self.check_good(result, verified=result["benchmark"] != "rdma_registration")
        self.assertEqual(result["memory"], memory, result["key"])
        self.assertEqual(result["details"]["registered"], registered, result["key"])

    def test_it_is_registered_by_its_file_or_else_by_its_address(self):
        # That of rank 1, which begins in 1-0, is as rxe really is.
        self.preload("rank0:takes_dmabuf")

        results = self.measure("rdma_bandwidth", "rdma_latency", "rdma_atomic_latency", "rdma_registration", *MOVED,
                               "--set", "op=write,send,fetch_add", "--set", "group=0-1,1-0,one", "--sizes", "100:100")

        self.assertEqual(len(results), 2 * 2 * (2 + 2) + 2 + 2)
        for result in results:
            asked = result["params"]
            if "memory" not in asked or asked["memory"] == "host":  # atomics have no choice
                self.check_moved(result, "host", "host memory")
                continue
            if (result["benchmark"], asked.get("op")) == ("rdma_latency", "write"):
                self.assertEqual(result["status"], "skipped")
                self.assertIn("nobody polls the memory of a GPU", result["reason"])
                continue
            # Told is how the lowest rank with a time of its own does it.
            is_of_rank_1 = (result["benchmark"], asked["group"]) == ("rdma_bandwidth", "1-0")
            self.check_moved(result, "cuda", BY_ADDRESS if is_of_rank_1 else BY_FILE)
            # The processor would copy what it does not see.
            self.assertEqual(result["details"].get("inline_bytes", "0"), "0")

    def test_where_neither_is_taken_the_case_says_so_and_the_run_goes_on(self):
        self.preload("rank1:no_gpu_memory")

        ended = self.call_run("rdma_bandwidth", *MOVED, "--set", "op=write", "--sizes", "4097:4097", "--samples", "3",
                              ranks=2, limit=200)

        self.assertEqual(ended.status, 3, ended)
        failed, measured = self.results()
        self.assertEqual((failed["status"], failed["rank"]), ("failed", 1))
        for words in ("by dmabuf: rxe1 answers 'Operation not supported'", "by peer memory: Bad address",
                      "modprobe nvidia_peermem"):
            self.assertIn(words, failed["reason"])
        self.check_moved(measured, "host", "host memory")


if __name__ == "__main__":
    unittest.main()
