"""What a `schedule` may say: a cron line or "every 30 minutes". When that is, is `plan`'s business.

A parser of our own, because APScheduler's takes 0 for Monday and refuses 7, and costs every command its import.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TypeAlias

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SHORTHAND = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_EVERY = re.compile(r"every (?:(\d{1,4}) )?(minute|hour|day)s?", re.IGNORECASE)


class BadSchedule(ValueError):
    """A schedule that cannot be understood; the message names the field and what it takes."""


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron line with every field spelled out as the numbers it allows; Sunday is 0.

    `any_day` and `any_weekday` are whether those fields are unrestricted. As in cron(8), a line that restricts both
    is due on days that satisfy either.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    weekdays: tuple[int, ...]
    any_day: bool
    any_weekday: bool


@dataclass(frozen=True, slots=True)
class Every:
    """A fixed time from one check to the next."""

    interval: timedelta


Schedule: TypeAlias = Cron | Every


@lru_cache(maxsize=1024)
def parse_schedule(text: str) -> Schedule:
    """Read a cron line (five fields; names, ranges, steps, lists; 0 and 7 are Sunday; @daily) or "every N minutes".

    Raises BadSchedule.
    """
    words = " ".join(text.split())
    if every := _EVERY.fullmatch(words):
        count = int(every[1] or 1)
        if count == 0:
            raise BadSchedule(f"{text!r}: the interval must be at least one {every[2].lower()}")
        return Every(timedelta(**{f"{every[2].lower()}s": count}))
    fields = _SHORTHAND.get(words.lower(), words).split(" ")
    if len(fields) != 5:  # noqa: PLR2004 - minute, hour, day, month, weekday
        raise BadSchedule(f'{text!r} is neither a cron line of five fields nor "every 30 minutes"')
    minute, hour, day, month, weekday = fields
    return Cron(
        minutes=_numbers("minute", minute, 0, 59),
        hours=_numbers("hour", hour, 0, 23),
        days=_possible_days(day, month),
        months=_numbers("month", month, 1, 12, _MONTHS),
        weekdays=tuple(sorted({number % 7 for number in _numbers("weekday", weekday, 0, 7, _DAYS)})),
        any_day=day.startswith("*"),
        any_weekday=weekday.startswith("*"),
    )


def _possible_days(day: str, month: str) -> tuple[int, ...]:
    days = _numbers("day", day, 1, 31)
    longest = max(_LENGTHS[number] for number in _numbers("month", month, 1, 12, _MONTHS))
    if min(days) > longest:
        raise BadSchedule(f"day {day}: no such day in month {month}")
    return days


_LENGTHS = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


def _numbers(name: str, field: str, least: int, most: int, names: tuple[str, ...] = ()) -> tuple[int, ...]:
    """All the numbers that a field allows, ascending."""
    numbers: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            low, high = least, most
        else:
            low = _number(name, field, first, least, names)
            high = _number(name, field, last, least, names) if dash else (most if step else low)
        stride = int(step) if step.isascii() and step.isdigit() else int(not part.endswith("/") and not step)
        if not (least <= low <= high <= most and stride):
            raise BadSchedule(f"{name} {field!r}: takes {least} to {most}, ranges, lists and steps")
        numbers.update(range(low, high + 1, stride))
    return tuple(sorted(numbers))


def _number(name: str, field: str, word: str, first: int, names: tuple[str, ...]) -> int:
    if word.lower()[:3] in names and word.isalpha():
        return names.index(word.lower()[:3]) + first
    if word.isascii() and word.isdigit():
        return int(word)
    raise BadSchedule(f"{name} {field!r}: {word!r} is not a number{' or a name' if names else ''}")
