"""The chain's head, to be noted elsewhere, and any seal of it, to be held against what was noted."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from storage.database import Database
from storage.tables import checks


class Seal(NamedTuple):
    """A check by its number, and its seal in hexadecimal: whoever noted it knows all checks before it, too."""

    check: int
    seal: str

    def __str__(self) -> str:
        return f"{self.check}:{self.seal}"


def head(database: Database) -> Seal | None:
    """The newest check's seal; None where nothing was checked yet."""
    with database.read() as connection:
        row = connection.execute(select(checks.c.id, checks.c.seal).order_by(checks.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else Seal(row.id, (row.seal or b"").hex())


def seal_of(database: Database, check: int) -> Seal | None:
    """The seal of a check; None where there is no such check, as after `prune`."""
    with database.read() as connection:
        row = connection.execute(select(checks.c.seal).where(checks.c.id == check)).one_or_none()
    return None if row is None else Seal(check, (row.seal or b"").hex())
