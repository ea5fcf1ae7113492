"""The records and changes of a watch's history written anew, snapshot after snapshot, within a transaction.

Bodies, snapshots and checks stay; changes that are still the same keep their numbers, as others may have noted them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select, union, update

from domain.change import Bounds, Change, ChangeKind
from domain.page import Page
from storage.bodies import read_body
from storage.recorded import Transition, store_changes
from storage.records import REPORTS, SECTIONS, SHELVES
from storage.snapshots import snapshot_row
from storage.tables import changes, search_documents, snapshots, texts
from storage.versions import Outline, store_turnover, turn_over


class Rewriting:
    """One watch's history, from its first snapshot on. What readings made of it is gone once this is made."""

    def __init__(self, connection: Connection, path: Path, watch: RowMapping) -> None:
        self._connection, self._path, self._watch = connection, path, watch
        self._numbers = _Numbers(connection, watch["id"])
        self._before: RowMapping | None = None
        _forget(connection, watch["id"])

    def write(
        self,
        number: int,
        page: Page,
        found: Sequence[Change],
        reader: int,
        confirmed_until: datetime,
        origin: int | None = None,
    ) -> None:
        """Store the records of the next snapshot, and the changes that lead to it.

        `origin` is the snapshot whose state this one continues, None for its own: what leads on from it keeps its
        numbers.
        """
        before = self._before
        base = None if before is None else Outline.of(before["outline"])
        turnover = turn_over(self._connection, self._watch["id"], base, page, found)
        state: dict[str, Any] = {
            "outline": turnover.outline.stored(),
            "sections": len(turnover.outline.sections),
            "reports": len(turnover.outline.reports),
            "reader": reader,
            "confirmed_until": confirmed_until,
        }
        self._connection.execute(update(snapshots).where(snapshots.c.id == number).values(state))
        after = snapshot_row(self._connection, number)
        content = read_body(self._connection, after["body"], self._path)
        last = None if before is None else before["id"]
        store_turnover(self._connection, turnover, last, number, after["body"], content)
        if before is not None and base is not None:
            bounds = Bounds(before["confirmed_until"], after["captured_at"])
            step = Transition(self._watch, after["check"], bounds, before["id"], number, base, turnover.outline)
            store_changes(self._connection, step, found, self._numbers.of(before["id"], number, found))
        self._numbers.continues(number, origin or number)
        self._before = after


class _Numbers:
    """The numbers of changes: those that they had, where changes of the same kinds lead from a snapshot to another."""

    def __init__(self, connection: Connection, watch: int) -> None:
        columns = changes.c.from_snapshot, changes.c.to_snapshot, changes.c.kind, changes.c.id
        mine = select(*columns).where(changes.c.watch == watch).order_by(changes.c.position)
        self._had: dict[tuple[int, int], list[tuple[ChangeKind, int]]] = {}
        for before, after, kind, number in connection.execute(mine):
            self._had.setdefault((before, after), []).append((kind, number))
        self._next = (connection.scalar(select(func.max(changes.c.id))) or 0) + 1
        self._origins: dict[int, int] = {}

    def continues(self, number: int, origin: int) -> None:
        """A snapshot continues the state of another, or its own."""
        self._origins[number] = origin

    def of(self, before: int, after: int, found: Sequence[Change]) -> list[int]:
        had = self._had.get((self._origins[before], after), [])
        if [kind for kind, _ in had] == [change.kind for change in found]:
            return [number for _, number in had]
        self._next += len(found)
        return list(range(self._next - len(found), self._next))


def _forget(connection: Connection, watch: int) -> None:
    # The full-text index keeps what it has of them, which then leads nowhere: their numbers may be given again.
    for table in (changes, search_documents, *(shelf.table for shelf in SHELVES)):
        connection.execute(delete(table).where(table.c.watch == watch))
    used = [select(shelf.table.c.texts).where(shelf.table.c.texts.is_not(None)) for shelf in (SECTIONS, REPORTS)]
    connection.execute(delete(texts).where(texts.c.id.not_in(union(*used))))
