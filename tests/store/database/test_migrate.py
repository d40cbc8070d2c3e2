"""The schema: what migrations lead to, who may run them, and what a kill leaves."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

from sentinel.errors import SchemaTooNew
from sentinel.store import Database, open_database
from sentinel.store.database.migrate import migrations_directory, newest_version, schema_version

OPEN = "import sys; from sentinel.store import open_database; open_database(sys.argv[1]).close()"

OPEN_AND_DIE = """
import os, signal, sys
from sqlalchemy import Engine, event
from sentinel.store import open_database

left = int(sys.argv[2])

@event.listens_for(Engine, "before_cursor_execute")
def die(conn, cursor, statement, parameters, context, executemany):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

open_database(sys.argv[1])
print("lived", left)
"""


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of its own."""
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)


def alembic_config() -> Config:
    """As the program itself makes it."""
    config = Config()
    config.set_main_option("script_location", str(migrations_directory()))
    return config


def migrate_to(url: str, version: str) -> None:
    """An older schema, as an older program would have left it."""
    config = alembic_config()
    with Database(url) as database, database.write() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, version)


def tables(database: Database) -> set[str]:
    """The names of all tables."""
    with database.read() as conn:
        return set(inspect(conn).get_table_names())


def test_the_migrations_lead_to_the_tables_of_the_program(database: Database) -> None:
    """Alembic finds nothing to add, to drop or to alter."""
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_reference_and_uniqueness_has_a_name(database: Database) -> None:
    """SQLite can only alter what has one."""
    with database.read() as conn:
        inspector = inspect(conn)
        for table in inspector.get_table_names():
            references, unique = inspector.get_foreign_keys(table), inspector.get_unique_constraints(table)
            assert all(constraint["name"] for constraint in (*references, *unique)), table


def test_versions_are_one_line_and_named_by_their_files() -> None:
    """The newest version is read from the file names, so that a start with nothing to migrate is quick."""
    script = ScriptDirectory.from_config(alembic_config())
    assert script.get_heads() == [newest_version()]


def test_opening_again_changes_nothing(database_url: str) -> None:
    """The second start finds the schema as it should be."""
    open_database(database_url).close()
    with open_database(database_url) as database, database.read() as conn:
        assert schema_version(conn) == newest_version()


def test_a_database_of_a_newer_program_is_refused(database_url: str) -> None:
    """It is named, with the way out, and stays as it is."""
    with open_database(database_url) as database, database.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match=r"schema 9999.*run the newer sentinel"):
        open_database(database_url)


def test_programs_that_start_together_all_find_the_new_schema(database_url: str) -> None:
    """One migrates, the others wait."""
    with ThreadPoolExecutor(3) as threads:
        done = list(threads.map(lambda _: python(OPEN, database_url), range(3)))
    assert [one.returncode for one in done] == [0, 0, 0], [one.stderr for one in done]


def test_a_migration_killed_at_a_random_statement_leaves_the_old_schema_or_the_new_one(database_url: str) -> None:
    """And the next start completes it."""
    migrate_to(database_url, "0001")
    with Database(database_url) as database:
        old = tables(database)
        for statement in sorted(random.Random().sample(range(1, 60), 4)):
            done = python(OPEN_AND_DIE, database_url, str(statement))
            if done.returncode == 0:
                break
            with database.read() as conn:
                version = schema_version(conn)
            assert (version, tables(database)) == ("0001", old) or version == newest_version(), statement
    with open_database(database_url) as database, database.read() as conn:
        assert schema_version(conn) == newest_version()
        assert tables(database) >= set(SQLModel.metadata.tables)


def test_the_first_migration_killed_leaves_an_empty_database_or_the_whole_schema(database_url: str) -> None:
    """Nothing in between, which the next start could not mend."""
    for statement in sorted(random.Random().sample(range(4, 60), 3)):
        python(OPEN_AND_DIE, database_url, str(statement))
        with Database(database_url) as database, database.read() as conn:
            version = schema_version(conn)
            found = set(inspect(conn).get_table_names())
        assert found == set() if version is None else found >= set(SQLModel.metadata.tables), statement
    open_database(database_url).close()
