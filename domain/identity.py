"""When two records are one and the same: folded titles, comparable text, and the one-to-one matching of two pages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.address import canonical_address
from domain.page import Report, Section

R = TypeVar("R", Report, Section)

SAME_SECTION = 0.6
"""Of two sections with different titles, the share of words they must have in common to be one section renamed."""

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "•": " ",
    }
)


def typographic_form(text: str) -> str:
    """Text with everything folded that is type-setting: two texts that differ in it differ in words, case or order.

    Folded are quotes, dashes, ellipses, invisible characters, every kind and amount of space, and list bullets.
    """
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE).translate(_TYPOGRAPHY)).translate(_TYPOGRAPHY)
    text = re.sub(r"\s*-\s*", "-", text)
    return " ".join(text.split())


def folded_title(title: str) -> str:
    """A title's words in case-folded form, one space between them, all punctuation gone."""
    words = re.findall(r"\w+", typographic_form(title).casefold().replace("'", ""))
    return " ".join(words)


def folded_path(path: Iterable[str]) -> tuple[str, ...]:
    """A section path with every title folded."""
    return tuple(folded_title(title) for title in path)


@dataclass(frozen=True, slots=True)
class Matching(Generic[R]):
    """Which records of two pages belong together; `pairs` in the order of the later page, no record twice."""

    pairs: tuple[tuple[R, R], ...]
    removed: tuple[R, ...]
    added: tuple[R, ...]


def match_reports(before: Sequence[Report], after: Sequence[Report]) -> Matching[Report]:
    """Pair reports by canonical address, then by folded title and year; a side without a date has any year.

    Does not depend on the order of either side: a step that could pair a report with more than one other leaves all
    of them to the next step.
    """
    left, right = _Unmatched(before), _Unmatched(after)
    pairs = left.take_with(right, lambda report: (_address(report), folded_title(report.title)))
    pairs += left.take_with(right, _address)
    pairs += left.take_with(right, lambda report: (_title(report), _year(report)))
    undated = [pair for pair in left.candidates(right, _title) if None in (_year(pair[0]), _year(pair[1]))]
    pairs += [pair for pair in undated if left.take(pair, right)]
    return _matching(pairs, left, right, after)


def match_sections(before: Sequence[Section], after: Sequence[Section]) -> Matching[Section]:
    """Pair sections by path, then by title, then by text: a section renamed keeps most of its words."""
    left, right = _Unmatched(before), _Unmatched(after)
    pairs = left.take_with(right, lambda section: folded_path(section.path))
    pairs += left.take_with(right, lambda section: folded_title(section.title))
    pairs += left.take_by_likeness(right, _section_likeness, SAME_SECTION)
    return _matching(pairs, left, right, after)


def likeness(one: str, other: str) -> float:
    """The share of words that two texts have in common, counted as often as they occur: 0 for none, 1 for all."""
    words, others = Counter(folded_title(one).split()), Counter(folded_title(other).split())
    total = words.total() + others.total()
    return 2 * (words & others).total() / total if total else 0.0


def _section_likeness(one: Section, other: Section) -> float:
    if not one.path or not other.path:
        return 0.0
    return likeness(one.text, other.text)


def _address(report: Report) -> str | None:
    return canonical_address(report.url) if report.url else None


def _title(report: Report) -> str:
    return folded_title(report.title)


def _year(report: Report) -> int | None:
    return report.published.year if report.published else None


class _Unmatched(Generic[R]):
    """The records of one side that are not paired yet."""

    def __init__(self, records: Iterable[R]) -> None:
        self.records: list[R] = list(records)

    def take_with(self, other: _Unmatched[R], trait: Callable[[R], Hashable]) -> list[tuple[R, R]]:
        """Pair, and take out of both sides, what alone on its side has a trait that also one of the other has."""
        return [pair for pair in self.candidates(other, trait) if self.take(pair, other)]

    def candidates(self, other: _Unmatched[R], trait: Callable[[R], Hashable]) -> list[tuple[R, R]]:
        """The pairs that one trait makes, where it is not None and occurs once on either side."""
        mine, theirs = _by_trait(self.records, trait), _by_trait(other.records, trait)
        return [(mine[value], theirs[value]) for value in mine.keys() & theirs.keys()]

    def take_by_likeness(self, other: _Unmatched[R], alike: Callable[[R, R], float], least: float) -> list[tuple[R, R]]:
        """Pair the likest first, as long as they are at least so alike; ties go by key, so that order never decides."""
        scored = [(alike(one, two), one, two) for one in self.records for two in other.records]
        scored = [score for score in scored if score[0] >= least]
        scored.sort(key=lambda score: (-score[0], score[1].key, score[2].key))
        return [(one, two) for _, one, two in scored if self.take((one, two), other)]

    def take(self, pair: tuple[R, R], other: _Unmatched[R]) -> bool:
        """Take a pair out of both sides; False when either half is gone already."""
        if not (_holds(self.records, pair[0]) and _holds(other.records, pair[1])):
            return False
        self.records = [record for record in self.records if record is not pair[0]]
        other.records = [record for record in other.records if record is not pair[1]]
        return True


def _holds(records: list[R], wanted: R) -> bool:
    return any(record is wanted for record in records)


def _by_trait(records: Iterable[R], trait: Callable[[R], Hashable]) -> dict[Hashable, R]:
    traits = [(trait(record), record) for record in records]
    count = Counter(value for value, _ in traits)
    return {value: record for value, record in traits if value is not None and count[value] == 1}


def _matching(pairs: list[tuple[R, R]], left: _Unmatched[R], right: _Unmatched[R], after: Sequence[R]) -> Matching[R]:
    place = {id(record): index for index, record in enumerate(after)}
    pairs.sort(key=lambda pair: place[id(pair[1])])
    return Matching(tuple(pairs), tuple(left.records), tuple(right.records))
