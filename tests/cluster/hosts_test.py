"""scripts/cluster: hosts with names and links of their own, of which nothing is left."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

from on_hosts import (CLUSTER, NOT_HERE, HostsTest, call, children_of, init_of, namespaces_of, on_hosts,
                      processes_in)
from program import MPIEXEC

BAD_USAGE = 64
NOBODY = 65534
SIGHT = ["echo $(hostname) $PLANTED $(ulimit -l) $(head -n 1 /proc/version)"]


def links():
    return {link["ifname"] for link in json.loads(call("ip", "-json", "link").stdout)}


class Refusals(unittest.TestCase):
    def check_refused(self, status, words, *command):
        ended = call(*command)
        self.assertEqual(ended.returncode, status, ended.stderr)
        self.assertEqual(ended.stdout, "")
        self.assertEqual(len(ended.stderr.splitlines()), 1, ended.stderr)
        self.assertIn(words, ended.stderr)

    def test_bad_usage_is_refused(self):
        for words, arguments in [("no CMD", ["4"]), ("N=0", ["0", "--", "true"]), ("N=100", ["100", "--", "true"]),
                                 ("'node03' is unknown", ["2", "--rate", "node03", "1gbit", "--", "true"]),
                                 ("not a rate", ["2", "--rate", "node02", "fast", "--", "true"]),
                                 ("not a time", ["2", "--delay", "1", "--", "true"]),
                                 ("--slots=0", ["2", "--slots", "0", "--", "true"])]:
            with self.subTest(words):
                self.check_refused(BAD_USAGE, words, CLUSTER, *arguments)

    def test_without_root_the_reason_is_told(self):
        if os.geteuid() != 0:
            self.check_refused(NOT_HERE, "need root", *on_hosts(2), "true")
            return
        source = pathlib.Path(CLUSTER).read_text()  # its folder may be closed to others
        self.check_refused(NOT_HERE, "need root", "setpriv", f"--reuid={NOBODY}", "--clear-groups",
                           sys.executable, "-c", source, "2", "--", "true")

    def test_without_the_right_to_make_namespaces_the_answer_is_told(self):
        if os.geteuid() != 0:
            self.skipTest("only root has rights to give away")
        self.check_refused(NOT_HERE, "tried 'unshare", "setpriv", "--bounding-set=-sys_admin", *on_hosts(2), "true")

    def test_without_the_right_to_make_links_the_answer_is_told(self):
        if call(*on_hosts(2), "true").returncode == NOT_HERE:
            self.skipTest("namespaces are not allowed")
        self.check_refused(NOT_HERE, "tried 'ip link", "setpriv", "--bounding-set=-net_admin", *on_hosts(2), "true")


class Hosts(HostsTest):
    def start(self, *command, count=2):
        """The cluster, once `command` has written its first line, and the namespaces that it is in."""
        process = subprocess.Popen([*on_hosts(count), *command], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        process.stdout.readline()
        init = init_of(process)
        return process, set().union(*map(namespaces_of, [init, *children_of(init)]))

    def wait_until_gone(self, namespaces, limit=5):
        end = time.monotonic() + limit
        while processes_in(namespaces) and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(processes_in(namespaces), set())

    def test_each_host_answers_by_its_name(self):
        names = self.call_on_hosts(4, MPIEXEC, "-n", "4", "hostname").split()

        self.assertEqual(sorted(names), ["node01", "node02", "node03", "node04"])

    def test_hosts_know_one_another_by_name(self):
        found = self.call_on_hosts(3, "/run/shortfall_cluster/agent", "node03", "getent", "hosts", "node02")

        self.assertEqual(found.split(), ["10.213.0.2", "node02"])

    def test_one_host_can_be_made_to_differ(self):
        (self.folder / "version").write_text("another kernel\n")
        odd = f"export PLANTED='two words'; ulimit -l 64; mount --bind {self.folder}/version /proc/version"

        said = self.call_on_hosts(3, MPIEXEC, "-n", "3", "bash", "-c", *SIGHT, options=["--on", "node02", odd])

        self.assertIn("node02 two words 64 another kernel", said.splitlines())
        others = [line for line in said.splitlines() if not line.startswith("node02")]
        self.assertEqual(len(others), 2, said)
        for line in others:
            self.assertNotIn("two words", line)
            self.assertIn("Linux version", line)
        self.assertNotIn("another", pathlib.Path("/proc/version").read_text())

    def test_what_differs_on_the_first_host_stays_there(self):
        (self.folder / "version").write_text("another kernel\n")
        odd = f"export PLANTED=planted; hostname odd; mount --bind {self.folder}/version /proc/version"

        said = self.call_on_hosts(2, "bash", "-c", f"{SIGHT[0]}; /run/shortfall_cluster/agent node02 '{SIGHT[0]}'",
                                  options=["--on", "node01", odd]).splitlines()

        self.assertRegex(said[0], "^odd planted .*another kernel$")
        self.assertRegex(said[1], "^node02 .*Linux version")
        self.assertNotIn("planted", said[1])

    def test_status_is_that_of_the_command(self):
        self.assertEqual(call(*on_hosts(1), "bash", "-c", "exit 5").returncode, 5)
        self.assertEqual(call(*on_hosts(1), "bash", "-c", "kill -KILL $$").returncode, 128 + signal.SIGKILL)

    def test_delay_is_added_or_its_refusal_told(self):
        connect = "start=${EPOCHREALTIME/.}; (: <>/dev/tcp/node02/9); echo $((${EPOCHREALTIME/.} - start))"

        ended = call(*on_hosts(2, "--delay", "20ms"), "bash", "-c", connect)

        if ended.returncode == NOT_HERE:
            self.assertIn("netem delay 20ms", ended.stderr)
            self.skipTest(ended.stderr.strip())
        self.assertIn("refused", ended.stderr)
        self.assertGreaterEqual(int(ended.stdout), 80_000)  # microseconds; two links, there and back

    def test_nothing_is_left_when_the_command_ends(self):
        before = links()
        process, namespaces = self.start("bash", "-c", "setsid sleep 1000 & echo; sleep 0.5")

        process.wait(timeout=10)

        self.wait_until_gone(namespaces)
        self.assertEqual(links(), before)
        self.assertEqual(os.listdir("/run/shortfall_cluster"), [])

    def test_nothing_is_left_when_it_is_killed_and_the_next_starts_clean(self):
        before = links()
        process, namespaces = self.start("bash", "-c", "setsid sleep 1000 & echo; sleep 1000")
        self.assertGreaterEqual(len(processes_in(namespaces)), 3)

        process.kill()

        self.wait_until_gone(namespaces)
        self.assertEqual(links(), before)
        self.assertEqual(self.call_on_hosts(2, "ip", "netns", "list").split(), ["node02", "node01"])

    def test_signals_reach_the_command(self):
        process, namespaces = self.start("bash", "-c", "trap 'exit 9' TERM; echo; while true; do sleep 0.1; done")

        process.terminate()

        self.assertEqual(process.wait(timeout=10), 9)
        self.wait_until_gone(namespaces)

    def test_several_clusters_do_not_meet(self):
        first, namespaces = self.start("bash", "-c", "echo; sleep 1000", count=3)

        names = self.call_on_hosts(2, MPIEXEC, "-n", "2", "hostname").split()

        self.assertEqual(sorted(names), ["node01", "node02"])
        self.assertIsNone(first.poll())
        self.assertTrue(processes_in(namespaces))


if __name__ == "__main__":
    unittest.main()
