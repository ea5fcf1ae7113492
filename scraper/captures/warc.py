"""Captures in WARC files, of any page: answers over HTTP, pages without a head, and revisits of what was met before.

Requests and the like hold no page, and are passed over. What an archive of our own says of an answer stands: it was
accepted as the page, or a metadata record beside it says why not. A record that should hold a page and does not is told
as unusable; a damaged file is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from domain.capture import Capture, Listed
from domain.check import Answer, Outcome
from domain.subject import one_line
from scraper.captures.digests import Digest, digest, stated
from scraper.captures.memory import Memory, Shown
from scraper.captures.messages import Message, clean, message
from scraper.captures.moments import moment
from scraper.captures.records import MOST_HEAD, Record, records
from scraper.captures.shelf import Shelf
from scraper.captures.source import MOST_BYTES, File, opened
from scraper.captures.unusable import Found, Unusable
from scraper.errors import SourceError

_HTML = ("text/html", "application/xhtml+xml")
_PROFILE = re.compile(r"https?://netpreserve\.org/warc/1\.[01]/(?:revisit/)?(?P<name>[a-z-]+)/?")
_NOT_MODIFIED_STATUS = 304
_SAME_PAYLOAD, _NOT_MODIFIED = "identical-payload-digest", "server-not-modified"
_DAY = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_LONGEST_ADDRESS, _LONGEST_ID, _LONGEST_REASON = 4000, 500, 300

OUR_SOFTWARE = "hmicfrs-monitor "
"""What the first record of an archive of our own says of its making, before the version."""

_MADE = ("sha1", "sha256")


def warc_captures(file: File, most: int = MOST_BYTES) -> Iterator[Found]:
    """The captures in a file, in its order, each by its WARC-Record-ID, and what is none though it should be one.

    A revisit is the answer again that it refers to, which must stand before it in the file. Raises `SourceError` where
    the file cannot be read, or no further; what was given before is whole.
    """
    with opened(file) as source, Shelf() as shelf:
        reader = _Reader(source.name, Memory(shelf), most)
        yield from _judged(records(source, most), reader)


def _judged(found: Iterator[Record], reader: _Reader) -> Iterator[Found]:
    """Each with what is said of it further on: held back until it is clear that nothing more is."""
    held: Found | None = None
    is_ours = False
    try:
        for record in found:
            if record.sort == "warcinfo":
                is_ours = _fields(record).get("software", "").startswith(OUR_SOFTWARE)
            elif record.sort == "metadata" and isinstance(held, Capture) and is_ours:
                held = _as_judged(held, record)
            elif (one := reader.read(record)) is not None:
                if held is not None:
                    yield held
                held = replace(one, accepted=is_ours) if isinstance(one, Capture) else one
    except SourceError:
        if held is not None:
            yield held
        raise
    if held is not None:
        yield held


def _fields(record: Record) -> dict[str, str]:
    """The fields of a block of application/warc-fields, the first of each name, in lower case."""
    lines = (line.partition(":") for line in reversed(record.block.decode("utf-8", "replace").splitlines()))
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _as_judged(capture: Capture, record: Record) -> Capture:
    """The capture as a check of ours judged it, where the metadata are of it."""
    told = _fields(record)
    if record.headers.get("warc-concurrent-to") != capture.listed.key or told.get("outcome") != Outcome.SUSPECT:
        return capture
    reason = one_line(told.get("reason", ""), _LONGEST_REASON) or "it was suspect when it was recorded"
    return replace(capture, accepted=False, refused=reason)


class _Reader:
    def __init__(self, name: str, memory: Memory, most: int) -> None:
        self._name, self._memory, self._most = name, memory, most

    def read(self, record: Record) -> Found | None:
        """What a record holds, None for one that is not meant to hold a page."""
        address = record.headers.get("warc-target-uri", "").strip("<>")
        if not _may_be_page(record, address):
            return None
        try:
            return self._capture(record, address)
        except ValueError as error:
            which = one_line(record.headers.get("warc-record-id", ""), 100) or f"at byte {record.offset:,}"
            return Unusable(f"{self._name}, record {which}", str(error), one_line(address, 300) or None)

    def _capture(self, record: Record, address: str) -> Capture:
        """Raises ValueError, whose text is the reason."""
        key, at = _checked(record, address, self._most)
        shown = self._revisited(record) if record.sort == "revisit" else _shown(record, self._most)
        page = _page_name(address, at)
        self._memory.keep((f"record {key}", page, *(f"digest {digest}" for digest in shown.digests)), shown)
        listed = Listed(key, address, at, sha256(shown.body).hexdigest(), shown.status)
        return Capture(listed, Answer(shown.status, (address,), shown.headers, shown.body))

    def _revisited(self, record: Record) -> Shown:
        """The answer that a record says came again: with the head that came, if it was not "not modified"."""
        profile = _PROFILE.fullmatch(record.headers.get("warc-profile", ""))
        if not profile or profile["name"] not in {_SAME_PAYLOAD, _NOT_MODIFIED}:
            raise ValueError("a revisit of a kind that is not known here")
        payload = stated(record.headers.get("warc-payload-digest"))
        shown = self._memory.recall(_referred(record, payload))
        if shown is None:
            raise ValueError("it refers to an answer that is not before it in this file")
        comparable = [one for one in shown.digests if payload and one.startswith(f"{payload.algorithm}:")]
        if profile["name"] == _SAME_PAYLOAD and comparable and str(payload) not in comparable:
            raise ValueError("the answer that it refers to has another payload than it says")
        head = message(record.block, MOST_HEAD) if record.block else None
        if head is None or head.status == _NOT_MODIFIED_STATUS:
            return shown
        return replace(shown, status=head.status, headers=head.headers)


def _may_be_page(record: Record, address: str) -> bool:
    if address and not address.lower().startswith(("http:", "https:")):
        return False  # of the look-up of a name, for one
    return record.sort in {"response", "revisit"} or (record.sort == "resource" and _type(record) in _HTML)


def _type(record: Record) -> str:
    return record.headers.get("content-type", "").partition(";")[0].strip().lower()


def _checked(record: Record, address: str, most: int) -> tuple[str, datetime]:
    """The record's key and time. Raises ValueError for what keeps it from being a capture."""
    key = record.headers.get("warc-record-id", "")
    if not key or len(key) > _LONGEST_ID or not key.isprintable():
        raise ValueError("it has no WARC-Record-ID")
    if not address or len(address) > _LONGEST_ADDRESS or not address.isprintable():
        raise ValueError("it has no WARC-Target-URI")
    if "warc-segment-number" in record.headers:
        raise ValueError("it is in several segments, which are not put together here")
    if "warc-truncated" in record.headers and record.sort != "revisit":  # which leaves out what was there before
        raise ValueError("it was cut short when it was recorded")
    if not record.is_whole:
        raise ValueError(_too_large(most))
    if not record.is_intact:
        raise ValueError("damaged: its block does not have the digest that is stated of it")
    return key, _time(record.headers.get("warc-date", ""))


def _time(text: str) -> datetime:
    """A WARC-Date, of WARC/1.1 too, where it may be less exact than a second."""
    if _DAY.fullmatch(text):
        text += "-01-01"[len(text) - 4 :] + "T00:00:00Z"
    try:
        return moment(text)
    except ValueError as error:
        raise ValueError(f"its WARC-Date is {error}") from error


def _shown(record: Record, most: int) -> Shown:
    """The answer in a record, checked against the digest of its payload. Raises ValueError.

    Tools disagree on what the payload is: as it came, without its chunks, or decoded. Any of the three will do.
    """
    if record.sort == "resource":
        kept = Message(200, clean([("content-type", record.headers["content-type"])]), record.block, record.block)
    else:
        kept = message(record.block, MOST_HEAD)
    body = kept.body(most)
    if len(body) > most:
        raise ValueError(_too_large(most))
    payload = stated(record.headers.get("warc-payload-digest"))
    if payload and not payload.is_of_any((kept.entity, kept.plain, body)):
        raise ValueError("damaged: its payload does not have the digest that is stated of it")
    digests = [payload] if payload else [digest(algorithm, kept.plain) for algorithm in _MADE]
    return Shown(kept.status, kept.headers, tuple(map(str, digests)), body)


def _referred(record: Record, payload: Digest | None) -> Iterator[str]:
    """The names under which the answer may be known that a revisit refers to."""
    if key := record.headers.get("warc-refers-to"):
        yield f"record {key}"
    address = record.headers.get("warc-refers-to-target-uri", "").strip("<>")
    with suppress(ValueError):
        yield _page_name(address, _time(record.headers.get("warc-refers-to-date", "")))
    if payload:
        yield f"digest {payload}"


def _page_name(address: str, at: datetime) -> str:
    return f"page {address} {at.isoformat()}"


def _too_large(most: int) -> str:
    return f"larger than the {most:,} bytes of max_bytes in [scraper]"
