"""An Atom feed (RFC 4287) as a file: one for all pages, or a folder with one for each watch.

A feed is written anew as a whole from what is stored, so that it is the same however often a letter comes.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self, assert_never

from domain.alert import (
    ChangesFound,
    Heartbeat,
    Letter,
    PageChanges,
    Trial,
    TroubleFound,
    TroubleOver,
    Undelivered,
    WatchLate,
)
from domain.recipient import Recipient
from notifier.atom import Listed, document, identified
from notifier.channels import Office
from notifier.durable import publish
from notifier.errors import Deferred, Refused
from notifier.wording import counted, inline

MOST_ENTRIES = 100
"""How many changes a feed holds, the newest."""


class FeedChannel:
    """Feeds as files, each recipient's where its target says."""

    def __init__(self, office: Office) -> None:
        self._office = office

    @classmethod
    def open(cls, office: Office) -> Self:
        """Nothing is needed but the office's targets."""
        return cls(office)

    def close(self) -> None:
        """Nothing is held open."""

    def deliver(self, letter: Letter) -> None:
        """Write the recipient's feed, with the letter's changes and those before; a test letter adds none.

        Raises Deferred where the file cannot be written, which stays as it was; Refused for what is no reader's news.
        """
        recipient = letter.alert.recipient
        told = _pages_told(letter)
        with self._held(recipient) as place:
            # Read under the lock: what is written last is what was read last.
            for feed in place.feeds(_newest_first(self._office.recent(recipient, MOST_ENTRIES), told)):
                unfinished = feed.path.with_name(f".{feed.path.name}.new")
                publish(self._document(recipient, feed), unfinished, feed.path, 0o644)  # for a web server to read

    def probe(self, recipient: Recipient) -> str:
        """Make the folder where it is missing, see that it can be written, and tell what is where. Raises Deferred."""
        with self._held(recipient) as place, TemporaryFile(dir=place.folder):
            feeds = [*place.feeds(_newest_first(self._office.recent(recipient, MOST_ENTRIES), ()))]
        count = counted(sum(len(feed.entries) for feed in feeds), "entry", "entries")
        if place.one_a_watch:
            return f"feeds are written into {place.path}, one for each watch, with {count} in all"
        return f"the feed is written to {place.path}, with {count}"

    def _document(self, recipient: Recipient, feed: _Feed) -> bytes:
        named = (recipient.address, feed.watch) if feed.watch else (recipient.address,)
        return document(named, feed.entries, self._office.sender, self._office.zone)

    @contextmanager
    def _held(self, recipient: Recipient) -> Iterator[_Place]:
        """Where the recipient's feed is, for this writer alone. What the system refuses on the way is Deferred."""
        target = self._office.targets.get(recipient)
        if target is None or not target.address:
            raise Deferred(f"{_named(recipient)}: the settings do not say where it is")
        path = Path(target.address)
        try:
            place = _Place(path, one_a_watch=target.address.endswith("/") or path.is_dir())
            with _locked(place):
                yield place
        except OSError as error:
            # Without the path: where a feed is may be all that keeps it private.
            reason = inline(error.strerror or str(error))
            raise Deferred(f"{_named(recipient)} cannot be written: {reason}") from error


@dataclass(frozen=True, slots=True)
class _Feed:
    """One file with its entries, the newest first. `watch` is None for that of all pages."""

    path: Path
    watch: str | None
    entries: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a recipient's feeds are: a file, or a folder with one a watch."""

    path: Path
    one_a_watch: bool

    @property
    def folder(self) -> Path:
        return self.path if self.one_a_watch else self.path.parent

    def feeds(self, listed: Sequence[Listed]) -> Iterator[_Feed]:
        """The files to write; in a folder none for a watch of which nothing is listed."""
        if not self.one_a_watch:
            yield _Feed(self.path, None, listed[:MOST_ENTRIES])
            return
        for watch in sorted({one.page.watch for one in listed}):
            entries = [one for one in listed if one.page.watch == watch]
            yield _Feed(self.path / f"{watch}.xml", watch, entries[:MOST_ENTRIES])


def _pages_told(letter: Letter) -> tuple[PageChanges, ...]:
    match letter.news:
        case ChangesFound(pages=pages):
            return pages
        case Trial():
            return ()
        case TroubleFound() | TroubleOver() | Undelivered() | WatchLate() | Heartbeat():
            raise Refused(f"{_named(letter.alert.recipient)} is for readers, and takes no {letter.alert.kind} notice")
        case _ as unreachable:
            assert_never(unreachable)


def _named(recipient: Recipient) -> str:
    return f"the feed “{inline(recipient.address)}”"


@contextmanager
def _locked(place: _Place) -> Iterator[None]:
    """Make the folder, and keep other writers of these feeds waiting: threads and processes alike."""
    _make(place.folder)
    # The lock's file is never removed: who waits for it would hold another one than who comes next.
    descriptor = os.open(place.folder / f".{place.path.name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _make(folder: Path) -> None:
    """The folder and those above it, open to a web server whatever the umask; what is there stays as it is."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(exist_ok=True)
        missing.chmod(missing.stat().st_mode | 0o755)


def _newest_first(stored: Iterable[PageChanges], told: Iterable[PageChanges]) -> list[Listed]:
    """What is stored, and what the letter tells and the store has not; a check's changes stay in their order."""
    known = identified(stored)
    missing = {one: listed for one, listed in identified(told).items() if one not in known}
    return sorted((known | missing).values(), key=lambda one: (-one.seen.timestamp(), one.page.watch))
