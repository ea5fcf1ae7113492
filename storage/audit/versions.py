"""The states of records: whether each holds from its first snapshot to its last, and at no other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, case, func, or_, select

from domain.audit import Findings
from storage.audit.pages import outlined, watch_ids
from storage.records import REPORTS, SECTIONS, SHELVES
from storage.tables import snapshots
from storage.versions import Outline


def audit_versions(connection: Connection, findings: Findings, _path: Path) -> None:
    """Go by the snapshots of each watch, with the states that hold at each beside its outline."""
    for watch in watch_ids(connection):
        held = [_Held(connection, watch, shelf.table, findings) for shelf in SHELVES]
        for row, outline in outlined(connection, watch, findings):
            _audit_counts(row, outline, findings)
            for shelf, states in zip(SHELVES, held, strict=True):
                states.at(row, outline.versions(shelf))
        for states in held:
            states.end()
    for shelf in SHELVES:
        _audit_lineages(connection, shelf.table, findings)
        _audit_watches(connection, shelf.table, findings)


def _audit_counts(row: Row[Any], outline: Outline, findings: Findings) -> None:
    counts = len(outline.versions(SECTIONS)), len(outline.versions(REPORTS))
    if (row.sections, row.reports) != counts:
        findings.fault("snapshot", row.id, "counts its sections or reports wrongly")


def _audit_lineages(connection: Connection, table: Table, findings: Findings) -> None:
    """A lineage is named by the first state of its record."""
    first = table.alias("first")
    wrong = or_(
        first.c.id.is_(None),
        first.c.lineage != first.c.id,
        first.c.watch != table.c.watch,
    )
    strays = select(table.c.id).outerjoin(first, first.c.id == table.c.lineage).where(wrong)
    for number in connection.scalars(strays.order_by(table.c.id)):
        findings.fault(table.name, number, "is of a lineage that did not begin before it")


def _audit_watches(connection: Connection, table: Table, findings: Findings) -> None:
    """The states of a watch begin with snapshots of its own; where none is there, `_Held` never met them."""
    known = select(snapshots.c.watch)
    strays = select(table.c.id).where(table.c.watch.not_in(known)).order_by(table.c.id)
    for number in connection.scalars(strays):
        findings.fault(table.name, number, "is of a watch that has no snapshot")


def _place(reference: ColumnElement[Any], watch: int) -> ColumnElement[Any]:
    """The place of the snapshot that is referred to; 0 where it is none of the watch, NULL where there is none."""
    named = select(snapshots.c.place).where(snapshots.c.id == reference, snapshots.c.watch == watch).scalar_subquery()
    return case((reference.is_(None), None), else_=func.coalesce(named, 0))


class _Held:
    """The states of one kind of record that hold, as the snapshots of a watch go by."""

    def __init__(self, connection: Connection, watch: int, table: Table, findings: Findings) -> None:
        first, last = _place(table.c.first_snapshot, watch), _place(table.c.last_snapshot, watch)
        columns = table.c.id, table.c.lineage, first.label("first"), last.label("last")
        mine = select(*columns).where(table.c.watch == watch).order_by("first", table.c.id)
        self._table = table.name
        self._findings = findings
        self._coming = iter(connection.execute(mine).yield_per(100))
        self._next: Any = next(self._coming, None)
        self._held: dict[int, Any] = {}

    def at(self, row: Row[Any], stated: Sequence[int]) -> None:
        """The next snapshot, with the states that its outline has."""
        snapshot = row.id
        self._begin(row.place)
        if len(set(stated)) < len(stated):
            self._findings.fault("snapshot", snapshot, f"has a row of {self._table} twice")
        for number in sorted(set(stated) - self._held.keys()):
            self._fault(number, "stands on a page at which it does not hold", f": snapshot {snapshot}")
        for number in sorted(self._held.keys() - set(stated)):
            self._fault(number, "holds at a snapshot whose page has it not", f": snapshot {snapshot}")
        if len({row.lineage for row in self._held.values()}) < len(self._held):
            self._findings.fault("snapshot", snapshot, f"has two rows of {self._table} of one lineage")
        for number, held in list(self._held.items()):
            if held.last is not None and held.last <= row.place:
                del self._held[number]
                if held.last < row.place:
                    self._fault(number, "ends with what is no snapshot of its watch")

    def end(self) -> None:
        """There are no more snapshots."""
        for number, row in self._held.items():
            if row.last is not None:
                self._fault(number, "ends with what is no snapshot of its watch")
        while self._next is not None:
            self._fault(self._take().id, "begins with what is no snapshot of its watch")

    def _begin(self, place: int) -> None:
        while self._next is not None and self._next.first <= place:
            row = self._take()
            if row.first < place:
                self._fault(row.id, "begins with what is no snapshot of its watch")
            self._held[row.id] = row

    def _take(self) -> Any:
        row, self._next = self._next, next(self._coming, None)
        self._findings.looked_at()
        return row

    def _fault(self, number: int, what: str, detail: str = "") -> None:
        self._findings.fault(self._table, number, what, detail)
