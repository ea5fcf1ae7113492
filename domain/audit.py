"""What a look through the whole database found: for each part how much was looked at, and what does not hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

MOST_OF_A_SORT = 20
"""So many faults of a sort are told one by one; of the rest only how many they are."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the database. `checked` counts `things`, such as "bodies"; `faults` are a line each."""

    name: str
    things: str
    checked: int
    faults: tuple[str, ...]


class Findings:
    """What is found of a part while it is looked through."""

    def __init__(self, name: str, things: str) -> None:
        self._name = name
        self._things = things
        self._checked = 0
        self._lines: dict[str, list[str]] = {}
        self._counts: Counter[str] = Counter()

    def looked_at(self, count: int = 1) -> None:
        """Count what was looked at."""
        self._checked += count

    def fault(self, place: str, row: object, what: str, detail: object = "") -> None:
        """Note something that does not hold of a table's row; faults are of a sort where `place` and `what` agree."""
        sort = f"{place}: {what}"
        self._counts[sort] += 1
        lines = self._lines.setdefault(sort, [])
        if len(lines) < MOST_OF_A_SORT:
            named = place if row is None else f"{place} {row}"
            lines.append(f"{named}: {what}{detail}")

    def part(self) -> Part:
        """All of it; a sort that has more faults than are told ends with how many more."""
        lines: list[str] = []
        for sort, told in self._lines.items():
            lines += told
            if more := self._counts[sort] - len(told):
                lines.append(f"{sort} – and {more} more")
        return Part(self._name, self._things, self._checked, tuple(lines))
