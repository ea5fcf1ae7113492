"""What can be asked of the past: changes, snapshots, checks, pages as they stood. Only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from sqlalchemy import and_, func, select

from domain.alert import PageChanges, Week
from domain.capture import Source
from domain.change import ChangeKind, RecordedChange
from domain.check import Check, Outcome, Snapshot, Standing
from domain.page import Page, RecordKind
from domain.query import parse_query
from domain.recipient import Wants
from domain.report_listing import ListedReport
from domain.search import Asked, Found
from domain.sighting import Known
from domain.since import News
from domain.timeline import Timeline
from storage.columns import require_zones
from storage.database import Database
from storage.letters import by_page, wanted
from storage.listing import listed_reports
from storage.looks import known_at
from storage.recorded import CHANGES, read_changes
from storage.rows import CHECKS, SNAPSHOTS, check_of, snapshot_of, standing, standings, watch_id
from storage.search import search
from storage.search_index import Told
from storage.since import news_since
from storage.snapshots import snapshot_row, snapshot_row_at, stored_body, stored_page
from storage.tables import changes, checks, snapshots, watches
from storage.timeline import timeline_of

MOST_LOOKED_THROUGH = 2_000
_WITHIN: Mapping[str | None, tuple[RecordKind, ...]] = {
    None: (),
    "reports": (RecordKind.REPORT,),
    "sections": (RecordKind.SECTION, RecordKind.PAGE),
}
_NAMES = select(watches.c.name).order_by(watches.c.id)


def _not_told(_done: int, _total: int) -> None:
    pass


class History:
    """The stored past of all watches.

    Where a watch is named, UnknownWatch is raised for one that is not known. Times are aware, of any zone, and those
    given are in UTC; ValueError names one without a zone.
    """

    def __init__(self, database: Database) -> None:
        """Of a database that is open; of one in a file, see `open`."""
        self._database = database

    @classmethod
    def open(cls, place: str | Path) -> Self:
        """Of a database in a file, named by its path or as storage.url names it; a context manager that closes it.

        The file is left as it is, but for the index that `search` keeps. May be used beside a service at work. Raises
        StorageError where there is none, where it is none of ours, and where it is of another version.
        """
        path = Database.path_of(place) if isinstance(place, str) and "://" in place else Path(place)
        return cls(Database.open_as_it_is(path))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def watches(self) -> tuple[str, ...]:
        """The names of the watches, in the order in which they were first known."""
        with self._database.read() as connection:
            return tuple(connection.scalars(_NAMES))

    def standings(self) -> tuple[Standing, ...]:
        """How every watch stands, in the order of `watches`."""
        with self._database.read() as connection:
            return standings(connection)

    def changes(
        self,
        *,
        watch: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        kind: ChangeKind | None = None,
        quiet: bool = False,
        limit: int | None = None,
        from_check: int | None = None,
    ) -> tuple[RecordedChange, ...]:
        """The changes first seen from `since` to `until`, both included; quiet ones too with `quiet`.

        Newest first, those of one check in the order of the page.
        """
        require_zones(since=since, until=until)
        found = changes.c
        with self._database.read() as connection:
            statement = CHANGES if quiet else CHANGES.where(~found.quiet)
            if watch is not None:
                statement = statement.where(found.watch == watch_id(connection, watch))
            if since is not None:
                statement = statement.where(found.first_seen_after >= since)
            if until is not None:
                statement = statement.where(found.first_seen_after <= until)
            if kind is not None:
                statement = statement.where(found.kind == kind)
            if from_check is not None:
                statement = statement.where(found.check == from_check)
            newest_first = statement.order_by(found.first_seen_after.desc(), found.check.desc(), found.position)
            return read_changes(connection, newest_first.limit(limit))

    def changes_of_snapshot(self, snapshot_id: int) -> tuple[RecordedChange, ...]:
        """What led to a snapshot from the one before, quiet changes too, in the order of `compare`."""
        with self._database.read() as connection:
            check = snapshot_row(connection, snapshot_id)["check"]
            return read_changes(connection, CHANGES.where(changes.c.check == check).order_by(changes.c.position))

    def recent(self, wants: Wants, limit: int) -> tuple[PageChanges, ...]:
        """The newest loud changes that a reader wants, at most so many of each page; each page's oldest first.

        Only those that checks of our own found: what was imported later is told to nobody. Of a long history the newest
        `MOST_LOOKED_THROUGH` changes are looked through.
        """
        ours = and_(checks.c.source == Source.LIVE, checks.c.outcome == Outcome.CHANGED)
        found = CHANGES.join(checks, checks.c.id == changes.c.check).where(~changes.c.quiet, ours)
        found = found.order_by(changes.c.first_seen_after.desc(), changes.c.id.desc())
        with self._database.read() as connection:
            newest_first = wanted(read_changes(connection, found.limit(MOST_LOOKED_THROUGH)), wants)
            if not newest_first:
                return ()
            pages = by_page(connection, newest_first, newest_first[0].bounds.first_seen_after)
            return tuple(replace(page, changes=page.changes[limit - 1 :: -1]) for page in pages)

    def week(self, since: datetime, until: datetime) -> Week:
        """What was done, over all watches, from the one time on until the other."""
        # Each watch by itself, as the index has them: years of checks are not gone through for those of a week.
        each = checks.c.watch.in_(select(watches.c.id))
        ours = checks.c.source == Source.LIVE
        made = select(checks.c.outcome, func.count()).where(
            each, ours, checks.c.started_at >= since, checks.c.started_at < until
        )
        found = select(changes.c.quiet, func.count()).where(
            changes.c.first_seen_after >= since, changes.c.first_seen_after < until
        )
        with self._database.read() as connection:
            by_outcome = {row[0]: row[1] for row in connection.execute(made.group_by(checks.c.outcome))}
            by_quiet = {row[0]: row[1] for row in connection.execute(found.group_by(changes.c.quiet))}
        failed, suspect = by_outcome.get(Outcome.FAILED, 0), by_outcome.get(Outcome.SUSPECT, 0)
        total = sum(by_outcome.values())
        return Week(since, until, total, failed, suspect, by_quiet.get(False, 0), by_quiet.get(True, 0))

    def snapshots(self, watch: str | None = None) -> tuple[Snapshot, ...]:
        """The accepted states, newest first."""
        with self._database.read() as connection:
            statement = SNAPSHOTS.order_by(snapshots.c.captured_at.desc(), snapshots.c.place.desc())
            if watch is not None:
                statement = statement.where(snapshots.c.watch == watch_id(connection, watch))
            return tuple(snapshot_of(row) for row in connection.execute(statement).mappings())

    def checks(self, watch: str | None = None, limit: int | None = None) -> tuple[Check, ...]:
        """Every look, newest first."""
        with self._database.read() as connection:
            if watch is None:
                statement = CHECKS.order_by(checks.c.id.desc())
            else:
                mine = CHECKS.where(checks.c.watch == watch_id(connection, watch))
                statement = mine.order_by(checks.c.started_at.desc(), checks.c.id.desc())
            return tuple(check_of(row) for row in connection.execute(statement.limit(limit)).mappings())

    def snapshot(self, snapshot_id: int) -> Snapshot:
        """A snapshot by its number. Raises UnknownSnapshot."""
        with self._database.read() as connection:
            return snapshot_of(snapshot_row(connection, snapshot_id))

    def snapshot_at(self, watch: str, at: datetime) -> Snapshot:
        """The state that a page was known to be in at a time.

        Raises UnknownSnapshot for a time before the first, and says when that was.
        """
        require_zones(at=at)
        with self._database.read() as connection:
            return snapshot_of(snapshot_row_at(connection, watch, at))

    def known_at(self, watch: str, at: datetime) -> Known:
        """What is known of a page at a time: its state, and the looks before and after. Raises UnknownSnapshot."""
        require_zones(at=at)
        with self._database.read() as connection:
            return known_at(connection, watch, at)

    def latest(self, watch: str) -> Snapshot | None:
        """The last accepted state; None before the first."""
        with self._database.read() as connection:
            return standing(connection, watch).snapshot

    def page(self, snapshot_id: int) -> Page:
        """The page of a snapshot, exactly as it was read. Raises UnknownSnapshot."""
        with self._database.read() as connection:
            return stored_page(connection, snapshot_id)

    def timeline(self, asked: str, *, watch: str | None = None, section: bool = False, quiet: bool = False) -> Timeline:
        """The life of the report (or section) that has this key, address in any form, or part of a title.

        Quiet changes too with `quiet`; `watch` None looks for it on all pages. Raises UnknownRecord, SeveralRecords.
        """
        kind = RecordKind.SECTION if section else RecordKind.REPORT
        with self._database.read() as connection:
            return timeline_of(connection, kind, asked, watch, quiet=quiet)

    def since(self, begin: datetime, *, watch: str | None = None, until: datetime | None = None) -> tuple[News, ...]:
        """What became of each page since a time, in the order of `watches`; of one page where a watch is named.

        `until` is now: a stretch in which nobody looked may last until then. None lets it end with the last check.
        """
        require_zones(begin=begin, until=until)
        with self._database.read() as connection:
            names = (watch,) if watch is not None else tuple(connection.scalars(_NAMES))
            return tuple(news_since(connection, name, begin, until) for name in names)

    def search(
        self,
        words: str,
        *,
        within: Literal["reports", "sections"] | None = None,
        watch: str | None = None,
        at: datetime | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
        told: Told = _not_told,
    ) -> Found:
        """What texts of all times say, the best first: all of the words, as `parse_query` reads them.

        `at` asks what stood then; `since` and `until` what was first seen from the one on, and by the other. What is
        new since the last search is indexed first, with a call of `told` now and then (texts done, texts in all): the
        one thing that is written. Where it cannot be, what was indexed before is looked through, and `Found` says so.
        Raises QueryError where there is nothing to look for, NoFullText where SQLite has no full-text search.
        """
        require_zones(at=at, since=since, until=until)
        query = parse_query(words)
        return search(self._database, Asked(query, _WITHIN[within], watch, at, since, until, limit), told)

    def body(self, snapshot_id: int) -> bytes:
        """The bytes that a snapshot was read from, as fetched. Raises UnknownSnapshot, NotADatabase if damaged."""
        with self._database.read() as connection:
            return stored_body(connection, snapshot_id, self._database.path)

    def reports(self, watch: str, at: datetime | None = None) -> tuple[ListedReport, ...]:
        """Every report ever listed by then: first those on the page, in page order, then those gone, latest first.

        Raises UnknownSnapshot for a time before the first snapshot.
        """
        require_zones(at=at)
        with self._database.read() as connection:
            return listed_reports(connection, watch, at)
