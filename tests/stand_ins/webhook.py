"""A receiver of webhooks: it keeps what it was sent, and fails when it is told to.

In a thread: `with webhook_stand_in() as webhook:`. As a process of its own: `with started("tests.stand_ins.webhook") as
facts: webhook = Webhook(facts["url"])`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import Any

import httpx

from tests.stand_ins.serving import Answer, Request, announce_and_wait, json_answer, serve


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at the next `times` posts: an answer with `status`, or `drop` before or after it is kept.

    The answer's body is `size` bytes long.
    """

    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    keeps: bool = False
    seconds: float = 0.0
    size: int = 2
    times: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST that it took: header names are lower-case, `body` as it came, over the connection of a `port`."""

    headers: dict[str, str]
    body: str
    port: int

    @property
    def content(self) -> dict[str, Any]:
        """The JSON object of the body."""
        return dict(json.loads(self.body))

    @property
    def key(self) -> str:
        """Its Idempotency-Key."""
        return self.headers["idempotency-key"]


class Webhook:
    """A running receiver, seen from a test."""

    def __init__(self, url: str) -> None:
        self._control = url
        self.url = f"{url}/hook/secret-path"

    def deliveries(self) -> list[Delivery]:
        """Every POST that it kept, in order."""
        return [Delivery(**kept) for kept in httpx.get(f"{self._control}/deliveries").json()]

    def fail(self, *faults: Fault) -> None:
        """Let the next posts go wrong, one fault after the other."""
        for fault in faults:
            httpx.post(f"{self._control}/faults", json=asdict(fault)).raise_for_status()


@contextmanager
def webhook_stand_in() -> Iterator[Webhook]:
    """Run one in a thread."""
    with serve(Receiver().respond, keep_alive=True) as url:
        yield Webhook(url)


class Receiver:
    """What the stand-in knows."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: list[Delivery] = []
        self._faults: list[Fault] = []

    def respond(self, request: Request) -> Answer:
        """Answer one HTTP request."""
        with self._lock:
            match request.path:
                case "/deliveries":
                    return json_answer([asdict(delivery) for delivery in self._kept])
                case "/faults":
                    self._faults.append(Fault(**json.loads(request.body)))
                    return json_answer({})
                case _:
                    return self._take(request)

    def _take(self, request: Request) -> Answer:
        fault = self._faults.pop(0) if self._faults else None
        if fault is not None and fault.times > 1:
            self._faults.insert(0, replace(fault, times=fault.times - 1))
        if fault is None or fault.keeps:
            self._kept.append(Delivery(dict(request.headers), request.body.decode(), request.port))
        if fault is None:
            return Answer(204)
        return Answer(fault.status, b"x" * fault.size, fault.headers, drop=fault.drop, delay=fault.seconds)


if __name__ == "__main__":
    with serve(Receiver().respond, keep_alive=True) as address:
        announce_and_wait(url=address)
