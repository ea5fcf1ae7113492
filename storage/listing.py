"""The reports of a watch over their lives on the page, as they were known at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select

from domain.report_listing import ListedReport
from storage.looks import last_look
from storage.records import REPORTS
from storage.rows import watch_row
from storage.sightings import Sights
from storage.snapshots import snapshot_row, snapshot_row_at
from storage.tables import report_versions, snapshots
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
        seen = last_look(connection, state, at)
    lives = _lives(connection, state)
    rows = version_rows(connection, REPORTS, [number for _, number in lives])
    sights = Sights(connection, state["watch"])
    place = {number: index for index, number in enumerate(Outline.of(state["outline"]).reports)}

    def listed(first_place: int, number: int) -> ListedReport:
        row, on_page = rows[number], number in place
        first, last = sights.at_place(first_place), None if on_page else sights.of(row["last_snapshot"])
        bounds = sights.sighting(first, last, seen)
        return ListedReport(
            watch=watch,
            report=REPORTS.record(row),
            first_seen=bounds.first_seen,
            last_seen=bounds.last_seen,
            listed=on_page,
            absent_until=bounds.absent_until,
            absent_from=bounds.absent_from,
        )

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
