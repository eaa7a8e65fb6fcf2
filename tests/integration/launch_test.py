"""Ranks that scripts/launch_local starts, as torchrun does: a job without MPI, in every build."""

import json
import os
import pathlib
import signal
import socket
import sys
import time
import unittest

from program import OF_THIS_MACHINE, ProgramTest, schema_faults_of_machine

LAUNCH_LOCAL = pathlib.Path(__file__).parents[2] / "scripts" / "launch_local"
QUICK = ["memory_copy", "gemm", "core_clock", "all_reduce", "send_recv", "--set", "n=64", "--sizes", "64KiB:64KiB",
         "--samples", "3"]
LONG = ["memory_copy", "--set", "bytes=4KiB,64MiB", "--samples", "2000"]
NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


def launch(*arguments):
    return [sys.executable, str(LAUNCH_LOCAL), *map(str, arguments)]


class Launched(ProgramTest):
    def check_job(self, ranks):
        ended = self.call_run(*QUICK, before=launch(ranks))

        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual((report["run"]["status"], report["run"]["ranks"], report["run"]["hosts"]),
                         ("complete", ranks, 1))
        host = report["machine"]["hosts"][0]
        self.assertEqual((host["name"], host["ranks"]), (socket.gethostname(), ranks))
        self.assertLessEqual({f["kind"] for f in report["findings"]}, OF_THIS_MACHINE)
        measured = {}
        without_a_library = set()
        for result in report["results"]:
            if result["status"] == "skipped":  # types and pages that this machine does not have
                self.assertTrue(result["reason"], result)
                if "this build has no" in result["reason"]:
                    without_a_library.add(result["benchmark"])
                continue
            self.assertEqual(result["status"], "measured", result)
            taking_part = 1 if result["params"].get("group") == "one" else ranks
            self.assertEqual(result["per_rank"]["n"], taking_part, result["key"])
            measured[result["benchmark"]] = result
        self.assertEqual(set(measured) | without_a_library, {"memory_copy", "gemm", "core_clock", "join"})
        self.assertLessEqual(without_a_library, {"gemm"})
        self.assertEqual(measured["join"]["backend"], "tcp")
        excluded = {note["key"]: note["reason"] for note in report["verdict"]["excluded"]}
        for benchmark in ("all_reduce", "send_recv"):
            self.assertIn("this job has no MPI", excluded[benchmark])

    def test_measures_on_2_ranks_without_mpi(self):
        self.check_job(2)

    def test_measures_on_3_ranks_without_mpi(self):
        self.check_job(3)

    def test_one_rank_without_mpi_needs_nobody(self):
        ended = self.call_run("memory_copy", "--sizes", "64KiB:64KiB", "--samples", "3", before=launch(1))

        self.assertEqual(ended.status, 0, ended)
        self.assertEqual(self.report()["run"]["ranks"], 1)

    def test_all_of_the_quick_profile_is_measured_or_excluded_without_mpi(self):
        ended = self.call_run("--profile", "quick", "--budget", "10", before=launch(2), limit=100)

        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual(report["run"]["status"], "complete")
        reasons = {r["key"]: r["reason"] for r in report["results"] if r["status"] == "failed"}
        self.assertEqual(reasons, {})

    def test_backends_say_why_they_are_not_used_without_mpi(self):
        listed = json.loads(self.call("list", "--json", before=launch(2)).stdout)

        backends = {backend["name"]: backend for backend in listed["backends"]}
        self.assertTrue(backends["tcp"]["usable"], backends["tcp"])
        self.assertFalse(backends["mpi"]["usable"], backends["mpi"])
        self.assertIn("MPI", backends["mpi"]["reason"])
        refused = self.call_run("memory_copy", "--collectives", "mpi", before=launch(2))
        self.assertEqual(refused.status, 64, refused)
        self.assertEqual(refused.stderr.count("--collectives=mpi"), 1, refused)

    def test_the_machine_is_told_by_all_ranks_without_mpi(self):
        ended = self.call("machine", "--json", before=launch(2))

        self.assertEqual(ended.status, 0, ended)
        machine = json.loads(ended.stdout)
        self.assertEqual(schema_faults_of_machine(machine), [])
        self.assertEqual([host["ranks"] for host in machine["hosts"]], [2])

    def test_a_rank_that_is_killed_without_mpi_is_named(self):
        job = self.start("run", *LONG, "--out", self.out, before=launch(3))
        job.wait_until(self.has_finished_a_case, "the first case")
        started = time.monotonic()

        job.signal_rank(1, signal.SIGKILL)
        ended = job.end(30)

        self.assertEqual(ended.status, 3, ended)
        self.assertLess(time.monotonic() - started, 20)
        report = self.report()
        self.assertEqual(report["run"]["status"], "partial")
        self.assertIn(f"rank 1 on {socket.gethostname()}: the connection was closed", report["run"]["reason"])
        self.assertIn(1, [f["rank"] for f in report["findings"] if f["kind"] == "not_finished"])

    def test_a_killed_rank_0_ends_the_others(self):
        job = self.start("run", *LONG, "--out", self.out, before=launch(2))
        job.wait_until(self.has_finished_a_case, "the first case")

        job.signal_rank(0, signal.SIGKILL)
        ended = job.end(30)

        self.assertEqual(ended.status, 128 + signal.SIGKILL, ended)
        self.assertIn("rank 0 was ended by SIGKILL", ended.stderr)
        self.assertEqual(self.report()["run"]["status"], "partial")

    def test_sigterm_without_mpi_leaves_a_partial_report(self):
        job = self.start("run", *LONG, "--out", self.out, before=launch(2))
        job.wait_until(self.has_finished_a_case, "the first case")

        job.process.send_signal(signal.SIGTERM)
        ended = job.end(15)

        self.assertEqual(ended.status, 3, ended)
        self.assertIn("SIGTERM", self.report()["run"]["reason"])


class WronglyLaunched(ProgramTest):
    def call_with(self, *variables):
        everything_else = [f"--unset={name}" for name in NAMES]
        return self.call_run("memory_copy", before=["env", *everything_else, *variables])

    def check_refused(self, ended, *words):
        self.assertEqual(ended.status, 64, ended)
        for word in words:
            self.assertIn(word, ended.stderr)
        self.assertFalse(self.out.exists())

    def test_half_of_the_variables_of_ranks_are_refused(self):
        self.check_refused(self.call_with("WORLD_SIZE=2", "RANK=0"), "not set: MASTER_ADDR, MASTER_PORT")

    def test_a_rank_beyond_the_world_is_refused(self):
        self.check_refused(
            self.call_with("WORLD_SIZE=2", "RANK=2", "MASTER_ADDR=127.0.0.1", "MASTER_PORT=29500"), "RANK=2")

    def test_half_of_the_variables_do_not_keep_others_from_being_listed(self):
        ended = self.call("list", before=["env", "WORLD_SIZE=2"])

        self.assertEqual(ended.status, 0, ended)

    def test_ranks_that_were_told_different_sizes_are_refused(self):
        confuse = 'export WORLD_SIZE=$((WORLD_SIZE + RANK)) LOCAL_WORLD_SIZE=$((WORLD_SIZE + RANK)); exec "$0" "$@"'

        ended = self.call_run("memory_copy", before=[*launch(2), "bash", "-c", confuse])

        self.check_refused(ended, "rank 1 on", "WORLD_SIZE=3", "WORLD_SIZE=2")

    def test_the_launcher_ends_what_outlives_a_dead_rank(self):
        started = time.monotonic()

        ended = self.call(before=[*launch("--grace", 1, 2), "bash", "-c", "((RANK)) && kill -9 $$; exec sleep 60"])

        self.assertLess(time.monotonic() - started, 30)
        self.assertEqual(ended.status, 128 + signal.SIGKILL, ended)

    def test_the_launcher_leaves_no_rank_where_another_cannot_be_started(self):
        # The first rank makes the command vanish for those after it.
        command = self.folder / "rank"
        command.write_text('#!/bin/bash\nrm -f "$0"\nexec sleep 120\n')
        command.chmod(0o755)

        ended = self.call(before=[*launch(400), str(command)], limit=40)  # who is left would hold its output

        self.assertEqual(ended.status, 64, ended)
        self.assertRegex(ended.stderr, "start rank [0-9]+ of .*: No such file")

    def test_the_launcher_names_each_job(self):
        told = [self.call(before=[*launch(2), "bash", "-c", "echo $TORCHELASTIC_RUN_ID"]).stdout.split() for _ in "ab"]

        self.assertEqual([len(set(names)) for names in told], [1, 1])
        self.assertNotEqual(told[0], told[1])

    def test_the_launcher_says_how_it_is_used(self):
        self.assertEqual(self.call(before=launch("none")).status, 64)
        self.assertIn("launch_local 2", self.call(before=launch("--help")).stdout)


if __name__ == "__main__":
    unittest.main()
