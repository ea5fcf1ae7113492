"""The subject lines: what happened and to what, on one line of plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from textwrap import shorten

from domain.change import Change, ChangeKind
from domain.page import Report

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
