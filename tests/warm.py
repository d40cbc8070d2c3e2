"""A process that has imported all of sentinel, and forks for each command that a test runs.

Every command still is a process of its own, with its own arguments, folder, environment and streams. Only the seconds
that a fresh interpreter spends on imports are spent once. How an interpreter starts has to be tested without this.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
_PATIENCE = 120.0
_LONGEST_REQUEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Streams:
    """What a command reads from and writes to."""

    given: IO[bytes]
    out: IO[bytes]
    err: IO[bytes]


def run_warm(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Streams) -> int:
    """Run `sentinel` to its end; its exit code, negative where a signal ended it."""
    request = {"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.connect(_warm_process())
        files = [streams.given.fileno(), streams.out.fileno(), streams.err.fileno()]
        socket.send_fds(asked, [json.dumps(request).encode()], files)
        asked.shutdown(socket.SHUT_WR)
        asked.settimeout(_PATIENCE)
        answers = asked.makefile()
        command = int(answers.readline())
        try:
            return int(answers.readline())
        except TimeoutError:
            os.kill(command, signal.SIGKILL)
            raise


@cache
def _warm_process() -> str:
    """Start the one of this process, which ends with it; the path of its socket."""
    folder = tempfile.TemporaryDirectory(prefix="warm-")
    path = f"{folder.name}/socket"
    command = [sys.executable, "-m", "tests.warm", path]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"warm\n"

    def end() -> None:
        process.communicate()
        folder.cleanup()

    atexit.register(end)
    return path


def _serve(path: str) -> None:
    import sentinel

    for module in pkgutil.walk_packages(sentinel.__path__, "sentinel."):
        if module.name != "sentinel.__main__":
            importlib.import_module(module.name)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(path)
        listener.listen()
        sys.stdout.write("warm\n")
        sys.stdout.flush()
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            with connection:
                if os.fork() == 0:
                    listener.close()
                    _answer(connection)
            _bury()


def _bury() -> None:
    """Take the exit codes of those who have answered."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _answer(connection: socket.socket) -> None:
    """Run one command in a process of its own, and tell how it ended."""
    text, streams, _, _ = socket.recv_fds(connection, _LONGEST_REQUEST, 3)
    while more := connection.recv(_LONGEST_REQUEST):
        text += more
    if (command := os.fork()) == 0:
        connection.close()
        _become(json.loads(text), streams)
    for stream in streams:
        os.close(stream)
    connection.sendall(f"{command}\n".encode())
    connection.sendall(f"{os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])}\n".encode())
    os._exit(0)


def _become(request: dict[str, Any], streams: list[int]) -> None:
    from sentinel.cli import main

    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    sys.argv = ["sentinel", *request["arguments"]]
    main()
    sys.exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1])
