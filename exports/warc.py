"""The looks at pages as a web archive: WARC 1.1 (ISO 28500:2017), as archives and their players read it.

Times are those at which a check began. Digests are SHA-256 in hexadecimal, as the IIPC recommends; identifiers are made
of the checks' seals, so that one database gives one archive.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import UUID, uuid5

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from domain.capture import Source
from domain.chain import Link
from domain.check import Outcome
from domain.sight import Sight
from exports.http import head, request, written

CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
DESCRIPTION = (
    "Looks at web pages. Bodies have transfer and content coding undone; headers that were true of coded ones begin "
    "with X-Archive-Orig-. Of looks that only confirmed a state no headers were kept but content-type and validators. "
    "Requests were not kept: those here are the least that must have been asked. Looks without an answer are left out. "
    "A metadata record tells what was made of an answer that is not simply the page."
)

_VERSION = "WARC/1.1"
_IDS = UUID("b1d0a3b6-0a3c-4c55-9d0e-6b4c1c2e7f51")  # another one would name every record anew
_NOT_MODIFIED_STATUS = 304
_ONE_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")

Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Written:
    """How many looks an archive holds: with an answer of their own, as one that came before, and those left out."""

    responses: int
    revisits: int
    left_out: int


def write_warc(
    out: BinaryIO,
    sights: Iterable[Sight],
    *,
    body: Callable[[str], bytes],
    name: str,
    software: str,
    dated: datetime,
    about: Mapping[str, str] | None = None,
    before: Mapping[str, Sight] | None = None,
) -> Written:
    """Write an archive of the sights, in their order, compressed record by record where its `name` ends in ".gz".

    `body` gives the bytes of a SHA-256 in hexadecimal, and is asked once for each. `dated` is when the archive says it
    was made; `about` are more fields of its first record, such as "operator". `before` has, by watch, the look that
    brought what the first looks of the sights confirm, where the sights do not begin with the first of the watch.
    """
    archive = _Archive(_writer(out, gzip=name.endswith(".gz")), body)
    archive.begin(name, {"software": software, **(about or {})}, dated)
    for watch, sight in (before or {}).items():
        archive.latest[watch] = _Origin.of(sight)
    for sight in sights:
        archive.add(sight)
    return Written(archive.responses, archive.revisits, archive.left_out)


@dataclass(frozen=True, slots=True)
class _Origin:
    """The record that has the bytes which a later look found again."""

    record: str
    address: str
    date: str
    status: int | None
    digest: str | None
    size: int

    @classmethod
    def of(cls, sight: Sight, size: int = 0) -> _Origin:
        """Of the record that is, or would be, the sight's."""
        link, named = sight.link, _id(sight, "answer")
        return cls(named, written(sight.address), _date(link.started_at), link.http_status, link.body, size)


@dataclass(slots=True)
class _Archive:
    """An archive being written. `latest` is, by watch, what a server that says "not modified" means."""

    writer: Any
    body: Callable[[str], bytes]
    latest: dict[str, _Origin] = field(default_factory=dict)
    origins: dict[str, _Origin] = field(default_factory=dict)
    responses: int = 0
    revisits: int = 0
    left_out: int = 0

    def begin(self, name: str, about: Mapping[str, str], dated: datetime) -> None:
        told = {**about, "format": "WARC File Format 1.1", "conformsTo": CONFORMS_TO, "description": DESCRIPTION}
        block = _fields(told.items())
        file = name.rpartition("/")[2]
        named = uuid5(_IDS, f"{file} {_date(dated)} {sha256(block).hexdigest()}").urn
        about_it = [("WARC-Record-ID", f"<{named}>"), ("WARC-Filename", _line(file)), ("WARC-Date", _date(dated))]
        self._write("warcinfo", about_it, "application/warc-fields", payload=block)

    def add(self, sight: Sight) -> None:
        """What a check saw: the answer or what it is the same as, what was asked, and what was made of it."""
        link = sight.link
        if link.http_status is None or link.outcome is Outcome.FAILED:
            self.left_out += 1
            return
        if link.body is None and link.http_status == _NOT_MODIFIED_STATUS:
            self._revisit(sight, NOT_MODIFIED, self.latest.get(link.watch))
        elif link.body is not None and (origin := self.origins.get(link.body)):
            self._revisit(sight, IDENTICAL, origin)
        else:
            self._response(sight)
        if link.body and link.source is Source.LIVE and link.outcome is not Outcome.SUSPECT:
            self.latest[link.watch] = self.origins[link.body]
        self._beside(sight)

    def _response(self, sight: Sight) -> None:
        link = sight.link
        payload = b"" if link.body is None else self.body(link.body)
        headers = _headers(link)
        self._write(
            "response",
            [*_about(sight, "answer"), ("WARC-Payload-Digest", _digest(payload))],
            "application/http; msgtype=response",
            head(link.http_status or 0, headers, len(payload)),
            payload,
        )
        self.responses += 1
        if link.body is not None:
            self.origins[link.body] = _Origin.of(sight, len(payload))

    def _revisit(self, sight: Sight, profile: str, origin: _Origin | None) -> None:
        """Of an answer of which no headers are kept there is no block: players take those of the one it refers to."""
        link, fields = sight.link, [*_about(sight, "answer"), ("WARC-Profile", profile)]
        if origin:
            fields += [
                ("WARC-Refers-To", f"<{origin.record}>"),
                ("WARC-Refers-To-Target-URI", origin.address),
                ("WARC-Refers-To-Date", origin.date),
            ]
            fields += [("WARC-Payload-Digest", f"sha256:{origin.digest}")] if origin.digest else []
        told = b""
        if profile == IDENTICAL:
            fields += [("WARC-Truncated", "length")]
        if link.headers:
            told = head(link.http_status or 0, _headers(link), origin.size if origin and link.body else None)
        elif origin and link.body and link.http_status != origin.status:
            told = head(link.http_status or 0, ())
        self._write("revisit", fields, "application/http; msgtype=response" if told else None, told)
        self.revisits += 1

    def _beside(self, sight: Sight) -> None:
        """Records of the same event; of what others captured, none says what was asked."""
        concurrent = ("WARC-Concurrent-To", f"<{_id(sight, 'answer')}>")
        if sight.link.source is Source.LIVE:
            fields = [*_about(sight, "request"), concurrent]
            self._write("request", fields, "application/http; msgtype=request", request(sight.address))
        if told := [*_made_of_it(sight.link)]:
            fields = [*_about(sight, "metadata"), concurrent]
            self._write("metadata", fields, "application/warc-fields", payload=_fields(told))

    def _write(
        self, kind: str, fields: Fields, content_type: str | None, told: bytes = b"", payload: bytes = b""
    ) -> None:
        digest = ("WARC-Block-Digest", _digest(told + payload))
        headers = StatusAndHeaders("", [("WARC-Type", kind), *fields, digest], protocol=_VERSION)
        length = len(told) + len(payload)
        content = (headers, io.BytesIO(payload), _Head(told) if told else None, content_type, length)
        self.writer.write_record(ArcWarcRecord("warc", kind, *content))


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of an HTTP message as it is to stand there: warcio would write other than ASCII in another way."""

    headers_buff: bytes

    def compute_headers_buffer(self, _filter: object) -> None:
        """There is nothing to do."""


def _writer(out: BinaryIO, *, gzip: bool) -> Any:
    writer = WARCWriter(out, gzip=gzip, warc_version=_VERSION)
    writer.NO_PAYLOAD_DIGEST_TYPES = ("warcinfo", "revisit", "request", "metadata")
    return writer


def _about(sight: Sight, part: str) -> Fields:
    return [
        ("WARC-Record-ID", f"<{_id(sight, part)}>"),
        ("WARC-Target-URI", written(sight.address)),
        ("WARC-Date", _date(sight.link.started_at)),
    ]


def _made_of_it(link: Link) -> Iterable[tuple[str, str]]:
    """What tells an answer from the page as a check of our own got it; nothing where it is that."""
    hops = link.hops or ()
    if link.outcome is Outcome.SUSPECT or link.source is not Source.LIVE or len(hops) > 1:
        yield "outcome", link.outcome
        yield "source", link.source
        if link.reason:
            yield "reason", link.reason
    if len(hops) > 1:
        yield "via", written(hops[-2])
        yield "hopsFromSeed", "R" * (len(hops) - 1)
    if link.headers is None and link.body is not None:
        yield from _validators(link)


def _validators(link: Link) -> Iterable[tuple[str, str]]:
    yield from ((name, value) for name, value in (("etag", link.etag), ("last-modified", link.last_modified)) if value)


def _headers(link: Link) -> Fields:
    """Those that are kept; where that is no more than the type of the content, the validators as well."""
    kept = link.headers or ()
    only_the_type = all(name == "content-type" for name, _ in kept)
    return [*kept, *_validators(link)] if only_the_type else kept


def _fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {_line(value)}\r\n" for name, value in pairs).encode()


def _line(text: str) -> str:
    return _ONE_LINE.sub(" ", text).strip()


def _id(sight: Sight, part: str) -> str:
    return uuid5(_IDS, f"{sight.seal.hex()} {part}").urn


def _date(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _digest(block: bytes) -> str:
    return f"sha256:{sha256(block).hexdigest()}"
