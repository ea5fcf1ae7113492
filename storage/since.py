"""What became of a page since a time: its state then held against its state now.

What lay between is counted, and asked when it was; its texts are not read, as there may be years of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from domain.change import Bounds, Change, ChangeKind, Record, RecordedChange
from domain.compare import compare_matched
from domain.page import Page, RecordKind, Report
from domain.since import Entry, Group, Interlude, News, Passage, group_of
from storage.differing import Differing, Moment, moments_after
from storage.lineages import first_sightings
from storage.periods import looks_since
from storage.records import PAGES, REPORTS, SECTIONS, shelf_for
from storage.rows import SNAPSHOTS, snapshot_of, watch_row
from storage.snapshots import snapshot_row
from storage.tables import snapshots
from storage.versions import Outline, version_rows

_CAME = {ChangeKind.REPORT_ADDED, ChangeKind.SECTION_ADDED}
_WENT = {ChangeKind.REPORT_REMOVED, ChangeKind.SECTION_REMOVED}


def news_since(connection: Connection, watch: str, since: datetime, until: datetime | None) -> News:
    """What became of a page since a time; `until` is now, for how long nobody looked. Raises UnknownWatch."""
    row = watch_row(connection, watch)
    before = _state_at(connection, row["id"], since)
    if before is None:
        looks = looks_since(connection, row, since, until)
        return News(watch, row["url"], watch, since, None, None, False, (), (), looks)
    after = snapshot_row(connection, row["latest_snapshot"])
    since_then = _SinceThen(connection, before, after)
    changed = before["id"] != after["id"]
    return News(
        watch=watch,
        url=since_then.pages[1].url,
        title=since_then.pages[1].title,
        since=since,
        before=snapshot_of(before),
        after=snapshot_of(after),
        begins_later=before["captured_at"] > since,
        entries=since_then.entries() if changed else (),
        interludes=since_then.interludes() if changed else (),
        looks=looks_since(connection, row, max(since, before["captured_at"]), until),
    )


def _state_at(connection: Connection, watch: int, at: datetime) -> RowMapping | None:
    """The state at a time, or the first one where that is later; None for no state at all."""
    mine = SNAPSHOTS.where(snapshots.c.watch == watch)
    by_then = mine.where(snapshots.c.captured_at <= at).order_by(
        snapshots.c.captured_at.desc(), snapshots.c.place.desc()
    )
    row = connection.execute(by_then.limit(1)).mappings().one_or_none()
    return row or connection.execute(mine.order_by(snapshots.c.place).limit(1)).mappings().one_or_none()


class _SinceThen:
    """The state then, the state now, and the loud changes between them."""

    def __init__(self, connection: Connection, before: RowMapping, after: RowMapping) -> None:
        self._connection, self._before, self._after = connection, before, after
        outlines = Outline.of(before["outline"]), Outline.of(after["outline"])
        self._reports = Differing(connection, REPORTS, *outlines)
        self._sections = Differing(connection, SECTIONS, *outlines)
        self._moments = moments_after(connection, before)
        pages = version_rows(connection, PAGES, [outline.page for outline in outlines])
        self.pages = tuple(PAGES.record(pages[outline.page]) for outline in outlines)

    def entries(self) -> tuple[Entry, ...]:
        """What became of each record in the end: by group, each in page order, then what is again as it was."""
        reports, sections = self._reports, self._sections
        one = replace(self.pages[0], sections=(*sections.before.values(),), reports=(*reports.before.values(),))
        two = replace(self.pages[1], sections=(*sections.after.values(),), reports=(*reports.after.values(),))
        found: dict[tuple[RecordKind, int], list[Change]] = {}
        for change in compare_matched(one, two, reports.matching(), sections.matching()):
            if not change.quiet:
                found.setdefault(self._named(change.record), []).append(change)
        first = first_sightings(self._connection, [number for kind, number in found if kind is RecordKind.REPORT])
        entries = [self._entry(*named, changes, first) for named, changes in found.items()]
        entries += [self._as_it_was(*named) for named in self._edited() if named not in found]
        order = list(Group)
        return tuple(sorted(entries, key=lambda entry: order.index(entry.group)))

    def interludes(self) -> tuple[Interlude, ...]:
        """What came and went, beyond what is so in the end; reports first, by the time of their first passage."""
        found = []
        for kind, differing in ((RecordKind.REPORT, self._reports), (RecordKind.SECTION, self._sections)):
            for lineage, moments in self._moments[kind].items():
                passages = [moment for moment in moments if moment.kind in _CAME | _WENT]
                if len(passages) > ((lineage in differing.before) != (lineage in differing.after)):
                    found.append(self._interlude(kind, passages))
        return tuple(found)

    def _named(self, record: Record) -> tuple[RecordKind, int]:
        if isinstance(record, Page):
            return RecordKind.PAGE, 0
        if isinstance(record, Report):
            return RecordKind.REPORT, self._reports.lineage_of(record)
        return RecordKind.SECTION, self._sections.lineage_of(record)

    def _entry(self, kind: RecordKind, lineage: int, changes: Sequence[Change], first: Mapping[int, datetime]) -> Entry:
        moments = self._moments[kind].get(lineage, ())
        telling, edits = _telling(changes[0], moments)
        bounds, sides = self._span(telling)
        told = [self._told(kind, change, first.get(lineage)) for change in changes]
        return Entry(
            group=group_of(told[0], bounds.first_seen_after),
            record=told[0].record,
            changes=tuple(RecordedChange(None, self._before["watch_name"], one, bounds, *sides) for one in told),
            edits=edits,
            bounds=bounds,
            from_snapshot=sides[0],
            to_snapshot=sides[1],
        )

    def _told(self, kind: RecordKind, change: Change, first: datetime | None) -> Change:
        """A change with its places on the whole pages and, for a report that was there before, its first sighting."""
        if kind is RecordKind.PAGE:
            return change
        differing: Differing[Any] = self._reports if kind is RecordKind.REPORT else self._sections
        again = change.kind is ChangeKind.REPORT_ADDED and first is not None and first < self._before["captured_at"]
        return replace(change, places=differing.places_of(change), first_seen=first if again else None)

    def _edited(self) -> Iterable[tuple[RecordKind, int]]:
        """The records that are on both pages in states of their own, and were edited."""
        for kind, differing in ((RecordKind.REPORT, self._reports), (RecordKind.SECTION, self._sections)):
            for lineage in differing.before.keys() & differing.after.keys():
                if _edits(self._moments[kind].get(lineage, ())):
                    yield kind, lineage

    def _as_it_was(self, kind: RecordKind, lineage: int) -> Entry:
        moments = _edits(self._moments[kind][lineage])
        bounds, sides = self._span(moments)
        differing: Differing[Any] = self._reports if kind is RecordKind.REPORT else self._sections
        group = Group.EDITED if kind is RecordKind.REPORT else Group.TEXT
        return Entry(group, differing.after[lineage], (), _looks(moments), bounds, *sides)

    def _span(self, moments: Sequence[Moment]) -> tuple[Bounds, tuple[int, int]]:
        """From before the first to after the last of them; without any, from the state then to that of now."""
        if not moments:
            bounds = Bounds(self._before["confirmed_until"], self._after["captured_at"])
            return bounds, (self._before["id"], self._after["id"])
        first, last = moments[0], moments[-1]
        bounds = Bounds(first.bounds.last_seen_before, last.bounds.first_seen_after)
        return bounds, (first.from_snapshot, last.to_snapshot)

    def _interlude(self, kind: RecordKind, moments: Sequence[Moment]) -> Interlude:
        table = shelf_for(kind).table
        row = self._connection.execute(select(table).where(table.c.id == moments[-1].version)).mappings().one()
        passages = [
            Passage(moment.kind in _CAME, moment.bounds, moment.from_snapshot, moment.to_snapshot) for moment in moments
        ]
        return Interlude(kind, row["key"], row["title"], row.get("url"), tuple(passages))


def _telling(change: Change, moments: Sequence[Moment]) -> tuple[Sequence[Moment], int]:
    """The moments that an end came about in, and how many looks saw the record edited; of a new one, after it came."""
    if change.kind in _CAME:
        came = [place for place, moment in enumerate(moments) if moment.kind in _CAME]
        return [moments[place] for place in came[-1:]], _looks(_edits(moments[came[-1] :] if came else ()))
    if change.kind in _WENT:
        return [moment for moment in moments if moment.kind in _WENT][-1:], _looks(_edits(moments))
    edits = _edits(moments)
    return edits or moments, _looks(edits)


def _edits(moments: Sequence[Moment]) -> list[Moment]:
    return [moment for moment in moments if moment.kind not in _CAME | _WENT]


def _looks(moments: Sequence[Moment]) -> int:
    """How many looks saw them: one may see a record both edited and moved."""
    return len({moment.to_snapshot for moment in moments})
