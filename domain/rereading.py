"""A snapshot whose bytes were read again: what is stored of it beside what the history would hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.change import Change
from domain.check import Snapshot
from domain.compare import compare
from domain.page import Page


@dataclass(frozen=True, slots=True)
class Rereading:
    """One snapshot of a watch, as stored and as read again.

    `stored` and `told` are its page and what led to it from the one before, by the stored history; `page`, by the
    reader's version `reader`, and `changes` are what they would be. `records` is how many records are read otherwise,
    those new or gone included; the page around them counts as one. `confirmed_until` is the last check before the first
    one whose bytes, read again, are another state.
    """

    snapshot: Snapshot
    stored: Page
    told: tuple[Change, ...]
    page: Page
    reader: int
    changes: tuple[Change, ...]
    records: int
    confirmed_until: datetime

    @property
    def added(self) -> tuple[Change, ...]:
        """The changes that the history would tell, and does not."""
        return _without(self.changes, self.told)

    @property
    def removed(self) -> tuple[Change, ...]:
        """The changes that the history tells, and would not."""
        return _without(self.told, self.changes)

    @property
    def differs(self) -> bool:
        """Whether the history would be another."""
        return (
            self.records > 0
            or self.stored != self.page
            or self.told != self.changes
            or self.confirmed_until != self.snapshot.confirmed_until
        )

    @property
    def due(self) -> bool:
        """Whether there is anything to rewrite, be it only which version read the snapshot."""
        return self.reader != self.snapshot.reader or self.differs


def records_between(stored: Page, page: Page) -> int:
    """How many records of two readings of the same bytes differ."""
    return len({(type(change.record), change.key) for change in compare(stored, page)})


def _without(changes: Sequence[Change], others: Sequence[Change]) -> tuple[Change, ...]:
    """Those that none of the others tells alike; that the records on either side are read otherwise tells nothing."""
    left = [_telling(change) for change in others]
    found = []
    for change in changes:
        if (telling := _telling(change)) in left:
            left.remove(telling)
        else:
            found.append(change)
    return tuple(found)


def _telling(change: Change) -> tuple[object, ...]:
    return change.kind, change.quiet, change.key, change.title, change.section, change.fields, change.text
