"""Bringing the schema of a database up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect

import sentinel
from sentinel.errors import SchemaTooNew, StoreError
from sentinel.store.database.engine import Database


def migrate(database: Database) -> None:
    """Run the migrations that the database lacks, all in one transaction: it has the old schema or the new one.

    Programs that start at the same time take turns. Raises SchemaTooNew.
    """
    newest = newest_version()
    with database.read() as conn:
        if _version_known(conn, newest) == newest:
            return
    with database.alter() as conn:
        _upgrade(conn, newest)
        if database.file is not None:
            _check_references(conn)


def newest_version() -> str:
    """The version that this program's migrations lead to: their files are called NNNN_what.py."""
    versions = sorted(path.name.split("_")[0] for path in (migrations_directory() / "versions").glob("[0-9]*.py"))
    if not versions:
        raise StoreError(f"no migrations in {migrations_directory()}: the installation is damaged, install again")
    return versions[-1]


def schema_version(conn: Connection) -> str | None:
    """The version that a database has; None for an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    version = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if version is None else str(version)


def migrations_directory() -> Path:
    """Inside the package when installed from a wheel, beside it in a source tree."""
    package = Path(sentinel.__file__).parent
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def _version_known(conn: Connection, newest: str) -> str | None:
    """The version that a database has, unless this program does not know it."""
    version = schema_version(conn)
    if version is not None and version > newest:
        raise SchemaTooNew(
            f"the database has schema {version}, this sentinel {sentinel.__version__} knows schemas up to {newest}: "
            "run the newer sentinel that wrote it, or restore a backup from before"
        )
    return version


def _upgrade(conn: Connection, newest: str) -> None:
    if _version_known(conn, newest) == newest:  # another program was faster
        return
    from alembic import command  # noqa: PLC0415 -- takes 0.6 s, and most starts have nothing to migrate
    from alembic.config import Config  # noqa: PLC0415 -- likewise

    config = Config()
    config.set_main_option("script_location", str(migrations_directory()).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def _check_references(conn: Connection) -> None:
    broken = conn.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise StoreError(f"the migration would break a reference of table {broken[0]}: nothing was changed")
