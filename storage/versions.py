"""The states of records as intervals of snapshots: opened, closed and kept by a new page, and a page rebuilt from them.

Two states are the same when every column is; which state follows which record is what the changes say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from domain.change import Change, Record
from domain.page import Page
from storage.lineages import former_lineages
from storage.records import PAGES, REPORTS, SECTIONS, SHELVES, Columns, R, Shelf, shelf_of
from storage.texts import keep_texts, with_texts

_AT_ONCE = 500  # SQLite's limit on the values in one statement is some 32,000, but older ones have 999


@dataclass(frozen=True, slots=True)
class Outline:
    """The versions that make up a page, sections and reports in page order."""

    page: int
    sections: tuple[int, ...]
    reports: tuple[int, ...]

    @classmethod
    def of(cls, stored: str | Mapping[str, Any]) -> Outline:
        """From a snapshot's column, as it is written now or as it once was."""
        if isinstance(stored, str):
            (page,), sections, reports = (_numbers(part) for part in stored.split(";"))
            return cls(page, sections, reports)
        return cls(stored["page"], tuple(stored["sections"]), tuple(stored["reports"]))

    def stored(self) -> str:
        """For a snapshot's column: numbers that follow each other as a range, as in "1;2-8;9,31,11-20"."""
        return ";".join(map(_ranges, ((self.page,), self.sections, self.reports)))

    def versions(self, shelf: Shelf[Any]) -> tuple[int, ...]:
        """The versions of one kind of record."""
        return self.reports if shelf is REPORTS else self.sections if shelf is SECTIONS else (self.page,)


@dataclass(frozen=True, slots=True)
class Turnover:
    """What a new page does to the versions of a watch: `opened` are whole rows but for their first snapshot."""

    outline: Outline
    opened: Mapping[str, Sequence[Columns]]
    closed: Mapping[str, Sequence[int]]


def page_of(connection: Connection, outline: Outline) -> Page:
    """The page that an outline stands for, exactly as it was stored."""
    (page,) = _records(connection, PAGES, (outline.page,))
    return replace(
        page,
        sections=_records(connection, SECTIONS, outline.sections),
        reports=_records(connection, REPORTS, outline.reports),
    )


def version_rows(connection: Connection, shelf: Shelf[R], ids: Iterable[int]) -> dict[int, Columns]:
    """The rows of versions by their numbers, with their texts."""
    wanted = sorted(set(ids))
    found: dict[int, Columns] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = shelf.table.c.id.in_(wanted[start : start + _AT_ONCE])
        rows = connection.execute(select(shelf.table).where(some)).mappings()
        found |= {row["id"]: row for row in (rows if shelf is PAGES else with_texts(connection, rows))}
    return found


def turn_over(
    connection: Connection, watch: int, before: Outline | None, page: Page, changes: Sequence[Change]
) -> Turnover:
    """Work out the versions of a new page; stores nothing. Raises ValueError for changes from another page."""
    turns: tuple[_Turn, ...] = (
        _Turn(connection, watch, PAGES, before, (page,), changes),
        _Turn(connection, watch, SECTIONS, before, page.sections, changes),
        _Turn(connection, watch, REPORTS, before, page.reports, changes),
    )
    (number,), sections, reports = (turn.outcome() for turn in turns)
    return Turnover(
        Outline(number, sections, reports),
        {turn.shelf.table.name: turn.opened for turn in turns},
        {turn.shelf.table.name: turn.closed for turn in turns},
    )


def store_turnover(
    connection: Connection, turnover: Turnover, last: int | None, first: int, body: int, content: bytes
) -> None:
    """Close versions with the snapshot `last`, and open others with the snapshot `first`, read from that body."""
    opened = {name: [dict(row) | {"first_snapshot": first} for row in rows] for name, rows in turnover.opened.items()}
    with_text = [row for rows in opened.values() for row in rows if row.get("text")]
    texts = keep_texts(connection, [row["text"] for row in with_text], body, content) if with_text else None
    for place, row in enumerate(with_text):
        row |= {"texts": texts, "text_place": place}
    for shelf in SHELVES:
        table = shelf.table
        for number in turnover.closed[table.name]:
            connection.execute(update(table).where(table.c.id == number).values(last_snapshot=last))
        if rows := [{"texts": None, "text_place": None} | row for row in opened[table.name]]:
            kept = [{name: value for name, value in row.items() if name in table.c} for row in rows]
            connection.execute(insert(table), kept)


def _ranges(numbers: Sequence[int]) -> str:
    """Without a number of its own where there is none."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _numbers(ranges: str) -> tuple[int, ...]:
    ends = (run.partition("-") for run in ranges.split(",") if run)
    return tuple(number for first, _, last in ends for number in range(int(first), int(last or first) + 1))


class _Turn:
    """The turnover of one kind of record."""

    def __init__(
        self,
        connection: Connection,
        watch: int,
        shelf: Shelf[Any],
        before: Outline | None,
        records: Sequence[Record],
        changes: Sequence[Change],
    ) -> None:
        self.shelf = shelf
        self.opened: list[Columns] = []
        self._connection, self._watch = connection, watch
        self._records = records
        self._states = [shelf.columns(record) for record in records]
        self._first = before is None
        self._before = before.versions(shelf) if before else ()
        self._rows = version_rows(connection, shelf, self._before)
        self._open: dict[str, list[int]] = {}
        for number in self._before:
            self._open.setdefault(_print_of(self._state(number)), []).append(number)
        self._lineages = self._lineages_by_place(changes)

    @property
    def closed(self) -> Sequence[int]:
        """The versions that the new page no longer has."""
        return tuple(chain.from_iterable(self._open.values()))

    def outcome(self) -> tuple[int, ...]:
        """The versions of the new page, in its order."""
        kept = [self._take(state) for state in self._states]
        lineages = self._lineages | self._former_lineages(kept)
        next_id = (self._connection.scalar(select(func.max(self.shelf.table.c.id))) or 0) + 1
        for place, state in enumerate(self._states):
            if not kept[place]:
                number = kept[place] = next_id + len(self.opened)
                lineage = lineages.get(place, number)
                self.opened.append({**state, "id": number, "watch": self._watch, "lineage": lineage})
        return tuple(kept)

    def _former_lineages(self, kept: Sequence[int]) -> dict[int, int]:
        """Those of records that come back to the page, by place; a first page has none."""
        if self._first:
            return {}
        places = (place for place in range(len(self._records)) if not kept[place] and place not in self._lineages)
        arrivals = {place: self._records[place] for place in places}
        return former_lineages(self._connection, self._watch, self.shelf, arrivals)

    def _take(self, state: Columns) -> int:
        """The open version of this very state, for one record only; 0 for none."""
        numbers = self._open.get(_print_of(state))
        return numbers.pop(0) if numbers else 0

    def _lineages_by_place(self, changes: Sequence[Change]) -> dict[int, int]:
        """For records that a change leads to from another: the lineage of that one, by place on the new page."""
        found = {}
        for change in changes:
            if change.before is None or shelf_of(change.kind) is not self.shelf:
                continue
            place = change.places.before or 0
            if place >= len(self._before) or self._state(self._before[place]) != self.shelf.columns(change.before):
                raise ValueError(f"{change.key}: the change does not start from the last snapshot")
            if change.after is not None:
                found[change.places.after or 0] = self._rows[self._before[place]]["lineage"]
        return found

    def _state(self, number: int) -> Columns:
        record: Record = self.shelf.record(self._rows[number])
        return self.shelf.columns(record)


def _records(connection: Connection, shelf: Shelf[R], ids: Sequence[int]) -> tuple[R, ...]:
    rows = version_rows(connection, shelf, ids)
    return tuple(shelf.record(rows[number]) for number in ids)


def _print_of(state: Columns) -> str:
    """Equal for equal states."""
    return json.dumps(state, sort_keys=True)
