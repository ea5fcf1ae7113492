"""A record over its life: its first sighting, each edit and move, its removal and its return."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.change import Bounds, ChangeKind, RecordedChange
from domain.compare import edits
from domain.page import Page, RecordKind, Report, Section
from domain.sighting import Sighting


class EventKind(StrEnum):
    """What became of a record; scripts rely on these words."""

    FIRST_SEEN = "first-seen"
    CHANGED = "changed"
    MOVED = "moved"
    RENAMED = "renamed"
    REMOVED = "removed"
    RETURNED = "returned"


_KINDS = {
    ChangeKind.REPORT_ADDED: EventKind.RETURNED,
    ChangeKind.REPORT_REMOVED: EventKind.REMOVED,
    ChangeKind.REPORT_CHANGED: EventKind.CHANGED,
    ChangeKind.REPORT_MOVED: EventKind.MOVED,
    ChangeKind.SECTION_ADDED: EventKind.RETURNED,
    ChangeKind.SECTION_REMOVED: EventKind.REMOVED,
    ChangeKind.SECTION_CHANGED: EventKind.CHANGED,
    ChangeKind.SECTION_RENAMED: EventKind.RENAMED,
    ChangeKind.SECTION_MOVED: EventKind.MOVED,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that became of a record, between two looks, aware UTC, and the snapshots that prove it.

    `record` is as it was then: after the event, before its removal. `last_seen_before`, `change` and `from_snapshot`
    are None for a record of the first page ever seen. `differs` is how a record that returned differs from what it was
    when it was removed.
    """

    kind: EventKind
    record: Report | Section
    last_seen_before: datetime | None
    first_seen_after: datetime
    change: RecordedChange | None
    from_snapshot: int | None
    to_snapshot: int
    differs: tuple[RecordedChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """A record's life; `record` is its last known state, `sighting` spans its whole life with all absences in it.

    `versions` counts its different states in time, quiet differences and returns among them. `events`: oldest first.
    """

    watch: str
    kind: RecordKind
    record: Report | Section
    sighting: Sighting
    listed: bool
    versions: int
    events: tuple[Event, ...]


def events_of(beginning: Event, changes: Iterable[RecordedChange]) -> tuple[Event, ...]:
    """The events that a record's changes tell, given oldest first; `beginning` is its sighting on the first page.

    It counts only where no change brought the record to the page.
    """
    found: list[Event] = []
    removed: RecordedChange | None = None
    for recorded in changes:
        kind = _KINDS[recorded.change.kind]
        if not found and kind is EventKind.RETURNED:
            found.append(_event(EventKind.FIRST_SEEN, recorded))
            continue
        if not found:
            found.append(beginning)
        differs = _differs(removed, recorded) if kind is EventKind.RETURNED and removed else ()
        found.append(_event(kind, recorded, differs))
        removed = recorded if kind is EventKind.REMOVED else removed
    return tuple(found or [beginning])


def _event(kind: EventKind, recorded: RecordedChange, differs: tuple[RecordedChange, ...] = ()) -> Event:
    bounds, record = recorded.bounds, recorded.change.record
    if isinstance(record, Page):
        raise TypeError("a page has no timeline")
    return Event(
        kind=kind,
        record=record,
        last_seen_before=bounds.last_seen_before,
        first_seen_after=bounds.first_seen_after,
        change=recorded,
        from_snapshot=recorded.from_snapshot,
        to_snapshot=recorded.to_snapshot,
        differs=differs,
    )


def _differs(removed: RecordedChange, back: RecordedChange) -> tuple[RecordedChange, ...]:
    one, two = removed.change.before, back.change.after
    if one is None or two is None or isinstance(one, Page) or isinstance(two, Page):
        return ()
    bounds = Bounds(removed.bounds.last_seen_before, back.bounds.first_seen_after)
    sides = (removed.from_snapshot, back.to_snapshot)
    return tuple(RecordedChange(None, back.watch, change, bounds, *sides) for change in edits(one, two))
