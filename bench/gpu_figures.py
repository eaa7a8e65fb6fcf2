"""What the steps of gpu_check.py share: runs of Shortfall, what they measured, and the figures that are kept."""

import json
import subprocess

PAIRS = 7  # of ours and of what it is held against, in turns


class Missing(Exception):
    """A step cannot be done here; says why."""


class Check:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.figures = []

    def command(self, name, *arguments):
        return [self.program, "run", "--device", "cuda", "--quiet", "--out", str(self.folder / name), *arguments]

    def run(self, name, *arguments, prefix=()):
        """Results by key, and the report."""
        command = [*prefix, *self.command(name, *arguments)]
        with open(self.folder / "log", "a", encoding="utf-8") as log:
            log.write(" ".join(command) + "\n")
            log.flush()
            status = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
            log.write(f"exit status {status}\n")
        path = self.folder / name / "report.json"
        if not path.exists():
            raise Missing(f"shortfall run {' '.join(arguments)} ended with {status} and no report: {self.folder}/log")
        report = json.loads(path.read_text())
        return {result["key"]: result for result in report["results"]}, report

    def figure(self, name, value, limit, unit, how):
        """`limit` is (at_least, at_most), either may be None."""
        least, most = limit
        is_reached = value is not None and (least is None or value >= least) and (most is None or value <= most)
        self.figures.append({"name": name, "value": value, "at_least": least, "at_most": most, "unit": unit,
                             "how": how, "status": "unknown" if value is None else "reached" if is_reached else "missed"})

    def unknown(self, name, why):
        self.figures.append({"name": name, "value": None, "at_least": None, "at_most": None, "unit": "",
                             "how": why, "status": "unknown"})


def measured(results, benchmark, **params):
    """The measured results of a benchmark with these parameters."""
    return [r for r in results.values() if r["benchmark"] == benchmark and r["status"] == "measured"
            and all(str(r["params"].get(name)) == str(value) for name, value in params.items())]


def only(found, what):
    if not found:
        raise Missing(f"{what} was not measured: see the report")
    return found[-1]


def largest(found, what):
    return max([only(found, what), *found], key=lambda r: r["params"]["bytes"])
