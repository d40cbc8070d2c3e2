from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest

from sentinel.simulator import BREAKDOWNS, PENDING_INVOICE, Chaos, Clock, Fault, Server, Severity, World, answer

KEY = {"warpstream-api-key": "key-main"}
WINDOW = {"date_start": "2026-02-01", "date_end": "2026-03-01"}
QUICK = Severity(retry_after=7, slow=0.05, drip_bytes=4096, drip_pause=0.001, bomb_bytes=64 * 1024 * 1024)


@pytest.fixture
def server(world: World, now: datetime) -> Iterator[Server]:
    """A server whose faults take no time."""
    with Server({"key-main": world}, clock=Clock(now), chaos=Chaos(severity=QUICK)) as running:
        yield running


@pytest.fixture
def ask(server: Server) -> Iterator[Callable[..., httpx.Response]]:
    """A function that asks for February, with POST unless told otherwise."""
    with httpx.Client(base_url=server.url, headers=KEY) as client:

        def february(method: str = "POST") -> httpx.Response:
            return client.request(method, BREAKDOWNS, json=WINDOW)

        yield february


@pytest.fixture
def good(world: World, now: datetime) -> Any:
    """The answer as it should be."""
    return answer(world, date(2026, 2, 1), date(2026, 3, 1), now)


Ask = Callable[..., httpx.Response]


def clusters(document: Any) -> list[Any]:
    """Return all clusters of an answer."""
    return [
        cluster
        for tenant in document["tenants"]
        for workspace in tenant["workspaces"]
        for cluster in workspace["clusters"]
    ]


def cost(document: Any) -> float:
    """Return the sum of all daily totals."""
    charges = [charge for cluster in clusters(document) for charge in cluster["charges"]]
    return sum(float(row["total"]) for charge in charges for row in charge["breakdowns"])


@pytest.mark.parametrize(
    ("fault", "status", "content_type"),
    [
        (Fault.RATE_LIMITED, 429, "application/json"),
        (Fault.SERVER_ERROR, 500, "text/html; charset=utf-8"),
        (Fault.HTML, 200, "text/html; charset=utf-8"),
        (Fault.REDIRECT, 307, "application/json"),
    ],
)
def test_next_request_fails_then_normal(
    server: Server, ask: Ask, good: Any, fault: Fault, status: int, content_type: str
) -> None:
    """A fault announced for the next request strikes it alone, and the log names it."""
    server.chaos.next(fault)
    failed, normal = ask(), ask()
    assert (failed.status_code, failed.headers["content-type"]) == (status, content_type)
    assert normal.json() == good
    assert [served.fault for served in server.log] == [fault, None]
    assert [served.status for served in server.log] == [status, 200]


def test_rate_limit_says_when_to_come_back(server: Server, ask: Ask) -> None:
    """A 429 carries Retry-After in seconds."""
    server.chaos.next(Fault.RATE_LIMITED)
    assert ask().headers["retry-after"] == "7"


def test_a_script_is_used_up_in_order(server: Server, ask: Ask) -> None:
    """Several faults strike one request each; None lets one pass."""
    server.chaos.next(Fault.SERVER_ERROR, None, Fault.RATE_LIMITED)
    assert [ask().status_code for _ in range(4)] == [500, 200, 429, 200]


def test_a_reset_comes_in_the_middle_of_the_body(server: Server, ask: Ask, good: Any) -> None:
    """The client sees a broken connection, not a short answer; the next request is answered."""
    server.chaos.next(Fault.RESET)
    with pytest.raises(httpx.ReadError, match="reset"):
        ask()
    assert ask().json() == good


def test_a_truncated_answer_is_whole_http_but_no_json(server: Server, ask: Ask, good: Any) -> None:
    """Half of the document arrives with status 200."""
    server.chaos.next(Fault.TRUNCATED)
    response = ask()
    assert response.status_code == 200
    assert json.dumps(good, separators=(",", ":"), ensure_ascii=False).startswith(response.text)
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_a_drip_fed_body_comes_in_pieces_and_is_right(server: Server, good: Any) -> None:
    """The body takes many reads of at most the size chosen, and is complete in the end."""
    server.chaos.next(Fault.DRIP)
    plain = {"accept-encoding": "identity"}
    with httpx.stream("POST", server.url + BREAKDOWNS, json=WINDOW, headers=KEY | plain) as response:
        pieces = list(response.iter_raw())
    assert len(pieces) > 10
    assert json.loads(b"".join(pieces)) == good


def test_a_slow_answer_outlives_a_short_timeout(world: World, now: datetime) -> None:
    """With a longer silence than the client's timeout the client gives up; stopping does not wait for it."""
    chaos = Chaos([Fault.SLOW], severity=Severity(slow=3600))
    with (
        Server({"key-main": world}, clock=Clock(now), chaos=chaos) as server,
        pytest.raises(httpx.ReadTimeout),
    ):
        httpx.post(server.url + BREAKDOWNS, json=WINDOW, headers=KEY, timeout=0.2)


def test_a_slow_answer_comes_in_the_end(server: Server, ask: Ask, good: Any) -> None:
    """A client that waits gets the whole answer."""
    server.chaos.next(Fault.SLOW)
    assert ask().json() == good


def test_one_total_has_the_wrong_type(server: Server, ask: Ask, good: Any) -> None:
    """Exactly one total is "n/a"; all else is as it should be."""
    server.chaos.next(Fault.WRONG_TYPE)
    document = ask().json()
    rows = [row for one in clusters(document) for charge in one["charges"] for row in charge["breakdowns"]]
    (wrong,) = (row for row in rows if not isinstance(row["total"], float))
    assert wrong["total"] == "n/a"
    right = [row for one in clusters(good) for charge in one["charges"] for row in charge["breakdowns"]]
    assert [row for row in rows if row not in right] == [wrong]


def test_invoices_are_afflicted_too(server: Server) -> None:
    """A fault of the document works on an invoice as well."""
    server.chaos.next(Fault.WRONG_TYPE)
    response = httpx.get(server.url + PENDING_INVOICE, headers=KEY)
    assert response.text.count('"n/a"') == 1


def test_an_empty_answer_has_no_tenants(server: Server, ask: Ask, good: Any) -> None:
    """The window is echoed, nobody is in it."""
    server.chaos.next(Fault.EMPTY)
    assert ask().json() == good | {"tenants": []}


def test_half_of_the_clusters_are_gone(server: Server, ask: Ask, good: Any) -> None:
    """Every second cluster is missing, the others are unchanged."""
    server.chaos.next(Fault.HALF_CLUSTERS)
    assert clusters(ask().json()) == clusters(good)[::2]


def test_a_duplicate_cluster_counts_twice(server: Server, ask: Ask, good: Any) -> None:
    """One cluster stands twice with equal charges, so that the sum is too large."""
    server.chaos.next(Fault.DUPLICATE_CLUSTER)
    document = ask().json()
    times = Counter(cluster["virtual_cluster_id"] for cluster in clusters(document))
    assert sorted(times.values())[-2:] == [1, 2]
    assert cost(document) > cost(good) * 1.05


def test_a_split_cluster_adds_up(server: Server, ask: Ask, good: Any) -> None:
    """One cluster stands twice with parts of its charges, so that the sum is right."""
    server.chaos.next(Fault.SPLIT_CLUSTER)
    document = ask().json()
    assert len(clusters(document)) == len(clusters(good)) + 1
    assert cost(document) == pytest.approx(cost(good))


def test_lists_may_be_null(server: Server, ask: Ask) -> None:
    """Account charges, and lists that were empty, are null."""
    server.chaos.next(Fault.NULL_LISTS)
    assert ask().json()["account_charges"] is None


def test_a_gzip_bomb_is_small_and_becomes_huge(server: Server, good: Any) -> None:
    """Under a thousandth of its size goes over the wire; unpacked it is blanks and the right answer."""
    server.chaos.next(Fault.GZIP_BOMB)
    with httpx.stream("POST", server.url + BREAKDOWNS, json=WINDOW, headers=KEY) as response:
        packed = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert len(packed) < 200_000
    head = zlib.decompressobj(31).decompress(packed, 1_000_000)
    assert head == b" " * 1_000_000
    whole = gzip.decompress(packed)
    assert len(whole) > QUICK.bomb_bytes
    assert json.loads(whole) == good


def test_a_redirect_leads_to_another_origin(server: Server, ask: Ask) -> None:
    """The location is another host name of the same port; who follows it is seen in the log with that host."""
    server.chaos.next(Fault.REDIRECT)
    response = ask()
    port = server.url.rpartition(":")[2]
    assert response.headers["location"] == f"http://localhost:{port}{BREAKDOWNS}"
    server.chaos.next(Fault.REDIRECT)
    followed = httpx.post(server.url + BREAKDOWNS, json=WINDOW, headers=KEY, follow_redirects=True)
    assert followed.status_code == 200
    assert server.log[-1].host == f"localhost:{port}"


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault.GET_FORBIDDEN, 403), (Fault.GET_NOT_ALLOWED, 405), (Fault.GET_LENGTH_REQUIRED, 411)],
)
def test_a_proxy_may_refuse_every_get(world: World, now: datetime, good: Any, fault: Fault, status: int) -> None:
    """With a standing fault of GET every GET is refused, with a page and not with JSON, and every POST passes."""
    with ExitStack() as stack:
        server = stack.enter_context(Server({"key-main": world}, clock=Clock(now), chaos=Chaos(always=fault)))
        client = stack.enter_context(httpx.Client(base_url=server.url, headers=KEY))
        for _ in range(2):
            refused = client.request("GET", BREAKDOWNS, json=WINDOW)
            assert refused.status_code == status
            assert refused.headers["content-type"].startswith("text/html")
            assert client.post(BREAKDOWNS, json=WINDOW).json() == good
    assert [served.fault for served in server.log] == [fault, None, fault, None]


def test_a_refused_request_uses_up_no_fault(server: Server, ask: Ask) -> None:
    """Faults strike only what would have been answered well: a wrong key leaves the script alone."""
    server.chaos.next(Fault.SERVER_ERROR)
    wrong = httpx.post(server.url + BREAKDOWNS, json=WINDOW, headers={"warpstream-api-key": "nonsense"})
    assert (wrong.status_code, ask().status_code) == (401, 500)


def test_every_fault_is_named_for_the_command_line_and_strikes_a_get(server: Server) -> None:
    """Each fault has a lower-case name of words and hyphens, and does something to a GET."""
    for fault in Fault:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", fault.value)
        server.chaos.next(fault)
        try:
            httpx.request("GET", server.url + PENDING_INVOICE, headers=KEY)
        except httpx.ReadError:
            assert fault is Fault.RESET
        assert server.log[-1].fault is fault


def test_chance_is_seeded_and_bounded() -> None:
    """Equal seeds draw equal faults, another seed others; after so many faults nothing strikes any more."""

    def drawn(seed: int) -> list[Fault | None]:
        chaos = Chaos(odds={Fault.RESET: 0.3, Fault.HTML: 0.3}, at_most=25, seed=seed)
        return [chaos.draw("GET") for _ in range(300)]

    assert drawn(1) == drawn(1) != drawn(2)
    struck = Counter(drawn(1))
    assert struck[Fault.RESET] + struck[Fault.HTML] == 25
    assert struck[Fault.RESET] > 0
    assert struck[Fault.HTML] > 0
    assert drawn(1)[100:] == [None] * 200


def test_a_storm_ends() -> None:
    """A storm brings many kinds of faults, none of those that only take time, and then fair weather."""
    chaos = Chaos.storm(seed=3, at_most=60)
    drawn = [chaos.draw("GET") for _ in range(1_000)]
    kinds = Counter(fault for fault in drawn if fault)
    assert kinds.total() == 60
    assert len(kinds) >= 10
    assert not kinds.keys() & {Fault.SLOW, Fault.DRIP, Fault.GZIP_BOMB}
    assert drawn[400:] == [None] * 600


@pytest.mark.parametrize("odds", [{Fault.RESET: 0.7, Fault.HTML: 0.6}, {Fault.RESET: -0.1}])
def test_impossible_odds_are_refused(odds: dict[Fault, float]) -> None:
    """Odds below 0 or above 1 together are an error."""
    with pytest.raises(ValueError, match="odds"):
        Chaos(odds=odds)


def test_a_clock_moves_only_when_told(now: datetime) -> None:
    """The clock stands, advances and jumps."""
    clock = Clock(now)
    assert (clock(), clock()) == (now, now)
    assert clock.advance(timedelta(hours=3)) == clock() == now + timedelta(hours=3)
    clock.set(now)
    assert clock() == now
