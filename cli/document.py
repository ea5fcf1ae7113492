"""The JSON documents of the contract: what the domain's own documents do not have, and how they are written out."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from domain.alert import Alert
from domain.check import Check, Snapshot, Standing
from domain.document import report, utc_text
from domain.recipient import Subscriber
from domain.report_listing import ListedReport


def print_json(document: dict[str, Any]) -> None:
    """Write one JSON document, and nothing else, to standard output."""
    sys.stdout.write(json_text(document))


def json_text(document: dict[str, Any]) -> str:
    """A JSON document for people and programs alike, with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


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
        "source": value.source,
        "sha256": value.sha256,
    }


def listed_report(value: ListedReport) -> dict[str, Any]:
    """A report with its sightings."""
    return report(value.report) | {
        "watch": value.watch,
        "first_seen": utc_text(value.first_seen),
        "last_seen": utc_text(value.last_seen),
        "listed": value.listed,
        "absent_until": utc_text(value.absent_until),
        "absent_from": utc_text(value.absent_from),
    }


def alert(value: Alert) -> dict[str, Any]:
    """An alert of the outbox."""
    return {
        "id": value.id,
        "watch": value.watches[0] if len(value.watches) == 1 else None,
        "watches": value.watches,
        "kind": value.kind,
        "recipient": value.recipient.address,
        "channel": value.recipient.channel,
        "cadence": value.cadence,
        "state": value.state,
        "attempts": value.attempts,
        "next_attempt_at": utc_text(value.next_attempt_at),
        "last_error": value.last_error,
        "subject": value.subject,
        "message_id": value.message_id,
        "created_at": utc_text(value.created_at),
        "due_at": utc_text(value.due_at),
    }


def subscriber(value: Subscriber) -> dict[str, Any]:
    """A recipient as `recipients` gives it; a `token` stands for it in an address to leave by."""
    asked = value.subscription
    return {
        "id": value.id,
        "recipient": asked.recipient.address,
        "channel": asked.recipient.channel,
        "role": asked.role,
        "when": asked.cadence,
        "watches": asked.wants.watches,
        "kinds": asked.wants.kinds,
        "programmes": asked.wants.programmes,
        "areas": asked.wants.areas,
        "words": asked.wants.words,
        "heartbeat": asked.heartbeat,
        "origin": value.origin,
        "paused": value.paused,
        "added_at": utc_text(value.added_at),
        "left_at": utc_text(value.left_at),
        "token": value.token,
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
