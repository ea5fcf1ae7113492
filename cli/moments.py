"""Dates as people type them, and times as people read them, in the settings' zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cli.errors import CommandError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AGO = re.compile(r"(\d{1,4}) (minute|hour|day|week)s? ago")
_LONG = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([a-z]+) (\d{4})")
_FORMS = '2024-02-09, 2024-02-09T10:00, "9 February 2024", yesterday or "7 days ago"'


def parse_moment(text: str, zone: ZoneInfo, now: datetime, *, end: bool) -> datetime:
    """A time as typed, in aware UTC; what has no zone is meant in `zone`.

    A bare day stands for its first moment or, with `end`, for its last. Raises CommandError.
    """
    words = " ".join(text.split()).lower()
    today = now.astimezone(zone).date()
    if words == "now":
        return now
    if words in {"today", "yesterday"}:
        return _edge(today - timedelta(days=words == "yesterday"), zone, end=end)
    if ago := _AGO.fullmatch(words):
        span = timedelta(**{f"{ago[2]}s": int(ago[1])})
        return _edge(today - span, zone, end=end) if ago[2] in {"day", "week"} else now - span
    try:
        if long := _LONG.fullmatch(words):
            return _edge(date(int(long[3]), _month(long[2]), int(long[1])), zone, end=end)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words):
            return _edge(date.fromisoformat(words), zone, end=end)
        moment = datetime.fromisoformat(words.upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CommandError(f"{text!r} is no date; write it like {_FORMS}") from error


def _month(name: str) -> int:
    full = date(2000, _MONTHS.index(name[:3]) + 1, 1).strftime("%B").lower()
    if name not in {full, full[:3], "sept"}:
        raise ValueError(name)
    return _MONTHS.index(name[:3]) + 1


def _edge(day: date, zone: ZoneInfo, *, end: bool) -> datetime:
    """The first moment of a day, or its last microsecond."""
    if not end:
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    midnight = datetime.combine(day + timedelta(days=1), time.min, zone)
    return midnight.astimezone(UTC) - timedelta(microseconds=1)


def short(moment: datetime | None, zone: ZoneInfo) -> str:
    """For tables: "2024-02-09 10:00 GMT"; a dash for None."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if moment else "–"


def first_seen(seen: datetime, absent_until: datetime | None, zone: ZoneInfo) -> str:
    """A first sighting with its bound below it: the last look before that saw the page without."""
    bound = f"not yet {_below(absent_until, seen, zone)}" if absent_until else "on the first page seen"
    return f"{short(seen, zone)}\n{bound}"


def last_seen(seen: datetime, absent_from: datetime | None, zone: ZoneInfo) -> str:
    """A last sighting, with the first look after it that saw the page without below it; alone while it is there."""
    return f"{short(seen, zone)}\ngone {_below(absent_from, seen, zone)}" if absent_from else short(seen, zone)


def _below(moment: datetime, above: datetime, zone: ZoneInfo) -> str:
    """A time that names its zone only where it is not that of the time above it: a column is narrow."""
    told, name = short(moment, zone), above.astimezone(zone).strftime(" %Z")
    return told.removesuffix(name)
