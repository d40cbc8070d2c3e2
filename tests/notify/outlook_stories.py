"""Alerts of commitments, credits and invoices, as they come out of evaluations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sentinel.domain.alerts import Reason, Transition, TransitionKind
from sentinel.domain.findings import Basis, Contribution, Direction, Finding, RuleKind, Severity
from sentinel.domain.outlooks import InvoiceStanding, Outlook, Stage
from sentinel.domain.periods import Period
from sentinel.domain.scopes import Dimension, Place, Scope
from tests.notify.stories import ACCOUNT, EVERYTHING, ORDERS_CLUSTER, WHOLE_ACCOUNT, alert_of, changed, opened

JULY = datetime(2026, 7, 4, 7, 30, tzinfo=UTC)
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def heading(**changes: Any) -> Outlook:
    """A commitment of a year that is used up in October."""
    outlook = Outlook(
        amount=100_000.0,
        first=YEAR.first,
        last=YEAR.last,
        spent=62_000.0,
        planned=50_410.96,
        projected=130_100.0,
        projected_least=122_300.0,
        projected_most=137_600.0,
        exhausted_on=date(2026, 10, 12),
        earliest=date(2026, 10, 2),
        latest=date(2026, 10, 25),
        chance=0.997,
        stage=Stage.FORESEEN,
    )
    return replace(outlook, **changes)


def committed(outlook: Outlook, **changes: Any) -> Finding:
    """What a commitment rule says of it."""
    finding = Finding(
        rule="2026-commit",
        kind=RuleKind.COMMITMENT,
        scope=EVERYTHING,
        day=date(2026, 7, 3),
        direction=Direction.UP,
        severity=Severity.WARNING,
        observed=outlook.projected,
        expected=outlook.amount,
        lower=95_000.0,
        upper=100_000.0,
        score=outlook.chance,
        basis=Basis.UNSETTLED,
        currency="USD",
        outlook=outlook,
    )
    return replace(finding, **changes)


def left_over(stage: Stage = Stage.FORESEEN, **changes: Any) -> Finding:
    """A commitment of which an eighth will be left."""
    outlook = heading(
        spent=41_000.0,
        projected=88_000.0,
        projected_least=84_000.0,
        projected_most=92_500.0,
        exhausted_on=None,
        earliest=None,
        latest=None,
        chance=0.94,
        stage=stage,
    )
    return committed(outlook, direction=Direction.DOWN, **changes)


def balance(stage: Stage = Stage.NEAR, **changes: Any) -> Finding:
    """Free credits that are soon used up."""
    outlook = heading(
        amount=5_000.0,
        last=None,
        spent=5_000.0 if stage is Stage.REACHED else 4_600.0,
        planned=None,
        projected=5_600.0,
        exhausted_on=date(2026, 7, 20),
        earliest=date(2026, 7, 17),
        latest=None,
        stage=stage,
    )
    return committed(
        outlook,
        rule="free-credits",
        kind=RuleKind.CREDIT,
        scope=WHOLE_ACCOUNT,
        expected=5_000.0,
        lower=0.0,
        upper=5_000.0,
        **changes,
    )


def absent(days: float = 4.0, **changes: Any) -> Finding:
    """A credit that no longer arrives."""
    finding = replace(
        committed(heading()),
        rule="commit-credit",
        kind=RuleKind.CREDIT,
        scope=Scope((ACCOUNT, Place(Dimension.PRODUCT, "Commit credits", "Commit credits"))),
        direction=Direction.DOWN,
        observed=0.0,
        expected=31.2 * days,
        lower=1e-8,
        upper=31.2 * days,
        score=days,
        basis=Basis.SETTLED,
        outlook=None,
        note="it came every day before",
    )
    return replace(finding, **changes)


def billed(**changes: Any) -> Finding:
    """An invoice that bills more than the history holds."""
    minutes = Place(Dimension.PRODUCT, "Cluster minutes", "Cluster minutes")
    support = Scope((ACCOUNT, Place(Dimension.PRODUCT, "Support", "Support")))
    finding = Finding(
        rule="reconciliation",
        kind=RuleKind.RECONCILIATION,
        scope=WHOLE_ACCOUNT,
        day=date(2026, 6, 30),
        direction=Direction.UP,
        severity=Severity.WARNING,
        observed=112.43,
        expected=0.0,
        lower=0.0,
        upper=60.21,
        score=1.87,
        basis=Basis.SETTLED,
        currency="USD",
        contributions=(
            Contribution(Scope((*ORDERS_CLUSTER.places, minutes)), -100.0, 0.89),
            Contribution(support, 12.43, 0.11),
        ),
        invoice=InvoiceStanding(Period(date(2026, 6, 1), date(2026, 6, 30)), 11_930.11, 12_017.68, 2),
    )
    return replace(finding, **changes)


def outlook_transitions() -> dict[str, Transition]:
    """One transition for each text that people can get."""
    kind, why = TransitionKind, Reason
    far, left = alert_of(committed(heading())), alert_of(left_over())
    soon = {"exhausted_on": date(2026, 7, 30), "earliest": date(2026, 7, 28), "latest": date(2026, 8, 2)}
    near = alert_of(committed(heading(stage=Stage.NEAR, spent=89_800.0, **soon)))
    gone = alert_of(
        committed(
            heading(stage=Stage.REACHED, spent=100_400.0, exhausted_on=date(2026, 7, 2)),
            severity=Severity.CRITICAL,
            observed=100_400.0,
        )
    )
    missing, differs = alert_of(absent()), alert_of(billed())
    return {
        "commitment-opened": opened(far, JULY),
        "commitment-corrected": changed(far, kind.CORRECTED, why.OUTLOOK_CHANGED, moment=JULY),
        "commitment-escalated-near": changed(near, kind.ESCALATED, why.NEXT_STAGE, previous=far, moment=JULY),
        "commitment-escalated-used-up": changed(gone, kind.ESCALATED, why.NEXT_STAGE, previous=near, moment=JULY),
        "commitment-resolved": changed(far, kind.RESOLVED, why.BACK_TO_NORMAL, moment=JULY),
        "commitment-unused-opened": opened(left, JULY),
        "commitment-unused-ended": changed(
            alert_of(left_over(Stage.REACHED)),
            kind.ESCALATED,
            why.NEXT_STAGE,
            previous=left,
            moment=datetime(2027, 1, 3, 7, tzinfo=UTC),
        ),
        "credit-runs-out-opened": opened(alert_of(balance()), JULY),
        "credit-used-up": changed(
            alert_of(balance(Stage.REACHED)), kind.ESCALATED, why.NEXT_STAGE, previous=alert_of(balance()), moment=JULY
        ),
        "credit-missing-opened": opened(missing, JULY),
        "credit-missing-month-opened": opened(
            alert_of(absent(30.0, day=date(2026, 6, 30), note="it came in each of the 3 months before")), JULY
        ),
        "credit-missing-resolved": changed(missing, kind.RESOLVED, why.BACK_TO_NORMAL, moment=JULY),
        "invoice-opened": opened(differs, JULY),
        "invoice-corrected": changed(differs, kind.CORRECTED, why.OUTLOOK_CHANGED, moment=JULY),
        "invoice-resolved": changed(differs, kind.RESOLVED, why.BACK_TO_NORMAL, moment=JULY),
    }
