"""What shows a change: both states with their bytes, and the sealed checks that saw them, as far as they are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, or_, select

from domain.chain import BEGINNING
from domain.change import RecordedChange
from domain.evidence import Evidence, Sealed, State
from storage.answers import bringer_of
from storage.bodies import read_body
from storage.database import Database
from storage.errors import UnknownChange
from storage.recorded import CHANGES, read_changes
from storage.rows import snapshot_of
from storage.sealing import links
from storage.snapshots import snapshot_row
from storage.tables import changes, checks, watches

MOST_BETWEEN = 2_000
"""How many checks are handed over in one piece of the chain; where more lie between, only those that are needed."""


def evidence_of(database: Database, change: int, program: str) -> Evidence:
    """The evidence of a change by its number, without a comparison; `program` is our name and version.

    Raises UnknownChange, and NotADatabase where bytes are damaged.
    """
    with database.read() as connection:
        found = read_changes(connection, CHANGES.where(changes.c.id == change))
        if not found:
            raise UnknownChange(f"{change}: no such change; `history --json` has their numbers")
        (recorded,) = found
        rows = [snapshot_row(connection, number) for number in (recorded.from_snapshot, recorded.to_snapshot)]
        before, after = (_state(connection, row, database) for row in rows)
        url = connection.execute(select(watches.c.url).where(watches.c.id == rows[0]["watch"])).scalar_one()
        chain = _chain(connection, rows, recorded, {before.check, after.check})
        newest = connection.execute(select(checks.c.id, checks.c.seal).order_by(checks.c.id.desc()).limit(1)).one()
    return Evidence(recorded, url, before, after, chain, (newest.id, newest.seal), program)


def _state(connection: Connection, row: RowMapping, database: Database) -> State:
    return State(snapshot_of(row), bringer_of(connection, row), read_body(connection, row["body"], database.path))


def _chain(
    connection: Connection, rows: list[RowMapping], recorded: RecordedChange, bringers: set[int]
) -> tuple[Sealed, ...]:
    """The checks that brought the states and the last that saw the first, and what lies between that and the second."""
    last = _seen(connection, rows[0], recorded.bounds.last_seen_before)
    first = rows[1]["check"]
    wanted: ColumnElement[bool] = checks.c.id.in_({*bringers, first, *([last] if last else [])})
    if last is not None and 0 < first - last <= MOST_BETWEEN:
        wanted = or_(wanted, checks.c.id.between(last, first))
    numbers = set(connection.scalars(select(checks.c.id).where(wanted)))
    return tuple(_sealed(connection, number) for number in sorted(numbers))


def _seen(connection: Connection, row: RowMapping, at: datetime) -> int | None:
    """The check that saw a state at a time; None where it was pruned."""
    mine = checks.c.watch == row["watch"], checks.c.started_at == at, checks.c.snapshot == row["id"]
    return connection.scalar(select(checks.c.id).where(*mine).limit(1))


def _sealed(connection: Connection, number: int) -> Sealed:
    (found,) = links(connection, checks.c.id == number, after=number - 1)
    if found.seal_before is not None:
        return Sealed(found.link, found.seal_before)
    before = select(checks.c.seal).where(checks.c.id < number).order_by(checks.c.id.desc()).limit(1)
    return Sealed(found.link, connection.scalar(before) or BEGINNING)
