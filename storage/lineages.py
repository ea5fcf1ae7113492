"""Records that come back: which of those that left a page earlier a new one is, by the rules of identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from domain.change import Change, ChangeKind, Record
from domain.identity import Matching, match_reports, match_sections
from storage.records import REPORTS, SECTIONS, Shelf
from storage.tables import report_versions, snapshots
from storage.texts import with_texts


def former_lineages(
    connection: Connection, watch: int, shelf: Shelf[Any], arrivals: Mapping[int, Record]
) -> dict[int, int]:
    """For records that come to the page, by place: the lineage of the one that they were when they left it."""
    if not arrivals or shelf not in {REPORTS, SECTIONS}:
        return {}
    gone = _gone(connection, watch, shelf)
    match: Callable[[list[Any], list[Any]], Matching[Any]] = match_reports if shelf is REPORTS else match_sections
    places = {id(record): place for place, record in arrivals.items()}
    pairs = match(list(gone.values()), list(arrivals.values())).pairs
    lineages = {id(record): lineage for lineage, record in gone.items()}
    return {places[id(back)]: lineages[id(left)] for left, back in pairs}


def with_first_sightings(connection: Connection, watch: int, changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes, those that list a report again with the time at which it was first seen."""
    found = list(changes)
    arrivals = {
        place: change.after
        for place, change in enumerate(found)
        if change.kind is ChangeKind.REPORT_ADDED and change.after is not None
    }
    former = former_lineages(connection, watch, REPORTS, arrivals)
    first = first_sightings(connection, former.values())
    for place, lineage in former.items():
        found[place] = replace(found[place], first_seen=first[lineage])
    return tuple(found)


def first_sightings(connection: Connection, lineages: Iterable[int]) -> dict[int, datetime]:
    """When each lineage of reports was first seen."""
    wanted = sorted(set(lineages))
    if not wanted:
        return {}
    first = func.min(snapshots.c.captured_at).label("at")
    rows = (
        select(report_versions.c.lineage, first)
        .join(snapshots, snapshots.c.id == report_versions.c.first_snapshot)
        .where(report_versions.c.lineage.in_(wanted))
        .group_by(report_versions.c.lineage)
    )
    return {row.lineage: row.at for row in connection.execute(rows)}


def _gone(connection: Connection, watch: int, shelf: Shelf[Any]) -> dict[int, Any]:
    """The last state of each record that is on the page no more, by lineage."""
    table = shelf.table
    still_open = func.sum(case((table.c.last_snapshot.is_(None), 1), else_=0))
    last = select(func.max(table.c.id)).where(table.c.watch == watch).group_by(table.c.lineage).having(still_open == 0)
    rows = connection.execute(select(table).where(table.c.id.in_(last)).order_by(table.c.id)).mappings()
    return {row["lineage"]: shelf.record(row) for row in with_texts(connection, rows)}
