"""The reconciliation rule over a month's turn: real pulls, a real database, an invoice that is wrong for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from sentinel.domain.alerts import Alert, AlertState, Reason, Transition, TransitionKind
from sentinel.domain.scopes import Dimension
from sentinel.errors import UsageError
from sentinel.jobs.cycle import Cycle, pull_and_evaluate_when_due, run_cycle
from sentinel.jobs.explain import explain
from sentinel.jobs.overview import overview
from sentinel.jobs.reconcile import chosen_accounts
from sentinel.jobs.replay import backtest
from sentinel.notify import compose
from sentinel.rules.model import Rules
from sentinel.simulator import PAST_INVOICE, Chaos, Clock, Fault, Misbilled, Server, World
from sentinel.store import Database, known_invoices, open_database
from tests.jobs.watch import Watch

BEGIN = datetime(2026, 2, 28, 6, tzinfo=UTC)
FEBRUARY = date(2026, 2, 1)
CORRECTED = datetime(2026, 3, 5, tzinfo=UTC)
PLANTED = 250.5
RULES = Rules.model_validate(
    {
        "settings": {"history_days": 60},
        "accounts": [{"name": "main", "api_key": "key-main"}],
        "channels": {"here": {"console": {}}},
        "defaults": {"notify": ["here"]},
        "reconciliation": {"tolerance": "0.5%", "min_difference": 1},
    }
)
WORLD = World.build(datetime(2026, 3, 20, tzinfo=UTC), clusters=5, history_days=100)


def wrong_row() -> Misbilled:
    """A difference on the dearest row of payments-prod on a day of February."""
    payments = WORLD.cluster("payments-prod").id
    day = date(2026, 2, 10)
    row = max(
        (r for r in WORLD.rows(WORLD.now, day, day) if r.cluster_id == payments), key=lambda candidate: candidate.cost
    )
    return Misbilled(day, payments, row.product, PLANTED)


WRONG = wrong_row()


@dataclass(slots=True)
class Turn:
    """Full cycles by a clock that is moved by hand; the API's invoices can be made wrong and right again."""

    database: Database
    clock: Clock
    right: Server
    wrong: Server
    rules: Rules = RULES
    misbills: bool = True
    told: list[tuple[datetime, str, str, Alert]] = field(default_factory=list)

    def cycle(self, *, after: timedelta = timedelta(0)) -> Cycle:
        """Pull, fetch invoices, evaluate."""
        self.clock.advance(after)
        watch = Watch(self.database, self.wrong if self.misbills else self.right, self.clock)
        done = run_cycle(self.database, self.rules, "hash", watch.open_client, {}, self.clock)
        self.told += [
            (one.transition.moment, one.transition.kind.value, one.transition.reason.value, one.transition.alert)
            for one in done.evaluation.told
            if one.transition.alert.rule == "reconciliation"
        ]
        return done

    def live_until(self, end: datetime) -> None:
        """A cycle every six hours; on the day of the correction the invoice becomes right."""
        while self.clock() < end:
            self.misbills = self.misbills and self.clock() < CORRECTED
            self.cycle(after=timedelta(hours=6))

    def questions(self) -> list[datetime]:
        """When an invoice was asked for."""
        return [one.moment for server in (self.right, self.wrong) for one in server.log if one.path == PAST_INVOICE]


@contextmanager
def turning(path: Path) -> Iterator[Turn]:
    """An empty database, six hours before the last day of February ends."""
    clock = Clock(BEGIN)
    with (
        Server({"key-main": WORLD}, clock=clock) as right,
        Server({"key-main": WORLD.billed_wrongly(WRONG)}, clock=clock) as wrong,
        open_database(f"sqlite:///{path / 'sentinel.db'}") as database,
    ):
        yield Turn(database, clock, right, wrong)


@pytest.fixture
def turn(tmp_path: Path) -> Iterator[Turn]:
    """A turn of the month of the test's own."""
    with turning(tmp_path) as made:
        yield made


def test_a_wrong_invoice_is_told_once_with_cluster_and_product_and_its_correction_too(turn: Turn) -> None:
    """Told when the last day has settled, not before; one alert; resolved by the first right answer."""
    turn.live_until(datetime(2026, 3, 9, tzinfo=UTC))
    assert [(kind, reason) for _, kind, reason, _ in turn.told] == [
        ("opened", "invoice_differs"),
        ("resolved", "back_to_normal"),
    ]
    opened, resolved = (moment for moment, *_ in turn.told)
    # The last day of February settles 36 hours after its end; the cycles are six hours apart.
    assert datetime(2026, 3, 2, 12, tzinfo=UTC) <= opened <= datetime(2026, 3, 2, 18, tzinfo=UTC)
    assert CORRECTED <= resolved <= CORRECTED + timedelta(hours=6)
    alert = turn.told[0][3]
    assert (alert.episode, alert.scope.key) == ("2026-02-01", "account=main")
    (biggest, *_) = alert.finding.contributions
    cluster, product = biggest.scope.get(Dimension.CLUSTER), biggest.scope.get(Dimension.PRODUCT)
    assert (str(cluster), str(product)) == ("payments-prod", WRONG.product)
    assert biggest.excess == pytest.approx(-PLANTED, abs=0.006)
    assert alert.finding.observed == pytest.approx(PLANTED, abs=0.006)
    assert alert.finding.invoice is not None
    assert alert.finding.invoice.differing == 1


def test_invoices_are_asked_for_with_every_pull_until_final_and_then_once_a_week(turn: Turn) -> None:
    """The last week of January is final; February from its end to a week after it; no more than needed after that."""
    turn.live_until(datetime(2026, 3, 24, tzinfo=UTC))
    february = [moment for moment in turn.questions() if moment >= datetime(2026, 3, 1, tzinfo=UTC)]
    often = [moment for moment in february if moment < datetime(2026, 3, 8, tzinfo=UTC)]
    seldom = [moment for moment in february if moment >= datetime(2026, 3, 9, tzinfo=UTC)]
    assert len(often) == 28
    assert 2 <= len(seldom) <= 4
    with turn.database.read() as conn:
        known = next(one for one in known_invoices(conn, "main", FEBRUARY) if FEBRUARY in one.invoice.period)
    assert (known.invoice.period.first, known.seen_at >= CORRECTED) == (FEBRUARY, True)


def test_nothing_is_asked_for_without_the_rule(turn: Turn) -> None:
    """An invoice that no rule reads costs no request."""
    turn.rules = RULES.model_copy(update={"reconciliation": None})
    turn.cycle()
    assert turn.questions() == []


def test_a_difference_within_the_tolerance_is_not_told(turn: Turn) -> None:
    """Half a percent of what was invoiced, or min_difference if that is more."""
    check = RULES.reconciliation
    assert check is not None
    turn.rules = RULES.model_copy(update={"reconciliation": check.model_copy(update={"min_difference": 300.0})})
    turn.live_until(datetime(2026, 3, 4, tzinfo=UTC))
    assert turn.told == []


def test_an_api_that_refuses_invoices_fails_the_cycle_and_is_told(turn: Turn) -> None:
    """Costs are stored all the same; what failed stands in the cycle."""
    turn.clock.set(datetime(2026, 3, 3, tzinfo=UTC))
    turn.cycle()
    turn.wrong.chaos = Chaos(always=Fault.HTML)
    turn.clock.advance(timedelta(hours=6))
    done = turn.cycle()
    (failed,) = done.invoices
    assert (done.failed, failed.invoice, "web page" in str(failed.error)) == (True, None, True)


def test_the_daemons_tick_fetches_what_its_pull_is_for(turn: Turn) -> None:
    """With the pull that is due, and not at every tick."""
    turn.clock.set(datetime(2026, 3, 3, tzinfo=UTC))
    watch = Watch(turn.database, turn.wrong, turn.clock)
    for minutes in (0, 1, 1, 360):
        turn.clock.advance(timedelta(minutes=minutes))
        pull_and_evaluate_when_due(turn.database, RULES, "hash", watch.open_client, turn.clock, Event())
    assert len(turn.questions()) == 2


def test_an_alert_that_nobody_settles_ends_after_two_more_invoices(turn: Turn) -> None:
    """It expires silently, and does not come again."""
    turn.clock.set(datetime(2026, 3, 3, tzinfo=UTC))
    for _ in range(24):
        turn.cycle(after=timedelta(days=3))
    assert [(kind, reason) for _, kind, reason, _ in turn.told] == [
        ("opened", "invoice_differs"),
        ("expired", "period_closed"),
    ]
    assert turn.told[-1][3].state is AlertState.EXPIRED


def test_a_backtest_repeats_what_was_told_and_explain_says_why(turn: Turn) -> None:
    """With the invoices as they were known then, and as they are known now."""
    turn.live_until(datetime(2026, 3, 7, tzinfo=UTC))
    done = backtest(turn.database, turn.rules, "0", turn.clock())
    repeated = [
        (one.transition.moment, one.transition.kind.value, one.transition.reason.value)
        for one in done.told
        if one.transition.alert.rule == "reconciliation"
    ]
    assert repeated == [(moment, kind, reason) for moment, kind, reason, _ in turn.told]
    (now,) = explain(turn.database, turn.rules, "reconciliation", date(2026, 3, 4), turn.clock())
    then = datetime(2026, 3, 4, tzinfo=UTC)
    (before,) = explain(turn.database, turn.rules, "reconciliation", date(2026, 3, 3), turn.clock(), as_of=then)
    assert (now.why.value, before.why.value) == ("agrees", "fires")


def test_the_message_names_the_line_and_the_command_that_shows_them_all(turn: Turn) -> None:
    """What, how much, where, and what one can do."""
    turn.live_until(datetime(2026, 3, 3, tzinfo=UTC))
    told = turn.cycle().evaluation.decision
    assert told.transitions == ()
    (opened,) = (alert for *_, alert in turn.told)
    message = compose(Transition(TransitionKind.OPENED, Reason.INVOICE_DIFFERS, opened, turn.clock()))
    assert message.headline == "WARNING  Invoice differs: account main"
    figures, cause = message.lines
    assert "for February, stored" in figures
    assert "1 line differs, by $250.50 in all" in figures
    assert f"payments-prod, {WRONG.product}: $250.50 more invoiced than stored" in cause
    assert "sentinel reconcile --month 2026-02" in cause


def test_status_shows_the_newest_invoice(turn: Turn) -> None:
    """Compared afresh, whatever was told."""
    turn.live_until(datetime(2026, 3, 3, tzinfo=UTC))
    (wrong,) = overview(turn.database, turn.rules, turn.clock()).prepaid.invoices
    assert (wrong.is_complete, len(wrong.differing)) == (True, 1)


def test_only_known_accounts_can_be_chosen() -> None:
    """A misspelt name is told with the nearest one."""
    assert chosen_accounts(RULES, None) == chosen_accounts(RULES, "main")
    with pytest.raises(UsageError, match="there is no account nobody; there are main"):
        chosen_accounts(RULES, "nobody")
