"""Changes of records, typed: what differs between two states of a page, and what a stored change adds to that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from domain.identity import why_same
from domain.page import Page, Report, Section

Record: TypeAlias = Report | Section | Page
FieldValue: TypeAlias = str | int | list[str] | None


class ChangeKind(StrEnum):
    """The closed list of kinds; scripts rely on these words."""

    REPORT_ADDED = "report-added"
    REPORT_REMOVED = "report-removed"
    REPORT_CHANGED = "report-changed"
    REPORT_MOVED = "report-moved"
    SECTION_ADDED = "section-added"
    SECTION_REMOVED = "section-removed"
    SECTION_CHANGED = "section-changed"
    SECTION_RENAMED = "section-renamed"
    SECTION_MOVED = "section-moved"
    PAGE_CHANGED = "page-changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's value on either side, in the form that JSON shows: dates as ISO text, paths and lists as lists."""

    before: FieldValue
    after: FieldValue


@dataclass(frozen=True, slots=True)
class Places:
    """Where a record stands among the page's reports or sections, counted from 0; None on a side without it."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two states of a page.

    `before` and `after` are the whole record on either side: None before an addition and after a removal, and for
    `PAGE_CHANGED` the pages themselves with their sections and reports left out. `fields` names what differs, for
    changes of a record only. `first_seen` is set where a report is listed again that was gone: when it was seen at
    first, aware UTC. `text` is set where the text differs, and has None on the side without the record. `key`,
    `title` and `section` are those of the later side that exists. A `quiet` change is kept and shown on request, and
    alerts nobody.
    """

    kind: ChangeKind
    quiet: bool
    before: Record | None
    after: Record | None
    places: Places
    fields: Mapping[str, FieldChange] = field(default_factory=dict)
    text: FieldChange | None = None
    first_seen: datetime | None = None

    @property
    def record(self) -> Record:
        """The later side that exists."""
        record = self.before if self.after is None else self.after
        if record is None:
            raise ValueError("a change has a record on one side at least")
        return record

    @property
    def same_because(self) -> str | None:
        """Why both sides were held to be one record; None where there is one side, and for the page itself."""
        match self.before, self.after:
            case Report() as one, Report() as two:
                return why_same(one, two)
            case Section() as one, Section() as two:
                return why_same(one, two)
            case _:
                return None

    @property
    def key(self) -> str:
        """The record's key; the page's address for a change of the page itself."""
        return self.record.url if isinstance(self.record, Page) else self.record.key

    @property
    def title(self) -> str:
        """The record's title."""
        return self.record.title

    @property
    def section(self) -> tuple[str, ...]:
        """The path of the section that the record is or stands in; empty for the page."""
        match self.record:
            case Report(section=path) | Section(path=path):
                return path
            case Page():
                return ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which two looks a change came about, aware UTC: it was not there at the one, and there at the other."""

    last_seen_before: datetime
    first_seen_after: datetime


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """A change as the history tells it. `id` is None where it was not stored but worked out between two snapshots."""

    id: int | None
    watch: str
    change: Change
    bounds: Bounds
    from_snapshot: int
    to_snapshot: int
