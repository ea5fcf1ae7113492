"""An Atom feed (RFC 4287) as a file: one for all pages, or a folder with one for each watch.

A feed is written anew as a whole from what is stored, so that it is the same however often a letter comes.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from tempfile import TemporaryFile
from typing import Self, assert_never
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from jinja2 import Environment, PackageLoader, StrictUndefined

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
from domain.change import RecordedChange
from domain.recipient import Recipient
from notifier.channels import Office
from notifier.content import Entry, entry
from notifier.durable import publish
from notifier.errors import Deferred, Refused
from notifier.facts import Fact
from notifier.worddiff import as_text
from notifier.wording import SENTENCE_LENGTH, counted, followable, inline

MOST_ENTRIES = 100
"""How many changes a feed holds, the newest."""

ATOM = "http://www.w3.org/2005/Atom"

_IDS = UUID("5c0d5e0c-6a4f-4b0e-9d5b-0f3a7f1c2e64")  # another one would show every reader every entry once more
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_MOST_FACTS = 3
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated: RFC 4287 wants a time, and a clock's would differ at every writing."""

ET.register_namespace("", ATOM)


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

    def _document(self, recipient: Recipient, feed: _Feed) -> bytes:
        """The feed's XML: the same bytes for the same entries."""
        sender, pages = self._office.sender, {one.page.watch: one.page for one in reversed(feed.entries)}
        root = ET.Element(f"{{{ATOM}}}feed", {_LANGUAGE: "en-GB"})
        _add(root, "id", _urn(recipient.address, *([feed.watch] if feed.watch else [])))
        only = next(iter(pages.values())) if len(pages) == 1 else None
        _add(root, "title", f"HMICFRS: {inline(only.title) or inline(only.watch)}" if only else "HMICFRS changes")
        _add(root, "updated", _stamp(feed.entries[0].seen if feed.entries else _NEVER))
        _add(_add(root, "author"), "name", inline(parseaddr(sender.address)[0]) or "hmicfrs-monitor")
        if only:
            _link(root, followable(only.url))
        _add(root, "generator", "hmicfrs-monitor", version=sender.version)
        for one in feed.entries:
            self._add_entry(root, one)
        ET.indent(root)
        document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return document + b"\n"

    def _add_entry(self, root: ET.Element, one: _Listed) -> None:
        told = entry(one.recorded, self._office.zone)
        page = Fact("The page", inline(one.page.title) or inline(one.page.watch), url=followable(one.page.url))
        element = _add(root, "entry")
        _add(element, "id", one.id)
        _add(element, "title", f"{told.happened}: {told.title}" if told.title else told.happened)
        _add(element, "updated", _stamp(one.seen))
        _add(element, "published", _stamp(one.seen))
        _link(element, told.url or page.url)
        _add(element, "category", term=one.recorded.change.kind.value)
        _add(element, "summary", _summary(told))
        _add(element, "content", _CONTENT.render(entry=told, facts=(*told.facts, page)), type="html")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A change as a feed lists it; `id` is made of what a replay of the history leaves as it is."""

    id: str
    page: PageChanges
    recorded: RecordedChange

    @property
    def seen(self) -> datetime:
        return self.recorded.bounds.first_seen_after


@dataclass(frozen=True, slots=True)
class _Feed:
    """One file with its entries, the newest first. `watch` is None for that of all pages."""

    path: Path
    watch: str | None
    entries: Sequence[_Listed]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a recipient's feeds are: a file, or a folder with one a watch."""

    path: Path
    one_a_watch: bool

    @property
    def folder(self) -> Path:
        return self.path if self.one_a_watch else self.path.parent

    def feeds(self, listed: Sequence[_Listed]) -> Iterator[_Feed]:
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


def _newest_first(stored: Iterable[PageChanges], told: Iterable[PageChanges]) -> list[_Listed]:
    """What is stored, and what the letter tells and the store has not; a check's changes stay in their order."""
    known = _identified(stored)
    missing = {one: listed for one, listed in _identified(told).items() if one not in known}
    return sorted((known | missing).values(), key=lambda one: (-one.seen.timestamp(), one.page.watch))


def _identified(pages: Iterable[PageChanges]) -> dict[str, _Listed]:
    """The changes by id, in the order given. What no check should find, one key twice for a kind, is numbered."""
    listed: dict[str, _Listed] = {}
    for page in pages:
        for recorded in page.changes:
            change, seen = recorded.change, recorded.bounds.first_seen_after
            parts = [page.watch, seen.astimezone(UTC).isoformat(), change.kind.value, change.key]
            number = 1
            while (urn := _urn(*parts, *([str(number)] if number > 1 else []))) in listed:
                number += 1
            listed[urn] = _Listed(urn, page, recorded)
    return listed


def _urn(*parts: str) -> str:
    return uuid5(_IDS, json.dumps(parts)).urn  # in ASCII, whatever characters the parts have


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _summary(told: Entry) -> str:
    """One line of plain text: what is another than before, or else the first of what there is to say."""
    said = [f"{fact.label}: {fact.value} (was: {fact.was})" for fact in told.facts if fact.was is not None]
    if told.words:
        said.append(as_text(told.words))
    said = said or [f"{fact.label}: {fact.value}" for fact in told.facts[:_MOST_FACTS]]
    return inline("; ".join(said), SENTENCE_LENGTH)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = _NOT_IN_XML.sub("", text) or None
    return element


def _link(parent: ET.Element, url: str | None) -> None:
    if url:
        _add(parent, "link", rel="alternate", href=url)


_CONTENT = Environment(loader=PackageLoader("notifier"), autoescape=True, undefined=StrictUndefined).get_template(
    "entry.html.j2"
)
