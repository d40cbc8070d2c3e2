"""How fast, and in how much memory, an answer becomes history and the history a matrix.

    python -m benchmarks.history           every figure at full size (minutes, 3 GB of disk in a temporary folder)
    python -m benchmarks.history --small   a tenth of it, to see that it runs

Each figure stands beside what it is compared with in the same run; each part runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

PARTS = ("ingest", "unchanged", "append", "load")


def main() -> None:
    """Run every part and print what it measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history")
    parser.add_argument("--small", action="store_true", help="a tenth of every size")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    chosen = parser.parse_args()
    scale = 10 if chosen.small else 1
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}")
    for part in [chosen.only] if chosen.only else PARTS:
        folder = Path(tempfile.mkdtemp(prefix="sentinel-bench-"))
        try:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.history.parts", part, str(folder), str(scale)],
                check=True,
                capture_output=True,
                text=True,
            )
        finally:
            shutil.rmtree(folder)
        for line in done.stdout.splitlines():
            figure = json.loads(line)
            verdict = "" if figure["wanted"] is None else ("ok  " if figure["reached"] else "MISS")
            print(f"{verdict:<5}{figure['what']:<62} {figure['measured']:<34} {figure['wanted'] or ''}", flush=True)


if __name__ == "__main__":
    main()
