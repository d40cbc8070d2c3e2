"""An invoice against stored days: what agrees, what differs, and what cannot be said yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.invoices import ChargeKey, Invoice, InvoiceLine
from sentinel.domain.matrix import Series
from sentinel.domain.periods import Period
from sentinel.domain.scopes import DEFAULT_TIER_PATTERN, Dimension
from sentinel.evaluate import Reconciled, reconcile
from tests.evaluate.history import History, at, series

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)
FEBRUARY = Period(FIRST, LAST)
LATER = date(2026, 3, 10)
CENT = 1_000_000
WRITTEN = "Uncompressed GiB written"


def stored(*costs: tuple[Series, float], missing: set[date] | None = None) -> History:
    """The same cost on each day of February."""
    history = History(FIRST, missing=missing or set())
    for of, daily in costs:
        history.spend(of, FIRST, [daily] * 28)
    return history


def billed(*lines: tuple[Series, float, int]) -> Invoice:
    """An invoice of February: (series, amount, parts)."""
    made = tuple(
        InvoiceLine(ChargeKey(one.tenant, one.workspace, one.cluster, one.product), round(amount * 100) * CENT, parts)
        for one, amount, parts in lines
    )
    return Invoice(FEBRUARY, made, sum(line.cost for line in made))


def compare(history: History, invoice: Invoice, today: date = LATER) -> Reconciled:
    """Compare on a day, with a pull on each day since."""
    pulls = [at(FIRST + timedelta(days=number), 23) for number in range((today - FIRST).days + 1)]
    return reconcile(history.seen_at(at(today, 23), pulls), "main", invoice, DEFAULT_TIER_PATTERN, today)


ORDERS, MINUTES = series("orders"), series("orders", "Cluster minutes")


@pytest.mark.parametrize(
    ("amount", "parts", "agrees"),
    [(28.0, 1, True), (28.01, 1, False), (28.01, 2, True), (28.02, 2, False), (27.99, 3, True), (0.0, 1, False)],
)
def test_a_line_agrees_within_half_a_cent_for_each_line_of_the_invoice(amount: float, parts: int, agrees: bool) -> None:
    """What rounding can make of it, and not a cent more."""
    (line,) = compare(stored((ORDERS, 1.0)), billed((ORDERS, amount, parts))).lines
    assert line.agrees is agrees


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=28))
def test_rounding_alone_never_differs(costs: list[int]) -> None:
    """Whatever the days cost, an invoice of their exact sum rounded to cents agrees."""
    history = History(FIRST).spend(ORDERS, FIRST, [cost / 1e8 for cost in costs])
    cents = (sum(costs) + CENT // 2) // CENT
    invoice = Invoice(FEBRUARY, billed((ORDERS, 0, 1)).lines, 0)
    line = InvoiceLine(invoice.lines[0].key, cents * CENT, 1)
    done = compare(history, Invoice(FEBRUARY, (line,), cents * CENT))
    assert done.differing == ()
    assert done.unexplained == 0


def test_differences_are_named_by_all_their_places_the_largest_first() -> None:
    """With the names that the history knows; an id that it does not know stays an id."""
    other = series("gone", tenant="ti_9", workspace="wi_9")
    done = compare(
        stored((ORDERS, 1.0), (MINUTES, 2.0)), billed((ORDERS, 25.0, 1), (MINUTES, 56.0, 1), (other, 7.5, 1))
    )
    assert [(str(line.scope.places[-2]), str(line.scope.places[-1]), line.difference) for line in done.differing] == [
        ("vci_gone", WRITTEN, -750 * CENT),
        ("orders", WRITTEN, 300 * CENT),
    ]
    assert [place.dimension for place in done.lines[0].scope.places] == [
        Dimension.ACCOUNT,
        Dimension.TENANT,
        Dimension.WORKSPACE,
        Dimension.CLUSTER,
        Dimension.PRODUCT,
    ]
    assert (done.stored, done.invoiced, done.in_all) == (8400 * CENT, 8850 * CENT, 1050 * CENT)


def test_one_cluster_id_in_two_tenants_is_two_lines() -> None:
    """An id is unique only within its tenant."""
    twin = series("orders", tenant="ti_2")
    done = compare(stored((ORDERS, 1.0), (twin, 2.0)), billed((ORDERS, 56.0, 1), (twin, 28.0, 1)))
    assert len(done.differing) == 2


def test_a_product_that_one_side_alone_has_by_tier_is_compared_whole() -> None:
    """Tiers on both sides stay lines of their own, so that a wrong tier is found."""
    tiers = [series("orders", f"{WRITTEN} - Tier {number}") for number in (1, 2)]
    history = stored((tiers[0], 1.0), (tiers[1], 2.0))
    assert [line.agrees for line in compare(history, billed((ORDERS, 84.0, 1))).lines] == [True]
    swapped = compare(history, billed((tiers[0], 56.0, 1), (tiers[1], 28.0, 1)))
    assert len(swapped.differing) == 2


def test_unknown_and_growing_days_and_days_to_come_are_told_apart() -> None:
    """A difference is one only when every day has settled."""
    missing = {date(2026, 2, 3), date(2026, 2, 4)}
    done = compare(stored((ORDERS, 1.0), missing=missing), billed((ORDERS, 28.0, 1)))
    assert (done.uncovered, done.unsettled, done.to_come) == (tuple(sorted(missing)), (), 0)
    assert not done.is_complete
    early = compare(stored((ORDERS, 1.0)), billed((ORDERS, 28.0, 1)), date(2026, 2, 20))
    assert early.unsettled == (date(2026, 2, 19), date(2026, 2, 20))
    assert early.to_come == 8
    assert compare(stored((ORDERS, 1.0)), billed((ORDERS, 28.0, 1))).is_complete


def test_a_total_that_its_lines_do_not_explain_is_told() -> None:
    """Beyond what the rounding of each line can come to."""
    invoice = billed((ORDERS, 28.0, 1), (MINUTES, 56.0, 1))
    off = Invoice(FEBRUARY, invoice.lines, invoice.total + 5 * CENT)
    assert compare(stored((ORDERS, 1.0), (MINUTES, 2.0)), off).unexplained == 5 * CENT
    assert compare(stored((ORDERS, 1.0), (MINUTES, 2.0)), invoice).unexplained == 0
