"""What a notice tells that no check makes due, as a JSON column holds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, assert_never

from domain.alert import Heartbeat, Notice, Seen, Stuck, Undelivered, WatchLate, Week
from domain.recipient import Recipient


def stored_notice(notice: Notice) -> dict[str, Any]:
    """The notice for the column."""
    match notice:
        case Undelivered(alerts=alerts, count=count):
            return {"count": count, "alerts": [_stored_stuck(alert) for alert in alerts]}
        case WatchLate(watch=watch, page_url=page_url, last_check=last_check, last_good=last_good):
            seen = {"last_check": last_check.isoformat(), "last_good": last_good and last_good.isoformat()}
            return {"watch": watch, "page_url": page_url, **seen}
        case Heartbeat():
            return _stored_heartbeat(notice)
        case _:
            assert_never(notice)


def undelivered_of(stored: Mapping[str, Any]) -> Undelivered:
    """A notice of alerts that do not arrive, from the column."""
    return Undelivered(tuple(_stuck_of(alert) for alert in stored["alerts"]), stored["count"])


def watch_late_of(stored: Mapping[str, Any]) -> WatchLate:
    """A notice of a page that was not seen for too long, from the column."""
    last_good = stored["last_good"] and datetime.fromisoformat(stored["last_good"])
    return WatchLate(stored["watch"], stored["page_url"], datetime.fromisoformat(stored["last_check"]), last_good)


def heartbeat_of(stored: Mapping[str, Any]) -> Heartbeat:
    """A sign of life, from the column."""
    week = stored["week"]
    since, until = map(datetime.fromisoformat, (week["since"], week["until"]))
    counts = {name: week[name] for name in _COUNTS_OF_A_WEEK}
    watches = (
        Seen(watch, last_good and datetime.fromisoformat(last_good), late, failures)
        for watch, last_good, late, failures in stored["watches"]
    )
    told = {name: stored[name] for name in _PLAIN}
    return Heartbeat(Week(since, until, **counts), watches=tuple(watches), seal=stored.get("seal"), **told)


_COUNTS_OF_A_WEEK = ("checks", "failed", "suspect", "changes", "quiet")
_PLAIN = ("sent", "count", "late", "undelivered", "version")


def _stored_heartbeat(one: Heartbeat) -> dict[str, Any]:
    counts = {name: getattr(one.week, name) for name in _COUNTS_OF_A_WEEK}
    watches = [
        [seen.watch, seen.last_good and seen.last_good.isoformat(), seen.late, seen.failures] for seen in one.watches
    ]
    return {
        "week": {"since": one.week.since.isoformat(), "until": one.week.until.isoformat(), **counts},
        "watches": watches,
        "seal": one.seal,
        **{name: getattr(one, name) for name in _PLAIN},
    }


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
