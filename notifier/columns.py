"""A word-level difference as the lines of a table: what stood there before, and what stands there after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from notifier.worddiff import Piece, PieceKind, WordDiff, shortened, tidied
from notifier.wording import revealed, visible

CONTEXT_WORDS = 24
"""How many unchanged words are shown on either side of a change, and of each end of an unchanged line beside one."""

_BREAK = re.compile(r"(\n+)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line on both sides, fit to be shown; a stretch that was replaced as a whole may have line breaks in it.

    `changed` is also true where nothing can be shown of it, as when a space is gone at the end of a line.
    """

    pieces: tuple[Piece, ...]
    changed: bool

    @property
    def together(self) -> tuple[Piece, ...]:
        """Both sides in one."""
        return tuple(tidied(self.pieces))

    @property
    def before(self) -> tuple[Piece, ...]:
        """What stood there before."""
        return tuple(tidied(_one_side(self.pieces, "removed")))

    @property
    def after(self) -> tuple[Piece, ...]:
        """What stands there after."""
        return tuple(tidied(_one_side(self.pieces, "added")))


@dataclass(frozen=True, slots=True)
class Skipped:
    """Unchanged lines that are left out."""

    count: int


Row: TypeAlias = Line | Skipped


def rows(diff: WordDiff) -> tuple[Row, ...]:
    """The lines with every word that differs; of what is the same, what stands around it.

    () where nothing differs, or breaks alone.
    """
    lines = [*_lines(diff.pieces)]
    near = {place + step for place, line in enumerate(lines) if _differs(line) for step in (-1, 0, 1)}
    shown: list[Row] = []
    for is_near, group in groupby(enumerate(lines), key=lambda numbered: numbered[0] in near):
        several = [line for _, line in group]
        shown += [_line(line) for line in several] if is_near else [Skipped(len(several))]
    return tuple(shown) if near else ()


def _one_side(pieces: Sequence[Piece], kind: PieceKind) -> Iterator[Piece]:
    """What one side has; a space that only parts what replaces other words is no change to be shown there."""
    for place, piece in enumerate(pieces):
        if piece.kind == kind:
            blank = piece.text.isspace() and "\n" not in piece.text and _replaces(pieces, place)
            yield Piece("same", piece.text) if blank else piece
        elif piece.kind == "same":
            yield piece


def _replaces(pieces: Sequence[Piece], place: int) -> bool:
    """Whether what was taken out there has something put in beside it, or the other way round."""
    beside = (*pieces[max(place - 1, 0) : place], *pieces[place + 1 : place + 2])
    return any(one.kind not in {"same", pieces[place].kind} for one in beside)


def _lines(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Cut at each break that stands on both sides, and at those of a stretch that was only put in or only taken out."""
    line: list[Piece] = []
    for place, piece in enumerate(pieces):
        if piece.kind != "same" and _replaces(pieces, place):
            line.append(piece)  # one text in place of another: cut up, they would stand beside what is not theirs
            continue
        for part in filter(None, _BREAK.split(piece.text)):
            if not part.startswith("\n"):
                line.append(Piece(piece.kind, part))
                continue
            if piece.kind != "same" and any(one.kind != piece.kind for one in line):
                line.append(Piece(piece.kind, "¶"))
            if line:
                yield line
            line = []
    if line:
        yield line


def _differs(line: Iterable[Piece]) -> bool:
    return any(piece.kind != "same" for piece in line)


def _line(pieces: Sequence[Piece]) -> Line:
    changed, last = _differs(pieces), len(pieces) - 1
    shown: list[Piece] = []
    for place, piece in enumerate(pieces):
        if piece.kind != "same":
            shown.append(Piece(piece.kind, revealed(piece.text)))
            continue
        head = CONTEXT_WORDS if place > 0 or not changed else 0
        tail = CONTEXT_WORDS if place < last or not changed else 0
        shown.append(Piece("same", shortened(visible(piece.text), head, tail)))
    return Line(tuple(shown), changed)
