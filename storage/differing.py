"""The records that are not in the same state on two pages of a watch, known by their lineages, and what lay between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias

from sqlalchemy import Connection, RowMapping, func, select

from domain.change import Bounds, Change, ChangeKind, Places, Record
from domain.identity import Matching, R
from domain.page import RecordKind
from storage.records import Shelf, shelf_for
from storage.tables import changes, snapshots
from storage.versions import Outline, version_rows


class Differing(Generic[R]):
    """The records of one kind that only one of two pages has, or that they have in different states.

    `before` and `after` have them by lineage, in page order.
    """

    def __init__(self, connection: Connection, shelf: Shelf[R], before: Outline, after: Outline) -> None:
        sides = before.versions(shelf), after.versions(shelf)
        rows = version_rows(connection, shelf, set(sides[0]) ^ set(sides[1]))
        self.before: dict[int, R] = {}
        self.after: dict[int, R] = {}
        self._known: dict[int, tuple[int, int]] = {}
        for numbers, records in zip(sides, (self.before, self.after), strict=True):
            for place, number in enumerate(numbers):
                if number in rows:
                    record, lineage = shelf.record(rows[number]), rows[number]["lineage"]
                    records[lineage] = record
                    self._known[id(record)] = lineage, place

    def matching(self) -> Matching[R]:
        """A record on both pages is one by its lineage, however little alike its states are."""
        one, two = self.before, self.after
        return Matching(
            pairs=tuple((one[lineage], record) for lineage, record in two.items() if lineage in one),
            removed=tuple(record for lineage, record in one.items() if lineage not in two),
            added=tuple(record for lineage, record in two.items() if lineage not in one),
        )

    def lineage_of(self, record: Record) -> int:
        """The lineage of one of these records, given as the very object."""
        return self._known[id(record)][0]

    def places_of(self, change: Change) -> Places:
        """Where a change's record stands on the two whole pages."""
        before, after = (self._known.get(id(record)) for record in (change.before, change.after))
        return Places(before and before[1], after and after[1])


@dataclass(frozen=True, slots=True)
class Moment:
    """A loud change of a record as it came about, without its texts; `version` is a state of the record in it."""

    kind: ChangeKind
    bounds: Bounds
    from_snapshot: int
    to_snapshot: int
    version: int


Moments: TypeAlias = Mapping[RecordKind, Mapping[int, Sequence[Moment]]]


def moments_after(connection: Connection, state: RowMapping) -> Moments:
    """The loud changes that lead on from a snapshot, by kind of record and lineage, in the order of time.

    The page itself has one lineage, 0.
    """
    columns = (
        changes.c.kind,
        changes.c.last_seen_before,
        changes.c.first_seen_after,
        changes.c.from_snapshot,
        changes.c.to_snapshot,
        func.coalesce(changes.c.after_version, changes.c.before_version).label("version"),
    )
    later = snapshots.c.watch == state["watch"], snapshots.c.place > state["place"], ~changes.c.quiet
    statement = select(*columns).join(snapshots, snapshots.c.check == changes.c.check).where(*later)
    found: dict[RecordKind, list[Moment]] = {kind: [] for kind in RecordKind}
    for row in connection.execute(statement.order_by(snapshots.c.place, changes.c.position)):
        bounds = Bounds(row.last_seen_before, row.first_seen_after)
        moment = Moment(row.kind, bounds, row.from_snapshot, row.to_snapshot, row.version)
        found[RecordKind(row.kind.partition("-")[0])].append(moment)
    return {kind: _by_lineage(connection, state["watch"], kind, moments) for kind, moments in found.items()}


def _by_lineage(
    connection: Connection, watch: int, kind: RecordKind, moments: Sequence[Moment]
) -> dict[int, list[Moment]]:
    if kind is RecordKind.PAGE or not moments:
        return {0: [*moments]}
    table = shelf_for(kind).table.c
    rows = connection.execute(select(table.id, table.lineage).where(table.watch == watch))
    lineages = {row.id: row.lineage for row in rows}
    found: dict[int, list[Moment]] = defaultdict(list)
    for moment in moments:
        found[lineages[moment.version]].append(moment)
    return found
