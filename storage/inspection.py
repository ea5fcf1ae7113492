"""A database file looked into from outside: whether it is ours and sound, of which revision, and what it holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storage.errors import NotADatabase

APPLICATION_ID = 0x484D4943
"""What marks a database file as this program's (https://sqlite.org/pragma.html#pragma_application_id): "HMIC"."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What a database file of ours holds. `program` is the version that wrote the revision, None for unknown."""

    revision: str
    program: str | None
    checks: int
    snapshots: int


def look_inside(path: Path, check: Literal["quick_check", "integrity_check"]) -> Inside:
    """Read a file that is one database, with nothing beside it. Raises NotADatabase, which says what the file is."""
    try:
        with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as connection:
            return _inside(connection, check)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_NOTADB:
            raise NotADatabase("is not a database") from error
        raise NotADatabase(f"is damaged ({error})") from error


def writer_of(connection: sqlite3.Connection, revision: str) -> str | None:
    """The version of the program that brought a database to its revision, None where it does not say."""
    try:
        found = connection.execute("SELECT program FROM upgrade WHERE revision = ?", (revision,)).fetchone()
    except sqlite3.OperationalError:
        return None  # it is older than that table, or so much newer that it has another
    return None if found is None else str(found[0])


def _inside(connection: sqlite3.Connection, check: str) -> Inside:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    if mark != APPLICATION_ID or "alembic_version" not in tables:
        raise NotADatabase("is not a database of this program")
    (found,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
    if found != "ok":
        raise NotADatabase(f"is damaged ({' '.join(str(found).split())})")
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if revision is None:
        raise NotADatabase("is damaged (its revision is gone)")
    (checks,) = connection.execute('SELECT count(*) FROM "check"').fetchone()
    (snapshots,) = connection.execute("SELECT count(*) FROM snapshot").fetchone()
    return Inside(revision[0], writer_of(connection, revision[0]), checks, snapshots)
