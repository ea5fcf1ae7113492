"""The reports of a watch over their lives on the page, as they were known at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from domain.report_listing import ListedReport
from storage.records import REPORTS
from storage.rows import watch_row
from storage.snapshots import snapshot_row, snapshot_row_at
from storage.tables import checks, report_versions, snapshots
from storage.versions import Outline, version_rows


def listed_reports(connection: Connection, watch: str, at: datetime | None) -> tuple[ListedReport, ...]:
    """Every report ever listed by then: first those on the page, in page order, then those gone, latest first.

    `at` None is now. Raises UnknownWatch, and UnknownSnapshot for a time before the first snapshot.
    """
    watch_known = watch_row(connection, watch)
    if at is None and watch_known["latest_snapshot"] is None:
        return ()
    if at is None:
        state = snapshot_row(connection, watch_known["latest_snapshot"])
        seen = state["confirmed_until"]
    else:
        state = snapshot_row_at(connection, watch, at)
        seen = _last_sight(connection, state, at)
    lives = _lives(connection, state)
    rows = version_rows(connection, REPORTS, [number for _, number in lives])
    sights = _sights(connection, state["watch"])
    at_place = {sight["place"]: sight for sight in sights.values()}
    place = {number: index for index, number in enumerate(Outline.of(state["outline"]).reports)}

    def listed(first: int, number: int) -> ListedReport:
        row, on_page = rows[number], number in place
        last = seen if on_page else sights[row["last_snapshot"]]["confirmed_until"]
        return ListedReport(watch, REPORTS.record(row), at_place[first]["captured_at"], last, on_page)

    on_page = sorted((life for life in lives if life[1] in place), key=lambda life: place[life[1]])
    gone = [listed(*life) for life in lives if life[1] not in place]
    gone.sort(key=lambda report: report.last_seen, reverse=True)
    return (*(listed(*life) for life in on_page), *gone)


def _lives(connection: Connection, state: RowMapping) -> list[tuple[int, int]]:
    """The place of the first snapshot of each report known at a state, and its latest version by then."""
    version, first = report_versions.c, snapshots.c
    by_then = (version.watch == state["watch"], first.place <= state["place"])
    statement = select(func.min(first.place), func.max(version.id)).join(snapshots, first.id == version.first_snapshot)
    statement = statement.where(*by_then)
    return [(first, number) for first, number in connection.execute(statement.group_by(version.lineage))]


def _sights(connection: Connection, watch: int) -> Mapping[int, Mapping[Any, Any]]:
    """When each snapshot of a watch was first and last seen."""
    columns = (snapshots.c.id, snapshots.c.place, snapshots.c.captured_at, snapshots.c.confirmed_until)
    rows = connection.execute(select(*columns).where(snapshots.c.watch == watch)).mappings()
    return {row["id"]: row for row in rows}


def _last_sight(connection: Connection, state: RowMapping, at: datetime) -> datetime:
    """The last check by then that saw a state; a replay may have found that later ones saw another."""
    by_then = (checks.c.watch == state["watch"], checks.c.started_at <= at, checks.c.snapshot == state["id"])
    last = select(checks.c.started_at).where(*by_then).order_by(checks.c.started_at.desc()).limit(1)
    seen: datetime = connection.execute(last).scalar_one()
    confirmed: datetime = state["confirmed_until"]
    return min(seen, confirmed)
