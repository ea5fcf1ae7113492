"""States of a page from several sources put in the order of time: what was known, and what captures show between.

What is known is never called in question: where a capture shows another state among checks that saw one state before
and after it, that state ends before the capture and begins again after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.change import Change
from domain.check import Snapshot
from domain.compare import compare, loud
from domain.page import Page


@dataclass(frozen=True, slots=True)
class Resumption:
    """The first check of a snapshot after a time: where the state begins again that a capture interrupts.

    `check` is its number, and `at` when it began; `before` is when the last check before that time began.
    """

    check: int
    at: datetime
    before: datetime


@dataclass(slots=True)
class MergedState:
    """A state of the page in the order of time.

    `snapshot` is the one that it was and stays; where it is None the state is new, and begins with `capture`, by its
    number, or begins again with `resumes`, a check of the snapshot `checks_of`. The checks of that snapshot that began
    at `checks_since` or later see this state, unless a later state says the same. `sights` are the captures that
    confirm it, the last of them at `seen_until`. `changes` lead to it from the state before.
    """

    page: Page
    reader: int
    captured_at: datetime
    confirmed_until: datetime
    changes: tuple[Change, ...]
    snapshot: int | None = None
    capture: int | None = None
    resumes: int | None = None
    checks_of: int | None = None
    checks_since: datetime | None = None
    sights: list[int] = field(default_factory=list)
    seen_until: datetime | None = None


class Line:
    """The states in turn; what is added must not be older than what was added last."""

    def __init__(self) -> None:
        self.states: list[MergedState] = []

    @property
    def current(self) -> MergedState | None:
        """The last state; None before the first."""
        return self.states[-1] if self.states else None

    def is_seen_by(self, page: Page) -> bool:
        """Whether a page is the current state: nothing differs, be it ever so quiet."""
        return self.current is not None and not compare(self.current.page, page)

    def known(self, snapshot: Snapshot, page: Page) -> None:
        """Add a snapshot that is stored; it stays one, even where it is the state before it."""
        state = self._next(page, snapshot.reader, snapshot.captured_at, snapshot.confirmed_until)
        state.snapshot = state.checks_of = snapshot.id

    def confirmed(self, capture: int, at: datetime) -> None:
        """Add a capture that shows the current state."""
        state = self.states[-1]
        state.sights.append(capture)
        state.seen_until = at
        state.confirmed_until = max(state.confirmed_until, at)

    def captured(self, capture: int, at: datetime, page: Page, reader: int, resumption: Resumption | None) -> None:
        """Add a capture that shows another state; `resumption` is where the current one begins again, if it does."""
        if resumption is not None:
            current = self.states[-1]
            seen = current.captured_at, resumption.before, current.seen_until or current.captured_at
            current.confirmed_until = max(seen)
        self._next(page, reader, at, at).capture = capture

    def resumed(self, state: MergedState, until: datetime, resumption: Resumption) -> None:
        """Let an earlier state begin again, which was known to hold `until` a time; it has a snapshot of its own."""
        again = self._next(state.page, state.reader, resumption.at, until)
        again.resumes, again.checks_of, again.checks_since = resumption.check, state.checks_of, resumption.at

    def _next(self, page: Page, reader: int, at: datetime, until: datetime) -> MergedState:
        changes = compare(self.current.page, page) if self.current else ()
        self.states.append(MergedState(page, reader, at, until, changes))
        return self.states[-1]


def bears_out(following: Page, doubtful: Page, before: Page) -> bool:
    """Whether what follows is more like a doubtful page than like the state before it."""
    return _distance(doubtful, following) < _distance(before, following)


def _distance(one: Page, two: Page) -> int:
    changes: Sequence[Change] = loud(compare(one, two))
    return len(changes)
