"""Runs on GPUs, on the doubles of NVIDIA's libraries: what is measured, refused, skipped and lost."""

import json
import unittest

from on_double import EXPECTED, DoubleTest

SMALL = ["--profile", "quick", "--suite", "gemm,memory,latency", "--sizes", "64KiB:1MiB:16", "--samples", "3",
         "--set", "n=64", "--set", "shape=64x64x64", "--set", "tokens=1", "--set", "model=llama-3-8b",
         "--set", "layer=attention_out"]
PASSES = ["memory_read", "memory_triad", "memory_dot", "--sizes", "64KiB:64KiB", "--samples", "3"]


class OnDouble(DoubleTest):
    def test_a_gpu_is_taken_before_the_host(self):
        self.double("units=132;memory=150754820096")  # as an H200 has them

        ended = self.call_run(*PASSES)

        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual(report["machine"]["datasheet"]["name"], "H200 SXM 141GB")
        self.assertEqual(report["machine"]["bindings"][0]["gpu"], "0000:17:00.0")
        self.assertIn("NVIDIA H200", report["run"]["topology_class"])
        passes = [r for r in report["results"] if r["suite"] == "memory"]
        self.assertEqual(len(passes), 3)
        for result in passes:
            self.check_measured(result)

    def test_each_rank_has_a_gpu_of_its_own(self):
        self.double("gpus=3")

        ended = self.call_run(*PASSES, ranks=2)

        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual([b["gpu"] for b in report["machine"]["bindings"]], ["0000:17:00.0", "0000:18:00.0"])
        left = [f for f in report["findings"] if f["kind"] == "gpu_without_a_rank"]
        self.assertEqual([f["device"] for f in left], ["0000:19:00.0"])
        self.assertEqual({f["kind"] for f in report["findings"]} - EXPECTED, set())

    def test_ranks_that_would_share_a_gpu_are_refused(self):
        ended = self.call_run(*PASSES, ranks=2)

        self.assertEqual(ended.status, 64, ended)
        self.assertIn("ranks 0 and 1 on", ended.stderr)
        self.assertIn("would share the GPU at 0000:17:00.0", ended.stderr)
        self.assertIn("--share-gpus", ended.stderr)

    def test_ranks_that_may_share_a_gpu_are_warned_that_no_figure_means_anything(self):
        ended = self.call_run(*PASSES, "--share-gpus", ranks=2)

        self.assertEqual(ended.status, 0, ended)
        shared = [f for f in self.report()["findings"] if f["kind"] == "gpus_shared"]
        self.assertEqual([(f["severity"], f["device"]) for f in shared], [("warn", "0000:17:00.0")])
        self.assertIn("no figure of this run means anything", shared[0]["reason"])

    def test_a_rank_without_a_driver_is_named(self):
        self.double("gpus=2;rank1.driver=0")

        ended = self.call_run(*PASSES, ranks=2)

        self.assertEqual(ended.status, 3, ended)
        self.assertIn("use cuda on rank 1 of", ended.stderr)
        self.assertIn("no NVIDIA driver is installed", ended.stderr)

    def test_without_a_driver_the_host_is_measured_and_list_says_why(self):
        self.double("driver=0")

        listed = json.loads(self.call("list", "--json").stdout)
        ended = self.call_run(*PASSES)

        cuda = next(b for b in listed["backends"] if b["name"] == "cuda")
        self.assertIn("no NVIDIA driver is installed", json.dumps(cuda))
        self.assertEqual(ended.status, 0, ended)
        self.assertEqual({r["device"] for r in self.results()}, {"host"})

    def test_a_driver_that_is_too_old_is_named_with_both_versions(self):
        self.double("driver=12040")

        ended = self.call_run(*PASSES, "--device", "cuda")

        self.assertEqual(ended.status, 64, ended)
        self.assertIn("it can do CUDA 12.4, this build needs 13.0", ended.stderr)

    def test_cases_beyond_the_memory_are_skipped_with_their_sizes_and_others_go_on(self):
        self.double("memory=134217728")

        ended = self.call_run("memory_read", "--sizes", "1MiB:1GiB:1024", "--samples", "3")

        self.assertEqual(ended.status, 0, ended)
        status = {r["params"]["bytes"]: r for r in self.results() if r["benchmark"] == "memory_read"}
        self.check_measured(status[1 << 20])
        self.assertEqual(status[1 << 30]["status"], "skipped")
        self.assertIn("needs 1.07 GB of GPU memory", status[1 << 30]["reason"])

    def test_a_gpu_that_is_lost_fails_its_cases_and_the_report_is_whole(self):
        self.double("fail.cudaEventRecord=719:60")

        ended = self.call_run(*PASSES)

        self.assertEqual(ended.status, 3, ended)
        report = self.report()
        self.assertEqual(report["run"]["status"], "complete")
        failed = [r for r in report["results"] if r["status"] == "failed"]
        self.assertTrue(failed)
        for result in failed:
            self.assertIn("unspecified launch failure", result["reason"])

    def test_everything_of_one_rank_is_measured_and_right(self):
        ended = self.call_run(*SMALL, limit=100)

        self.assertEqual(ended.status, 0, ended)
        results = [r for r in self.results() if r["benchmark"] not in ("mpi_init", "connect")]
        measured = [r for r in results if r["status"] == "measured"]
        self.assertTrue(measured)
        for result in measured:
            if result["benchmark"] != "peak_flops":  # leaves nothing that could be compared
                self.check_measured(result)
        for result in results:
            if result["status"] != "measured":
                self.assertEqual(result["status"], "skipped", f"{result['key']}: {result['reason']}")
                self.assertTrue(result["reason"], result["key"])
        self.assertLessEqual({"gemm", "gemm_shape", "gemm_batched", "gemm_model", "memory_read", "memory_gather",
                              "memory_latency", "gpu_launch"}, {r["benchmark"] for r in measured})


if __name__ == "__main__":
    unittest.main()
