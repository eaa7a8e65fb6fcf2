"""Starts Shortfall as a user would, waits with a limit, and reads what it left behind."""

import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest
import uuid

PROGRAM = os.environ["SHORTFALL_PROGRAM"]
MPIEXEC = os.environ.get("SHORTFALL_MPIEXEC", "")
FAULTY_MPI = os.environ.get("SHORTFALL_FAULTY_MPI", "")
SCHEMA = os.environ["SHORTFALL_SCHEMA"]

# Some of everything, in a second.
QUICK = ["all_reduce", "all_to_all", "gemm", "memory_read", "memory_copy", "memory_triad", "memory_dot",
         "memory_gather", "memory_latency", "barrier", "send_recv", "send_recv_bandwidth",
         "--profile", "quick", "--sizes", "64B:64KiB:32", "--set", "n=64", "--samples", "3"]


# Findings about the machine that runs the tests, and about whoever else uses it.
OF_THIS_MACHINE = {"crippled_library", "disturbed", "occupied", "limited", "error_counter",
                   "datasheet_exceeded"}  # by a turbo clock that a virtual machine does not tell


@dataclasses.dataclass
class Ended:
    status: int
    stdout: str
    stderr: str

    def __str__(self):
        return f"exit status {self.status}\n-- stdout\n{self.stdout[-3000:]}\n-- stderr\n{self.stderr[-3000:]}"


class Job:
    """One start of the program. All its processes are gone after end(). `before`: words before its command."""

    def __init__(self, arguments, ranks=None, fault=None, folder=".", launcher=None, before=()):
        self.mark = f"SHORTFALL_TEST_JOB={uuid.uuid4()}"
        self.struck = pathlib.Path(folder) / "struck"  # exists once the fault has struck
        environment = dict([*os.environ.items(), self.mark.split("=")])
        command = [PROGRAM, *map(str, arguments)]
        if ranks is not None:
            exported = {}
            if fault:
                exported = {"LD_PRELOAD": FAULTY_MPI, "SHORTFALL_TEST_FAULT": fault,
                            "SHORTFALL_TEST_MARKER": str(self.struck.resolve())}
            options = [word for name, value in exported.items() for word in ("-x", f"{name}={value}")]
            command = [launcher or MPIEXEC, "-n", str(ranks), "--oversubscribe", *options, *command]
        self.process = subprocess.Popen([*before, *command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def pids(self):
        """Of this job's processes: {rank, or None for the launcher: process id}."""
        found = {}
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                variables = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if self.mark in variables:
                rank = [v.split("=")[1] for v in variables if v.startswith(("OMPI_COMM_WORLD_RANK=", "RANK="))]
                found[int(rank[0]) if rank else None] = int(folder.name)
        return found

    def signal_rank(self, rank, number):
        os.kill(self.pids()[rank], number)

    def wait_until(self, condition, what, limit=30):
        """While the job runs. Ends it and fails if `condition` does not come true."""
        end = time.monotonic() + limit
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                self.process.kill()
                raise AssertionError(f"waited in vain for {what}\n{self.end()}")
            time.sleep(0.02)

    def end(self, limit=60):
        try:
            stdout, stderr = self.process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            self.process.kill()
            stdout, stderr = self.process.communicate()
            raise AssertionError(f"did not end within {limit} s\n{Ended(-1, stdout, stderr)}") from None
        finally:
            for pid in self.pids().values():
                os.kill(pid, signal.SIGKILL)
        return Ended(self.process.returncode, stdout, stderr)


def faults_by(schema, document):
    try:
        import jsonschema
    except ImportError:
        raise unittest.SkipTest("python3-jsonschema is not installed") from None
    return [f"{error.json_path}: {error.message}"
            for error in jsonschema.Draft202012Validator(schema).iter_errors(document)]


def schema_faults(report):
    return faults_by(json.loads(pathlib.Path(SCHEMA).read_text()), report)


def schema_faults_of_machine(machine):
    schema = json.loads(pathlib.Path(SCHEMA).read_text())
    return faults_by({"$ref": "#/$defs/machine", "$defs": schema["$defs"]}, machine)


class ProgramTest(unittest.TestCase):
    """A test with an empty folder of its own, in which the program runs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="shortfall_test_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "out"

    def start(self, *arguments, ranks=None, fault=None, launcher=None, before=()):
        return Job(arguments, ranks, fault, self.folder, launcher, before)

    def call(self, *arguments, limit=60, **how):
        return self.start(*arguments, **how).end(limit)

    def call_run(self, *arguments, **how):
        return self.call("run", *arguments, "--out", self.out, **how)

    def report(self):
        """The report, valid by its schema."""
        report = json.loads((self.out / "report.json").read_text())
        self.assertEqual(schema_faults(report), [])
        return report

    def has_finished_a_case(self):
        journal = self.out / "journal.jsonl"
        return journal.exists() and b'"benchmark"' in journal.read_bytes()
