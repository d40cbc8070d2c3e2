"""The command `sentinel` as a process, the way people and cron start it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from tests.warm import Streams, run_warm

RULES = """\
accounts:
  - {name: main, api_key: key, currency: USD}
"""


@dataclass(frozen=True, slots=True)
class Command:
    """`sentinel` in a folder of its own, with an environment of its own."""

    folder: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            code = run_warm(arguments, self.folder, {**self._clean(), **environment}, Streams(given, out, err))
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(arguments, code, out.read().decode(), err.read().decode())

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it and leave it running; its log goes to `log` in the folder."""
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "sentinel", *arguments],
                cwd=self.folder,
                env=self._clean(),
                stdout=log,
                stderr=log,
            )

    def write_rules(self, text: str) -> Path:
        """Put a rules.yaml where the command looks for it."""
        path = self.folder / "rules.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def log(self) -> str:
        """What started processes have said."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def _clean(self) -> dict[str, str]:
        ours = ("SENTINEL_", "WARPSTREAM_", "SLACK_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**inherited, "COLUMNS": "200", **self.environment}
