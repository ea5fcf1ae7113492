"""A page in a few states, as checks of our own and captures of others see it, over a real database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.capture import Capture, Listed, Source
from domain.check import Answer, Stored
from domain.digest import DigestTimes
from domain.owed import Audience
from domain.watch import Watch
from schedules.check import check
from schedules.merging import Merged, merge
from schedules.replay import Reader
from scraper.errors import FetchError
from scraper.fetch import Fetched, NotModified
from scraper.read import read
from scraper.verdict import verdict
from scraper.version import READER_VERSION
from storage.archive import Archive
from storage.auditor import audited
from storage.captures import Captures
from storage.database import Database
from storage.history import History
from storage.past import Past
from storage.replay import Replays

URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
WATCH = Watch("child-protection", URL, "0 * * * *")
START = datetime(2024, 1, 1, tzinfo=UTC)
NOBODY = Audience((), "monitor.example.org", DigestTimes(time(8), 0, ZoneInfo("Europe/London")))
TITLES = ("Metropolitan Police", "Cleveland Police", "Kent Police", "Essex Police", "Avon and Somerset Police")
HEADINGS = ("Our inspections", "Joint inspections", "Future inspections", "Contact us")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def page(edition: int, *, without: Iterable[int] = (), noise: str = "") -> bytes:
    """The page in an edition of its text, without some of its reports; the noise is nothing that a reader sees."""
    reports = "".join(
        f'<h3><a href="/publications/{title.lower().replace(" ", "-")}/">{title} – {3 + place} March 2023</a></h3>'
        f"<p>We inspected {title} and made {place + 2} recommendations.</p>"
        for place, title in enumerate(TITLES)
        if place not in set(without)
    )
    sections = "".join(f"<h2>{heading}</h2><p>What we do, edition {edition}.</p>" for heading in HEADINGS)
    return (
        f"<!doctype html><html><head><title>Child abuse</title><!-- {noise} --></head><body><main>"
        f"<h1>Child abuse and child protection issues</h1><p>Introduction.</p>{sections}"
        f"<h2>Thematic reviews</h2>{reports}</main></body></html>"
    ).encode()


UTF_8 = "text/html; charset=utf-8"


def answer(body: bytes, content_type: str = UTF_8) -> Answer:
    return Answer(200, (URL,), (("content-type", content_type),), body)


def capture(
    hours: float, body: bytes, *, key: str | None = None, digest: str | None = None, content_type: str = UTF_8
) -> Capture:
    return Capture(Listed(key or f"{hours}", URL, at(hours), digest, 200), answer(body, content_type))


@dataclass
class Scene:
    """A database with one watch."""

    database: Database

    @classmethod
    def of(cls, path: Path) -> Scene:
        database = Database.open(f"sqlite:///{path}")
        Archive(database).register([WATCH])
        return cls(database)

    @property
    def history(self) -> History:
        return History(self.database)

    def looks(
        self, hours: float, body: bytes | None, audience: Audience = NOBODY, *, content_type: str = UTF_8
    ) -> Stored:
        """A check of our own, which fails without a body; with an empty one the server says that nothing is new."""

        class Site:
            def fetch(self, *_: object) -> Fetched | NotModified:
                if body is None:
                    raise FetchError("no answer within 20 seconds")
                return Fetched(answer(body, content_type)) if body else NotModified()

        fetcher = Site()
        return check(
            WATCH,
            clock=lambda: at(hours),
            fetcher=fetcher,  # type: ignore[arg-type]
            judge=verdict,
            archive=Archive(self.database),
            audience=lambda: audience,
        )

    def brings(self, *captures: Capture, source: Source = Source.FILE) -> Merged:
        Captures(self.database).bring(WATCH.name, source, captures)
        return self.merges()

    def merges(self) -> Merged:
        past, replays = Past(self.database), Replays(self.database)
        return merge(WATCH, past=past, replays=replays, judge=verdict, reader=Reader(READER_VERSION, read))

    def faults(self) -> list[str]:
        return [fault for part in audited(self.database) for fault in part.faults]

    def states(self) -> list[tuple[bytes, datetime, datetime]]:
        """The bytes of the snapshots, the oldest first, with the first and the last sight of each."""
        oldest_first = reversed(self.history.snapshots(WATCH.name))
        return [(self.history.body(one.id), one.captured_at, one.confirmed_until) for one in oldest_first]
