"""An HTTP answer and its request as bytes again, from what was kept of them: no more is claimed than that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from urllib.parse import quote, urlsplit

Headers = Sequence[tuple[str, str]]

ORIGINAL = "X-Archive-Orig-"
"""Before the name of a header that was true of the answer as it came, and is not of the bytes as they are kept."""

_UNDONE = frozenset({"content-encoding", "transfer-encoding"})
_LENGTH = "content-length"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_IN_AN_ADDRESS = "%:/?#[]@!$&'()*+,;=~"


def head(status: int, headers: Headers, size: int | None = None) -> bytes:
    """The status line, in the standard's own words, and the headers, with an empty line at the end.

    `size` is that of the body with all coding undone; None for an answer that has none, whose headers are as they came.
    """
    fields = headers if size is None else [*_of_the_bytes(headers, size)]
    lines = [f"HTTP/1.1 {status} {_reason(status)}".encode().rstrip()]
    lines += [f"{name}: ".encode() + _value(value) for name, value in fields if _TOKEN.fullmatch(name)]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def request(address: str) -> bytes:
    """The least that must have been asked to get this answer; what else was sent is not kept."""
    parts = urlsplit(written(address))
    host = parts.netloc.rpartition("@")[2]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def written(address: str) -> str:
    """An address as RFC 3986 has it: other characters by their bytes, none of them a space."""
    return quote(address, safe=_IN_AN_ADDRESS, errors="replace")


def _of_the_bytes(headers: Headers, size: int) -> Iterator[tuple[str, str]]:
    """The headers as they are true of the bytes that are kept; the others are there under another name."""
    told = False
    for name, value in headers:
        if name.lower() in _UNDONE or (name.lower() == _LENGTH and value.strip() != str(size)):
            yield f"{ORIGINAL}{name}", value
        else:
            yield name, value
            told = told or name.lower() == _LENGTH
    if not told:
        yield _LENGTH, str(size)


def _value(text: str) -> bytes:
    """As it came, where it came from a server; a line break, which can only come from elsewhere, is a space."""
    text = _CONTROLS.sub(" ", text).strip()
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode(errors="replace")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
