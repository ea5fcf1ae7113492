"""The members of a JSON object that came from outside, each with its type and bounds checked.

Every method raises ValueError, whose text names the member and what it should be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeGuard

from domain.subject import one_line
from scraper.captures.messages import Headers, clean
from scraper.captures.moments import moment

_HASH = re.compile(r"[0-9a-f]{64}")
_LARGEST = 2**63 - 1
_LONGEST_TEXT = 200
_LONGEST_ADDRESS = 4000
_MOST_ADDRESSES = 50
_STATUSES = range(100, 600)
_PAIR = 2


class Fields:
    """One object's members. Those that may be null may be missing as well."""

    def __init__(self, row: Mapping[str, object]) -> None:
        self._row = row

    def number(self, name: str, least: int) -> int:
        """A whole number, `least` or more."""
        value = self._row.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _LARGEST:
            raise ValueError(f"“{name}” is not a number of {least:,} or more")
        return value

    def status(self, name: str) -> int | None:
        """An HTTP status, or null."""
        value = self._row.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or value not in _STATUSES:
            raise ValueError(f"“{name}” is no HTTP status")
        return value

    def text(self, name: str) -> str:
        """A short text that can be printed."""
        value = self._row.get(name)
        if not _is_text(value, _LONGEST_TEXT):
            raise ValueError(f"“{name}” is no text of 1 to {_LONGEST_TEXT} printable characters")
        return value

    def reason(self, name: str) -> str | None:
        """Text cut to a line, None for none. Raises ValueError for anything else."""
        value = self._row.get(name)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"“{name}” is no text")
        return one_line(value, 300) if value else None

    def choice(self, name: str, known: Sequence[str]) -> str:
        """One of the words that are known."""
        value = self._row.get(name)
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"“{name}” is none of {', '.join(known)}")
        return value

    def moment(self, name: str) -> datetime:
        """A time of ISO 8601 with its zone, made aware UTC."""
        value = self._row.get(name)
        try:
            return moment(value if isinstance(value, str) else "")
        except ValueError as error:
            raise ValueError(f"“{name}”: {error}") from error

    def address(self, name: str) -> str:
        """An address of the web."""
        value = self._row.get(name)
        if not _is_address(value):
            raise ValueError(f"“{name}” is no address of the web")
        return value

    def addresses(self, name: str) -> tuple[str, ...]:
        """Addresses of the web, () for null."""
        value = self._row.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > _MOST_ADDRESSES or not all(map(_is_address, value)):
            raise ValueError(f"“{name}” is no list of addresses of the web")
        return tuple(value)

    def hash(self, name: str) -> str | None:
        """A SHA-256 in hexadecimal, or null."""
        value = self._row.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            raise ValueError(f"“{name}” is no SHA-256 in hexadecimal")
        return value

    def headers(self, name: str) -> Headers:
        """Pairs of a header's name and value, () for null. What no server can send is left out."""
        value = self._row.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(map(_is_pair, value)):
            raise ValueError(f"“{name}” is no list of pairs of names and values")
        return clean((key, text) for key, text in value)

    def body(self, name: str) -> str | None:
        """Base 64 that is yet to be decoded, or null."""
        value = self._row.get(name)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"“{name}” is not base 64")
        return value


def _is_text(value: object, longest: int) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()


def _is_address(value: object) -> TypeGuard[str]:
    return _is_text(value, _LONGEST_ADDRESS) and value.lower().startswith(("http://", "https://"))


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == _PAIR and all(isinstance(part, str) for part in value)
