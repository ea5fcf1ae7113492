"""The answers that checks had, with their bytes, as they came."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select

from domain.check import Answer, Validators
from storage.bodies import read_body
from storage.tables import checks


def answer_of(connection: Connection, check: int, path: Path) -> Answer:
    """The answer of a check that was accepted with a new state, or suspect. Raises NotADatabase where it is damaged."""
    row = connection.execute(select(checks).where(checks.c.id == check)).mappings().one()
    return Answer(
        status=row["http_status"],
        hops=tuple(row["hops"]),
        headers=tuple((name, value) for name, value in row["headers"]),
        body=read_body(connection, row["body"], path),
        validators=Validators(row["etag"], row["last_modified"]),
    )
