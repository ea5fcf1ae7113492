"""A watch whose checks are told in few words: pages at hours, stored as the check itself would store them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain.alert import AlertKind
from domain.check import Accepted, Answer, Failed, Finding, Stored, Suspected, Unchanged, Validators
from domain.compare import compare
from domain.digest import Slot
from domain.owed import Owed
from domain.page import Page
from domain.recipient import EVERYTHING, Cadence, Recipient, Wants
from domain.watch import Watch
from storage.archive import Archive
from storage.database import Database

START = datetime(2024, 2, 9, 9, tzinfo=UTC)
URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/"
ADDRESS = "child-protection"
READER = Recipient("reader@example.org", "smtp")
ADMIN = Recipient("admin@example.org", "smtp")


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def answer(body: bytes, *, status: int = 200, etag: str | None = None) -> Answer:
    headers = (("content-type", "text/html"), ("x-odd", "a, ’b’"))
    return Answer(status, ("http://www.hmic.gov.uk/", URL), headers, body, Validators(etag, None))


def owed(
    kind: AlertKind,
    *recipients: Recipient,
    subscriber: int | None = None,
    wants: Wants = EVERYTHING,
    slots: tuple[Slot, ...] = (),
) -> tuple[Owed, ...]:
    cadence = Cadence.DAILY if slots else Cadence.IMMEDIATELY
    subject = f"subject of {kind}"
    return tuple(Owed(kind, recipient, subject, subscriber, wants, cadence, slots) for recipient in recipients)


def digests(*at: float) -> tuple[Slot, ...]:
    """The times at which a digest may go out, in hours."""
    return tuple(Slot(f"digest of hour {number}", hour(number)) for number in at)


@dataclass
class Story:
    """One watch's checks, in order."""

    archive: Archive
    watch: str = ADDRESS

    @classmethod
    def of(cls, database: Database, watch: str = ADDRESS) -> Story:
        archive = Archive(database)
        archive.register([Watch(watch, URL, "0 * * * *")])
        return cls(archive, watch)

    def reads(self, page: Page, at: float, *, body: bytes | None = None, owed: Sequence[Owed] = ()) -> Stored:
        standing = self.archive.standing(self.watch)
        base = self.archive.page(standing.snapshot.id) if standing.snapshot else None
        changes = self.archive.with_first_sightings(self.watch, compare(base, page)) if base else ()
        content = repr(page).encode() if body is None else body
        return self.finds(Accepted(answer(content, etag=f'"{at}"'), page, 1, changes), at, owed)

    def sees_the_same(self, at: float, reply: Answer | None = None) -> Stored:
        return self.finds(Unchanged(reply), at)

    def fails(self, at: float, owed: Sequence[Owed] = ()) -> Stored:
        return self.finds(Failed("no answer within 20 seconds"), at, owed)

    def suspects(self, at: float, body: bytes = b"<h1>Maintenance</h1>", owed: Sequence[Owed] = ()) -> Stored:
        return self.finds(Suspected("a maintenance page", answer(body, etag='"down"')), at, owed)

    def finds(self, finding: Finding, at: float, owed: Sequence[Owed] = ()) -> Stored:
        return self.archive.store(self.watch, hour(at), 120, finding, owed, "monitor.example.org")
