"""The JSON documents of what a question to the past brings together: timelines, what is new, what was found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.change import RecordedChange
from domain.document import change, record, utc_text
from domain.page import Page, Report, Section
from domain.search import Found, Hit
from domain.sighting import Sighting
from domain.since import Entry, Group, Interlude, Looks, News, Passage, headline
from domain.timeline import Event, Timeline
from notifier.worddiff import word_diff


def change_with_words(value: RecordedChange) -> dict[str, Any]:
    """A change and, where its text was edited, the difference word by word."""
    found = change(value)
    text = value.change.text
    if text and isinstance(text.before, str) and isinstance(text.after, str):
        difference = word_diff(text.before, text.after)
        found["words"] = [{"kind": piece.kind, "text": piece.text} for piece in difference.pieces]
        found["words_cut"] = difference.cut
    return found


def timeline(value: Timeline) -> dict[str, Any]:
    """A record's life; `state` is the whole record as it was last."""
    return {
        "watch": value.watch,
        "record": value.kind,
        "key": value.record.key,
        "title": value.record.title,
        "listed": value.listed,
        **{f"lineage_{name}": at for name, at in sighting(value.sighting).items()},
        "versions": value.versions,
        "state": record(value.record),
        "events": [_event(event) for event in value.events],
    }


def since(moment: datetime, pages: Iterable[News]) -> dict[str, Any]:
    """What became of each page since a time; entries by the names of `Group`."""
    return {"since": utc_text(moment), "pages": [_page(news) for news in pages]}


def found(value: Found) -> dict[str, Any]:
    """What a search found, the best first."""
    return {"results": [_hit(hit) for hit in value.hits], "total": value.total, "unread": value.unread}


def sighting(value: Sighting) -> dict[str, str | None]:
    """The four bounds of what stood on a page."""
    return {
        "first_seen": utc_text(value.first_seen),
        "last_seen": utc_text(value.last_seen),
        "absent_until": utc_text(value.absent_until),
        "absent_from": utc_text(value.absent_from),
    }


def _event(value: Event) -> dict[str, Any]:
    return {
        "event": value.kind,
        "last_seen_before": utc_text(value.last_seen_before),
        "first_seen_after": utc_text(value.first_seen_after),
        "change": change_with_words(value.change) if value.change else None,
        "differs": [change_with_words(differing) for differing in value.differs],
        "from_snapshot": value.from_snapshot,
        "to_snapshot": value.to_snapshot,
    }


def _page(value: News) -> dict[str, Any]:
    groups = {group.replace("-", "_"): [_entry(entry) for entry in value.of(group)] for group in Group}
    return {
        "watch": value.watch,
        "url": value.url,
        "title": value.title,
        "headline": headline(value.entries),
        "begins_later": value.begins_later,
        "from_snapshot": value.before.id if value.before else None,
        "to_snapshot": value.after.id if value.after else None,
        **groups,
        "meanwhile": [_interlude(interlude) for interlude in value.interludes],
        "looks": _looks(value.looks),
    }


def _entry(value: Entry) -> dict[str, Any]:
    """A record as it is now, what it came to, and when."""
    about = value.record
    state = {"title": about.title, "url": about.url} if isinstance(about, Page) else record(about)
    return state | {
        "edits": value.edits,
        "changes": [change_with_words(change) for change in value.changes],
        "last_seen_before": utc_text(value.bounds.last_seen_before),
        "first_seen_after": utc_text(value.bounds.first_seen_after),
        "from_snapshot": value.from_snapshot,
        "to_snapshot": value.to_snapshot,
    }


def _interlude(value: Interlude) -> dict[str, Any]:
    return {
        "record": value.kind,
        "key": value.key,
        "title": value.title,
        "url": value.url,
        "passages": [_passage(passage) for passage in value.passages],
    }


def _passage(value: Passage) -> dict[str, Any]:
    return {
        "came": value.came,
        "last_seen_before": utc_text(value.bounds.last_seen_before),
        "first_seen_after": utc_text(value.bounds.first_seen_after),
        "from_snapshot": value.from_snapshot,
        "to_snapshot": value.to_snapshot,
    }


def _looks(value: Looks) -> dict[str, Any]:
    longest = value.longest
    return {
        "checks": value.checks,
        "seen": value.seen,
        "longest_unseen": longest and {"from": utc_text(longest.begin), "to": utc_text(longest.end)},
        "looked_for_seconds": round(value.at_least.total_seconds()),
        "last": utc_text(value.last),
    }


def _hit(value: Hit) -> dict[str, Any]:
    """A text with the time in which it stood; what was found is marked in `headline` and `snippet`."""
    about = value.record
    published = about.published if isinstance(about, Report) else None
    return {
        "watch": value.watch,
        "record": value.kind,
        "key": about.url if isinstance(about, Page) else about.key,
        "title": about.title,
        "url": None if isinstance(about, Section) else about.url,
        "published": published.iso if published else None,
        "section": _path(about),
        **sighting(value.sighting),
        "stands": value.stands,
        "versions": value.versions,
        "first_snapshot": value.first_snapshot,
        "last_snapshot": value.last_snapshot,
        "headline": [{"text": part.text, "match": part.match} for part in value.title],
        "snippet": [{"text": part.text, "match": part.match} for part in value.snippet],
    }


def _path(about: Report | Section | Page) -> tuple[str, ...]:
    match about:
        case Report(section=path) | Section(path=path):
            return path
        case Page():
            return ()
