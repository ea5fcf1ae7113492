"""A record's life, from its versions and the changes between them."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from domain.change import ChangeKind
from domain.page import RecordKind
from domain.timeline import Event, EventKind, Timeline, events_of
from storage.finding import find_lineage
from storage.recorded import CHANGES, read_changes
from storage.records import shelf_for, shelf_of
from storage.sightings import Sights
from storage.tables import changes, snapshots
from storage.versions import version_rows


def timeline_of(connection: Connection, kind: RecordKind, asked: str, watch: str | None, *, quiet: bool) -> Timeline:
    """The life of the report or section that is meant; quiet changes with `quiet`. Raises as `find_lineage`."""
    lineage = find_lineage(connection, kind, asked, watch)
    shelf = shelf_for(kind)
    table = shelf.table.c
    mine = table.watch == lineage.watch_id, table.lineage == lineage.number
    columns = table.id, table.first_snapshot, table.last_snapshot
    versions = connection.execute(select(*columns).where(*mine).order_by(table.id)).all()
    sights = Sights(connection, lineage.watch_id)
    first, last = sights.of(versions[0].first_snapshot), versions[-1].last_snapshot
    ends = version_rows(connection, shelf, (versions[0].id, versions[-1].id))
    record = shelf.record(ends[versions[0].id])
    beginning = Event(EventKind.FIRST_SEEN, record, None, first.captured_at, None, None, first.id)
    numbers = select(table.id).where(*mine)
    statement = (
        CHANGES.join(snapshots, snapshots.c.id == changes.c.to_snapshot)
        .where(changes.c.watch == lineage.watch_id)
        .where(changes.c.kind.in_([one for one in ChangeKind if shelf_of(one) is shelf]))
        .where(or_(changes.c.before_version.in_(numbers), changes.c.after_version.in_(numbers)))
        .order_by(snapshots.c.place, changes.c.position)
    )
    told = read_changes(connection, statement if quiet else statement.where(~changes.c.quiet))
    return Timeline(
        watch=lineage.watch,
        kind=kind,
        record=shelf.record(ends[versions[-1].id]),
        sighting=sights.sighting(first, None if last is None else sights.of(last)),
        listed=last is None,
        versions=len(versions),
        events=events_of(beginning, told),
    )
