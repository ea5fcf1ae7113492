"""What a notice to the administrator tells, as a JSON column holds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from domain.alert import Notice, Stuck, Undelivered, WatchLate
from domain.recipient import Recipient


def stored_notice(notice: Notice) -> dict[str, Any]:
    """The notice for the column."""
    match notice:
        case Undelivered(alerts=alerts, count=count):
            return {"count": count, "alerts": [_stored_stuck(alert) for alert in alerts]}
        case WatchLate(watch=watch, page_url=page_url, last_check=last_check, last_good=last_good):
            seen = {"last_check": last_check.isoformat(), "last_good": last_good and last_good.isoformat()}
            return {"watch": watch, "page_url": page_url, **seen}
        case _:
            assert_never(notice)


def undelivered_of(stored: Mapping[str, Any]) -> Undelivered:
    """A notice of alerts that do not arrive, from the column."""
    return Undelivered(tuple(_stuck_of(alert) for alert in stored["alerts"]), stored["count"])


def watch_late_of(stored: Mapping[str, Any]) -> WatchLate:
    """A notice of a page that was not seen for too long, from the column."""
    last_good = stored["last_good"] and datetime.fromisoformat(stored["last_good"])
    return WatchLate(stored["watch"], stored["page_url"], datetime.fromisoformat(stored["last_check"]), last_good)


def _stored_stuck(one: Stuck) -> dict[str, Any]:
    return {
        "alert": one.alert,
        "recipient": [one.recipient.address, one.recipient.channel],
        "subject": one.subject,
        "failed": one.failed,
        "attempts": one.attempts,
        "since": one.since.isoformat(),
        "last_error": one.last_error,
    }


def _stuck_of(stored: Mapping[str, Any]) -> Stuck:
    return Stuck(
        alert=stored["alert"],
        recipient=Recipient(*stored["recipient"]),
        subject=stored["subject"],
        failed=stored["failed"],
        attempts=stored["attempts"],
        since=datetime.fromisoformat(stored["since"]),
        last_error=stored["last_error"],
    )
