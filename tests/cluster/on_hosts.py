"""Starts things on several hosts on this machine, made by scripts/cluster."""

import os
import pathlib
import subprocess
import unittest

from program import ProgramTest

CLUSTER = os.environ["SHORTFALL_CLUSTER"]
NOT_HERE = 77


def on_hosts(count, *options):
    """What stands before a command that is to run on `count` hosts."""
    return [CLUSTER, str(count), *options, "--"]


def call(*command, limit=60):
    return subprocess.run(command, capture_output=True, text=True, timeout=limit, stdin=subprocess.DEVNULL, check=False)


class HostsTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        tried = call(*on_hosts(2), "true")
        if tried.returncode == NOT_HERE:
            raise unittest.SkipTest(tried.stderr.strip())

    def call_on_hosts(self, count, *command, options=()):
        """Standard output of a command that must succeed."""
        ended = call(*on_hosts(count, *options), *command)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout


def children_of(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def init_of(process):
    """Of a running cluster: its process 1, which is a child of `unshare`."""
    [unshare] = children_of(process.pid)
    [init] = children_of(unshare)
    return init


def namespaces_of(pid):
    """Those that the process has for itself, as seen from this process."""
    def all_of(who):
        found = {}
        for kind in ("net", "mnt", "pid", "uts"):
            try:
                found[kind] = os.readlink(f"/proc/{who}/ns/{kind}")
            except OSError:  # it has ended
                pass
        return set(found.values())
    return all_of(pid) - all_of("self")


def processes_in(namespaces):
    running = [int(folder.name) for folder in pathlib.Path("/proc").glob("[0-9]*")]
    return {pid for pid in running if namespaces_of(pid) & namespaces}
