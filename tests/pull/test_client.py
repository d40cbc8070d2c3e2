from __future__ import annotations

import gzip
import logging
import socket
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from threading import Event
from typing import Any

import pytest

from sentinel import __version__
from sentinel.domain.costs import Window
from sentinel.errors import (
    AnswerTooBig,
    ApiRefused,
    ApiUnavailable,
    BadAnswer,
    PullError,
    SettingsError,
    WindowRefused,
)
from sentinel.pull import BillingClient, DecodedAnswer
from tests.pull.answers import DOCUMENTED
from tests.pull.billing_server import HTML, Answer, BillingServer

KEY = "aks_very-secret_7c1e"
DAYS = Window(date(2026, 1, 1), date(2026, 1, 3))
GOOD = Answer(body=DOCUMENTED)
FORBIDDEN = Answer(403, b"<h1>403 ERROR</h1> The request could not be satisfied", HTML)
UNAUTHORIZED = Answer(401, b'{"error": "bad key"}')
LIMITED = Answer(429, b'{"error": "slow down"}', headers={"Retry-After": "7"})
BROKEN = Answer(500, b"<h1>oops</h1>", HTML)
MIB = 1024 * 1024
NOW = datetime.now(UTC)


class Waits(Event):
    """A shutdown event that nobody sets; it notes how long it would have been waited for, and does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Note the time that is asked for."""
        if timeout:
            self.seconds.append(timeout)
        return self.is_set()


def client_of(server: BillingServer, **limits: Any) -> BillingClient:
    """A client that waits hardly at all between its attempts."""
    return BillingClient(**{"base_url": server.url, "api_key": KEY, "first_wait": 0.01, **limits})


def ask(server: BillingServer, **limits: Any) -> DecodedAnswer:
    """Ask once."""
    with client_of(server, **limits) as client:
        return client.get_breakdowns(DAYS)


def error_of(server: BillingServer, kind: type[PullError], **limits: Any) -> str:
    """What asking once fails with, which never holds the key."""
    with pytest.raises(kind) as caught:
        ask(server, **limits)
    assert type(caught.value) is kind
    assert KEY not in str(caught.value)
    return str(caught.value)


def test_it_asks_with_a_get_and_a_json_body_as_documented() -> None:
    """Path, key, dates and the name of the program."""
    with BillingServer([GOOD]) as server:
        assert ask(server).window == DAYS
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("GET", "/api/v1/billing/invoices/get_invoice_breakdowns")
    assert asked.question == {"date_start": "2026-01-01", "date_end": "2026-01-03"}
    assert asked.headers["warpstream-api-key"] == KEY
    assert asked.headers["User-Agent"] == f"warpstream-sentinel/{__version__}"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Accept-Encoding"] == "gzip"


def test_an_account_with_an_inclusive_date_end_is_asked_for_the_last_day() -> None:
    """The days returned are those of the window either way."""
    with BillingServer([GOOD]) as server, client_of(server) as client:
        client.get_breakdowns(DAYS, end_inclusive=True)
    assert server.asked[0].question == {"date_start": "2026-01-01", "date_end": "2026-01-02"}


@pytest.mark.parametrize("status", [403, 405, 411])
def test_a_refused_get_becomes_a_post_which_is_remembered(status: int) -> None:
    """Some proxies refuse a GET with a body."""
    with BillingServer([Answer(status, b"no", HTML), GOOD]) as server, client_of(server) as client:
        methods = [client.method]
        client.get_breakdowns(DAYS)
        methods.append(client.method)
        client.get_breakdowns(DAYS)
    assert methods == [None, "POST"]
    assert server.methods == ["GET", "POST", "POST"]
    assert server.asked[1].question == server.asked[0].question


def test_a_get_that_worked_is_remembered() -> None:
    """A later 403 to both methods is about the key."""
    with BillingServer([GOOD, FORBIDDEN]) as server, client_of(server) as client:
        client.get_breakdowns(DAYS)
        assert client.method == "GET"
        with pytest.raises(ApiRefused):
            client.get_breakdowns(DAYS)
    assert server.methods == ["GET", "GET", "POST"]


def test_a_get_that_is_refused_only_later_is_posted_and_told() -> None:
    """One of several proxies on the way may be the one that refuses it: the key is not to blame."""
    told: list[PullError] = []
    with BillingServer([GOOD, FORBIDDEN, GOOD]) as server, client_of(server) as client:
        client.get_breakdowns(DAYS)
        client.get_breakdowns(DAYS, retried=told.append)
        assert client.method == "POST"
    assert server.methods == ["GET", "GET", "POST"]
    assert ["answered 403 to GET" in str(error) for error in told] == [True]


def test_a_method_that_worked_in_an_earlier_pull_is_tried_first() -> None:
    """And the other one where it is refused."""
    with BillingServer([GOOD, Answer(405, b"no", HTML), GOOD]) as server, client_of(server) as client:
        client.start_with("POST")
        client.get_breakdowns(DAYS)
        client.get_breakdowns(DAYS)
        assert client.method == "GET"
    assert server.methods == ["POST", "POST", "GET"]


def test_a_refused_key_stays_one_where_get_is_refused_as_such() -> None:
    """The method that worked before speaks for the key."""
    with BillingServer([FORBIDDEN, Answer(411, b"no", HTML)]) as server, client_of(server) as client:
        client.start_with("POST")
        with pytest.raises(ApiRefused):
            client.get_breakdowns(DAYS)
    assert server.methods == ["POST", "GET"]


def test_each_attempt_that_is_made_again_is_told() -> None:
    """What passes while one waits is no failure, but people may want to know."""
    told: list[PullError] = []
    with BillingServer([BROKEN, BROKEN, GOOD]) as server, client_of(server) as client:
        client.get_breakdowns(DAYS, retried=told.append)
    assert [type(error) for error in told] == [ApiUnavailable, ApiUnavailable]


def test_the_method_can_be_given() -> None:
    """For an account whose method is known."""
    with BillingServer([FORBIDDEN]) as server:
        error_of(server, ApiRefused, method="POST")
    assert server.methods == ["POST"]


def test_a_403_to_both_methods_is_a_refused_key() -> None:
    """It is asked once each way, and not again."""
    with BillingServer([FORBIDDEN]) as server:
        assert "answered 403: the API key is wrong or has no right" in error_of(server, ApiRefused)
    assert server.methods == ["GET", "POST"]


def test_a_403_stands_where_post_is_not_allowed() -> None:
    """A POST that is refused as such says nothing of the key."""
    with BillingServer([FORBIDDEN, Answer(405, b"", HTML)]) as server:
        error_of(server, ApiRefused)


def test_a_401_is_a_refused_key_at_once() -> None:
    """It is not asked again."""
    with BillingServer([UNAUTHORIZED]) as server:
        assert 'it says: {"error": "bad key"}' in error_of(server, ApiRefused)
    assert server.methods == ["GET"]


def test_a_key_that_the_server_repeats_is_not_told() -> None:
    """Messages go to logs, to the database and to chat rooms."""
    with BillingServer([Answer(401, f"unknown key {KEY}".encode(), HTML)]) as server:
        assert "unknown key ***" in error_of(server, ApiRefused)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_never_carries_the_key_away(status: int) -> None:
    """It is an error that names the place, without what else its URL holds."""
    with BillingServer([GOOD]) as elsewhere:
        location = {"Location": f"{elsewhere.url}/login?token=secret"}
        with BillingServer([Answer(status, headers=location)]) as server:
            message = error_of(server, PullError)
        assert f"it redirects to {elsewhere.url}, which is not followed" in message
        assert "token" not in message
        assert elsewhere.asked == []
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("retry_after", "longest_wait", "low", "high"),
    [
        ("7", 60, 7, 7),
        ("86400", 60, 60, 60),
        pytest.param(format_datetime(NOW + timedelta(days=1), usegmt=True), 60, 60, 60, id="a day ahead"),
        pytest.param(format_datetime(NOW - timedelta(days=1), usegmt=True), 60, 0.5, 1, id="a day ago"),
        ("soon", 60, 0.5, 1),
        ("", 60, 0.5, 1),
    ],
)
def test_a_429_is_asked_again_after_retry_after(retry_after: str, longest_wait: float, low: float, high: float) -> None:
    """Seconds or a date, but never longer than the cap; without either, the ordinary wait."""
    waits = Waits()
    limited = Answer(429, b"{}", headers={"Retry-After": retry_after})
    with BillingServer([limited, GOOD]) as server:
        ask(server, shutdown=waits, first_wait=1, longest_wait=longest_wait)
    (waited,) = waits.seconds
    assert low <= waited <= high


def test_waits_double_up_to_the_cap() -> None:
    """With jitter, so that many clients do not come back together."""
    waits = Waits()
    with BillingServer([BROKEN]) as server:
        error_of(server, ApiUnavailable, shutdown=waits, first_wait=1, longest_wait=3, attempts=5)
    assert len(server.asked) == 5
    assert [low <= waited <= high for waited, (low, high) in zip(waits.seconds, BACKOFF, strict=True)] == [True] * 4


BACKOFF = [(0.5, 1), (1, 2), (2, 3), (3, 3)]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520])
def test_a_passing_failure_is_asked_again(status: int) -> None:
    """The answer is taken as if nothing had been."""
    with BillingServer([Answer(status, b"later", HTML), GOOD]) as server:
        assert len(ask(server).daily_charges().clusters) == 2
    assert len(server.asked) == 2


def test_a_failure_that_stays_is_told_with_its_status_and_wait() -> None:
    """After the last attempt, the caller knows what the API asked for."""
    with BillingServer([LIMITED]) as server, pytest.raises(ApiUnavailable, match="answered 429") as caught:
        ask(server, attempts=2, longest_wait=0.01)
    assert (caught.value.status, caught.value.retry_after) == (429, 7.0)
    assert len(server.asked) == 2


def test_a_gateway_that_gives_up_asks_for_a_shorter_window() -> None:
    """After the retries a 504 means that the answer takes too long to make."""
    with BillingServer([Answer(504, b"", HTML)]) as server:
        assert "a shorter window" in error_of(server, AnswerTooBig, attempts=2)
    assert len(server.asked) == 2


def test_a_closed_port_is_told() -> None:
    """The message names the address."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        with (
            BillingClient(base_url=url, api_key=KEY, attempts=2, first_wait=0.01) as client,
            pytest.raises(ApiUnavailable, match=f"{url} is out of reach: .*refused"),
        ):
            client.get_breakdowns(DAYS)


def test_a_connection_that_breaks_in_mid_body_is_made_again() -> None:
    """Half an answer is never used."""
    broken = Answer(body=DOCUMENTED[:700], declared_length=len(DOCUMENTED), reset=True)
    with BillingServer([broken, GOOD]) as server:
        assert len(ask(server).daily_charges().clusters) == 2
    assert len(server.asked) == 2


def test_an_answer_that_trickles_in_ends_at_the_deadline() -> None:
    """Each piece comes in time, the whole does not; it is not asked for again."""
    drip = Answer(body=DOCUMENTED, pieces=len(DOCUMENTED), pause=0.01)
    with BillingServer([drip]) as server:
        assert "took more than 0.2 s to answer" in error_of(server, AnswerTooBig, deadline=0.2)
    assert len(server.asked) == 1


def test_a_silent_server_is_left() -> None:
    """A shorter window may be answered sooner."""
    release = Event()
    with BillingServer([GOOD], before=lambda _: (release.wait(10), None)[1]) as server:
        try:
            assert "was silent for 0.1 s" in error_of(server, AnswerTooBig, silence=0.1)
        finally:
            release.set()


@pytest.mark.parametrize("pack", [gzip.compress, lambda body: gzip.compress(body[:99]) + gzip.compress(body[99:])])
def test_a_packed_answer_is_unpacked(pack: Callable[[bytes], bytes]) -> None:
    """Also one of several members, in many pieces."""
    with BillingServer([Answer(body=pack(DOCUMENTED), headers={"Content-Encoding": "gzip"}, pieces=50)]) as server:
        assert ask(server).body == DOCUMENTED


@pytest.mark.parametrize("pieces", [1, 7, 1000])
def test_a_packed_answer_may_be_far_larger_than_it_looks(pieces: int) -> None:
    """Nothing is lost between the steps in which it is unpacked."""
    body = DOCUMENTED + b" " * (5 * MIB) + b"\n"
    answer = Answer(body=gzip.compress(body), headers={"Content-Encoding": "gzip"}, pieces=pieces)
    with BillingServer([answer]) as server:
        assert ask(server).body == body


def test_a_gzip_bomb_is_stopped_while_it_streams() -> None:
    """What is unpacked stays within the cap."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(packer.compress(bytes(MIB)) for _ in range(256)), packer.flush()])
    assert len(bomb) < MIB
    with BillingServer([Answer(body=bomb, headers={"Content-Encoding": "gzip"})]) as server:
        tracemalloc.start()
        try:
            error_of(server, AnswerTooBig, max_body=4 * MIB)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 16 * MIB
    assert len(server.asked) == 1


@pytest.mark.parametrize(("cap", "fits"), [(len(DOCUMENTED), True), (len(DOCUMENTED) - 1, False)])
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_may_have_as_many_bytes_as_the_cap(cap: int, fits: bool, packed: bool) -> None:
    """The unpacked size counts; one byte more is too many."""
    body = gzip.compress(DOCUMENTED) if packed else DOCUMENTED
    headers = {"Content-Encoding": "gzip"} if packed else {}
    with BillingServer([Answer(body=body, headers=headers)]) as server:
        if fits:
            assert ask(server, max_body=cap).body == DOCUMENTED
        else:
            assert "has more than" in error_of(server, AnswerTooBig, max_body=cap)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer(body=b""), "the answer is empty"),
        (Answer(body=DOCUMENTED[:400]), "the answer breaks off after 400 bytes"),
        (Answer(body=b"<html>Sign in</html>", content_type=HTML), "the answer is a web page, not JSON"),
        (Answer(body=DOCUMENTED, headers={"Content-Encoding": "br"}), "packed as br, which was not asked for"),
        (Answer(body=DOCUMENTED, headers={"Content-Encoding": "gzip"}), "is not the gzip that it claims to be"),
        (
            Answer(body=gzip.compress(DOCUMENTED)[:-20], headers={"Content-Encoding": "gzip"}),
            "breaks off in the middle of its gzip",
        ),
        (Answer(204), "answered 204 where 200 was expected"),
    ],
)
def test_an_answer_that_is_none_is_explained(answer: Answer, problem: str) -> None:
    """It is not asked for again at once."""
    with BillingServer([answer]) as server:
        assert problem in error_of(server, BadAnswer)
    assert len(server.asked) == 1


def test_a_wrong_type_deep_inside_is_named_while_clusters_are_read() -> None:
    """The path leads to it."""
    mistyped = DOCUMENTED.replace(b"16.51346", b'"n/a"')
    path = "tenants[0].workspaces[0].clusters[1].charges[1].breakdowns[1].total"
    with BillingServer([Answer(body=mistyped)]) as server:
        answer = ask(server)
    with pytest.raises(BadAnswer) as caught:
        answer.daily_charges()
    assert str(caught.value) == f'{path}: expected number, got "n/a"'
    assert caught.value.body == mistyped


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_by_the_api_is_about_the_window(status: int) -> None:
    """It says so in JSON: these days have no answer."""
    with BillingServer([Answer(status, b'{"error": "date_start is too early"}')]) as server:
        assert "date_start is too early" in error_of(server, WindowRefused)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 404, 405])
def test_a_refusal_by_something_else_is_about_the_address(status: int) -> None:
    """A web server that is no billing API must not pass for one that has no such days."""
    with BillingServer([Answer(status, b"<h1>not here</h1>", HTML)]) as server:
        assert "check SENTINEL_WARPSTREAM_URL" in error_of(server, PullError)


def test_a_shutdown_ends_the_wait_for_the_next_attempt() -> None:
    """The server asked for a minute; nothing is asked after the shutdown."""
    shutdown = Event()
    wait = Answer(503, headers={"Retry-After": "60"})
    with BillingServer([wait], before=lambda _: shutdown.set()) as server:
        error_of(server, ApiUnavailable, shutdown=shutdown)
        error_of(server, ApiUnavailable, shutdown=shutdown)
    assert len(server.asked) == 1


def test_a_shutdown_ends_an_answer_that_trickles_in() -> None:
    """The next piece is the last."""
    shutdown = Event()
    drip = Answer(body=DOCUMENTED, pieces=len(DOCUMENTED), pause=0.01)
    with BillingServer([drip], before=lambda _: shutdown.set()) as server:
        assert "sentinel is stopping" in error_of(server, ApiUnavailable, shutdown=shutdown)


def test_nothing_is_logged_that_names_the_key_or_every_request(caplog: pytest.LogCaptureFixture) -> None:
    """The HTTP library's own lines are kept out, whatever the level."""
    with caplog.at_level(logging.DEBUG), BillingServer([BROKEN, GOOD]) as server:
        ask(server)
    assert [record.name for record in caplog.records if record.name.startswith(("http", "stamina"))] == []
    assert KEY not in caplog.text


@pytest.mark.parametrize("key", ["", "two words", "line\n", "kéy"])
def test_a_key_that_cannot_be_sent_is_refused_without_being_told(key: str) -> None:
    """A header cannot carry it."""
    with pytest.raises(SettingsError, match="the API key is empty, or holds") as caught:
        BillingClient(base_url="https://api.example.com", api_key=key)
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("url", ["", "api.example.com", "ftp://api.example.com", "http://", "https://[::1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """Before anything is sent."""
    with pytest.raises(SettingsError, match="SENTINEL_WARPSTREAM_URL"):
        BillingClient(base_url=url, api_key=KEY)


def test_a_path_before_the_api_is_kept() -> None:
    """The API may stand behind a gateway."""
    with BillingServer([GOOD]) as server:
        ask(server, base_url=f"{server.url}/warpstream/")
    assert server.asked[0].path == "/warpstream/api/v1/billing/invoices/get_invoice_breakdowns"
