"""What breaks between network adapters is told with the device, the other end and the status that verbs
give it; the run goes on, and ends."""

import os
import signal
import subprocess
import time
import unittest

from on_verbs import NICS, VerbsTest

FAULTY_VERBS = os.environ["SHORTFALL_FAULTY_VERBS"]
# A case that is hit, and one afterwards that is not.
HIT_AND_GO_ON = ["rdma_bandwidth", "barrier", "--set", NICS, "--set", "op=write", "--set", "direction=one_way",
                 "--sizes", "64KiB:64KiB"]


def ip(*words):
    subprocess.run(["ip", *words], check=True)


class Faults(VerbsTest):
    def start_long(self):
        return self.start("run", *HIT_AND_GO_ON, "--samples", "1500", "--case-timeout", "200",
                          "--out", self.out, ranks=2)

    def await_transfer(self, job):
        job.wait_until((self.out / "journal.jsonl").exists, "the first case", 60)
        time.sleep(2)  # it begins at once, and lasts for a minute

    def run_faulty(self, fault, *more):
        os.environ["LD_PRELOAD"] = FAULTY_VERBS
        os.environ["SHORTFALL_TEST_FAULT"] = fault
        self.addCleanup(lambda: [os.environ.pop(name, None) for name in ("LD_PRELOAD", "SHORTFALL_TEST_FAULT")])
        return self.call_run(*HIT_AND_GO_ON, "--case-timeout", "200", *more, ranks=2, limit=200)

    def check_failed(self, ended, *said):
        self.assertEqual(ended.status, 3, ended)
        report = self.report()
        (failed,) = [r for r in report["results"] if r["benchmark"] == "rdma_bandwidth"]
        self.assertEqual(failed["status"], "failed", failed)
        for words in said:
            self.assertIn(words, failed["reason"])
        after = [r for r in report["results"] if r["benchmark"] == "barrier"]
        self.assertTrue(after and all(r["status"] == "measured" for r in after), ended)

    def test_a_cable_that_is_pulled(self):
        job = self.start_long()
        self.await_transfer(job)
        self.addCleanup(self.plug_in)

        ip("link", "set", "roce1", "down")

        # rxe repeats for ever what it has no route for; other adapters answer IBV_WC_RETRY_EXC_ERR, too.
        self.check_failed(job.end(100), "rxe0:1", "rxe1:1 of rank 1", "IBV_EVENT_PORT_ERR", "cable")

    def test_a_switch_that_lets_nothing_through(self):
        job = self.start_long()
        self.await_transfer(job)

        subprocess.run(["tc", "qdisc", "add", "dev", "roce1", "root", "netem", "loss", "100%"], check=True)
        self.addCleanup(subprocess.run, ["tc", "qdisc", "del", "dev", "roce1", "root"], check=True)

        self.check_failed(job.end(100), "rxe0:1", "rxe1:1 of rank 1", "IBV_WC_RETRY_EXC_ERR", "does not answer")

    def test_an_address_that_vanishes_under_way(self):
        job = self.start_long()
        self.await_transfer(job)

        ip("addr", "del", "10.99.0.1/32", "dev", "roce0")
        self.addCleanup(ip, "addr", "add", "10.99.0.1/32", "dev", "roce0")

        self.check_failed(job.end(100), "rxe0:1", "rxe1:1 of rank 1", "GID 1, 10.99.0.1, was withdrawn")

    def plug_in(self):
        ip("link", "set", "roce1", "up")  # its routes were forgotten
        ip("route", "replace", "10.99.0.0/24", "dev", "roce1", "src", "10.99.0.2", "table", "101")

    def test_a_wrong_key(self):
        self.check_failed(self.run_faulty("rank1:wrong_key", "--samples", "3"),
                          "rxe0:1", "rxe1:1 of rank 1", "IBV_WC_REM_ACCESS_ERR", "a wrong key or address")

    def test_data_that_are_spoiled_under_way(self):
        ended = self.run_faulty("rank0:spoiled", "--samples", "3")

        self.assertEqual(ended.status, 2, ended)
        report = self.report()
        (wrong,) = [r for r in report["results"] if r["benchmark"] == "rdma_bandwidth"]
        self.assertEqual((wrong["status"], wrong["verification"]["status"]), ("measured", "failed"), wrong)
        mismatch = wrong["verification"]["mismatch"]
        self.assertEqual((mismatch["rank"], mismatch["index"]), (1, 0), mismatch)
        self.assertNotEqual(mismatch["got"], mismatch["want"])
        found = [(f["metric"], f["severity"], f["rank"]) for f in report["findings"] if f["kind"] == "wrong_data"]
        self.assertEqual(found, [(wrong["key"], "fail", 1)])

    def test_a_queue_pair_in_its_error_state(self):
        self.check_failed(self.run_faulty("rank0:queue_error", "--samples", "1500"),
                          "rxe0:1", "IBV_WC_WR_FLUSH_ERR", "error state")

    def test_a_rank_whose_devices_cannot_be_opened_is_told_and_the_others_go_on(self):
        ended = self.run_faulty("rank1:no_open", "--samples", "3")

        self.assertEqual(ended.status, 3, ended)
        (found,) = [f for f in self.report()["findings"] if f["kind"] == "unusable_link"]
        self.assertEqual(found["rank"], 1)
        self.assertIn("rxe0 cannot be opened: Permission denied", found["reason"])

    def test_a_peer_that_is_killed_ends_the_run_in_time(self):
        job = self.start_long()
        self.await_transfer(job)

        os.kill(job.pids()[1], signal.SIGKILL)

        job.end(200)
        self.assertEqual(self.report()["run"]["status"], "partial")

    def test_packets_that_are_dropped_arrive_all_the_same(self):
        subprocess.run(["tc", "qdisc", "add", "dev", "roce0", "root", "netem", "loss", "10%"], check=True)
        self.addCleanup(subprocess.run, ["tc", "qdisc", "del", "dev", "roce0", "root"], check=True)

        (result,) = self.measure("rdma_bandwidth", "--set", NICS, "--set", "op=write", "--set", "direction=one_way",
                                 "--sizes", "4KiB:4KiB", "--set", "window=8")

        self.check_good(result)
        self.assertIn("error_counter", {f["kind"] for f in self.report()["findings"]})

    def test_addresses_of_different_kinds_are_not_tried(self):
        ip("addr", "del", "10.99.0.2/32", "dev", "roce1")  # what is left is of IPv6
        self.addCleanup(ip, "addr", "add", "10.99.0.2/32", "dev", "roce1")

        self.call_run("rdma_latency", "--set", NICS, "--set", "op=send", "--sizes", "8:8", ranks=2)

        (result,) = self.results()
        self.assertEqual(result["status"], "skipped", result)
        for words in ("RoCE v2 10.99.0.1", "rxe1:1 of rank 1", "RoCE v2 fe80::", "--set gid="):
            self.assertIn(words, result["reason"])

    def test_an_address_that_vanished_before(self):
        ip("addr", "del", "10.99.0.2/32", "dev", "roce1")
        self.addCleanup(ip, "addr", "add", "10.99.0.2/32", "dev", "roce1")

        ended = self.call_run("rdma_latency", "--set", NICS, "--set", "op=send", "--set", "gid=10.99.0.2",
                              "--sizes", "8:8", ranks=2)

        self.assertEqual(ended.status, 64, ended)
        self.assertIn("has no GID 10.99.0.2. It has: 0 RoCE v2", ended.stderr)


if __name__ == "__main__":
    unittest.main()
