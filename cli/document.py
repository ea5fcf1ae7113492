"""The JSON documents of contract: domain values to plain ones. Keys may be added, never changed or dropped."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from cli.moments import utc_text
from domain.alert import Alert
from domain.change import Change, FieldChange, RecordedChange
from domain.check import Check, Snapshot, Standing
from domain.page import Page, Report, Section
from domain.report_listing import ListedReport


def print_json(document: dict[str, Any]) -> None:
    """Write one JSON document, and nothing else, to standard output."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n")


def page(value: Page) -> dict[str, Any]:
    """A page, as `parse` and `show` give it."""
    return {
        "url": value.url,
        "title": value.title,
        "topics": [{"title": topic.title, "url": topic.url} for topic in value.topics],
        "sections": [section(entry) for entry in value.sections],
        "reports": [report(entry) for entry in value.reports],
        "related": [{"title": entry.title, "url": entry.url} for entry in value.related],
        "contacts": [{"kind": contact.kind, "value": contact.value} for contact in value.contacts],
    }


def section(value: Section) -> dict[str, Any]:
    """A section of a page."""
    return {
        "key": value.key,
        "level": value.level,
        "path": value.path,
        "title": value.title,
        "text": value.text,
        "links": [{"text": link.text, "url": link.url} for link in value.links],
    }


def report(value: Report) -> dict[str, Any]:
    """A report of a page; `published` is cut to its precision."""
    published = value.published
    return {
        "key": value.key,
        "title": value.title,
        "url": value.url,
        "published": published.iso if published else None,
        "published_precision": published.precision if published else None,
        "published_text": published.text if published else None,
        "programme": value.programme,
        "kind": value.kind,
        "recommendations": value.recommendations,
        "causes_of_concern": value.causes_of_concern,
        "area": value.area,
        "section": value.section,
        "text": value.text,
    }


def change(value: RecordedChange) -> dict[str, Any]:
    """A change; `text` has null on both sides where the text did not change."""
    found: Change = value.change
    return {
        "id": value.id,
        "watch": value.watch,
        "kind": found.kind,
        "key": found.key,
        "title": found.title,
        "section": found.section,
        "quiet": found.quiet,
        "fields": {name: _sides(sides) for name, sides in found.fields.items()},
        "text": _sides(found.text or FieldChange(None, None)),
        "last_seen_before": utc_text(value.bounds.last_seen_before),
        "first_seen_after": utc_text(value.bounds.first_seen_after),
        "first_seen": utc_text(found.first_seen),
        "same_because": found.same_because,
        "from_snapshot": value.from_snapshot,
        "to_snapshot": value.to_snapshot,
    }


def snapshot(value: Snapshot) -> dict[str, Any]:
    """An accepted state of a page."""
    return {
        "id": value.id,
        "watch": value.watch,
        "captured_at": utc_text(value.captured_at),
        "confirmed_until": utc_text(value.confirmed_until),
        "source": value.source,
        "sha256": value.sha256,
        "sections": value.sections,
        "reports": value.reports,
        "reader": value.reader,
    }


def check(value: Check) -> dict[str, Any]:
    """A look at a page, as `checks` gives it."""
    return {
        "id": value.id,
        "watch": value.watch,
        "started_at": utc_text(value.started_at),
        "outcome": value.outcome,
        "reason": value.reason,
        "http_status": value.http_status,
        "duration_ms": value.duration_ms,
        "snapshot": value.snapshot,
    }


def listed_report(value: ListedReport) -> dict[str, Any]:
    """A report with its sightings."""
    return report(value.report) | {
        "watch": value.watch,
        "first_seen": utc_text(value.first_seen),
        "last_seen": utc_text(value.last_seen),
        "listed": value.listed,
    }


def alert(value: Alert) -> dict[str, Any]:
    """An alert of the outbox."""
    return {
        "id": value.id,
        "watch": value.watch,
        "kind": value.kind,
        "recipient": value.recipient.address,
        "channel": value.recipient.channel,
        "state": value.state,
        "attempts": value.attempts,
        "next_attempt_at": utc_text(value.next_attempt_at),
        "last_error": value.last_error,
        "subject": value.subject,
        "message_id": value.message_id,
        "created_at": utc_text(value.created_at),
    }


def standing(value: Standing, *, late: bool) -> dict[str, Any]:
    """How a watch is, as `status` gives it."""
    return {
        "name": value.watch,
        "last_good_check": utc_text(value.last_good),
        "last_outcome": value.last_check.outcome if value.last_check else None,
        "last_reason": value.last_check.reason if value.last_check else None,
        "late": late,
        "consecutive_failures": value.trouble.failures if value.trouble else 0,
    }


def _sides(value: FieldChange) -> dict[str, Any]:
    return {"before": value.before, "after": value.after}
