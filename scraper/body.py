"""The body of an answer, uncompressed as it comes in, with a cap that a few bytes of gzip cannot outgrow."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import httpx

ACCEPTED_CODING = "gzip"
"""The only content coding that is offered: httpx would inflate a piece of any size at once, zlib stops where told."""

_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 65_536


def read_up_to(response: httpx.Response, most: int) -> bytes:
    """The decoded body; of one longer than `most` bytes the first `most + 1`, and the rest is not asked for.

    Raises `httpx.DecodingError` for a body that is damaged, breaks off, or has a coding that was not offered.
    """
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding in {"gzip", "x-gzip"}:
        pieces = gunzipped(response.iter_raw())
    elif coding in {"", "identity"}:
        pieces = response.iter_raw()
    else:
        raise httpx.DecodingError("its content coding was not asked for")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            break
    return bytes(body[: most + 1])


def gunzipped(raw: Iterable[bytes]) -> Iterator[bytes]:
    """What is in the gzip of these pieces, a little at a time.

    Several members are one body; what follows the last of them and does not look like another is padding. Raises
    `httpx.DecodingError` for what is damaged or breaks off.
    """
    member = None
    for compressed in raw:
        rest = compressed
        while rest:
            if member is None:
                member = zlib.decompressobj(_GZIP)
            elif member.eof:
                if not rest.startswith(b"\x1f"):
                    return
                member = zlib.decompressobj(_GZIP)
            yield from _inflated(member, rest)
            rest = member.unused_data
    if member is not None and not member.eof:
        raise httpx.DecodingError("its gzip breaks off")


def _inflated(member: zlib._Decompress, compressed: bytes) -> Iterator[bytes]:
    """Pieces of at most `_PIECE` bytes; a full one may have left more inside, even with all the input taken."""
    while True:
        try:
            piece = member.decompress(compressed, _PIECE)
        except zlib.error as error:
            raise httpx.DecodingError("its gzip is damaged") from error
        yield piece
        compressed = member.unconsumed_tail
        if member.eof or (not compressed and len(piece) < _PIECE):
            return
