"""The history as a SQLite file for others: plain tables, readable times, and views that explain themselves.

Made for Datasette, and for anybody who knows SQL. It is no database of this program, and holds nobody's address.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from importlib.resources import files
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from domain.document import change as change_document
from domain.document import utc_text
from domain.page import Report, Section
from storage.database import Database
from storage.errors import Unwritable
from storage.records import REPORTS, SECTIONS, Shelf
from storage.streams import Stream
from storage.tables import snapshots, watches
from storage.versions import version_rows

_AT_ONCE = 500
_Rows = Iterator[tuple[Any, ...]]


def write_datasette(database: Database, place: Path, note: Callable[[int], None] = lambda _: None) -> Mapping[str, int]:
    """Write into a file that is not there or empty; gives how many rows each table has.

    `note` is told how many checks were written since it was told last. Raises Unwritable, and leaves half a file then.
    """
    with database.read() as connection:
        try:
            with closing(sqlite3.connect(place)) as out, out:
                out.execute("PRAGMA journal_mode = OFF")  # whoever wants a whole file or none sees to it by its name
                return _written(out, connection, Stream(connection, database.path, None, None), note)
        except sqlite3.Error as error:
            raise Unwritable(f"{place}: cannot be written ({error})") from error


def _written(
    out: sqlite3.Connection, connection: Connection, stream: Stream, note: Callable[[int], None]
) -> dict[str, int]:
    out.executescript(files("storage").joinpath("datasette.sql").read_text(encoding="utf-8"))
    sights = _sights(connection)
    counts = {
        "watch": _fill(out, "watch", _watches(connection)),
        "snapshot": _fill(out, "snapshot", _snapshots(stream)),
        "report_version": _fill(out, "report_version", _versions(connection, REPORTS, sights, _report)),
        "section_version": _fill(out, "section_version", _versions(connection, SECTIONS, sights, _section)),
        "change": _fill(out, "change", _changes(stream)),
        "check": _fill(out, "check", _checks(stream), note),
    }
    _index(out)
    return counts


def _fill(out: sqlite3.Connection, table: str, rows: _Rows, note: Callable[[int], None] = lambda _: None) -> int:
    count = 0
    while some := list(islice(rows, _AT_ONCE)):
        marks = ", ".join("?" * len(some[0]))
        out.executemany(f'INSERT INTO "{table}" VALUES ({marks})', some)  # noqa: S608 - the names are ours
        count += len(some)
        note(len(some))
    return count


def _watches(connection: Connection) -> _Rows:
    for row in connection.execute(select(watches.c.name, watches.c.url).order_by(watches.c.id)):
        yield tuple(row)


def _snapshots(stream: Stream) -> _Rows:
    for one in stream.snapshots():
        seen = utc_text(one.captured_at), utc_text(one.confirmed_until)
        yield one.id, one.watch, *seen, one.source, one.sha256, one.sections, one.reports, one.reader


def _checks(stream: Stream) -> _Rows:
    for looked in stream.checks():
        link = looked.sight.link
        said = link.source.value, link.outcome.value, link.reason, link.http_status, link.duration_ms
        yield (
            link.check,
            link.watch,
            utc_text(link.started_at),
            *said,
            looked.snapshot,
            link.body,
            looked.sight.seal.hex(),
        )


def _changes(stream: Stream) -> _Rows:
    for recorded in stream.changes(quiet=True):
        told = change_document(recorded)
        told["section"] = " › ".join(told["section"])
        told["text_before"], told["text_after"] = told["text"]["before"], told["text"]["after"]
        told["fields"] = _json(told["fields"])
        yield tuple(told[name] for name in _CHANGE)


_CHANGE = (
    "id", "watch", "kind", "quiet", "title", "section", "fields", "text_before", "text_after", "last_seen_before",
    "first_seen_after", "first_seen", "same_because", "key", "from_snapshot", "to_snapshot",
)  # fmt: skip


class _Sight:
    """When a snapshot was seen, and when the ones before and after it."""

    def __init__(self, row: Any) -> None:
        self.captured_at: datetime = row.captured_at
        self.confirmed_until: datetime = row.confirmed_until
        self.before: datetime | None = None
        self.after: datetime | None = None


def _sights(connection: Connection) -> dict[int, _Sight]:
    columns = snapshots.c.id, snapshots.c.watch, snapshots.c.captured_at, snapshots.c.confirmed_until
    rows = connection.execute(select(*columns).order_by(snapshots.c.watch, snapshots.c.place)).all()
    found = {row.id: _Sight(row) for row in rows}
    for one, two in pairwise(rows):
        if one.watch == two.watch:
            found[one.id].after = two.captured_at
            found[two.id].before = one.confirmed_until
    return found


def _versions(
    connection: Connection, shelf: Shelf[Any], sights: dict[int, _Sight], columns: Callable[[Any], Iterable[Any]]
) -> _Rows:
    """Each state of a record with the bounds of its life: NULL for no look before it, and for one that still holds."""
    names = {row.id: row.name for row in connection.execute(select(watches.c.id, watches.c.name))}
    table = shelf.table.c
    numbers = connection.scalars(select(table.id).order_by(table.id)).all()
    for start in range(0, len(numbers), _AT_ONCE):
        for row in version_rows(connection, shelf, numbers[start : start + _AT_ONCE]).values():
            first, last = sights[row["first_snapshot"]], sights.get(row["last_snapshot"] or 0)
            bounds = (
                utc_text(first.before),
                utc_text(first.captured_at),
                utc_text(last.confirmed_until) if last else None,
                utc_text(last.after) if last else None,
            )
            whose = row["id"], row["lineage"], names[row["watch"]]
            yield *whose, *bounds, *columns(shelf.record(row)), row["first_snapshot"], row["last_snapshot"]


def _report(report: Report) -> Iterator[Any]:
    published = report.published
    yield report.title
    yield published.iso if published else None
    yield published.precision.value if published else None
    yield from (
        report.programme.value,
        report.kind.value,
        report.area,
        report.recommendations,
        report.causes_of_concern,
    )
    yield from (report.url, " › ".join(report.section), report.text, report.key)


def _section(section: Section) -> Iterator[Any]:
    yield section.title
    yield section.level
    yield " › ".join(section.path)
    yield section.text
    yield _json([{"text": link.text, "url": link.url} for link in section.links])
    yield section.key


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True)


_SEARCHED = (
    ("report_version", "id", "title, text"),
    ("section_version", "id", "title, text"),
    ("reports_now", "rowid", "title, text"),
    ("report_versions", "rowid", "title, text"),
    ("changes", "rowid", "title, text_before, text_after"),
)


def _index(out: sqlite3.Connection) -> None:
    """What Datasette shows a search box for; a SQLite without FTS5 does without."""
    for table, number, columns in _SEARCHED:
        try:
            out.execute(
                # Datasette knows whose index it is by these very quotes.
                f'CREATE VIRTUAL TABLE {table}_fts USING fts5({columns}, content="{table}", content_rowid={number},'
                " tokenize='porter unicode61 remove_diacritics 2')"
            )
        except sqlite3.OperationalError:
            return
        out.execute(f"INSERT INTO {table}_fts({table}_fts) VALUES ('rebuild')")  # noqa: S608
