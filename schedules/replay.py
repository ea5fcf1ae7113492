"""The replay: every stored body read again by today's reader, and the history as it would be. It alerts nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from domain.check import Snapshot
from domain.compare import compare
from domain.page import Page, Report, Section
from domain.rereading import Rereading, records_between
from scraper.errors import NotUnderstood
from storage.replay import Replays

R = TypeVar("R", Report, Section)

Read: TypeAlias = Callable[[bytes, str, str | None], Page]
"""Bytes, address and content type to a page: `scraper.read.read`."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader and its version, which is known without importing the reader."""

    version: int
    read: Read


class ReplayRefused(Exception):
    """The reader does not understand what it once accepted; the message names the snapshot."""


def replay(watch: str, *, replays: Replays, reader: Reader, apply: bool, note: Callable[[Rereading], None]) -> bool:
    """Read the snapshots of a watch again, the oldest first, and note each; gives whether anything is to be rewritten.

    With `apply` it is rewritten, in one transaction; the caller holds the run lock. Raises ReplayRefused, and then
    nothing was rewritten.
    """
    rereadings = []
    for rereading in _rereadings(watch, replays, reader, keep=False):
        note(rereading)
        rereadings.append(rereading)
    due = any(rereading.due for rereading in rereadings)
    if due and apply:
        replays.rewrite(watch, rereadings)
    return due


def replay_if_needed(latest: Snapshot | None, *, replays: Replays, reader: Reader) -> bool:
    """Rewrite a watch's history before a check where another reader read its last snapshot; gives whether it did.

    A check compares what two readings say: were they of two readers, it would tell the reader's edits as the page's.
    What today's reader does not understand keeps its old reading, so that a check is never held up. The caller holds
    the run lock.
    """
    if latest is None or latest.reader == reader.version:
        return False
    replays.rewrite(latest.watch, list(_rereadings(latest.watch, replays, reader, keep=True)))
    return True


def _rereadings(watch: str, replays: Replays, reader: Reader, *, keep: bool) -> Iterator[Rereading]:
    """One that is not understood keeps its reading with `keep`, and is refused without."""
    shared = _Shared()
    before: Page | None = None
    for snapshot in replays.snapshots(watch):
        stored = shared.page(replays.page(snapshot.id))
        try:
            page, confirmed_until = _read(snapshot, replays, reader)
            page, version = shared.page(page), reader.version
        except NotUnderstood as error:
            if not keep:
                refused = f"{watch}: snapshot {snapshot.id} cannot be read by reader {reader.version}"
                raise ReplayRefused(f"{refused}, and nothing is rewritten: {error}") from error
            page, version, confirmed_until = stored, snapshot.reader, snapshot.confirmed_until
        yield Rereading(
            snapshot=snapshot,
            stored=stored,
            told=replays.changes(snapshot.id),
            page=page,
            reader=version,
            changes=compare(before, page) if before else (),
            records=records_between(stored, page),
            confirmed_until=confirmed_until,
        )
        before = page


class _Shared:
    """The records of many pages, equal ones kept once, so that a history of thousands of snapshots fits into memory.

    It is read whole before the database is locked for writing: others wait for that only so long.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def page(self, page: Page) -> Page:
        """The same page, made of records that were seen before where it can be."""
        return replace(page, sections=tuple(self._each(page.sections)), reports=tuple(self._each(page.reports)))

    def _each(self, records: Iterable[R]) -> Iterator[R]:
        """Two of one page stay two, however alike; a date's wording counts, which equality leaves out."""
        times: Counter[Hashable] = Counter()
        for record in records:
            alike = record, record.published.text if isinstance(record, Report) and record.published else None
            times[alike] += 1
            yield self._kept.setdefault((alike, times[alike]), record)


def _read(snapshot: Snapshot, replays: Replays, reader: Reader) -> tuple[Page, datetime]:
    """The page of a snapshot by today's reader, and the last check that saw it. Raises NotUnderstood."""
    answer = replays.answer(snapshot.id)

    def read(body: bytes) -> Page:
        return reader.read(body, answer.url, answer.header("content-type"))

    page = read(answer.body)
    return page, _confirmed_until(snapshot, page, replays, read)


def _confirmed_until(snapshot: Snapshot, page: Page, replays: Replays, read: Callable[[bytes], Page]) -> datetime:
    """The last check that saw the state, by today's reader.

    Checks that the older reader took for unchanged may have had what it overlooked. They become no snapshots, as those
    keep their numbers; the time from then on counts as unseen, and the next check finds what is new.
    """
    last = snapshot.captured_at
    same: dict[int | None, bool] = {None: True}
    for sight in replays.sights(snapshot.id):
        if sight.body not in same:
            same[sight.body] = sight.body is None or _same(page, replays.body(sight.body), read)
        if not same[sight.body]:
            break
        last = max(last, sight.at)
    return last


def _same(page: Page, body: bytes, read: Callable[[bytes], Page]) -> bool:
    try:
        return not compare(page, read(body))
    except NotUnderstood:
        return False
