"""What became of a page since a time, in the end: what a board is told that meets once a quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.change import Bounds, Change, ChangeKind, Record, RecordedChange
from domain.check import Snapshot
from domain.page import RecordKind
from domain.subject import is_newly_listed


class Group(StrEnum):
    """What an entry is counted among; in the order in which they are told."""

    NEW = "new"
    AGAIN = "listed-again"
    OLDER = "older-newly-listed"
    EDITED = "edited"
    REMOVED = "removed"
    TEXT = "text-edited"


_COUNTED = {
    Group.NEW: ("new report", "new reports"),
    Group.AGAIN: ("report listed again", "reports listed again"),
    Group.OLDER: ("older report newly listed", "older reports newly listed"),
    Group.EDITED: ("report edited", "reports edited"),
    Group.REMOVED: ("report no longer listed", "reports no longer listed"),
    Group.TEXT: ("edit of the page’s text", "edits of the page’s text"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one record from then to now.

    `record` is as it stands now, or as it stood last. `changes` are what they come to in the end, from its state then
    to that of now: () where it was edited and is again as it was. `edits` counts the looks that saw it edited; of a new
    report, those after its first sighting. `bounds`, and the snapshots, are those of its coming or going; of edits,
    those before the first and after the last.
    """

    group: Group
    record: Record
    changes: tuple[RecordedChange, ...]
    edits: int
    bounds: Bounds
    from_snapshot: int
    to_snapshot: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A record that came to the page, or went; with the snapshots without it and with it, as it was."""

    came: bool
    bounds: Bounds
    from_snapshot: int
    to_snapshot: int


@dataclass(frozen=True, slots=True)
class Interlude:
    """A record that came and went again meanwhile, or went and came again: what the end alone does not show."""

    kind: RecordKind
    key: str
    title: str
    url: str | None
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time without a look; `end` None is now."""

    begin: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Looks:
    """How often the page was looked at since then.

    `checks` counts all tries. `seen` counts those that saw the page; None where there are too many tries to tell soon.
    `longest` is the longest stretch without one, None where none lasts for `at_least`: shorter ones are not looked for.
    `last` is the last look that saw the page, perhaps before that time; None for none ever.
    """

    checks: int
    seen: int | None
    longest: Stretch | None
    at_least: timedelta
    last: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """What became of a page since a time.

    `before` is its state then; where its history begins later, that with which it begins, and `begins_later` is true.
    `before` and `after` are None where the page was never seen. `entries` are by group, in page order. Quiet changes
    count for nothing.
    """

    watch: str
    url: str
    title: str
    since: datetime
    before: Snapshot | None
    after: Snapshot | None
    begins_later: bool
    entries: tuple[Entry, ...]
    interludes: tuple[Interlude, ...]
    looks: Looks

    def of(self, group: Group) -> tuple[Entry, ...]:
        """The entries of one group."""
        return tuple(entry for entry in self.entries if entry.group is group)


def group_of(change: Change, seen: datetime) -> Group:
    """What a change is counted among that was seen at a time."""
    match change.kind:
        case ChangeKind.REPORT_ADDED if change.first_seen:
            return Group.AGAIN
        case ChangeKind.REPORT_ADDED:
            return Group.OLDER if is_newly_listed(change, seen) else Group.NEW
        case ChangeKind.REPORT_CHANGED | ChangeKind.REPORT_MOVED:
            return Group.EDITED
        case ChangeKind.REPORT_REMOVED:
            return Group.REMOVED
        case _:
            return Group.TEXT


def headline(entries: Iterable[Entry]) -> str:
    """The entries counted by group: "3 new reports, 1 report edited"; "" for none."""
    counts = Counter(entry.group for entry in entries)
    return ", ".join(
        f"{counts[group]} {words[counts[group] > 1]}" for group, words in _COUNTED.items() if counts[group]
    )
