"""Keeping the history small, copied and whole."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from sentinel.domain.costs import AccountCharge
from sentinel.errors import ApiUnavailable, StoreError
from sentinel.store import (
    Database,
    back_up,
    check_database,
    forget_growth,
    open_database,
    prune,
    record_failed_pull,
    repair_arrays,
)
from tests.store.answers import SETTLE_AFTER, Row, at, day, window
from tests.store.reading import costs_by_day, load
from tests.store.recording import pull


def count(database: Database, table: str) -> int:
    """The rows of a table."""
    with database.read() as conn:
        return int(conn.execute(select(func.count()).select_from(SQLModel.metadata.tables[table])).scalar_one())


def test_pruning_forgets_days_and_all_that_only_they_needed(database: Database) -> None:
    """Rows, changes, coverage, charges, pulls, series and names of the days before; nothing of the others."""
    old = [AccountCharge("Credit", date(2026, 2, 1), None, -5), AccountCharge("Credit", date(2026, 2, 1), day(-10), -7)]
    for moment, cost in ((at(-5), 1), (at(-4), 2)):
        rows = [Row(day(number), cost, cluster="vci_old") for number in range(-28, -5)]
        pull(database, moment, window(-28, -5), rows, account_charges=old)
    with database.write() as conn:
        record_failed_pull(conn, "main", at(-3), window(-5, 0), ApiUnavailable("503"))
    pull(database, at(9), window(0, 5), [Row(day(n), 3, workspace="wi_2") for n in range(5)])
    pull(database, at(10), window(0, 5), [Row(day(n), 4, workspace="wi_2") for n in range(5)])
    with database.write() as conn:
        pruned = prune(conn, day(0))
    assert (pruned.rows, pruned.revisions, pruned.charges, pruned.pulls) == (23, 23, 2, 3)
    assert costs_by_day(load(database, window(-28, 5))) == dict.fromkeys(range(28, 33), 4)
    assert costs_by_day(load(database, as_of=at(9))) == dict.fromkeys(range(5), 3)
    left = {table: count(database, table) for table in ("series", "place", "place_name", "pull", "daily_vector")}
    assert left == {"series": 1, "place": 2, "place_name": 2, "pull": 2, "daily_vector": 5}
    with database.read() as conn:
        assert check_database(conn) == ()


def test_pruning_the_middle_of_a_month_keeps_the_charges_of_the_whole_month(database: Database) -> None:
    """An undated charge goes with the last day of its month."""
    charge = AccountCharge("Support", date(2026, 3, 1), None, 5)
    pull(database, at(40), window(0, 31), [Row(day(n), 1) for n in range(31)], account_charges=[charge])
    with database.write() as conn:
        assert prune(conn, day(15)).charges == 0
        assert prune(conn, day(31)).charges == 1


def test_growth_is_forgotten_after_sixty_days_and_restatements_are_not(database: Database) -> None:
    """What a day said before it settled matters only while it is young."""
    for moment, cost in ((at(1, 1), 1), (at(1, 7), 2), (at(3), 3), (at(8), 4)):
        pull(database, moment, window(0, 1), [Row(day(0), cost)])
    with database.write() as conn:
        assert forget_growth(conn, "main", at(60), SETTLE_AFTER) == 0
        assert forget_growth(conn, "main", at(62), SETTLE_AFTER) == 2
    assert costs_by_day(load(database, as_of=at(7))) == {0: 3}
    assert costs_by_day(load(database)) == {0: 4}


def test_a_backup_is_whole_while_another_thread_writes(sqlite_database: Database, tmp_path: Path) -> None:
    """Each pull writes its two days in one transaction: the copy has both of a pull, or none."""
    stop, begun = Event(), Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            rows = [Row(day(0), number), Row(day(1), number)]
            pull(sqlite_database, at(40) + timedelta(minutes=number), window(0, 2), rows)
            begun.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert begun.wait(120)
        size = back_up(sqlite_database, tmp_path / "backup.db")
    finally:
        stop.set()
        writer.join(120)
    assert (tmp_path / "backup.db").stat().st_mode & 0o777 == 0o600
    assert size == (tmp_path / "backup.db").stat().st_size
    with open_database(f"sqlite:///{tmp_path / 'backup.db'}") as copy:
        first, second = costs_by_day(load(copy)).values()
        assert first == second > 0
        with copy.read() as conn:
            assert check_database(conn) == ()


def test_a_backup_never_overwrites_and_leaves_nothing_unfinished(sqlite_database: Database, tmp_path: Path) -> None:
    """A name that is taken, or a directory that is not there, is told."""
    (tmp_path / "taken").touch()
    with pytest.raises(StoreError, match="taken exists"):
        back_up(sqlite_database, tmp_path / "taken")
    with pytest.raises(StoreError, match="cannot back up to"):
        back_up(sqlite_database, tmp_path / "nowhere" / "backup.db")
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_backup_of_postgresql_is_left_to_its_own_tool(postgres_database: Database, tmp_path: Path) -> None:
    """The message says which."""
    with pytest.raises(StoreError, match="pg_dump"):
        back_up(postgres_database, tmp_path / "backup")


def test_a_whole_database_has_no_defects(database: Database) -> None:
    """Two accounts, changes, and a day without rows."""
    pull(database, at(40), window(0, 2), [Row(day(0), 5)])
    pull(database, at(41), window(0, 2), [Row(day(0), 6)])
    with database.read() as conn:
        assert check_database(conn) == ()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE daily_cost SET cost = cost + 1", "daily_vector differs from daily_cost on 2026-03-01, main"),
        ("DELETE FROM daily_vector", "daily_vector differs from daily_cost on 2026-03-01, main"),
        ("INSERT INTO daily_cost VALUES (739999, 77, 1, 1)", "row of daily_cost has no series"),
        ("INSERT INTO revision VALUES (739999, 1, 77, 1, 1)", "row of revision has no pull"),
        ("INSERT INTO series VALUES (77, 88, 'Cluster minutes')", "series has no place (number 77)"),
        ("INSERT INTO place_name SELECT 88, seen_at, name, regions FROM place_name LIMIT 1", "name has no place"),
        ("UPDATE alembic_version SET version_num = '0000'", "the schema is 0000"),
    ],
)
def test_what_is_wrong_is_found_and_named(database: Database, statement: str, found: str) -> None:
    """A person who edits the tables by hand is told what no longer fits."""
    pull(database, at(40), window(0, 1), [Row(day(0), 5)])
    with database.write() as conn:
        conn.exec_driver_sql(statement)
    with database.read() as conn:
        defects = [defect.what for defect in check_database(conn)]
    assert len(defects) == 1
    assert found in defects[0]


def test_arrays_can_be_made_anew_from_the_rows(database: Database) -> None:
    """After a correction by hand, the rows are the truth."""
    pull(database, at(40), window(0, 2), [Row(day(0), 5), Row(day(1), 5)])
    with database.write() as conn:
        conn.exec_driver_sql("UPDATE daily_cost SET cost = 7")
        assert repair_arrays(conn) == 2
        assert check_database(conn) == ()
    assert costs_by_day(load(database)) == {0: 7, 1: 7}


def test_a_damaged_file_is_found(sqlite_database: Database) -> None:
    """Bytes in the middle of the file are overwritten."""
    pull(sqlite_database, at(40), window(0, 1), [Row(day(0), 5, cluster=f"vci_{n}") for n in range(2000)])
    path = sqlite_database.file
    assert path is not None
    sqlite_database.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 20_000)
    with sqlite_database.read() as conn:
        assert "the file is damaged" in check_database(conn)[0].what
