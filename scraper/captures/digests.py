"""Digests as WARC files state them, `sha1:` in base 32 or any other of the usual ones in hexadecimal or base 64."""

from __future__ import annotations

import re
from base64 import b32decode, urlsafe_b64decode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import new

_SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
_STATED = re.compile(r"(?P<algorithm>[A-Za-z0-9-]{1,20}):(?P<value>[A-Za-z0-9+/=_-]{1,200})")


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest of bytes; `value` is b"" where it was stated in a form that no digest of its algorithm has."""

    algorithm: str
    value: bytes

    def is_of_any(self, readings: Iterable[bytes]) -> bool:
        """Whether one of several readings of the same bytes has this digest."""
        return any(digest(self.algorithm, reading) == self for reading in readings)

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.value.hex()}"


def digest(algorithm: str, content: bytes) -> Digest:
    """The digest of bytes, by an algorithm as `stated` names it."""
    return Digest(algorithm, new(algorithm, content, usedforsecurity=False).digest())


def stated(text: str | None) -> Digest | None:
    """A digest as a header has it; None where there is none, or one that cannot be checked here."""
    found = _STATED.fullmatch((text or "").strip())
    algorithm = found["algorithm"].lower().replace("-", "") if found else ""
    if not found or algorithm not in _SIZES:
        return None
    return Digest(algorithm, _decoded(found["value"].rstrip("="), _SIZES[algorithm]))


def _decoded(text: str, size: int) -> bytes:
    try:
        match len(text):
            case length if length == 2 * size:
                return bytes.fromhex(text)
            case length if length == -(-8 * size // 5):
                return b32decode(text.upper() + "=" * (-length % 8))
            case length if length == -(-4 * size // 3):
                return urlsafe_b64decode(text.replace("+", "-").replace("/", "_") + "=" * (-length % 4))
    except (ValueError, Error):
        pass
    return b""
