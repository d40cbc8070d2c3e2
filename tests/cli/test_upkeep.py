"""`sentinel backup`, `prune` and `db check`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.command import RULES, Command

DOCUMENTED = Path(__file__).parents[1] / "fixtures/breakdowns/documented_answer.json"


def test_a_backup_holds_what_the_database_holds_and_overwrites_nothing(sentinel: Command) -> None:
    """A copy that can be opened, and a second one needs another name."""
    sentinel.write_rules(RULES)
    assert sentinel("import", str(DOCUMENTED)).returncode == 0
    assert sentinel("backup", "copy.db").returncode == 0
    with sqlite3.connect(sentinel.folder / "copy.db") as copy:
        assert copy.execute("SELECT COUNT(*) FROM daily_cost").fetchone() == (6,)
    again = sentinel("backup", "copy.db")
    assert (again.returncode, "copy.db exists" in again.stderr) == (1, True)


def test_days_that_the_rules_read_are_not_pruned(sentinel: Command) -> None:
    """The history is longer than a hasty command."""
    sentinel.write_rules(RULES)
    assert sentinel("import", str(DOCUMENTED)).returncode == 0
    refused = sentinel("prune", "--keep", "30d")
    assert (refused.returncode, "400 days" in refused.stderr) == (2, True)
    sentinel.write_rules(f"settings: {{history_days: 30}}\n{RULES}")
    assert sentinel("prune", "--keep", "400d").returncode == 0
    assert sentinel("prune", "--keep", "a while").returncode == 2


def test_a_sound_database_is_said_to_be_sound_and_a_missing_row_is_found_and_repaired(sentinel: Command) -> None:
    """The arrays that are read for speed are checked against the rows."""
    sentinel.write_rules(RULES)
    assert sentinel("import", str(DOCUMENTED)).returncode == 0
    assert "nothing is wrong" in sentinel("db", "check").stdout
    with sqlite3.connect(sentinel.folder / "sentinel.db") as database:
        database.execute("DELETE FROM daily_vector")
    broken = sentinel("db", "check")
    assert (broken.returncode, "daily_vector differs" in broken.stdout) == (1, True)
    repaired = sentinel("db", "check", "--repair")
    assert (repaired.returncode, "nothing is wrong" in repaired.stdout) == (0, True)
