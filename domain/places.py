"""Which records of two pages kept their order, and where each of them stands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeVar

from domain.change import Places
from domain.page import Report, Section

R = TypeVar("R", Report, Section)


class Whereabouts:
    """The place of each record on either page, and which of the matched ones changed their order."""

    def __init__(self, before: Sequence[R], after: Sequence[R], pairs: Sequence[tuple[R, R]]) -> None:
        """`pairs` are the matched records in the order of the later page."""
        self._before = {id(record): index for index, record in enumerate(before)}
        self._after = {id(record): index for index, record in enumerate(after)}
        kept = longest_increasing([self._before[id(one)] for one, _ in pairs])
        self._moved = {id(two) for index, (_, two) in enumerate(pairs) if index not in kept}

    def of(self, one: Report | Section | None, two: Report | Section | None) -> Places:
        """The places of a record's two sides, given as the very objects that the pages hold."""
        return Places(self._before.get(id(one)), self._after.get(id(two)))

    def moved(self, record: Report | Section) -> bool:
        """Whether a record of the later page is one of the fewest that must move to give the new order."""
        return id(record) in self._moved


def longest_increasing(numbers: Sequence[int]) -> frozenset[int]:
    """The indices of a longest increasing subsequence: what kept its order while the rest moved around it."""
    ends: list[int] = []
    indices: list[int] = []
    previous: list[int | None] = []
    for index, number in enumerate(numbers):
        spot = bisect_left(ends, number)
        previous.append(indices[spot - 1] if spot else None)
        ends[spot : spot + 1] = [number]
        indices[spot : spot + 1] = [index]
    kept: set[int] = set()
    step = indices[-1] if indices else None
    while step is not None:
        kept.add(step)
        step = previous[step]
    return frozenset(kept)
