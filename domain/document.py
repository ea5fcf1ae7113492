"""The values as plain documents, as JSON shows them to scripts: keys may be added, never changed or dropped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.change import FieldChange, RecordedChange
from domain.page import Page, Report, Section


def utc_text(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the second, with a Z."""
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z" if moment else None


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


def record(value: Report | Section) -> dict[str, Any]:
    """A record of a page, of either kind."""
    return report(value) if isinstance(value, Report) else section(value)


def change(value: RecordedChange) -> dict[str, Any]:
    """A change; `text` has null on both sides where the text did not change."""
    found = value.change
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


def _sides(value: FieldChange) -> dict[str, Any]:
    return {"before": value.before, "after": value.after}
