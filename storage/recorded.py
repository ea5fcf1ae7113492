"""Changes as rows, which name the versions on either side, and as the history tells them again, exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, insert, select

from domain.change import Bounds, Change, ChangeKind, FieldChange, Places, Record, RecordedChange
from domain.page import Page
from storage.lineages import first_sightings
from storage.records import REPORTS, Shelf, shelf_of
from storage.tables import changes, watches
from storage.versions import Outline, version_rows

CHANGES = select(changes, watches.c.name.label("watch_name")).join(watches, changes.c.watch == watches.c.id)


@dataclass(frozen=True, slots=True)
class Transition:
    """From one snapshot of a watch to the next, by a check; each snapshot with its outline."""

    watch: RowMapping
    check: int
    bounds: Bounds
    from_snapshot: int
    to_snapshot: int
    before: Outline
    after: Outline


def store_changes(
    connection: Connection, transition: Transition, found: Sequence[Change], numbers: Sequence[int] | None = None
) -> tuple[RecordedChange, ...]:
    """Store what a check found, with these numbers or by default the next ones; gives it back with them."""
    if numbers is None:
        next_id = (connection.scalar(select(func.max(changes.c.id))) or 0) + 1
        numbers = range(next_id, next_id + len(found))
    rows = [
        _row(transition, position, change, number)
        for position, (change, number) in enumerate(zip(found, numbers, strict=True))
    ]
    if rows:
        connection.execute(insert(changes), rows)
    name, bounds = transition.watch["name"], transition.bounds
    sides = (transition.from_snapshot, transition.to_snapshot)
    return tuple(
        RecordedChange(number, name, change, bounds, *sides) for change, number in zip(found, numbers, strict=True)
    )


def read_changes(connection: Connection, statement: Select[Any]) -> tuple[RecordedChange, ...]:
    """The changes that a statement made of `CHANGES` selects, in its order."""
    rows = connection.execute(statement).mappings().all()
    wanted: dict[str, set[int]] = defaultdict(set)
    shelves: dict[str, Shelf[Any]] = {}
    for row in rows:
        shelf = shelf_of(row["kind"])
        shelves[shelf.table.name] = shelf
        wanted[shelf.table.name] |= {row["before_version"], row["after_version"]} - {None}
    versions = {name: version_rows(connection, shelf, wanted[name]) for name, shelf in shelves.items()}
    records = {
        name: {number: shelf.record(row) for number, row in versions[name].items()} for name, shelf in shelves.items()
    }
    reports = versions.get(REPORTS.table.name, {})
    lineages = {
        row["id"]: reports[row["after_version"]]["lineage"] for row in rows if row["kind"] is ChangeKind.REPORT_ADDED
    }
    first = first_sightings(connection, lineages.values())
    seen = {number: first[lineage] for number, lineage in lineages.items()}
    return tuple(_recorded(row, records[shelf_of(row["kind"]).table.name], seen.get(row["id"])) for row in rows)


def _row(transition: Transition, position: int, change: Change, number: int) -> dict[str, object]:
    shelf, places = shelf_of(change.kind), change.places
    return {
        "id": number,
        "watch": transition.watch["id"],
        "check": transition.check,
        "from_snapshot": transition.from_snapshot,
        "to_snapshot": transition.to_snapshot,
        "position": position,
        "kind": change.kind,
        "quiet": change.quiet,
        "fields": {name: [field.before, field.after] for name, field in change.fields.items()},
        "before_version": change.before and transition.before.versions(shelf)[places.before or 0],
        "after_version": change.after and transition.after.versions(shelf)[places.after or 0],
        "place_before": places.before,
        "place_after": places.after,
        "has_text": change.text is not None,
        "last_seen_before": transition.bounds.last_seen_before,
        "first_seen_after": transition.bounds.first_seen_after,
    }


def _recorded(row: RowMapping, versions: dict[int, Record], first_seen: datetime | None) -> RecordedChange:
    """`first_seen` is that of an added report, which was on the page before where it is earlier than the change."""
    before, after = versions.get(row["before_version"]), versions.get(row["after_version"])
    change = Change(
        kind=row["kind"],
        quiet=row["quiet"],
        before=before,
        after=after,
        places=Places(row["place_before"], row["place_after"]),
        fields={name: FieldChange(*sides) for name, sides in row["fields"].items()},
        text=FieldChange(_text(before), _text(after)) if row["has_text"] else None,
        first_seen=first_seen if first_seen and first_seen < row["first_seen_after"] else None,
    )
    bounds = Bounds(row["last_seen_before"], row["first_seen_after"])
    return RecordedChange(row["id"], row["watch_name"], change, bounds, row["from_snapshot"], row["to_snapshot"])


def _text(record: Record | None) -> str | None:
    return None if record is None or isinstance(record, Page) else record.text
