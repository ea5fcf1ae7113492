"""Who is to be told what: alerts to readers of loud changes, notices to the administrator of trouble and its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from textwrap import shorten
from typing import TypeAlias

from domain.change import Change, ChangeKind, RecordedChange
from domain.check import Accepted, Failed, Finding, Suspected, Trouble, Unchanged
from domain.compare import loud
from domain.page import Report

TELL_ADMIN_AFTER = 3
"""A page that cannot be had is told to the administrator after so many failures in a row; one hiccup is no news."""


class AlertState(StrEnum):
    """Where an alert stands in the outbox; a `FAILED` one is tried again only when somebody asks for it."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class AlertKind(StrEnum):
    """What an alert tells: changes to readers; trouble with a page, and that it is over, to the administrator."""

    CHANGES = "changes"
    TROUBLE = "trouble"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told, over one channel: "smtp" or "maildir"."""

    address: str
    channel: str


@dataclass(frozen=True, slots=True)
class Owed:
    """An alert that a check makes due, before it is stored."""

    kind: AlertKind
    recipient: Recipient
    subject: str


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert in the outbox. `message_id` is unique, made when the alert was stored, and never changes.

    `next_attempt_at` is None once it is no longer pending; `attempts` counts the tries so far.
    """

    id: int
    watch: str
    kind: AlertKind
    recipient: Recipient
    subject: str
    message_id: str
    created_at: datetime
    state: AlertState
    attempts: int
    next_attempt_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class ChangesFound:
    """What a message to a reader tells: the loud changes of one check, in the order of `compare`."""

    page_title: str
    changes: tuple[RecordedChange, ...]


@dataclass(frozen=True, slots=True)
class TroubleFound:
    """What a notice to the administrator tells. `since`: the trouble's first check; `last_good`: None for never."""

    outcome: str
    reason: str
    since: datetime
    last_good: datetime | None


@dataclass(frozen=True, slots=True)
class TroubleOver:
    """A page that was in trouble is well again; `since` is when the trouble began, `seen_at` the good check."""

    since: datetime
    seen_at: datetime


News: TypeAlias = ChangesFound | TroubleFound | TroubleOver


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a message is made of."""

    alert: Alert
    page_url: str
    news: News


def owed_to_readers(changes: Iterable[Change], recipients: Iterable[Recipient], seen: datetime) -> tuple[Owed, ...]:
    """One alert for each recipient where any change is loud; () otherwise. `seen` is when the check began."""
    told = loud(changes)
    if not told:
        return ()
    subject = changes_subject(told, seen)
    return tuple(Owed(AlertKind.CHANGES, recipient, subject) for recipient in recipients)


def owed_to_admin(
    watch: str, finding: Finding, trouble: Trouble | None, admins: Iterable[Recipient]
) -> tuple[Owed, ...]:
    """A notice to each administrator when trouble becomes news, and when what was told is over; () otherwise.

    A suspect page is news at once, a failure only after `TELL_ADMIN_AFTER` in a row; either is told once. `trouble` is
    the state before this finding.
    """
    told = trouble is not None and trouble.told
    failures = trouble.failures + 1 if trouble else 1
    match finding:
        case Failed() if not told and failures >= TELL_ADMIN_AFTER:
            kind, what = AlertKind.TROUBLE, f"could not be checked {failures} times in a row"
        case Suspected() if not told:
            kind, what = AlertKind.TROUBLE, "looks wrong and was not accepted"
        case Unchanged() | Accepted() if told:
            kind, what = AlertKind.RECOVERY, "is well again"
        case _:
            return ()
    subject = one_line(f"hmicfrs-monitor: {watch} {what}", SUBJECT_LENGTH)
    return tuple(Owed(kind, admin, subject) for admin in admins)


FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=7)


def next_attempt(alert: Alert, now: datetime) -> datetime | None:
    """When a try that just failed is to be repeated: a minute later, then twice as long each time, up to six hours.

    None when the alert is a week old: it is given up.
    """
    if now - alert.created_at >= GIVE_UP_AFTER:
        return None
    doublings = min(alert.attempts, 16)
    return now + min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)


SUBJECT_LENGTH = 78
"""RFC 5322, section 2.1.1: lines should be no longer; a longer subject is cut at a word."""

NEW_WITHIN = timedelta(days=3 * 366)
"""A report that was published longer before its first sighting is newly listed, but no new report."""

_WORDS = {
    ChangeKind.REPORT_ADDED: ("New HMICFRS report", "new report"),
    ChangeKind.REPORT_REMOVED: ("HMICFRS report no longer listed", "report no longer listed"),
}
_AGAIN = ("HMICFRS report listed again", "report listed again")
_OLDER = ("Older HMICFRS report newly listed", "older report newly listed")
_EDIT = ("HMICFRS page edited", "edit")


def changes_subject(changes: Sequence[Change], seen: datetime) -> str:
    """The subject line for loud changes, one at least: what happened and to what, on one line of plain text."""
    single, _ = _words(changes[0], seen)
    if len(changes) == 1:
        return one_line(f"{single}: {changes[0].title}", SUBJECT_LENGTH)
    counts = Counter(_words(change, seen)[1] for change in changes)
    parts = [f"{count} {_plural(words, count)}" for words, count in counts.items()]
    told = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return one_line(f"{told}: {changes[0].title}", SUBJECT_LENGTH)


def is_newly_listed(change: Change, seen: datetime) -> bool:
    """Whether a report came to the page more than three years after the last day that its date allows."""
    report = change.after
    if change.kind is not ChangeKind.REPORT_ADDED or not isinstance(report, Report) or change.first_seen:
        return False
    if report.published is None:
        return False
    return report.published.last_day + NEW_WITHIN < seen.date()


def one_line(text: str, length: int) -> str:
    """Text of the page made fit for a header: printable characters on one line, cut at a word with an ellipsis."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    cut = shorten(text, length, placeholder="…")
    return cut if cut != "…" else text[: length - 1] + "…"


def _words(change: Change, seen: datetime) -> tuple[str, str]:
    """What happened, said of one change and counted among several."""
    if change.first_seen:
        return _AGAIN
    return _OLDER if is_newly_listed(change, seen) else _WORDS.get(change.kind, _EDIT)


def _plural(words: str, count: int) -> str:
    if count == 1:
        return words
    return words.replace("report", "reports") if "report" in words else f"{words}s"
