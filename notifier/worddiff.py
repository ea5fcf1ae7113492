"""Two texts in, what to strike out and what to underline out: a word-level difference and its excerpt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, TypeAlias

from rapidfuzz.distance import Indel

MOST_WORDS = 4_000
"""Of one stretch of changed blocks, how many words are compared: the cost is quadratic in time and memory."""

MOST_CHANGED_WORDS = 200
"""How many words of one changed stretch an excerpt shows from either of its ends."""

TOO_LARGE = "The change is too large to compare word by word: it is shown as a whole."
"""What is said of a difference that is `cut`."""

MOST_PIECES = 400
_LONGEST_WORD = 60

_BLOCK = re.compile(r"[^\n]*\n+|[^\n]+")
_TOKEN = re.compile(r"\s+|\w+(?:['’‑-]\w+)*|[^\w\s]")

PieceKind: TypeAlias = Literal["same", "removed", "added"]
_Run: TypeAlias = tuple[bool, str, str]  # whether both sides are the same, and the two sides


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stands on both sides, or on one of them."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class WordDiff:
    """The pieces in reading order: same and removed ones make up the text before, same and added ones that after.

    `cut` is whether a stretch was too long to compare by words and stands there whole, as removed and as added.
    """

    pieces: tuple[Piece, ...]
    cut: bool


def word_diff(before: str, after: str) -> WordDiff:
    """Align the lines first, then the words and spaces of what is left between them."""
    runs: list[_Run] = []
    cut = False
    for same, one, two in _aligned(_BLOCK.findall(before), _BLOCK.findall(after), MOST_WORDS)[0]:
        if same or not (one and two):
            runs.append((same, one, two))
            continue
        # A word is followed by a space: twice as many tokens as words.
        within, too_long = _aligned(_TOKEN.findall(one), _TOKEN.findall(two), 2 * MOST_WORDS)
        runs += within
        cut = cut or too_long
    return WordDiff(tuple(_pieces(_without_lone_spaces(runs))), cut)


def excerpt(diff: WordDiff, context_words: int = 12) -> tuple[Piece, ...]:
    """What a reader is shown: long stretches keep their edges with "…" between; () where nothing differs.

    Bounded for any text: what comes after `MOST_PIECES` is an "…" too.
    """
    if all(piece.kind == "same" for piece in diff.pieces):
        return ()
    last = len(diff.pieces) - 1
    shown: list[Piece] = []
    for place, piece in enumerate(diff.pieces[:MOST_PIECES]):
        if piece.kind == "same":
            head, tail = (context_words if place > 0 else 0), (context_words if place < last else 0)
        else:
            head = tail = MOST_CHANGED_WORDS
        shown.append(Piece(piece.kind, shortened(piece.text, head, tail)))
    if last >= MOST_PIECES:
        shown.append(Piece("same", " …"))
    return tuple(tidied(shown))


def as_text(pieces: Iterable[Piece]) -> str:
    """Plain text with [-words taken out-] and {+words put in+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in tidied(pieces))


def _aligned(one: Sequence[str], two: Sequence[str], most: int) -> tuple[list[_Run], bool]:
    """Equal and unequal stretches in turn; True where the stretch between equal ends was too long to look into."""
    start = _common_length(one, two)
    end = _common_length(one[start:][::-1], two[start:][::-1])
    middle, other = one[start : len(one) - end], two[start : len(two) - end]
    too_long = max(len(middle), len(other)) > most
    runs = [_run(True, one[:start], two[:start])]
    if too_long:
        runs.append(_run(False, middle, other))
    else:
        numbers: dict[str, int] = {}  # rapidfuzz compares hashes: numbers of our own never collide
        codes = Indel.opcodes(*([numbers.setdefault(part, len(numbers)) for part in side] for side in (middle, other)))
        runs += [
            _run(code.tag == "equal", middle[code.src_start : code.src_end], other[code.dest_start : code.dest_end])
            for code in codes
        ]
    runs.append(_run(True, one[len(one) - end :], two[len(two) - end :]))
    return _merged(runs), too_long


def _common_length(one: Sequence[str], two: Sequence[str]) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))


def _run(same: bool, one: Sequence[str], two: Sequence[str]) -> _Run:
    return same, "".join(one), "".join(two)


def _merged(runs: Iterable[_Run]) -> list[_Run]:
    merged = []
    for same, group in groupby((run for run in runs if run[1] or run[2]), key=lambda run: run[0]):
        sides = list(group)
        merged.append(_run(same, [run[1] for run in sides], [run[2] for run in sides]))
    return merged


def _without_lone_spaces(runs: Iterable[_Run]) -> list[_Run]:
    """A space alone between two changed stretches is no common ground: "the cat" → "a dog" reads better as one."""
    runs = _merged(runs)
    for place in range(1, len(runs) - 1):
        same, one, two = runs[place]
        if same and one.isspace() and "\n" not in one:
            runs[place] = (False, one, two)
    return _merged(runs)


def _pieces(runs: Iterable[_Run]) -> Iterator[Piece]:
    for same, one, two in runs:
        if same:
            yield Piece("same", one)
            continue
        if one:
            yield Piece("removed", one)
        if two:
            yield Piece("added", two)


def shortened(text: str, head: int, tail: int) -> str:
    """So many words from either end, with "…" for the rest; or so many characters where the words are monstrous."""
    words = [match.span() for match in re.finditer(r"\S+", text)]
    if len(words) <= head + tail:
        begin, end = text, ""
    else:
        begin = text[: words[head - 1][1]] + " …" if head else "…"
        end = " " + text[words[-tail][0] :] if tail else ""
    longest = (head + tail) * _LONGEST_WORD
    whole = begin + end
    return whole if len(whole) <= longest else f"{whole[: longest // 2]}…{whole[-longest // 2 :]}"


def tidied(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """For the eye: no mark begins or ends with a space, two marks never touch.

    A break of paragraphs has a mark, and so has a space that alone parts or joins two words.
    """
    pieces = list(pieces)
    previous = ""
    for place, piece in enumerate(pieces):
        core = piece.text.strip()
        if piece.kind == "same":
            parts: tuple[Piece, ...] = (piece,)
        elif not (core or "\n" in piece.text):
            parts = (Piece(piece.kind, "␣") if _parts_words(pieces, place) else Piece("same", piece.text),)
        elif core:
            before, _, after = piece.text.partition(core)
            parts = (Piece("same", before), Piece(piece.kind, core), Piece("same", after))
        else:
            parts = (Piece(piece.kind, "¶"), Piece("same", piece.text if piece.kind == "added" else ""))
        for part in parts:
            if part.kind == "added" and previous == "removed":
                yield Piece("same", " ")
            if part.text:
                yield part
                previous = part.kind


def _parts_words(pieces: Sequence[Piece], place: int) -> bool:
    """Whether what stands on either side of a piece touches it without a space of its own."""
    before = pieces[place - 1].text[-1:] if place else ""
    after = pieces[place + 1].text[:1] if place + 1 < len(pieces) else ""
    return bool(before.strip() and after.strip())
