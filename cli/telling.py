"""The JSON documents of what a question to the past brings together: timelines, what is new, what was found."""

from __future__ import annotations

from typing import Any

from domain.change import RecordedChange
from domain.document import change, record, utc_text
from domain.sighting import Sighting
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
