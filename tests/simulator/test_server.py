from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from threading import Thread

import httpx
import pytest

from sentinel.simulator import (
    BREAKDOWNS,
    PAST_INVOICE,
    PENDING_INVOICE,
    Clock,
    DateEnd,
    Form,
    Server,
    World,
    answer,
    past_invoice,
    pending_invoice,
)

KEY = {"warpstream-api-key": "key-main"}
WINDOW = {"date_start": "2026-02-01", "date_end": "2026-03-01"}
FEBRUARY = (date(2026, 2, 1), date(2026, 3, 1))


@pytest.fixture
def clock(now: datetime) -> Clock:
    """A clock that stands at the worlds' now."""
    return Clock(now)


@pytest.fixture
def server(world: World, now: datetime, clock: Clock) -> Iterator[Server]:
    """A server with two accounts and a key without rights."""
    other = World.build(now, seed=2, clusters=3, history_days=60)
    worlds = {"key-main": world, "key-other": other}
    with Server(worlds, clock=clock, forbidden=frozenset({"key-reader"})) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=server.url, headers=KEY) as open_client:
        yield open_client


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_both_methods_get_the_documented_answer(client: httpx.Client, world: World, now: datetime, method: str) -> None:
    """GET with a JSON body and POST answer alike, as of the clock's moment."""
    response = client.request(method, BREAKDOWNS, json=WINDOW)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == answer(world, *FEBRUARY, now)


def test_invoices_are_served(client: httpx.Client, world: World, now: datetime) -> None:
    """A past invoice needs a day, the pending one needs no body."""
    assert client.post(PAST_INVOICE, json={"date_start": "2026-02-10"}).json() == past_invoice(
        world, date(2026, 2, 10), now
    )
    assert client.get(PENDING_INVOICE).json() == pending_invoice(world, now)
    assert client.post(PAST_INVOICE, json={"date_start": "2026-03-01"}).status_code == 404


def test_each_key_sees_its_own_account(client: httpx.Client) -> None:
    """Two keys on one server get two accounts without a common tenant."""
    answers = [
        client.post(BREAKDOWNS, json=WINDOW, headers={"warpstream-api-key": key}).json()
        for key in ("key-main", "key-other")
    ]
    tenants = [{tenant["tenant_id"] for tenant in one["tenants"]} for one in answers]
    assert all(tenants)
    assert not tenants[0] & tenants[1]


@pytest.mark.parametrize(("key", "status"), [("nonsense", 401), ("", 401), ("key-reader", 403)])
def test_a_wrong_key_is_told_apart_from_one_without_rights(client: httpx.Client, key: str, status: int) -> None:
    """An unknown or missing key gets 401, a known one without rights 403, each with a JSON error."""
    response = client.post(BREAKDOWNS, json=WINDOW, headers={"warpstream-api-key": key})
    assert response.status_code == status
    assert "key" in response.json()["error"]


def test_an_unknown_path_is_not_found(client: httpx.Client) -> None:
    """Any other path is a 404 with a JSON error."""
    response = client.get("/api/v1/other")
    assert response.status_code == 404
    assert "/api/v1/other" in response.json()["error"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "no JSON"),
        (b"[]", "object"),
        (b"{}", "date_start"),
        (b'{"date_start": "2026-02-01"}', "date_end"),
        (b'{"date_start": "2026-02-30", "date_end": "2026-03-01"}', "date_start"),
        (b'{"date_start": "2026-02-01", "date_end": 5}', "date_end"),
        (b'{"date_start": "2026-02-02", "date_end": "2026-02-01"}', "before"),
    ],
)
def test_a_malformed_window_is_refused(client: httpx.Client, body: bytes, named: str) -> None:
    """A window that cannot be read is a 400 that says what is wrong."""
    response = client.post(BREAKDOWNS, content=body)
    assert response.status_code == 400
    assert named in response.json()["error"]


def test_long_windows_can_be_refused(world: World, clock: Clock) -> None:
    """With a longest window, one more day is a 400 that names both lengths."""
    with Server({"key-main": world}, clock=clock, longest_window=28) as server:
        assert httpx.post(server.url + BREAKDOWNS, json=WINDOW, headers=KEY).status_code == 200
        longer = WINDOW | {"date_end": "2026-03-02"}
        refused = httpx.post(server.url + BREAKDOWNS, json=longer, headers=KEY)
    assert refused.status_code == 400
    assert "29 days, at most 28" in refused.json()["error"]


def test_the_form_of_the_answers_is_chosen(world: World, now: datetime, clock: Clock) -> None:
    """A server may take `date_end` as inclusive."""
    form = Form(date_end=DateEnd.INCLUSIVE)
    with Server({"key-main": world}, clock=clock, form=form) as server:
        response = httpx.post(server.url + BREAKDOWNS, json=WINDOW, headers=KEY)
    assert response.json() == answer(world, *FEBRUARY, now, form)


def test_gzip_is_used_when_accepted(client: httpx.Client) -> None:
    """The body is packed for a client that accepts gzip, plain for one that does not; both say the same."""
    packed = client.post(BREAKDOWNS, json=WINDOW)
    plain = client.post(BREAKDOWNS, json=WINDOW, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < len(plain.content) / 4
    assert packed.json() == plain.json()


def test_answers_follow_the_clock(client: httpx.Client, clock: Clock) -> None:
    """A later clock knows later days."""
    window = {"date_start": "2026-03-01", "date_end": "2026-04-01"}
    before = client.post(BREAKDOWNS, json=window).text
    clock.advance(timedelta(days=2))
    after = client.post(BREAKDOWNS, json=window).text
    assert '"2026-03-07"' not in before
    assert '"2026-03-07"' in after


def test_the_log_names_every_request(client: httpx.Client, server: Server, now: datetime) -> None:
    """Moment, method, path, key, window and status of each request are kept in order."""
    client.request("GET", BREAKDOWNS, json=WINDOW)
    client.get(PENDING_INVOICE, headers={"warpstream-api-key": "nonsense"})
    assert server.requests == 2
    first, second = server.log
    assert (first.moment, first.method, first.path, first.key) == (now, "GET", BREAKDOWNS, "key-main")
    assert (first.window, first.status, first.fault) == (("2026-02-01", "2026-03-01"), 200, None)
    assert first.host == server.url.removeprefix("http://")
    assert (second.path, second.key, second.window, second.status) == (PENDING_INVOICE, "nonsense", (), 401)


def test_requests_are_answered_side_by_side(server: Server, world: World, now: datetime) -> None:
    """Several clients at once all get the right answer."""
    expected = answer(world, *FEBRUARY, now)
    answers: list[object] = []

    def ask() -> None:
        answers.append(httpx.post(server.url + BREAKDOWNS, json=WINDOW, headers=KEY).json())

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


def test_a_stopped_server_answers_nobody(world: World, clock: Clock) -> None:
    """After the end neither a new connection nor one kept open gets an answer; a second stop is harmless."""
    server = Server({"key-main": world}, clock=clock).start()
    with httpx.Client(base_url=server.url, headers=KEY) as client:
        assert client.get(PENDING_INVOICE).status_code == 200
        server.stop()
        server.stop()
        with pytest.raises(httpx.TransportError):
            client.get(PENDING_INVOICE)
    with pytest.raises(RuntimeError, match="before it is started"):
        _ = server.url


def test_serve_blocks_until_stopped(world: World, clock: Clock) -> None:
    """`serve` announces the URL once it answers, and returns after `stop`."""
    server = Server({"key-main": world}, clock=clock)
    seen: list[int] = []

    def announce(url: str) -> None:
        seen.append(httpx.get(url + PENDING_INVOICE, headers=KEY).status_code)
        Thread(target=server.stop).start()

    server.serve(announce)
    assert seen == [200]


def test_a_taken_port_is_an_error(server: Server, world: World, clock: Clock) -> None:
    """Starting on a port that is in use raises OSError."""
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        Server({"key-main": world}, clock=clock, port=port).start()


def test_the_simulator_stands_on_the_standard_library_alone() -> None:
    """Importing and using the simulator loads nothing else of sentinel and no third-party package."""
    script = """
import sys
from datetime import UTC, date, datetime
before = set(sys.modules)
import sentinel.simulator as simulator
now = datetime(2026, 3, 5, tzinfo=UTC)
simulator.answer(simulator.World.build(now, clusters=2, history_days=5), date(2026, 3, 1), date(2026, 4, 1), now)
simulator.bulk_answer(1, 1, date(2026, 1, 1), 1)
new = {name for name in set(sys.modules) - before if not name.startswith("sentinel.simulator")}
print(sorted(name for name in new if name.partition(".")[0] not in sys.stdlib_module_names))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['sentinel']"
