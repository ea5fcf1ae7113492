"""HTTP answers as recorders keep them: a head and a body in one, its chunks and its coding still on it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from warcio.statusandheaders import (
    StatusAndHeadersParser,
    StatusAndHeadersParserException,
)

from scraper.captures.coding import undone

Headers = tuple[tuple[str, str], ...]

_VERSIONS = ("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/2", "HTTP/3")
_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"[1-5][0-9]{2}(?: |$)")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_CONTROLS = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_MOST_HEADERS = 500


@dataclass(frozen=True, slots=True)
class Message:
    """An answer. `entity` is its body as it came, `plain` without its chunks."""

    status: int
    headers: Headers
    entity: bytes
    plain: bytes

    def body(self, most: int) -> bytes:
        """The body; of one longer than `most` bytes the first `most + 1`. Raises ValueError with the reason."""
        return undone(self.plain, header(self.headers, "content-encoding"), most)


def message(block: bytes, most_head: int) -> Message:
    """The answer in a block, which may be its head alone. Raises ValueError, whose text is the reason."""
    found = _END.search(block, 0, most_head)
    end = found.end() if found else len(block)
    if end > most_head:
        raise ValueError("its HTTP head has no end")
    try:
        parsed = StatusAndHeadersParser(_VERSIONS).parse(BytesIO(block[:end]))
    except (EOFError, StatusAndHeadersParserException) as error:
        raise ValueError("it has no HTTP head") from error
    if not _STATUS.match(parsed.statusline):
        raise ValueError("its HTTP head has no status")
    headers = clean(parsed.headers)
    entity = block[end:]
    chunked = "chunked" in header(headers, "transfer-encoding").lower()
    return Message(int(parsed.statusline[:3]), headers, entity, dechunked(entity) if chunked else entity)


def header(headers: Headers, name: str) -> str:
    """The first value of a header, "" for none."""
    return next((value for key, value in headers if key == name), "")


def clean(headers: Iterable[tuple[str, str]]) -> Headers:
    """Headers with their names in lower case and no control characters, without those that no server can send."""
    kept = ((name.lower(), _CONTROLS.sub(" ", value).strip()) for name, value in headers if _NAME.fullmatch(name))
    return tuple(kept)[:_MOST_HEADERS]


def dechunked(entity: bytes) -> bytes:
    """A body without its chunks; one that does not begin with any is taken as it is, for some recorders undo them.

    Raises ValueError where they break off.
    """
    if not _CHUNK.match(entity):
        return entity
    plain, at = bytearray(), 0
    while True:
        size = _CHUNK.match(entity, at)
        if not size:
            raise ValueError("its chunks break off")
        if not (length := int(size[1], 16)):
            return bytes(plain)
        at = size.end() + length
        if at > len(entity):
            raise ValueError("its chunks break off")
        plain += entity[size.end() : at]
        at += 2 if entity.startswith(b"\r\n", at) else entity.startswith(b"\n", at)
