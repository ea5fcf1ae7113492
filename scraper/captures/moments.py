"""Times as archives and exports write them, made aware UTC. Whether one is still to come is the caller's to judge."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

FIRST_YEAR, LAST_YEAR = 1991, 2100
"""No page is older than the web, and none of this format younger than what can be planned for."""

STAMP = "%Y%m%d%H%M%S"
"""The Internet Archive's timestamps, which are in UTC."""

_ISO = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<minute>[0-9]{2}:[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{1,9}))?)?"
    r"(?:Z|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2}))"
)


def moment(text: str) -> datetime:
    """A time of ISO 8601 with its zone; what is finer than a microsecond is cut off.

    Raises ValueError for what is none, and for one in a year that cannot be.
    """
    found = _ISO.fullmatch(text)
    if not found:
        raise ValueError("not a time with its zone, such as 2024-02-09T10:00:00Z")
    part = (found["part"] or "").ljust(6, "0")[:6]
    at = believable(datetime.fromisoformat(f"{found['day']}T{found['minute']}:{found['second'] or '00'}.{part}+00:00"))
    if found["sign"]:
        ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
        at += -ahead if found["sign"] == "+" else ahead
    return at


def stamped(digits: str) -> datetime:
    """A time in UTC as the Internet Archive's index has it: 14 digits, or fewer for the first moment of what they name.

    Raises ValueError as `moment` does.
    """
    if not re.fullmatch(r"[0-9]{4}(?:[0-9]{2}){0,5}", digits):
        raise ValueError("not a timestamp of up to 14 digits")
    return believable(datetime.strptime(digits + "00000101000000"[len(digits) :], STAMP).replace(tzinfo=UTC))


def believable(at: datetime) -> datetime:
    """The same time; raises ValueError for one in a year in which no page was captured."""
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"the year {at.year} cannot be a capture's")
    return at
