"""How long an answer is good for by its server's own word (RFC 9111): until then its caches would give it again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_NEVER = frozenset({"no-store", "no-cache"})
_SECONDS = re.compile(r"[0-9]{1,9}")


def fresh_for(headers: Iterable[tuple[str, str]]) -> timedelta | None:
    """How long from now; None where the server says nothing that can be understood, or that it is not.

    `headers` have their names in lower case. `max-age` goes before `Expires`, and the time that the answer has spent in
    caches counts (sections 4.2.1 and 4.2.3).
    """
    said = list(headers)
    directives = _directives(said)
    if _NEVER & directives.keys():
        return None
    lifetime = _seconds(directives["max-age"]) if "max-age" in directives else _lifetime(said)
    if lifetime is None:
        return None
    left = lifetime - (_seconds(_first(said, "age")) or 0)
    return timedelta(seconds=left) if left > 0 else None


def _directives(headers: list[tuple[str, str]]) -> dict[str, str]:
    found = (part.strip() for name, value in headers if name == "cache-control" for part in value.split(","))
    pairs = (part.partition("=") for part in found)
    return {name.strip().lower(): value.strip(' "') for name, _, value in pairs}


def _lifetime(headers: list[tuple[str, str]]) -> int | None:
    expires, date = _moment(_first(headers, "expires")), _moment(_first(headers, "date"))
    return None if expires is None or date is None else int((expires - date).total_seconds())


def _moment(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return at.replace(tzinfo=at.tzinfo or UTC)


def _seconds(value: str) -> int | None:
    return int(value) if _SECONDS.fullmatch(value.strip()) else None


def _first(headers: list[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key == name), "")
