"""The changes: whether those between each snapshot and the next make the one page of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Text, select, type_coerce

from domain.audit import Findings
from domain.change import Change, ChangeKind, Places, Record
from domain.page import Page
from domain.rebuild import rebuild
from storage.audit.pages import UNREADABLE, Records, outlined, watch_ids
from storage.records import shelf_of
from storage.tables import changes, snapshots
from storage.versions import Outline

_COLUMNS = (
    changes.c.id,
    changes.c.watch,
    changes.c.from_snapshot,
    changes.c.to_snapshot,
    changes.c.position,
    type_coerce(changes.c.kind, Text).label("kind"),
    changes.c.before_version,
    changes.c.after_version,
    changes.c.place_before,
    changes.c.place_after,
    changes.c.last_seen_before,
    changes.c.first_seen_after,
)


@dataclass(frozen=True, slots=True)
class _State:
    """A snapshot with its page, and the page's records by table and version."""

    row: Row[Any]
    outline: Outline
    page: Page
    records: dict[str, dict[int, Record]]


def audit_changes(connection: Connection, findings: Findings, _path: Path) -> None:
    """Rebuild each page from the one before it, and compare."""
    for watch in watch_ids(connection):
        records = Records(connection)
        before: _State | None = None
        is_first = True
        for row, outline in outlined(connection, watch):
            after = _state(row, outline, records, findings)
            led = connection.execute(select(*_COLUMNS).where(changes.c.check == row.check).order_by(changes.c.position))
            if is_first:
                for change in led:
                    findings.fault("change", change.id, "leads to the first snapshot of a watch")
            elif before and after:
                _audit_step(before, after, led.all(), findings)
            before, is_first = after, False
    strays = select(changes.c.id).join(snapshots, snapshots.c.id == changes.c.to_snapshot)
    for number in connection.scalars(strays.where(snapshots.c.check != changes.c.check).order_by(changes.c.id)):
        findings.fault("change", number, "was found by another check than its snapshot")


def _state(row: Row[Any], outline: Outline, records: Records, findings: Findings) -> _State | None:
    try:
        page, found = records.page(outline)
    except UNREADABLE as error:
        findings.fault("snapshot", row.id, "has records that cannot be read", f" ({type(error).__name__}: {error})")
        return None
    return _State(row, outline, page, found)


def _audit_step(before: _State, after: _State, led: Sequence[Row[Any]], findings: Findings) -> None:
    """What leads from one snapshot to the next."""
    one, two = before.row, after.row
    read = []
    for position, row in enumerate(led):
        findings.looked_at()
        if (row.watch, row.from_snapshot, row.to_snapshot) != (two.watch, one.id, two.id):
            findings.fault("change", row.id, "does not lead from a snapshot to the next")
        if (row.last_seen_before, row.first_seen_after) != (one.confirmed_until, two.captured_at):
            findings.fault("change", row.id, "has other bounds than its snapshots")
        elif row.last_seen_before > row.first_seen_after:
            findings.fault("change", row.id, "was seen earlier than it was not, as if the clock was set back")
        if row.position != position:
            findings.fault("change", row.id, "is not in its place among those of its check")
        try:
            read.append(_change(row, before, after))
        except UNREADABLE:
            findings.fault("change", row.id, "has records that are not on its pages")
            return
    try:
        rebuilt = rebuild(before.page, read)
    except RuntimeError:  # there are more places than records for them
        rebuilt = None
    if rebuilt is None or not _same(rebuilt, after.page):
        findings.fault("snapshot", two.id, "is not what its changes make of the one before")


def _change(row: Row[Any], before: _State, after: _State) -> Change:
    """A change with its records, as far as `rebuild` needs it. Raises one of UNREADABLE."""
    kind = ChangeKind(row.kind)
    return Change(
        kind=kind,
        quiet=False,
        before=_record(before, kind, row.before_version, row.place_before),
        after=_record(after, kind, row.after_version, row.place_after),
        places=Places(row.place_before, row.place_after),
    )


def _record(state: _State, kind: ChangeKind, version: int | None, place: int | None) -> Record | None:
    """The record of one side, which must stand at its place."""
    if version is None:
        return None
    shelf = shelf_of(kind)
    if state.outline.versions(shelf)[place or 0] != version:
        raise ValueError(version)
    return state.records[shelf.table.name][version]


def _same(one: Page, two: Page) -> bool:
    """Whether two pages are the same in every word, also of dates, whose wording equality leaves out."""
    wordings = ([report.published and report.published.text for report in page.reports] for page in (one, two))
    return one == two and next(wordings) == next(wordings)
