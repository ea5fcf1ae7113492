"""Documents as JSON, one after another as they come: a whole document, or a line for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

_ENDS_A_LINE = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""Line ends to some readers, if not to JSON; they stand in strings alone, where JSON has another way to write them."""


def write_json(out: BinaryIO, name: str, documents: Iterable[Mapping[str, Any]]) -> int:
    """Write `{"name":[…]}`, with a document on each of its lines; gives how many there were."""
    out.write(_bytes({name: []})[:-2])
    count = 0
    for document in documents:
        out.write((b",\n" if count else b"\n") + _bytes(document))
        count += 1
    out.write(b"\n]}\n")
    return count


def write_json_lines(out: BinaryIO, documents: Iterable[Mapping[str, Any]]) -> int:
    """Write a line for each document, which holds no other line end; gives how many there were."""
    count = 0
    for document in documents:
        out.write(_bytes(document) + b"\n")
        count += 1
    return count


def _bytes(document: Mapping[str, Any]) -> bytes:
    """UTF-8; what has no place in it, a lone surrogate, is escaped as JSON has it."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ENDS_A_LINE).encode(errors="backslashreplace")
