"""The snapshots of a watch in the order of their places, with their outlines and pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Text, select, type_coerce

from domain.audit import Findings
from domain.change import Record
from domain.page import Page
from storage.records import PAGES, REPORTS, SECTIONS, SHELVES, Shelf
from storage.tables import snapshots, watches
from storage.versions import Outline, version_rows

UNREADABLE = (LookupError, TypeError, ValueError)
"""What reading a value raises that no program of ours stored."""


def watch_ids(connection: Connection) -> tuple[int, ...]:
    """The numbers of the watches."""
    return tuple(connection.scalars(select(watches.c.id).order_by(watches.c.id)))


def outlined(
    connection: Connection, watch: int, findings: Findings | None = None
) -> Iterator[tuple[Row[Any], Outline]]:
    """Each snapshot with its outline; one that cannot be read is left out, and noted in `findings`."""
    columns = (
        snapshots.c.id,
        snapshots.c.watch,
        snapshots.c.place,
        snapshots.c.check,
        snapshots.c.captured_at,
        snapshots.c.confirmed_until,
        snapshots.c.sections,
        snapshots.c.reports,
        type_coerce(snapshots.c.outline, Text).label("outline"),
    )
    rows = connection.execute(
        select(*columns).where(snapshots.c.watch == watch).order_by(snapshots.c.place, snapshots.c.id)
    )
    for row in rows.yield_per(50):
        try:
            outline = Outline.of(json.loads(row.outline))
        except UNREADABLE:
            if findings:
                findings.fault("snapshot", row.id, "has an outline that cannot be read")
            continue
        yield row, outline


class Records:
    """The records of one page after another: what the page before had too is not read again."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: dict[str, dict[int, Record]] = {shelf.table.name: {} for shelf in SHELVES}

    def page(self, outline: Outline) -> tuple[Page, dict[str, dict[int, Record]]]:
        """The page of an outline, and its records by table and version. Raises one of UNREADABLE."""
        self._kept = {shelf.table.name: self._of(shelf, outline) for shelf in SHELVES}
        page = self._kept[PAGES.table.name][outline.page]
        if not isinstance(page, Page):
            raise TypeError(outline.page)
        sections: Any = tuple(self._kept[SECTIONS.table.name][number] for number in outline.sections)
        reports: Any = tuple(self._kept[REPORTS.table.name][number] for number in outline.reports)
        return replace(page, sections=sections, reports=reports), self._kept

    def _of(self, shelf: Shelf[Any], outline: Outline) -> dict[int, Record]:
        numbers = outline.versions(shelf)
        kept = self._kept[shelf.table.name]
        found = version_rows(self._connection, shelf, set(numbers) - kept.keys())
        return {
            number: kept[number] if number in kept else shelf.record(found[number]) for number in dict.fromkeys(numbers)
        }
