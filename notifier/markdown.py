"""Text of the page in Markdown (CommonMark, and GitHub's of it), so that it is shown as text and marks up nothing."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from notifier.worddiff import Piece

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~&$#]")
_ADDRESS = re.compile(r"(?<=[a-z0-9])(:)(?=//|[\w.+-]+@)|(?<=www)(\.)", re.IGNORECASE)
_BLOCK = re.compile(r"(?:[-+=]|\d{1,9}(?=[.)]))")
_MARKS = {"same": "", "removed": "~~", "added": "**"}
_HAIR_SPACE = "\u200a"


def escaped(text: str) -> str:
    """Text within a line; no address in it becomes a link by itself, as GitHub has it."""
    return _ADDRESS.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\g<0>", text))


def line_of(pieces: Iterable[Piece]) -> str:
    """One line with ~~words taken out~~ and **words put in**, which begins no list, heading or other block."""
    text, pending = "", ""  # what is written, and the last character inside a mark that was just closed
    for mark, part in _parts(pieces):
        first, last = part[0], part[-1]
        if (mark and not _stands_free(first, text[-1:])) or (pending and not _stands_free(pending, first)):
            text += _HAIR_SPACE
        text += f"{mark}{part}{mark}"
        pending = last if mark else ""
    text = text.strip()
    return text if not (block := _BLOCK.match(text)) else _unblocked(text, block.end())


def broken(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """The pieces line by line: a mark reaches over no break."""
    line: list[Piece] = []
    for piece in pieces:
        first, *others = piece.text.split("\n")
        line.append(Piece(piece.kind, first))
        for text in others:
            yield line
            line = [Piece(piece.kind, text)]
    yield line


def _parts(pieces: Iterable[Piece]) -> Iterator[tuple[str, str]]:
    """Each stretch escaped, with the mark around it; spaces at the ends of a marked one stand outside."""
    for mark, group in groupby(pieces, key=lambda piece: _MARKS[piece.kind]):
        text = "".join(piece.text for piece in group)
        core = text.strip()
        if mark and core:
            before, _, after = text.partition(core)
            yield from ((own, escaped(part)) for own, part in (("", before), (mark, core), ("", after)) if part)
        elif text:
            yield "", escaped(text)


def _stands_free(edge: str, outside: str) -> bool:
    """Whether a mark between the two is one: a word may touch it, other characters need space or punctuation outside.

    CommonMark 0.31, section 6.2: left- and right-flanking delimiter runs.
    """
    if edge.isalnum() or not outside or outside.isspace():
        return True
    return outside in string.punctuation or unicodedata.category(outside).startswith("P")


def _unblocked(text: str, place: int) -> str:
    """A number is no item of a list once its dot is escaped; a sign is none when it is itself."""
    return f"{text[:place]}\\{text[place:]}" if text[0].isdigit() else f"\\{text}"
