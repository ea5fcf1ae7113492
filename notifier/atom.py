"""Changes as an Atom feed (RFC 4287): its entries, which keep their identity, and its XML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from domain.alert import PageChanges
from domain.change import RecordedChange
from notifier.content import Entry, entry
from notifier.facts import Fact
from notifier.sender import Sender
from notifier.worddiff import as_text
from notifier.wording import SENTENCE_LENGTH, followable, inline

ATOM = "http://www.w3.org/2005/Atom"

_IDS = UUID("5c0d5e0c-6a4f-4b0e-9d5b-0f3a7f1c2e64")  # another one would show every reader every entry once more
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_MOST_FACTS = 3
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated: RFC 4287 wants a time, and a clock's would differ at every writing."""

ET.register_namespace("", ATOM)


@dataclass(frozen=True, slots=True)
class Listed:
    """A change as a feed lists it; `id` is made of what a replay of the history leaves as it is."""

    id: str
    page: PageChanges
    recorded: RecordedChange

    @property
    def seen(self) -> datetime:
        """When it was first seen, aware UTC."""
        return self.recorded.bounds.first_seen_after


def identified(pages: Iterable[PageChanges]) -> dict[str, Listed]:
    """The changes by id, in the order given. What no check should find, one key twice for a kind, is numbered."""
    listed: dict[str, Listed] = {}
    for page in pages:
        for recorded in page.changes:
            change, seen = recorded.change, recorded.bounds.first_seen_after
            parts = [page.watch, seen.astimezone(UTC).isoformat(), change.kind.value, change.key]
            number = 1
            while (urn := _urn(*parts, *([str(number)] if number > 1 else []))) in listed:
                number += 1
            listed[urn] = Listed(urn, page, recorded)
    return listed


def document(named: Sequence[str], entries: Sequence[Listed], sender: Sender, zone: ZoneInfo) -> bytes:
    """The XML of a feed, the newest entry first: the same bytes for the same entries.

    What the feed is `named` for makes its identity. Readers are told times in `zone`.
    """
    pages = {one.page.watch: one.page for one in reversed(entries)}
    root = ET.Element(f"{{{ATOM}}}feed", {_LANGUAGE: "en-GB"})
    _add(root, "id", _urn(*named))
    only = next(iter(pages.values())) if len(pages) == 1 else None
    _add(root, "title", f"HMICFRS: {inline(only.title) or inline(only.watch)}" if only else "HMICFRS changes")
    _add(root, "updated", _stamp(entries[0].seen if entries else _NEVER))
    _add(_add(root, "author"), "name", inline(parseaddr(sender.address)[0]) or "hmicfrs-monitor")
    if only:
        _link(root, followable(only.url))
    _add(root, "generator", "hmicfrs-monitor", version=sender.version)
    for one in entries:
        _add_entry(root, one, zone)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _add_entry(root: ET.Element, one: Listed, zone: ZoneInfo) -> None:
    told = entry(one.recorded, zone)
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
