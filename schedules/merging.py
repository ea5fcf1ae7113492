"""The merge: captures of others put between the states that are known, judged and read as answers of our own are.

It alerts nobody, and what a check of our own compares with stays as it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from domain.check import Answer, Good, Snapshot, Suspect
from domain.merging import Line, MergedState, Resumption, bears_out
from domain.page import Page
from domain.watch import Watch
from schedules.check import Judge
from schedules.replay import Reader
from scraper.errors import NotUnderstood
from storage.errors import PastChanged
from storage.past import Past, Waiting
from storage.replay import Replays

_TRIES = 5
"""A check of our own may come between: the history is then gone through again."""

_Event: TypeAlias = Snapshot | Waiting


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the captures that waited: how many are in the history, as how many new states, or set aside.

    `left` wait for the reason that is told, None where none does.
    """

    placed: int
    states: int
    aside: int
    left: int
    why_left: str | None


def merge(
    watch: Watch,
    *,
    past: Past,
    replays: Replays,
    judge: Judge,
    reader: Reader,
    note: Callable[[str], None] = lambda _: None,
) -> Merged:
    """Put all captures of a watch that may be into its history, beside checks that may be under way.

    `note` is told of each capture that is read. Raises StorageError, and then nothing was put in.
    """
    for _ in range(_TRIES - 1):
        try:
            return _merged(watch, past, replays, judge, reader, note)
        except PastChanged:
            continue
    return _merged(watch, past, replays, judge, reader, note)


def _merged(
    watch: Watch, past: Past, replays: Replays, judge: Judge, reader: Reader, note: Callable[[str], None]
) -> Merged:
    reach = past.reach(watch.name)
    waiting = past.waiting(watch.name)
    ready = [capture for capture in waiting if reach.until is None or capture.at <= reach.until]
    known = replays.snapshots(watch.name)
    work = _Merge(watch, past, replays, judge, reader, note)
    work.go_through(known, ready)
    placed = [capture for capture in ready if capture.id not in work.aside]
    past.set_aside(work.aside)
    if placed:
        past.write(watch.name, known, work.line.states, placed)
    new = sum(state.capture is not None for state in work.line.states)
    left = len(waiting) - len(ready)
    return Merged(len(placed), new, len(work.aside), left, reach.reason if left else None)


class _Merge:
    """One watch's history in the making."""

    def __init__(
        self, watch: Watch, past: Past, replays: Replays, judge: Judge, reader: Reader, note: Callable[[str], None]
    ) -> None:
        self.line = Line()
        self.aside: dict[int, str] = {}
        self._watch, self._past, self._replays = watch, past, replays
        self._judge, self._reader, self._note = judge, reader, note
        self._interrupted: tuple[MergedState, datetime, Resumption] | None = None
        self._seen: set[tuple[int, str, str | None]] = set()  # the bytes that were read as the current state

    def go_through(self, known: Sequence[Snapshot], ready: Sequence[Waiting]) -> None:
        """Add what is known and what is captured in turn."""
        events = list(_in_turn(known, ready))
        for place, event in enumerate(events):
            if isinstance(event, Snapshot):
                self._resume()
                self._seen.clear()
                self.line.known(event, self._replays.page(event.id))
                continue
            if self._interrupted and self._interrupted[2].at <= event.at:
                self._resume()
            self._note(f"{self._watch.name}: {event.at:%Y-%m-%d}")
            following = events[place + 1] if place + 1 < len(events) else None
            self._capture(event, following)
        self._resume()

    def _capture(self, capture: Waiting, following: _Event | None) -> None:
        alike = capture.body, capture.url, capture.content_type
        if alike in self._seen:
            self.line.confirmed(capture.id, capture.at)
            return
        answer = self._past.answer(capture)
        current = self.line.current
        resumption = self._resumption(current, capture.at)
        before = current.page if current else None
        judged = self._read(answer) if capture.accepted else self._judged(answer, before)
        if isinstance(judged, Suspect):
            seen_again = resumption is not None or self._interrupted is not None
            doubtful = None if seen_again or current is None else judged.page
            if doubtful is None or current is None or not self._borne_out(doubtful, current.page, following):
                self.aside[capture.id] = judged.reason
                return
            judged = Good(doubtful, judged.reader)
        if self.line.is_seen_by(judged.page):
            self.line.confirmed(capture.id, capture.at)
            self._seen.add(alike)
            return
        until = current.confirmed_until if current else capture.at
        self.line.captured(capture.id, capture.at, judged.page, judged.reader, resumption)
        self._seen = {alike}
        if current is not None and resumption is not None:
            self._interrupted = current, until, resumption

    def _read(self, answer: Answer) -> Good | Suspect:
        """What a check of ours once accepted is the page, if it can be read."""
        try:
            page = self._reader.read(answer.body, answer.url, answer.header("content-type"))
        except NotUnderstood as error:
            return Suspect(str(error))
        return Good(page, self._reader.version)

    def _judged(self, answer: Answer, before: Page | None) -> Good | Suspect:
        """The verdict, by the address under which the page was captured: the watch's own may be a newer one."""
        return self._judge(answer, replace(self._watch, url=answer.hops[0]), before)

    def _borne_out(self, doubtful: Page, before: Page, following: _Event | None) -> bool:
        """Whether a sharp fall lasts, by what was seen next; where nothing was, it does not."""
        if following is None:
            return False
        if isinstance(following, Snapshot):
            return bears_out(self._replays.page(following.id), doubtful, before)
        judged = self._judged(self._past.answer(following), None)
        return isinstance(judged, Good) and bears_out(judged.page, doubtful, before)

    def _resumption(self, current: MergedState | None, at: datetime) -> Resumption | None:
        if current is None or current.checks_of is None:
            return None
        return self._past.resumption(current.checks_of, at, current.confirmed_until)

    def _resume(self) -> None:
        if self._interrupted is not None:
            state, until, resumption = self._interrupted
            self.line.resumed(state, until, resumption)
            self._seen.clear()
            self._interrupted = None


def _in_turn(known: Sequence[Snapshot], ready: Sequence[Waiting]) -> Iterator[_Event]:
    """The snapshots in their own order, each with the captures before it that are older; the others at the end."""
    rest = deque(ready)
    for snapshot in known:
        while rest and rest[0].at < snapshot.captured_at:
            yield rest.popleft()
        yield snapshot
    yield from rest
