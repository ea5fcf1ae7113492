"""When two records are one and the same: the one-to-one matching of two pages' reports and sections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from domain.address import canonical_address
from domain.page import Report, Section
from domain.typography import folded_path, folded_title

R = TypeVar("R", Report, Section)

SAME_SECTION = 0.6
"""Of two sections with different titles, the share of words they must have in common to be one section renamed."""

SAME_REPORT = 0.7
"""Of two reports with different addresses and titles, the mean likeness of title and text from which they are one."""

LIKE_TITLES = 0.6
"""What their titles alone must have in common: short texts are much the same for any two reports."""

MOST_LIKENESSES = 10_000
"""How many pairs of records are compared by their text in one step."""


@dataclass(frozen=True, slots=True)
class Matching(Generic[R]):
    """Which records of two pages belong together; `pairs` in the order of the later page, no record twice."""

    pairs: tuple[tuple[R, R], ...]
    removed: tuple[R, ...]
    added: tuple[R, ...]


def match_reports(before: Sequence[Report], after: Sequence[Report]) -> Matching[Report]:
    """Pair reports by canonical address, then by folded title and year, then by likeness; no date agrees with any year.

    Does not depend on the order of either side: where several share an address or a title, the likest texts are paired.
    """
    left, right = _Unmatched(before), _Unmatched(after)
    pairs = left.take_with(right, lambda report: (_address(report), folded_title(report.title)))
    shared = _shared(map(_address, before)) | _shared(map(_address, after))
    pairs += left.take_with(
        right, _address, lambda one, two: _address(one) not in shared or _may_be_of_one_place(one, two)
    )
    pairs += left.take_with(right, lambda report: (folded_title(report.title), _year(report)))
    pairs += left.take_with(right, lambda report: folded_title(report.title), _either_undated)
    pairs += left.take_with(right, lambda report: (report.programme, report.kind, report.area), _alike)
    return _matching(pairs, left, right, after)


def match_sections(before: Sequence[Section], after: Sequence[Section]) -> Matching[Section]:
    """Pair sections by path, then by title, then by text: a section renamed keeps most of its words."""
    left, right = _Unmatched(before), _Unmatched(after)
    pairs = left.take_with(right, lambda section: folded_path(section.path))
    pairs += left.take_with(right, lambda section: folded_title(section.title))
    pairs += left.take_with(right, lambda section: bool(section.path) or None, _same_words)
    return _matching(pairs, left, right, after)


def why_same(one: R, two: R) -> str:
    """Why two matched records were held to be the same, in words for a reader."""
    same_title = folded_title(one.title) == folded_title(two.title)
    match one, two:
        case Section(), Section():
            if same_title:
                return "the same heading"
            return f"likeness of the text: {likeness(one.text, two.text):.2f}, of at least {SAME_SECTION}"
        case Report(), Report():
            if _address(one) is not None and _address(one) == _address(two):
                return "the same address"
            if same_title:
                return "the same title" if _either_undated(one, two) else "the same title and year"
            return f"likeness of title, date and text: {_report_likeness(one, two):.2f}, of at least {SAME_REPORT}"
    raise TypeError("a report and a section are never the same")


def likeness(one: str, other: str) -> float:
    """The share of words that two texts have in common, counted as often as they occur: 0 for none, 1 for all."""
    words, others = _counted(one), _counted(other)
    total = words.total() + others.total()
    return 2 * (words & others).total() / total if total else 0.0


@lru_cache(maxsize=2048)  # a text is compared with many others: without it a page of many sections takes seconds
def _counted(text: str) -> Counter[str]:
    return Counter(folded_title(text).split())


def _address(report: Report) -> str | None:
    return canonical_address(report.url) if report.url else None


def _year(report: Report) -> int | None:
    return report.published.year if report.published else None


def _either_undated(one: Report, other: Report) -> bool:
    return one.published is None or other.published is None


def _same_words(one: Section, other: Section) -> bool:
    return likeness(one.text, other.text) >= SAME_SECTION


def _shared(addresses: Iterable[str | None]) -> set[str | None]:
    """The addresses that several reports of a page lead to, such as an overview: they tell no report from another."""
    return {address for address, times in Counter(addresses).items() if times > 1}


def _may_be_of_one_place(one: Report, other: Report) -> bool:
    """Whether the two may be of one force or area: Norfolk and Norfolk Constabulary, or one that names none."""
    if one.area is None or other.area is None:
        return True
    return bool(set(folded_title(one.area).split()) & set(folded_title(other.area).split()) - {"police", "service"})


def _alike(one: Report, other: Report) -> bool:
    """Whether two reports of one programme, kind and area are one, although both address and title differ.

    The dates must agree, and the titles may neither have different numbers nor each a name that the other has not: two
    inspections of one day in two places read much the same.
    """
    if one.published is None or other.published is None or not one.published.agrees_with(other.published):
        return False
    if _numbers(one.title) != _numbers(other.title):
        return False
    if _names(one.title, other.title) and _names(other.title, one.title):
        return False
    return likeness(one.title, other.title) >= LIKE_TITLES and _report_likeness(one, other) >= SAME_REPORT


def _report_likeness(one: Report, other: Report) -> float:
    return (likeness(one.title, other.title) + likeness(one.text, other.text)) / 2


def _numbers(title: str) -> list[str]:
    return sorted(re.findall(r"\d+", title))


def _names(title: str, other: str) -> set[str]:
    """The words with a capital that the other title has not in any case: names, for all we can tell."""
    others = folded_title(other).split()
    return {word for word in re.findall(r"\w+", title) if word[0].isupper() and word.casefold() not in others}


class _Unmatched(Generic[R]):
    """The records of one side that are not paired yet."""

    def __init__(self, records: Iterable[R]) -> None:
        self.records: dict[int, R] = {id(record): record for record in records}

    def take_with(
        self,
        other: _Unmatched[R],
        trait: Callable[[R], Hashable],
        accepts: Callable[[R, R], bool] = lambda _one, _two: True,
    ) -> list[tuple[R, R]]:
        """Pair, and take out of both sides, the records that share a trait other than None and are accepted."""
        mine, theirs = _by_trait(self.records.values(), trait), _by_trait(other.records.values(), trait)
        pairs = []
        for shared in mine.keys() & theirs.keys():
            for one, two in _likest_first(mine[shared], theirs[shared]):
                if id(one) in self.records and id(two) in other.records and accepts(one, two):
                    pairs.append((self.records.pop(id(one)), other.records.pop(id(two))))
        return pairs


def _by_trait(records: Iterable[R], trait: Callable[[R], Hashable]) -> dict[Hashable, list[R]]:
    found: dict[Hashable, list[R]] = {}
    for record in records:
        if (value := trait(record)) is not None:
            found.setdefault(value, []).append(record)
    return found


def _likest_first(mine: Sequence[R], theirs: Sequence[R]) -> list[tuple[R, R]]:
    """Every possible pair, equal ones first, then by likeness of text; ties go by key, so that order never decides.

    Too many for that are paired in the order of their keys: a page that repeats itself must not cost a minute.
    """
    if len(mine) * len(theirs) > MOST_LIKENESSES:
        return list(zip(sorted(mine, key=_key), sorted(theirs, key=_key), strict=False))
    pairs = [(one, two) for one in mine for two in theirs]
    if len(pairs) > 1:
        pairs.sort(key=lambda pair: (pair[0] != pair[1], -likeness(*map(_words, pair)), *map(_key, pair)))
    return pairs


def _words(record: Report | Section) -> str:
    return f"{record.title} {record.text}"


def _key(record: Report | Section) -> str:
    return record.key


def _matching(pairs: list[tuple[R, R]], left: _Unmatched[R], right: _Unmatched[R], after: Sequence[R]) -> Matching[R]:
    place = {id(record): index for index, record in enumerate(after)}
    pairs.sort(key=lambda pair: place[id(pair[1])])
    return Matching(tuple(pairs), tuple(left.records.values()), tuple(right.records.values()))
