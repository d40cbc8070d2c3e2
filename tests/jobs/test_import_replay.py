"""A folder of daily dumps tells the same history in any order, and what was known on each day."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinel.domain.costs import Window
from sentinel.domain.matrix import CostMatrix, DatedCharge
from sentinel.errors import UsageError
from sentinel.jobs.import_answers import find_answers, import_answers
from sentinel.simulator import ChargeShape, DateEnd, Form, Row, World, answer, some_corrections
from sentinel.store import Database, load_matrix, open_database
from tests.jobs.watch import assert_equal_rows, covered_days, settled_days, stored_rows

NOW = datetime(2026, 3, 3, 6, tzinfo=UTC)
SETTLE_AFTER = timedelta(hours=36)
DAYS = Window(date(2026, 2, 1), date(2026, 4, 1))
MOMENTS = tuple(NOW + timedelta(days=days) for days in range(-2, 5))
"""Of each dump: three days before the corrections become known, and four after."""


@dataclass(frozen=True, slots=True)
class Dump:
    """What the API said at a moment of the days of one month."""

    moment: datetime
    file: Path


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a history at a moment."""

    rows: list[Row]
    covered: set[date]
    charges: tuple[DatedCharge, ...]


@pytest.fixture(scope="module")
def world() -> World:
    """A small account some of whose days come late or change after they had settled."""
    plain = World.build(NOW, clusters=8, history_days=25)
    return plain.restated(*some_corrections(plain))


def dumps_of(world: World, folder: Path, form: Form) -> tuple[Dump, ...]:
    """Each day's answers for the month before and for the current one."""
    made = []
    for moment in MOMENTS:
        for first, stop in ((date(2026, 2, 1), date(2026, 3, 1)), (date(2026, 3, 1), date(2026, 4, 1))):
            end = stop if form.date_end is DateEnd.EXCLUSIVE else stop - timedelta(days=1)
            file = folder / f"{moment:%Y-%m-%d}-{first:%m}.json"
            file.write_text(json.dumps(answer(world, first, end, moment, form)), encoding="utf-8")
            made.append(Dump(moment, file))
    return tuple(made)


def told(database: Database, as_of: datetime | None) -> Told:
    """The history as it was known at a moment, None: as it is known now."""
    with database.read() as conn:
        matrix: CostMatrix = load_matrix(conn, ("main",), DAYS, SETTLE_AFTER, as_of)
    return Told(stored_rows(matrix), covered_days(matrix), matrix.account_charges)


def replay(url: str, dumps: Iterable[Dump]) -> list[Told]:
    """Import dumps in this order; what was known at each of the moments, and what is known now."""
    with open_database(url) as database:
        for dump in dumps:
            (imported,) = import_answers(database, "main", [dump.file], dump.moment, SETTLE_AFTER, dump.moment)
            assert imported.error is None
        return [told(database, moment) for moment in (*MOMENTS, None)]


@pytest.mark.parametrize(
    "form",
    [Form(), Form(DateEnd.INCLUSIVE, ChargeShape.TOTAL), Form(DateEnd.INCLUSIVE_HALF_OPEN, ChargeShape.TOTAL)],
)
def test_dumps_tell_the_same_in_any_order(world: World, tmp_path: Path, form: Form) -> None:
    """Now, and at each moment before; and the end is what the world says."""
    dumps = dumps_of(world, tmp_path, form)
    in_order = replay(f"sqlite:///{tmp_path / 'in-order.db'}", dumps)
    assert_equal_rows(in_order[-1].rows, sorted(row for row in world.rows(MOMENTS[-1], DAYS.first) if row.cost))

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.permutations(dumps))
    def any_order(shuffled: list[Dump]) -> None:
        with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
            assert replay(f"sqlite:///{folder}/any-order.db", shuffled) == in_order

    any_order()


def test_what_is_seen_as_of_a_dump_is_what_the_dump_said(world: World, tmp_path: Path) -> None:
    """Restated figures do not leak into the past."""
    dumps = dumps_of(world, tmp_path, Form())
    for moment, seen in zip(MOMENTS, replay(f"sqlite:///{tmp_path / 'sentinel.db'}", dumps), strict=False):
        assert_equal_rows(seen.rows, sorted(row for row in world.rows(moment, DAYS.first) if row.cost))


def test_a_folder_of_dumps_counts_each_as_pulled_when_its_newest_row_ended(world: World, tmp_path: Path) -> None:
    """No moment has to be given: a folder tells its restatements by itself."""
    dumps_of(world, tmp_path, Form())
    with open_database(f"sqlite:///{tmp_path / 'sentinel.db'}") as database:
        shuffled = find_answers([tmp_path])[::-1]
        imported = tuple(import_answers(database, "main", shuffled, None, SETTLE_AFTER, MOMENTS[-1]))
        assert [one.error for one in imported] == [None] * (2 * len(MOMENTS))
        seen = told(database, None)
    assert_equal_rows(seen.rows, sorted(row for row in world.rows(MOMENTS[-1], DAYS.first) if row.cost))


def saved(folder: Path, name: str, first: date, days: int, total: float, clusters: int = 1) -> Path:
    """A saved answer of so many clusters that cost the same on every day."""
    rows = [
        {
            "date_from": f"{first + timedelta(n)}",
            "date_to": f"{first + timedelta(n + 1)}",
            "quantity": 1,
            "total": total,
        }
        for n in range(days)
    ]
    charges = [{"product": "Cluster minutes", "breakdowns": rows}]
    of_clusters = [{"virtual_cluster_id": f"vci_{number}", "charges": charges} for number in range(clusters)]
    document = {
        "date_from": f"{first}",
        "date_to": f"{first + timedelta(days)}",
        "account_charges": [],
        "tenants": [{"tenant_id": "t", "workspaces": [{"workspace_id": "w", "clusters": of_clusters}]}],
    }
    file = folder / name
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


@pytest.mark.parametrize("backwards", [False, True])
def test_of_dumps_of_one_closed_month_the_fullest_has_the_last_word(tmp_path: Path, backwards: bool) -> None:
    """Whatever their order, and whether they come in one import: all count as pulled when the month ended."""
    february = date(2026, 2, 1)
    files = [
        saved(tmp_path, "a.json", february, 28, total=2.0, clusters=3),
        saved(tmp_path, "b.json", february, 28, total=1.0, clusters=2),
        saved(tmp_path, "c.json", february, 28, total=3.0, clusters=3),
    ]
    with open_database(f"sqlite:///{tmp_path / 'sentinel.db'}") as database:
        wanted = files[::-1] if backwards else files
        reports = tuple(import_answers(database, "main", wanted, None, SETTLE_AFTER, NOW))
        seen = told(database, None)
    assert [Path(one.source).name for one in reports] == ["b.json", "a.json", "c.json"]
    assert {row.cost for row in seen.rows} == {300_000_000}


def test_a_closed_month_is_settled_where_people_say_so(tmp_path: Path) -> None:
    """A file does not tell how long after its last day it was pulled."""
    february = saved(tmp_path, "february.json", date(2026, 2, 1), 28, total=1.0)
    with open_database(f"sqlite:///{tmp_path / 'sentinel.db'}") as database:
        unsettled = {date(2026, 2, 27), date(2026, 2, 28)}
        for settled, expected in ((False, unsettled), (True, set())):
            (imported,) = import_answers(database, "main", [february], None, SETTLE_AFTER, NOW, settled=settled)
            assert imported.error is None
            with database.read() as conn:
                matrix = load_matrix(conn, ("main",), Window(date(2026, 2, 1), date(2026, 3, 1)), SETTLE_AFTER)
            assert covered_days(matrix) - settled_days(matrix) == expected


def test_what_cannot_have_settled_yet_is_not_taken_for_settled(tmp_path: Path) -> None:
    """Its newest day ended a few hours ago; nothing of it is stored."""
    fresh = saved(tmp_path, "fresh.json", NOW.date() - timedelta(days=3), 3, total=1.0)
    with open_database(f"sqlite:///{tmp_path / 'sentinel.db'}") as database:
        with pytest.raises(UsageError, match="leave --settled out"):
            tuple(import_answers(database, "main", [fresh], None, SETTLE_AFTER, NOW, settled=True))
        assert told(database, None).covered == set()
