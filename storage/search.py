"""What texts of all times say: found in the index, gathered into the stretches of time in which they said it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, column, func, literal_column, select, table, text

from domain.page import RecordKind
from domain.search import Asked, Found, Hit
from storage.database import Database
from storage.records import shelf_for
from storage.rows import watch_id
from storage.search_expression import expression_of
from storage.search_index import Told, catch_up, is_made, storable, unread
from storage.sightings import Sights
from storage.snippets import marked
from storage.tables import search_documents, snapshots, watches
from storage.versions import version_rows

_INDEX = table("search_index", column("rowid"))
_RANK: ColumnElement[float] = literal_column("bm25(search_index, 6.0, 1.0)").label(
    "rank"
)  # words of a title weigh six times as much


def search(database: Database, asked: Asked, told: Told) -> Found:
    """Look through every state of every record, after what is new of them was indexed.

    `told` is called while that goes on. Raises UnknownWatch and NoFullText.
    """
    fault = catch_up(database, told)
    with database.read() as connection:
        if asked.watch is not None:
            watch_id(connection, asked.watch)
        left = unread(connection)
        if not is_made(connection):
            return Found((), 0, left, fault)
        expression = expression_of(connection, asked.query)
        runs = sorted(_runs(connection, asked, expression), key=lambda run: (run.rank, -run.began.timestamp()))
        hits = _hits(connection, runs[: asked.limit], expression)
        return Found(tuple(hits), len(runs), left, fault if left else None)


@dataclass(frozen=True, slots=True)
class _State:
    """One state of a record that says it; `last` is None where it still holds."""

    version: int
    rank: float
    first: int
    last: int | None


@dataclass(slots=True)
class _Run:
    """States of one record, each following the one before.

    `asked` is the one of the time that is asked about, None where none is.
    """

    kind: RecordKind
    watch: int
    began: datetime
    states: list[_State]
    asked: _State | None = None

    @property
    def shown(self) -> _State:
        return self.asked or self.states[-1]

    @property
    def rank(self) -> float:
        """The lower the better."""
        return self.asked.rank if self.asked else min(state.rank for state in self.states)


def _runs(connection: Connection, asked: Asked, expression: str) -> Iterator[_Run]:
    """The stretches of time in which a record says it, as far as they are asked for."""
    stood = None if asked.at is None else _places_at(connection, asked.at)
    for kind in asked.kinds or tuple(RecordKind):
        for run in _stretches(kind, _matching(connection, asked, kind, expression)):
            if asked.since is not None and run.began < asked.since:
                continue
            if asked.until is not None and run.began > asked.until:
                continue
            if stood is not None:
                run.asked = _standing(run, stood.get(run.watch, 0))
                if run.asked is None:
                    continue
            yield run


def _standing(run: _Run, place: int) -> _State | None:
    """The state of a stretch at a snapshot."""
    stood = (state for state in run.states if state.first <= place and (state.last is None or place <= state.last))
    return next(stood, None)


def _matching(connection: Connection, asked: Asked, kind: RecordKind, expression: str) -> Iterator[Row[Any]]:
    """The states that match, those of a record together and in the order of time."""
    version, first, last = shelf_for(kind).table, snapshots.alias("first"), snapshots.alias("last")
    columns = (
        version.c.id,
        version.c.watch,
        version.c.lineage,
        _RANK,
        first.c.place.label("first"),
        first.c.captured_at.label("began"),
        last.c.place.label("last"),
    )
    statement = (
        select(*columns)
        .select_from(_INDEX)
        .join(search_documents, search_documents.c.id == _INDEX.c.rowid)
        .join(version, version.c.id == search_documents.c.version)
        .join(first, first.c.id == version.c.first_snapshot)
        .outerjoin(last, last.c.id == version.c.last_snapshot)
        .where(text("search_index MATCH :expression").bindparams(bindparam("expression", expression)))
        .where(search_documents.c.kind == kind)
        .order_by(version.c.lineage, version.c.id)
    )
    if asked.watch is not None:
        statement = statement.where(search_documents.c.watch == watch_id(connection, asked.watch))
    return iter(connection.execute(statement))


def _stretches(kind: RecordKind, rows: Iterable[Row[Any]]) -> Iterator[_Run]:
    """States of one record with neither another state nor a removal between them are one stretch."""
    lineage, run = None, None
    for row in rows:
        state = _State(row.id, row.rank, row.first, row.last)
        if run is not None and lineage == row.lineage and run.states[-1].last == row.first - 1:
            run.states.append(state)
            continue
        if run is not None:
            yield run
        lineage, run = row.lineage, _Run(kind, row.watch, row.began, [state])
    if run is not None:
        yield run


def _places_at(connection: Connection, at: datetime) -> dict[int, int]:
    """The place of the state that each watch was in at a time."""
    by_then = select(snapshots.c.watch, func.max(snapshots.c.place)).where(snapshots.c.captured_at <= at)
    return {row[0]: row[1] for row in connection.execute(by_then.group_by(snapshots.c.watch))}


def _hits(connection: Connection, runs: Iterable[_Run], expression: str) -> Iterator[Hit]:
    runs = list(runs)
    names = {row.id: row.name for row in connection.execute(select(watches.c.id, watches.c.name))}
    sights = {watch: Sights(connection, watch) for watch in {run.watch for run in runs}}
    shown: dict[RecordKind, set[int]] = defaultdict(set)
    for run in runs:
        shown[run.kind].add(run.shown.version)
    rows = {kind: version_rows(connection, shelf_for(kind), versions) for kind, versions in shown.items()}
    states = [rows[run.kind][run.shown.version] for run in runs]
    said = {place: (storable(row["title"]), storable(row.get("text") or "")) for place, row in enumerate(states)}
    fragments = marked(said, expression)
    for place, run in enumerate(runs):
        of_watch = sights[run.watch]
        first = of_watch.at_place(run.states[0].first)
        last = None if run.states[-1].last is None else of_watch.at_place(run.states[-1].last)
        title, snippet = fragments[place]
        yield Hit(
            watch=names[run.watch],
            kind=run.kind,
            record=shelf_for(run.kind).record(states[place]),
            sighting=of_watch.sighting(first, last),
            stands=last is None,
            versions=len(run.states),
            first_snapshot=first.id,
            last_snapshot=(last or of_watch.latest()).id,
            title=title,
            snippet=snippet,
        )
