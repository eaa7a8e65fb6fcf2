"""Verbs between the two software devices of a guest: every operation, every way, every refusal."""

import os
import subprocess
import unittest
from concurrent.futures import ThreadPoolExecutor

from on_verbs import NICS, VerbsTest

EVERY_VERB = "op=write,read,send,write_imm,ud_send"


def set_mtu(of_ethernet):
    for device in ("roce0", "roce1"):
        subprocess.run(["ip", "link", "set", device, "mtu", str(of_ethernet)], check=True)


class Operations(VerbsTest):
    def test_latency_of_every_verb(self):
        results = self.measure("rdma_latency", "--set", NICS, "--set", EVERY_VERB, "--sizes", "1:4096:64")

        self.assertEqual(len(results), 15)  # of 1 B, 64 B and 4 KiB
        for result in results:
            self.check_good(result)
            self.assertEqual(result["details"]["device"], "rxe0")
            self.assertEqual(result["per_rank"]["adapters"], ["rxe0:1", "rxe1:1"])
            self.assertIn("rxe1:1 of rank 1", result["details"]["peer"])
            self.assertRegex(result["details"]["gid"], r"^1 RoCE v2 10\.")

    def test_bandwidth_of_every_verb_both_ways_and_odd_sizes(self):
        results = self.measure("rdma_bandwidth", "--set", NICS, "--set", EVERY_VERB, "--sizes", "4097:4097",
                               "--set", "window=5", "--set", "direction=one_way,both_ways")

        for result in results:
            if result["params"]["op"] == "ud_send":
                self.assertEqual(result["status"], "skipped")
                self.assertIn("a datagram is one packet, of 4096 bytes here", result["reason"])
                continue
            self.check_good(result)
        self.assertEqual(len(results), 10)

    def test_atomics_count_right(self):
        results = self.measure("rdma_atomic_latency", "rdma_atomic_rate", "--set", NICS)

        self.assertEqual({r["params"]["op"] for r in results}, {"fetch_add", "compare_swap"})
        for result in results:
            self.check_good(result)
            self.assertEqual(result["work"]["payload_bytes"], 8)

    def test_hubs_shifts_loopback_and_registration_on_three_ranks(self):
        results = self.measure("rdma_all_to_one", "rdma_one_to_all", "rdma_shift", "rdma_loopback",
                               "rdma_registration", "--set", NICS, "--sizes", "64KiB:64KiB", ranks=3)

        self.assertEqual(len(results), 6)
        for result in results:
            self.check_good(result, verified=result["benchmark"] != "rdma_registration")
        (shift,) = [r for r in results if r["benchmark"] == "rdma_shift"]
        self.assertEqual(shift["per_rank"]["n"], 3)
        (hub,) = [r for r in results if r["benchmark"] == "rdma_one_to_all"]
        self.assertEqual(hub["per_rank"]["n"], 1)
        self.assertEqual(hub["work"]["payload_bytes"], 2 * 65536)


class Options(VerbsTest):
    def test_what_is_asked_for_is_used_and_told(self):
        results = self.measure("rdma_bandwidth", "--set", NICS, "--set", "op=write,send", "--sizes", "64KiB:64KiB",
                               "--set", "direction=one_way", "--set", "qps=3", "--set", "post_list=4",
                               "--set", "signal=2", "--set", "inline=never", "--set", "completion=events",
                               "--set", "chunk=20000", "--set", "mtu=1024", "--set", "pages=small", "--set", "gid=0")

        for result in results:
            self.check_good(result)
            told = result["details"]
            self.assertEqual((told["queue_pairs"], told["mtu_bytes"], told["inline_bytes"]), ("3", "1024", "0"))
            self.assertRegex(told["gid"], "^0 RoCE v2 fe80:")
            self.assertEqual(told["chunk"], "20000 B")

    def test_addresses_and_devices_are_chosen_by_name(self):
        results = self.measure("rdma_latency", "--set", "nics=rxe1:1..rxe0:1,1..0", "--set", "op=send",
                               "--set", "gid=10.99.0.0/24,fe80::/10,v2", "--sizes", "8:8")

        self.assertEqual([r["params"]["gid"] for r in results[:3]], ["10.99.0.0/24", "fe80::/10", "v2"])
        self.assertEqual(len(results), 6)
        for result in results:
            self.check_good(result)
            self.assertEqual(result["details"]["device"], "rxe1")
            wanted = "0 RoCE v2 fe80::" if result["params"]["gid"] == "fe80::/10" else "1 RoCE v2 10.99.0.2"
            self.assertTrue(result["details"]["gid"].startswith(wanted), result["details"]["gid"])

    def test_every_two_adapters_are_measured_in_turn(self):
        results = self.measure("rdma_latency", "rdma_loopback", "--set", "nics=every_pair", "--set", "op=write",
                               "--sizes", "64:64")

        pairs = [r["params"]["nics"] for r in results if r["benchmark"] == "rdma_latency"]
        loops = [r["params"]["nics"] for r in results if r["benchmark"] == "rdma_loopback"]
        self.assertEqual((pairs, loops), (["0", "0..1", "1..0", "1"], ["0", "1"]))
        for result in results:
            self.check_good(result)
        by_benchmark = {fabric["benchmark"]: fabric for fabric in self.report()["fabric"]}
        ends = by_benchmark["rdma_latency"]["matrix"]["ends"]
        self.assertEqual([(end["rank"], end["device"]) for end in ends],
                         [(0, "rxe0"), (0, "rxe1"), (1, "rxe0"), (1, "rxe1")])
        (loopback,) = by_benchmark["rdma_loopback"]["classes"]
        self.assertEqual((loopback["class"], loopback["pairs"]), ("loopback", 4))


class Refusals(VerbsTest):
    def test_what_is_not_there_is_refused_with_what_is(self):
        refusals = {"nics=rxe7": "There are: rxe0:1 active, rxe1:1 active",
                    "nics=rxe0:2": "There are: rxe0:1 active, rxe1:1 active",
                    "nics=5": "there is no active port 5",
                    "gid=99": "has no GID 99. It has: 0 RoCE v2",
                    "gid=10.1.0.0/16": "has no GID 10.1.0.0/16. It has: 0 RoCE v2",
                    "gid=10.1": "names no GIDs: auto, an index, v1 or v2",
                    "chunk=1GiB": "1073741824 bytes in a message (chunk) are asked for",
                    "qps=2000000": "queue pairs are asked for",
                    "mtu=8192": "mtu"}

        def ask_for(words):
            out = self.folder / words.replace("/", "_")  # each looks whether its own can be written
            return self.call("run", "rdma_latency", "--sizes", "8:8", "--set", words, "--out", out)

        with ThreadPoolExecutor(os.cpu_count()) as pool:  # a guest is slow to start programs
            answers = list(pool.map(ask_for, refusals))

        for (words, said), ended in zip(refusals.items(), answers):
            self.assertEqual(ended.status, 64, (words, ended))
            self.assertIn(said, ended.stderr)

    def test_packets_larger_than_the_port_takes(self):
        set_mtu(1500)
        self.addCleanup(set_mtu, 4200)

        ended = self.call_run("rdma_latency", "--sizes", "8:8", "--set", "mtu=2048")

        self.assertEqual(ended.status, 64, ended)
        self.assertIn("2048 bytes in a packet (mtu) are asked for, and rxe0:1 takes 1024 at most", ended.stderr)


if __name__ == "__main__":
    unittest.main()
