"""The composition root: builds from the settings what the use cases are passed. Nothing else builds things."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Semaphore
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from cli.errors import CommandError
from cli.sources import xdg_folder
from cli.terminal import plain
from cli.version import VERSION
from domain.check import Answer, Standing, Verdict
from domain.page import Page
from domain.watch import Watch
from storage.database import Database

if TYPE_CHECKING:
    from cli.settings import ScraperSettings, Settings
    from schedules.replay import Reader
    from scraper.fetch import Fetcher
    from storage.archive import Archive


_READING = Semaphore(2)
"""Pages read at once: more threads read no faster, and each would hold the tree of a page."""


def utc_now() -> datetime:
    """The clock that everything else is passed; aware UTC."""
    return datetime.now(UTC)


def zone(settings: Settings) -> ZoneInfo:
    """The zone in which people read times."""
    return ZoneInfo(settings.schedules.timezone)


def database_url(settings: Settings) -> str:
    """Where the history is kept."""
    default = xdg_folder(os.environ, "XDG_DATA_HOME", ".local/share") / "monitor.db"
    return settings.storage.url or f"sqlite:///{default}"


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database, made or migrated where need be."""
    database = Database.open(database_url(settings), program=VERSION)
    if database.backup_made:
        told = f"{database.path}: upgraded to revision {database.newest_revision()}"
        click.echo(plain(f"{told}; {database.backup_made} is as it was before"), err=True)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def existing(settings: Settings) -> Iterator[Database]:
    """The database, which must be there. Raises CommandError."""
    path = Database.path_of(database_url(settings))
    if not path.exists():
        raise CommandError(f"{path}: there is no database yet; `check` makes one, `restore` puts a backup there")
    with opened(settings) as database:
        yield database


def watches(settings: Settings, names: tuple[str, ...] = ()) -> tuple[Watch, ...]:
    """The watches of the settings, or those named, each once. Raises CommandError for a name that none has."""
    known = {watch.name: watch.watch() for watch in settings.watches}
    for name in names:
        if name not in known:
            raise CommandError(f"unknown watch {name!r}; the settings have {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names or known))


def fetcher(scraper: ScraperSettings, database: Database | None) -> Fetcher:
    """A fetcher; without a database it keeps robots.txt, and who wants to be left alone, in memory."""
    import msgspec

    from scraper.fetch import Fetcher, FetchSettings
    from scraper.pauses import MemoryPauses
    from scraper.robots import MemoryShelf
    from storage.pauses import PauseShelf
    from storage.robots import RobotsShelf

    shelf = RobotsShelf(database) if database else MemoryShelf()
    pauses = PauseShelf(database) if database else MemoryPauses()
    options = FetchSettings(**msgspec.structs.asdict(scraper))
    return Fetcher(options, VERSION, clock=utc_now, robots_store=shelf, pause_store=pauses)


def due_watches(
    settings: Settings, standings: Mapping[str, Standing], polite: Fetcher, chosen: Iterable[Watch]
) -> Iterator[Watch]:
    """Those of the watches that are to be looked at by now."""
    from schedules.cron import parse_schedule
    from schedules.plan import is_due

    zoned, now = zone(settings), utc_now()
    for watch in chosen:
        if is_due(parse_schedule(watch.schedule), zoned, standings[watch.name], now, polite.paused_until(watch.url)):
            yield watch


def judge(answer: Answer, watch: Watch, before: Page | None) -> Verdict:
    """The verdict, whose reader is imported when there is a first answer to read."""
    from scraper.verdict import verdict

    with _READING:
        return verdict(answer, watch, before)


def reader() -> Reader:
    """Today's reader, which is imported when there is a first body to read."""
    from schedules.replay import Reader
    from scraper.version import READER_VERSION

    def read(body: bytes, url: str, content_type: str | None) -> Page:
        from scraper import read as reading

        return reading.read(body, url, content_type)

    return Reader(READER_VERSION, read)


def renewed_standings(database: Database, archive: Archive, chosen: Iterable[Watch]) -> Mapping[str, Standing]:
    """How the watches stand, once the last snapshot of each is read by today's reader; the caller holds the run lock.

    Where an older one read it, the history is replayed: otherwise the first check after an upgrade would tell the new
    reader's edits as the page's.
    """
    from scraper.version import READER_VERSION

    standings = archive.standings()
    latest = [standings[watch.name].snapshot for watch in chosen]
    if all(snapshot is None or snapshot.reader == READER_VERSION for snapshot in latest):
        return standings
    from schedules.replay import replay_if_needed
    from storage.replay import Replays

    for snapshot in latest:
        replay_if_needed(snapshot, replays=Replays(database), reader=reader())
    return archive.standings()
