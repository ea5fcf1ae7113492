"""A history whose snapshots are numbered against their order in time, as after an import they may be."""

from __future__ import annotations

from sqlalchemy import text

from storage.database import Database

_REFERENCES = (
    ("snapshot", "id"),
    ("watch", "latest_snapshot"),
    ('"check"', "snapshot"),
    ("change", "from_snapshot"),
    ("change", "to_snapshot"),
    *((f"{kind}_version", f"{end}_snapshot") for kind in ("page", "section", "report") for end in ("first", "last")),
)


def renumber(database: Database) -> None:
    """Let the last snapshot in time have the lowest number."""
    with database.write() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table, column in _REFERENCES:
            connection.execute(text(f"UPDATE {table} SET {column} = -{column}"))  # noqa: S608 - two words of ours
            connection.execute(text(f"UPDATE {table} SET {column} = {column} + 1000"))  # noqa: S608
