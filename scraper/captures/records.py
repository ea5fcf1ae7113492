"""The records of a WARC file (ISO 28500, WARC/1.0 and 1.1), one after the other, of whatever sort."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import new
from io import BytesIO

from warcio.statusandheaders import StatusAndHeadersParser

from scraper.captures.digests import Digest, stated
from scraper.captures.inflow import Inflow
from scraper.captures.source import Source

MOST_HEAD = 262_144
"""Bytes of a record's head, and of the HTTP head in it."""

_VERSIONS = ("WARC/1.1", "WARC/1.0", "WARC/0.18", "WARC/0.17")
_FIRST_LINE = re.compile(rb"(?i:WARC)/(?:1\.[01]|0\.1[78])[ \t]*\r?\n")
_LENGTH = re.compile(r"[0-9]{1,15}")
_PAGES = frozenset({"response", "resource", "revisit"})
_TOLD = frozenset({"warcinfo", "metadata"})
_BLANK = frozenset({b"\r\n", b"\n"})


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its sort, its headers by their names in lower case, the first of each, and its block.

    Of a block that is larger than wanted, `block` has the beginning and `is_whole` is False; it is empty for sorts that
    neither hold a page nor tell of one. `is_intact` is whether the block has the digest that is stated of it.
    """

    offset: int
    sort: str
    headers: Mapping[str, str]
    block: bytes
    is_whole: bool
    is_intact: bool


def records(source: Source, most: int) -> Iterator[Record]:
    """All records in their order, of each block `most` bytes and the room for a head at most.

    Raises SourceError where the file is damaged, breaks off, or is no WARC file.
    """
    inflow = Inflow(source)
    if not inflow.at_record():
        raise inflow.damage("the file is empty")
    while inflow.at_record():
        headers = _head(inflow)
        sort = headers.get("warc-type", "").lower()
        room = most + MOST_HEAD if sort in _PAGES else MOST_HEAD if sort in _TOLD else 0
        yield _record(inflow, sort, headers, room)


def _head(inflow: Inflow) -> Mapping[str, str]:
    head = inflow.line(MOST_HEAD)
    if not _FIRST_LINE.fullmatch(head):
        what = "no WARC record is there" if head.endswith(b"\n") else "the file ends, or has no WARC record there"
        raise inflow.damage(what)
    while len(head) < MOST_HEAD:
        line = inflow.line(MOST_HEAD - len(head))
        if line in _BLANK:
            break
        if not line:
            raise inflow.damage("the file ends in the middle of a record's head")
        head += line
    else:
        raise inflow.damage("a record's head without an end")
    parsed = StatusAndHeadersParser(_VERSIONS).parse(BytesIO(head + b"\r\n"))
    return {name.lower(): value.strip() for name, value in reversed(parsed.headers)}


def _record(inflow: Inflow, sort: str, headers: Mapping[str, str], room: int) -> Record:
    length = headers.get("content-length", "")
    if not _LENGTH.fullmatch(length):
        raise inflow.damage("a record that does not state its length")
    offset, left = inflow.offset, int(length)
    digest: Digest | None = stated(headers.get("warc-block-digest"))
    hashed = new(digest.algorithm, usedforsecurity=False) if digest else None
    block = bytearray()
    while left:
        piece = inflow.read(left)
        if not piece:
            raise inflow.damage("the file ends in the middle of a record")
        left -= len(piece)
        block += piece[: room - len(block)]
        if hashed:
            hashed.update(piece)
    is_intact = digest is None or hashed is None or hashed.digest() == digest.value
    return Record(offset, sort, headers, bytes(block), int(length) <= room, is_intact)
