"""A record found by what people know of it: its key, its address in any form it had, or words of its title."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from domain.address import canonical_address
from domain.page import RecordKind
from domain.subject import one_line
from domain.typography import folded_title
from storage.errors import SeveralRecords, UnknownRecord
from storage.records import shelf_for
from storage.rows import watch_id
from storage.tables import report_versions, watches

MOST_LISTED = 20
_TITLE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Lineage:
    """A record through all its states, named as in one of them; `version` is that state's number."""

    watch: str
    watch_id: int
    number: int
    version: int
    key: str
    title: str
    url: str | None
    path: tuple[str, ...]


def find_lineage(connection: Connection, kind: RecordKind, asked: str, watch: str | None) -> Lineage:
    """The one record that is meant, named as it was last. `watch` None looks through all.

    What fits best counts, and a record's present key and title before former ones. Raises UnknownWatch, UnknownRecord,
    SeveralRecords.
    """
    states = _states(connection, kind, None if watch is None else watch_id(connection, watch))
    latest = {state.number: state for state in states}  # the later of a record's states overwrites
    fits: dict[int, set[int]] = {}
    forms = {asked, asked.strip(), canonical_address(asked), canonical_address(f"https://{asked.strip()}")}
    words = folded_title(asked)
    for state in states:
        level = _fit(state, forms, words)
        if level is not None:
            former = state.version != latest[state.number].version
            fits.setdefault(2 * level + former, set()).add(state.number)
    if not fits:
        raise UnknownRecord(_unknown(kind, asked, list(latest.values())))
    found = [latest[number] for number in sorted(fits[min(fits)])]
    if len(found) > 1:
        raise SeveralRecords(_several(kind, asked, found))
    return found[0]


def _states(connection: Connection, kind: RecordKind, watch: int | None) -> list[Lineage]:
    """Every way in which the records were named, oldest first."""
    table = shelf_for(kind).table
    at = table.c.url if table is report_versions else table.c.path
    names = (watches.c.name, table.c.watch, table.c.lineage, table.c.key, table.c.title, at.label("at"))
    statement = select(*names, func.max(table.c.id).label("version")).join(watches, watches.c.id == table.c.watch)
    if watch is not None:
        statement = statement.where(table.c.watch == watch)
    rows = connection.execute(statement.group_by(*names).order_by("version"))
    return [_lineage(row, kind) for row in rows]


def _lineage(row: Any, kind: RecordKind) -> Lineage:
    is_report = kind is RecordKind.REPORT
    return Lineage(
        watch=row.name,
        watch_id=row.watch,
        number=row.lineage,
        version=row.version,
        key=row.key,
        title=row.title,
        url=row.at if is_report else None,
        path=() if is_report else tuple(row.at),
    )


def _fit(state: Lineage, forms: set[str], words: str) -> int | None:
    """How well a state fits what was asked, 0 best; None where it does not."""
    if state.key in forms or (state.url and canonical_address(state.url) in forms):
        return 0
    if not words:
        return None
    title = folded_title(state.title)
    if title == words:
        return 1
    if words in title:
        return 2
    return 3 if words in folded_title(" ".join(state.path)) else None


def _unknown(kind: RecordKind, asked: str, known: list[Lineage]) -> str:
    told = f"{one_line(asked, _TITLE_LENGTH)!r}: no {kind} has this key, address or part of a title"
    # rapidfuzz is imported for the few questions that it is needed for.
    near = importlib.import_module("storage.near").near
    likest = [known[place] for place in near(folded_title(asked), [folded_title(state.title) for state in known])]
    return "\n".join([f"{told}; near it are" if likest else told, *_lines(likest)])


def _several(kind: RecordKind, asked: str, found: list[Lineage]) -> str:
    several_pages = len({state.watch for state in found}) > 1
    choose = "name one by its key, or say --watch" if several_pages else "name one by its key"
    told = f"{one_line(asked, _TITLE_LENGTH)!r}: {len(found)} {kind}s are meant; {choose}"
    more = [f"  and {len(found) - MOST_LISTED} more"] if len(found) > MOST_LISTED else []
    return "\n".join([told, *_lines(found[:MOST_LISTED]), *more])


def _lines(states: Iterable[Lineage]) -> list[str]:
    return [f"  {one_line(state.title, _TITLE_LENGTH)} ({state.watch}: {one_line(state.key, 300)})" for state in states]
