"""How Alembic reaches the database: over the connection that sentinel opened, inside its transaction.

A kill at any statement therefore leaves the old schema or the new one, and programs that start together take turns.
A new migration is written from script.py.mako as versions/NNNN_what.py;
tests/store/database/test_migrate.py tells what it lacks.
"""

from alembic import context
from sqlmodel import SQLModel

import sentinel.store  # noqa: F401 -- its tables fill the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
