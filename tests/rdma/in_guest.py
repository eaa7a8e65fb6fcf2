"""Runs a unittest file in a guest: in_guest.py SOFT_ROCE [OPTION...] -- FILE. Status 77: skipped."""

import os
import subprocess
import sys

# What cripples or binds the host's processors is not what is looked at here.
NOT_FOR_GUESTS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TMPDIR")


def main():
    at = sys.argv.index("--")
    soft_roce, options, path = sys.argv[1], sys.argv[2:at], sys.argv[at + 1]
    environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_GUESTS}
    folder, file = os.path.split(path)
    command = [soft_roce, "--memory", "1200", "--timeout", "840", *options, "--",
               sys.executable, "-B", "-m", "unittest", "-v", file.removesuffix(".py")]
    return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
