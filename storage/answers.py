"""The answers that checks had, with their bytes, as they came; and which check had the bytes of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, RowMapping, select

from domain.check import Answer, Validators
from storage.bodies import read_body
from storage.tables import checks, watches


def content_type(headers: Iterable[Iterable[str]]) -> list[list[str]] | None:
    """What alone is kept of the headers of other bytes for a known state: without it they may be read otherwise."""
    return [pair for pair in map(list, headers) if pair[0] == "content-type"][:1] or None


def answer_of(connection: Connection, check: int, path: Path) -> Answer:
    """The answer of a check that had bytes, with the headers that are kept. Raises NotADatabase if it is damaged."""
    asked = select(checks, watches.c.url).join(watches, watches.c.id == checks.c.watch).where(checks.c.id == check)
    row = connection.execute(asked).mappings().one()
    return Answer(
        status=row["http_status"],
        hops=tuple(row["hops"] or (row["url"],)),
        headers=tuple((name, value) for name, value in row["headers"] or ()),
        body=read_body(connection, row["body"], path),
        validators=Validators(row["etag"], row["last_modified"]),
    )


def bringer_of(connection: Connection, snapshot: RowMapping) -> int:
    """The check that had a snapshot's bytes: its own, or the first of all for a state that began again without any.

    Where a capture came between two checks that saw one state, it begins again with the second, which may be a 304.
    """
    own = select(checks.c.body).where(checks.c.id == snapshot["check"])
    if connection.scalar(own) == snapshot["body"]:
        return int(snapshot["check"])
    had = checks.c.watch == snapshot["watch"], checks.c.body == snapshot["body"]
    whole_first = checks.c.hops.is_(None), checks.c.id
    number: int = connection.execute(select(checks.c.id).where(*had).order_by(*whole_first).limit(1)).scalar_one()
    return number
