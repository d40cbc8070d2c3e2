from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel.simulator import Metering, Restatement, World, some_corrections

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WHEN = date(2026, 3, 3)
END = datetime(2026, 3, 4, tzinfo=UTC)
LATER = datetime(2026, 3, 20, tzinfo=UTC)

offsets = st.integers(-30 * 60, 40 * 60).map(lambda minutes: timedelta(minutes=minutes))


def volumes(world: World, as_of: datetime) -> Counter[tuple[str, str]]:
    """Return the quantities of one day by cluster and product family, as known at a moment."""
    found: Counter[tuple[str, str]] = Counter()
    for line in world.lines(as_of, WHEN, WHEN):
        found[line.cluster_id, line.family] += line.quantity  # type: ignore[assignment]  # a Counter of floats
    return found


def total(world: World, as_of: datetime, day: date = WHEN) -> int:
    """Return the cost of one day as known at a moment."""
    return sum(row.cost for row in world.rows(as_of, day, day))


@settings(deadline=None)
@given(first=offsets, then=offsets)
def test_a_days_figures_only_grow(world: World, first: timedelta, then: timedelta) -> None:
    """What is known later is never less, for any two moments from before the day until after it is final."""
    earlier, later = (volumes(world, END + offset) for offset in sorted((first, then)))
    assert all(later[key] >= quantity * (1 - 1e-12) for key, quantity in earlier.items())


def test_a_day_is_partial_while_it_runs(world: World) -> None:
    """Before its second hour a day has no row; at noon it has less than half, at its end not yet all."""
    final = total(world, LATER)
    assert world.rows(END - 23 * HOUR, WHEN, WHEN) == []
    assert world.rows(END - 22 * HOUR, WHEN, WHEN) != []
    assert 0.3 * final < total(world, END - 12 * HOUR) < 0.5 * final
    assert 0.8 * final < total(world, END) < final


def test_a_day_is_final_twenty_to_thirty_hours_after_its_end(world: World) -> None:
    """Some figures are still open 19 hours after the day ended, some close before 30, none is open after 31."""
    final = volumes(world, LATER)
    open_at = {
        hours: sum(known < final[key] for key, known in volumes(world, END + hours * HOUR).items())
        for hours in (19, 26, 31)
    }
    assert open_at[19] > open_at[26] > open_at[31] == 0


def test_how_late_figures_are_is_chosen(now: datetime) -> None:
    """Metering can be made slower: then a day is still open two days after its end."""
    slow = World.build(now, clusters=3, history_days=20, metering=Metering(final_after=(60 * HOUR, 70 * HOUR)))
    assert total(slow, END + 48 * HOUR) < total(slow, END + 72 * HOUR) == total(slow, LATER)


def test_a_restated_day_changes_at_its_moment(world: World) -> None:
    """Until the moment a restated row is the factor off, from then on the truth; other rows stay as they are."""
    cluster = world.cluster("orders-prod").id
    product = "Uncompressed GiB stored"
    at = END + 5 * DAY
    restated = world.restated(Restatement(WHEN, at, before=0.8, cluster_id=cluster, product=product))
    before = {row[:5]: row for row in restated.rows(at - HOUR, WHEN, WHEN)}
    truth = {row[:5]: row for row in world.rows(LATER, WHEN, WHEN)}
    changed = [key for key, row in truth.items() if before[key] != row]
    assert [(key[3], key[4]) for key in changed] == [(cluster, product)]
    assert abs(before[changed[0]].quantity - 0.8 * truth[changed[0]].quantity) < 1e-9
    assert restated.rows(at, WHEN, WHEN) == world.rows(LATER, WHEN, WHEN)


def test_a_late_day_has_no_rows_until_it_arrives(world: World) -> None:
    """A factor of nothing hides a whole day; the days around it are answered."""
    at = END + 3 * DAY
    late = world.restated(Restatement(WHEN, at, before=0.0))
    days = {row.day for row in late.rows(at - HOUR, WHEN - DAY, WHEN + DAY)}
    assert days == {WHEN - DAY, WHEN + DAY}
    assert late.rows(at, WHEN, WHEN) == world.rows(at, WHEN, WHEN)


def test_a_row_can_vanish(world: World) -> None:
    """A factor of nothing after the moment takes the rows away for good."""
    cluster = world.cluster("audit-log").id
    gone = world.restated(Restatement(WHEN, END + 2 * DAY, after=0.0, cluster_id=cluster))
    assert cluster in {row.cluster_id for row in gone.rows(END + DAY, WHEN, WHEN)}
    assert cluster not in {row.cluster_id for row in gone.rows(LATER, WHEN, WHEN)}


def test_some_corrections_become_known_within_three_days(world: World, now: datetime) -> None:
    """Four days around the world's now change after it, among them settled ones; nothing else differs."""
    corrected = world.restated(*some_corrections(world))
    today = now.date()
    changed = {
        day
        for day in (today - back * DAY for back in range(10))
        if corrected.rows(now + 36 * HOUR, day, day) != world.rows(now + 36 * HOUR, day, day)
    }
    assert changed == {today, today - 3 * DAY, today - 5 * DAY}
    early = {
        day
        for day in (today - back * DAY for back in range(10))
        if corrected.rows(now, day, day) != world.rows(now, day, day)
    }
    assert early == {today, today - 3 * DAY, today - 4 * DAY}
    last = now + 4 * DAY
    lasting = set(world.rows(last)) ^ set(corrected.rows(last))
    assert {row.day for row in lasting} == {today - 5 * DAY}
