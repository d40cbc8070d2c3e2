"""Whatever the billing API does, the history ends equal to the truth, and no fault is hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from sentinel.simulator import (
    Chaos,
    ChargeShape,
    Clock,
    DateEnd,
    Fault,
    Form,
    Server,
    Severity,
    World,
    some_corrections,
)
from sentinel.store import open_database
from tests.jobs.watch import (
    Patience,
    Watch,
    assert_as_told,
    assert_charges_equal_truth,
    assert_equals_truth,
    rules_of,
)

NOW = datetime(2026, 3, 12, 14, tzinfo=UTC)
EARLY_IN_THE_MONTH = datetime(2026, 3, 5, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUICK = Severity(retry_after=0, slow=30, drip_bytes=64, drip_pause=0.1, bomb_bytes=9 * 1024 * 1024)

SAID = {
    Fault.RATE_LIMITED: "answered 429",
    Fault.SERVER_ERROR: "answered 500",
    Fault.RESET: "is out of reach",
    Fault.DRIP: "took more than 1 s",
    Fault.SLOW: "was silent for 1 s",
    Fault.TRUNCATED: "the answer breaks off after",
    Fault.HTML: "the answer is a web page",
    Fault.WRONG_TYPE: 'expected number, got "n/a"',
    Fault.EMPTY: " clusters are gone",
    Fault.HALF_CLUSTERS: " clusters are gone",
    Fault.DUPLICATE_CLUSTER: "repeats all the charges",
    Fault.GZIP_BOMB: "has more than 8,388,608 bytes",
    Fault.REDIRECT: "it redirects to",
    Fault.GET_FORBIDDEN: "answered 403 to GET",
    Fault.GET_NOT_ALLOWED: "answered 405 to GET",
    Fault.GET_LENGTH_REQUIRED: "answered 411 to GET",
}
"""What people are told of a fault; null lists and a split cluster are none, they are read as they are meant."""

OF_GET = frozenset({Fault.GET_FORBIDDEN, Fault.GET_NOT_ALLOWED, Fault.GET_LENGTH_REQUIRED})
OF_TIME = frozenset({Fault.DRIP, Fault.SLOW})

Watching = Callable[..., Watch]


@pytest.fixture(scope="module")
def world() -> World:
    """A small account with forty days behind it."""
    return World.build(NOW, clusters=8, history_days=40)


@pytest.fixture(scope="module")
def corrected() -> World:
    """A small account some of whose days come late or change after they had settled, around a month's end."""
    plain = World.build(EARLY_IN_THE_MONTH, clusters=8, history_days=40)
    return plain.restated(*some_corrections(plain))


@pytest.fixture
def watching(sqlite_url: str) -> Iterator[Watching]:
    """Opens a database and a server, and stands at the moment that the world was made for."""
    with ExitStack() as stack:

        def watch(
            worlds: dict[str, World],
            *,
            url: str = sqlite_url,
            chaos: Chaos | None = None,
            form: Form | None = None,
            longest_window: int | None = None,
            patience: Patience | None = None,
        ) -> Watch:
            clock = Clock(next(iter(worlds.values())).now)
            server = Server(
                worlds,
                clock=clock,
                chaos=chaos or Chaos(severity=QUICK),
                form=form or Form(),
                longest_window=longest_window,
            )
            return Watch(
                stack.enter_context(open_database(url)),
                stack.enter_context(server),
                clock,
                rules_of(*(key.removeprefix("key-") for key in worlds)),
                patience or Patience(),
            )

        yield watch


def test_each_fault_changes_nothing_leaves_no_gap_and_is_shown_once(watching: Watching, world: World) -> None:
    """One after the other strikes the answer for the current month, and the next pull makes it good."""
    watch = watching({"key-main": world})
    watch.pull()
    assert_as_told(watch, world)
    faults = [fault for fault in Fault if fault not in OF_GET | OF_TIME]
    for fault in faults:
        watch.server.chaos.next(fault)
        watch.pull(after=6 * HOUR)
        assert_as_told(watch, world)
        watch.pull(after=6 * HOUR)
        assert_as_told(watch, world)
    assert_equals_truth(watch, world)
    assert [served.fault for served in watch.server.log if served.fault] == faults
    assert_each_fault_is_shown_once(watch)


@pytest.mark.parametrize("fault", sorted(OF_TIME))
def test_an_answer_that_takes_too_long_is_asked_for_in_parts(watching: Watching, world: World, fault: Fault) -> None:
    """The same pull brings its days after all."""
    watch = watching({"key-main": world}, patience=Patience(silence=1, deadline=1))
    watch.server.chaos.next(fault)
    pulled = watch.pull()
    assert not pulled[0].failed
    assert_as_told(watch, world)
    assert_equals_truth(watch, world)
    assert_each_fault_is_shown_once(watch)


@pytest.mark.parametrize("fault", [Fault.EMPTY, Fault.HALF_CLUSTERS, Fault.RESET])
def test_a_fault_of_the_first_pull_is_made_good_by_a_later_one(watching: Watching, world: World, fault: Fault) -> None:
    """Of a past month too, which is asked for a second time because nothing bore out its first answer."""
    watch = watching({"key-main": world}, chaos=Chaos([None, fault]))
    watch.pull()
    watch.pull(after=7 * HOUR)
    assert_as_told(watch, world)
    assert_equals_truth(watch, world)
    watch.pull(after=7 * HOUR)
    asked = watch.server.requests
    watch.pull(after=7 * HOUR)
    assert [served.window for served in watch.server.log[asked:]] == [("2026-03-01", "2026-03-14")]


@pytest.mark.parametrize("fault", sorted(OF_GET))
def test_where_a_get_with_a_body_is_always_refused_post_brings_the_history(
    watching: Watching, world: World, fault: Fault
) -> None:
    """One request is lost, the method is remembered, and people are told once."""
    watch = watching({"key-main": world}, chaos=Chaos(always=fault))
    for after in (0, 6):
        pulled = watch.pull(after=after * HOUR)
        assert not any(one.failed for one in pulled)
    assert_as_told(watch, world)
    assert_equals_truth(watch, world)
    assert [served.method for served in watch.server.log].count("GET") == 1
    assert [(SAID[fault] in one.message, one.times, one.ongoing) for one in watch.faults()] == [(True, 1, False)]


def test_what_passes_while_one_waits_is_told_though_nothing_was_lost(watching: Watching, world: World) -> None:
    """Two attempts go wrong, the third is answered: the pull is complete, and both faults are shown."""
    watch = watching({"key-main": world}, patience=Patience(attempts=5))
    watch.server.chaos.next(Fault.RATE_LIMITED, Fault.SERVER_ERROR)
    pulled = watch.pull()
    assert not pulled[0].failed
    assert_as_told(watch, world)
    assert_equals_truth(watch, world)
    said = [SAID[Fault.SERVER_ERROR], SAID[Fault.RATE_LIMITED]]
    assert [one.message.split("; ")[0].endswith(words) for one, words in zip(watch.faults(), said, strict=True)]
    assert not any(one.ongoing for one in watch.faults())


@pytest.mark.parametrize(
    ("seed", "form"),
    [
        (6, Form(DateEnd.EXCLUSIVE, ChargeShape.TOTAL)),
        (8, Form(DateEnd.INCLUSIVE, ChargeShape.DAILY)),
        (5, Form(DateEnd.INCLUSIVE_HALF_OPEN, ChargeShape.TOTAL)),
    ],
)
def test_after_a_storm_the_history_is_the_truth_restated_and_late_days_included(
    watching: Watching, corrected: World, seed: int, form: Form
) -> None:
    """Most requests of two days fail; no known figure goes wrong, and each kind of fault is shown once."""
    watch = watching({"key-main": corrected}, form=form)
    assert_weathers_a_storm(watch, corrected, Chaos.storm(seed=seed, share=0.7, at_most=20, severity=QUICK))
    assert_charges_equal_truth(watch, corrected, form.account_charges)


@pytest.mark.parametrize(
    "form", [Form(DateEnd.EXCLUSIVE, ChargeShape.TOTAL), Form(DateEnd.EXCLUSIVE, ChargeShape.DAILY)]
)
def test_account_charges_are_the_truth_where_no_month_is_answered_as_a_whole(
    watching: Watching, corrected: World, form: Form
) -> None:
    """Each month comes in parts of at most ten days; the charges that bear no day are the sum of them."""
    watch = watching({"key-main": corrected}, form=form, longest_window=10)
    for hours in (0, 6, 48):
        watch.pull(after=hours * HOUR)
    assert_as_told(watch, corrected)
    assert_equals_truth(watch, corrected)
    assert_charges_equal_truth(watch, corrected, form.account_charges)


def test_a_storm_on_postgresql(watching: Watching, corrected: World, postgres_url: str) -> None:
    """The same on the other database."""
    watch = watching({"key-main": corrected}, url=postgres_url, form=Form(DateEnd.INCLUSIVE, ChargeShape.TOTAL))
    assert_weathers_a_storm(watch, corrected, Chaos.storm(seed=3, share=0.7, at_most=20, severity=QUICK))
    assert_charges_equal_truth(watch, corrected, ChargeShape.TOTAL)


def test_a_storm_over_the_first_pulls_leaves_no_false_figure_behind(watching: Watching, corrected: World) -> None:
    """A poor answer that was believed, since nothing was known yet, is found out by the second one."""
    watch = watching({"key-main": corrected}, chaos=Chaos.storm(seed=7, share=0.7, at_most=20, severity=QUICK))
    for _ in range(8):
        watch.pull(after=6 * HOUR)
    watch.server.chaos = Chaos()
    for hours in (6, 7, 24):
        watch.pull(after=hours * HOUR)
    assert_as_told(watch, corrected)
    assert_equals_truth(watch, corrected)


def assert_weathers_a_storm(watch: Watch, world: World, storm: Chaos) -> None:
    """A good pull, a storm, and a few good pulls: right at each step, whole in the end."""
    watch.pull()
    assert_as_told(watch, world)
    watch.server.chaos = storm
    for _ in range(8):
        watch.pull(after=6 * HOUR)
        assert_as_told(watch, world)
    assert len({served.fault for served in watch.server.log}) > 7, "a mild breeze proves nothing"
    watch.server.chaos = Chaos()
    for hours in (6, 7, 24):
        watch.pull(after=hours * HOUR)
        assert_as_told(watch, world)
    assert_equals_truth(watch, world)
    assert_each_fault_is_shown_once(watch)


def assert_each_fault_is_shown_once(watch: Watch) -> None:
    """All that struck is told, each kind in one entry, and nothing else."""
    struck = {SAID[served.fault] for served in watch.server.log if served.fault in SAID}
    shown = [one.message for one in watch.faults()]
    assert {words: sum(words in message for message in shown) for words in struck} == dict.fromkeys(struck, 1), shown
    assert len(shown) == len(struck), shown
    assert not any(one.ongoing for one in watch.faults())


@pytest.mark.parametrize("limit", [{"longest_window": 7}, {"patience": Patience(max_body=16_000)}])
def test_an_api_that_answers_for_a_few_days_only_is_asked_for_a_few_days(
    watching: Watching, world: World, limit: dict[str, object]
) -> None:
    """Refused or too large windows are split until they are answered, and one pull brings the whole history."""
    watch = watching({"key-main": world}, **limit)
    pulled = watch.pull()
    assert not pulled[0].failed
    assert_as_told(watch, world)
    assert_equals_truth(watch, world)
    assert [one.ongoing for one in watch.faults()] == [False]


def test_a_pull_that_was_stopped_goes_on_where_it_was(watching: Watching, world: World) -> None:
    """What was answered is stored; the next pull asks for the rest and, as always, for the current month."""
    watch = watching({"key-main": world})
    stop = Event()
    stopped = watch.pull(stop=stop, progress=lambda _account, _done, _total: stop.set())
    assert (len(stopped[0].reports), stopped[0].failed) == (1, False)
    assert_as_told(watch, world)
    before = watch.server.requests
    watch.pull(after=HOUR / 60)
    asked = [served.window for served in watch.server.log[before:]]
    assert asked == [("2026-03-01", "2026-03-13"), ("2026-02-01", "2026-03-01"), ("2026-01-26", "2026-02-01")]
    assert_equals_truth(watch, world)


def test_of_several_accounts_one_refused_key_concerns_no_other(watching: Watching) -> None:
    """Four are complete after one pull; the fifth is asked once, and says what is wrong with it."""
    worlds = {
        f"key-{name}": World.build(NOW, seed=seed, clusters=8, history_days=10) for seed, name in enumerate("abcd")
    }
    watch = watching(worlds)
    watch.rules = rules_of("a", "b", "refused", "c", "d")
    for times in (1, 2):
        pulls = {pulled.account: pulled for pulled in watch.pull(after=6 * HOUR)}
        assert [name for name, pulled in pulls.items() if pulled.failed] == ["refused"]
        assert [served.key for served in watch.server.log].count("key-refused") == times
    for key, world in worlds.items():
        assert_as_told(watch, world, key.removeprefix("key-"))
        assert_equals_truth(watch, world, key.removeprefix("key-"))
    (refused,) = watch.faults("refused")
    assert (refused.times, refused.ongoing) == (2, True)
    assert "answered 401: the API key is wrong" in refused.message
