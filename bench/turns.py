"""What comparisons with other programs of two processes have in common: they take turns."""

import json
import pathlib
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ROOT / "build/release/shortfall"
ALLOWED = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def results_of(words, environment):
    """Of `shortfall run` on two ranks; all that was measured is right."""
    with tempfile.TemporaryDirectory() as out:
        command = ["mpirun", "-n", "2", OURS, "run", *words, "--quiet", "--out", f"{out}/report"]
        ended = subprocess.run([str(word) for word in command], env={**environment, **ALLOWED},
                               stdout=subprocess.DEVNULL)
        report = pathlib.Path(out, "report", "report.json")
        assert report.exists(), f"{command} ended with {ended.returncode}"
        results = json.loads(report.read_text())["results"]
    wanted = [result for result in results if result["benchmark"] in words]
    for result in wanted:
        assert result["verification"]["status"] == "passed", result
    return wanted


def output_of(server_words, client_words, environment):
    """Of a client, once its server takes it."""
    server = subprocess.Popen(server_words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            client = subprocess.run(client_words, env=environment, text=True, stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL)
            if client.returncode == 0 and client.stdout:
                return client.stdout
            time.sleep(0.05)
        raise SystemExit(f"{client_words}: its server took it in none of 100 attempts")
    finally:
        server.kill()
        server.wait()


HEADER = ["| case | ours, best us | theirs, best us | ratio of best | ratio of medians |", "|---|---|---|---|---|"]


def row(name, pairs):
    """Of (ours, theirs), each (best, typical) seconds of one message."""
    best = [min(pair[side][0] for pair in pairs) for side in (0, 1)]
    typical = statistics.median(pair[0][1] / pair[1][1] for pair in pairs)
    return f"| {name} | {1e6 * best[0]:.4f} | {1e6 * best[1]:.4f} | {best[0] / best[1]:.3f} | {typical:.3f} |"
