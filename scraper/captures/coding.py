"""Content codings undone in memory, with a cap on what may come out: a few bytes can be a great many."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import httpx

from scraper.body import gunzipped

GZIP = b"\x1f\x8b"
_MOST_CODINGS = 3


def undone(raw: bytes, codings: str, most: int) -> bytes:
    """The bytes beneath the codings of a Content-Encoding header; of more than `most` bytes the first `most + 1`.

    Recorders often undo a coding and keep its name, so that bytes which do not look coded are taken as they are. Raises
    ValueError, whose text is the reason, for what is damaged and for a coding that is not known here.
    """
    names = [name for part in codings.lower().split(",") if (name := part.strip()) not in {"", "identity"}]
    if len(names) > _MOST_CODINGS:
        raise ValueError("its content is coded too many times over")
    for name in reversed(names):
        raw = _undone(raw, name, most)
    return raw[: most + 1]


def gunzip(raw: bytes, most: int) -> bytes:
    """What is in gzip; of more than `most` bytes the first `most + 1`. Raises ValueError, whose text is the reason."""
    try:
        return _first(gunzipped([raw]), most)
    except httpx.DecodingError as error:
        raise ValueError(str(error)) from error


def _undone(raw: bytes, name: str, most: int) -> bytes:
    match name:
        case "gzip" | "x-gzip":
            return gunzip(raw, most) if raw.startswith(GZIP) else raw
        case "deflate":
            for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):  # the standard's form, and that of some servers
                if (inflated := _inflated(raw, window, most)) is not None:
                    return inflated
    if _is_text(raw):
        return raw
    known = "is damaged" if name == "deflate" else "is not known here"
    raise ValueError(f"its content coding, {name[:20]!a}, {known}")


def _inflated(raw: bytes, window: int, most: int) -> bytes | None:
    """None for what is not in that form, or not whole."""
    member = zlib.decompressobj(window)
    try:
        body = member.decompress(raw, most + 1)
    except zlib.error:
        return None
    return body if member.eof or len(body) > most else None


def _first(pieces: Iterable[bytes], most: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            break
    return bytes(body[: most + 1])


def _is_text(raw: bytes) -> bool:
    try:
        return "\0" not in raw.decode()
    except UnicodeDecodeError:
        return False
