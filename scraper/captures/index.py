"""The Internet Archive's index of captures (its CDX server): the question as an address, the answer as `Listed` rows.

The columns and the resume key are as documented in internetarchive/wayback, wayback-cdx-server/README.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from domain.address import canonical_address
from domain.capture import Listed
from domain.former import is_address_of
from scraper.captures.moments import STAMP, stamped

MOST_BYTES = 10_000_000
"""A thousand captures of one address are some 200 KB."""

_COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest")
"""Of these `urlkey` is not read: without it the server makes resume keys that jump to another year (its issue 121)."""

_NEEDED = frozenset({"timestamp", "original", "statuscode", "digest"})
_STATUS = re.compile(r"[1-5][0-9]{2}")
_DIGEST = re.compile(r"[A-Za-z0-9+/=:_-]{8,128}")
_LONGEST_ADDRESS = 4000
_LONGEST_KEY = 5000
_DOTS = re.compile(r"/\.\.?(?:[/?#]|$)|%2e", re.IGNORECASE)
_WWW = re.compile(r"^www[0-9]*\.")


@dataclass(frozen=True, slots=True)
class IndexPage:
    """A page of the index of one address, in the order of time.

    `resume` is where the index goes on: it stays good for later runs. None at the end. `skipped` is how many rows were
    no captures of the address.
    """

    address: str
    listed: tuple[Listed, ...]
    resume: str | None
    skipped: int = 0


def question(address: str, since: datetime | None, until: datetime | None, limit: int, resume: str | None) -> str:
    """The path and query that list what was captured from `since` to `until`, both included and in UTC.

    Nothing is collapsed: a capture with the bytes of the one before it narrows when the next change was.
    """
    wanted = {"url": address, "matchType": "exact", "output": "json", "fl": ",".join(_COLUMNS)}
    wanted |= {"from": _stamp(since)} if since else {}
    wanted |= {"to": _stamp(until)} if until else {}
    wanted |= {"limit": str(limit), "showResumeKey": "true"}
    # the key comes percent-encoded, and is handed back as it came
    key = f"&resumeKey={quote(resume, safe='%+')}" if resume else ""
    return f"/cdx/search/cdx?{urlencode(wanted)}{key}"


def read_index(body: bytes, address: str, since: datetime | None, until: datetime | None) -> IndexPage:
    """The captures in an answer, each once, within the times asked for. Raises ValueError for what is no index."""
    try:
        rows = json.loads(body)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(rows, list):
        raise ValueError("it is no list")  # noqa: TRY004 - what the server sent, not what the caller passed
    resume = _resume_key(rows)
    if resume is not None:
        rows = rows[:-2]
    if not rows:
        return IndexPage(address, (), resume)
    columns = _columns(rows[0])
    listed: dict[str, Listed] = {}
    skipped = 0
    for row in rows[1:]:
        capture = _listed(row, columns, address)
        if capture is None:
            skipped += 1
        elif (since or capture.captured_at) <= capture.captured_at <= (until or capture.captured_at):
            listed.setdefault(capture.key, capture)  # the index has some rows twice
    return IndexPage(address, tuple(listed.values()), resume, skipped)


def stamp_of(listed: Listed) -> str:
    """The archive's own timestamp of a capture, 14 digits."""
    return _stamp(listed.captured_at)


def is_same_page(original: str, address: str) -> bool:
    """Whether the archive files two addresses as one page: it tells neither letter case nor "www." apart."""
    return _filed(original) == _filed(address) or is_address_of(original, address)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime(STAMP).zfill(len("YYYYmmddHHMMSS"))


def _filed(address: str) -> str:
    return _WWW.sub("", canonical_address(address).lower())


def _resume_key(rows: Sequence[object]) -> str | None:
    """What stands alone in the last row, after an empty one."""
    match rows[-2:]:
        case [[], [str(key)]] if 0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable():
            return key
    return None


def _columns(head: object) -> Mapping[str, int]:
    columns = (
        {name: place for place, name in enumerate(head) if isinstance(name, str)} if isinstance(head, list) else {}
    )
    if not columns.keys() >= _NEEDED:
        raise ValueError("it does not begin with the names of its columns")
    return columns


def _listed(row: object, columns: Mapping[str, int], address: str) -> Listed | None:
    """A row as a capture; None for one that is damaged, or of another page."""
    if not isinstance(row, list) or len(row) <= max(columns.values()) or not all(isinstance(cell, str) for cell in row):
        return None
    original, status, digest = (row[columns[name]] for name in ("original", "statuscode", "digest"))
    if not _is_askable(original) or not is_same_page(original, address):
        return None
    try:
        at = stamped(row[columns["timestamp"]])
    except ValueError:
        return None
    return Listed(
        key=f"{_stamp(at)}/{original}",
        address=original,
        captured_at=at,
        digest=digest if _DIGEST.fullmatch(digest) else None,
        status=int(status) if _STATUS.fullmatch(status) else None,  # "-" for a revisit
    )


def _is_askable(original: str) -> bool:
    """Whether an address can stand in the path of a question to the archive, and will be asked for as it is."""
    return (
        original.lower().startswith(("http://", "https://"))
        and len(original) <= _LONGEST_ADDRESS
        and original.isprintable()
        and " " not in original
        and not _DOTS.search(original)
    )
