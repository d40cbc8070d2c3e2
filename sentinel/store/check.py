"""Whether a database is whole: the file, the schema, the references, and the arrays beside the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Connection, func, select

from sentinel.store import tables
from sentinel.store.bulk import insert_rows
from sentinel.store.covering import ALL_DAYS
from sentinel.store.migrate import newest_version, schema_version
from sentinel.store.rows import add_up, key_of
from sentinel.store.vectors import read_vectors, write_vectors
