"""What the delivery tests are set in: a page told by its reports, a clock to set, and the real way through the rest.

Only the page's server and the clock are made up. Mail goes to whatever listens on a port, or into a Maildir.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import respx

from domain.alert import Backoff, Letter
from domain.check import Stored
from domain.digest import DigestTimes
from domain.owed import Audience
from domain.recipient import Cadence, Origin, Recipient, Role, Subscription
from domain.watch import Watch
from notifier.channels import Channel
from notifier.mail import Security, SmtpChannel, SmtpSettings
from notifier.maildir import MaildirChannel
from notifier.message import compose
from notifier.sender import Sender
from schedules.check import check
from schedules.deliver import Delivery, deliver
from schedules.notices import notify
from scraper.fetch import Fetcher, FetchSettings
from scraper.pauses import MemoryPauses
from scraper.robots import MemoryShelf
from scraper.verdict import verdict
from storage.archive import Archive
from storage.database import Database
from storage.outbox import Outbox
from storage.recipients import Recipients
from tests.delivery.servers import Mail
from tests.schedules.hearts import heart
from tests.schedules.lateness import late_in

LONDON = ZoneInfo("Europe/London")
URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/"
WATCH = Watch("child-protection", URL, "0 * * * *")
SELDOM = Watch("child-protection", URL, "every 60 days")
"""The same page, looked at so seldom that it is never late."""

SENDER = Sender("Monitor <monitor@example.org>", "1.0", "watchtower")
SPARE = Recipient("administrator@localhost", "maildir")
HALF_PAST_EIGHT = DigestTimes(time(8, 30), 0, LONDON)


def london(day: str, at: str) -> datetime:
    """A time on the clocks of London, as UTC."""
    return datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=LONDON).astimezone(UTC)


def html(*reports: str) -> bytes:
    """A page that lists reports."""
    listed = "".join(
        f'<h3><a href="/publications/{slug}/">Report {slug}</a> – 2 March 2026</h3><p>We found much.</p>'
        for slug in reports
    )
    head = "<title>Child abuse</title></head><body><main><h1>Child abuse and child protection issues</h1>"
    return f"<!doctype html><html><head>{head}<h2>Thematic reviews</h2>{listed}</main></body></html>".encode()


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def written(letter: Letter) -> EmailMessage:
    return compose(letter, SENDER, LONDON)


class Postman:
    """Carries letters over the two mail channels."""

    def __init__(self, smtp: SmtpSettings, folder: Path) -> None:
        self._channels: dict[str, Channel] = {
            "smtp": SmtpChannel(smtp, written),
            "maildir": MaildirChannel(folder, written),
        }

    def __call__(self, letter: Letter) -> None:
        self._channels[letter.alert.recipient.channel].deliver(letter)

    def close(self) -> None:
        for channel in self._channels.values():
            channel.close()


def smtp(port: int, security: Security = "none", password: str | None = None, timeout: float = 10) -> SmtpSettings:
    username = "monitor" if password else None
    return SmtpSettings(
        host="127.0.0.1",
        port=port,
        security=security,
        username=username,
        password=password,
        timeout_seconds=timeout,
    )


@dataclass
class Monitor:
    """An installation: what its page says now, what time it is, and where its mail goes."""

    database: Database
    mail: SmtpSettings
    now: datetime
    page: bytes = html("a")
    digests: DigestTimes = HALF_PAST_EIGHT
    watch: Watch = SELDOM
    backoff: Backoff = field(default_factory=Backoff)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.database)

    @property
    def recipients(self) -> Recipients:
        return Recipients(self.database)

    @property
    def maildir(self) -> Path:
        return self.database.path.with_suffix(".mail")

    def clock(self) -> datetime:
        return self.now

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def subscribe(
        self,
        address: str,
        cadence: Cadence = Cadence.IMMEDIATELY,
        *,
        role: Role = Role.READER,
        channel: str = "smtp",
        heartbeat: bool = False,
    ) -> None:
        """Add a recipient, or change when one is told."""
        asked = Subscription(Recipient(address, channel), role, cadence=cadence, heartbeat=heartbeat)
        known = [one.subscription for one in self.recipients.subscribers() if one.origin is Origin.SETTINGS]
        others = [one for one in known if (one.recipient, one.role) != (asked.recipient, asked.role)]
        self.recipients.register([*others, asked], self.now, "smtp")

    def audience(self) -> Audience:
        return Audience(self.recipients.subscribers(), "monitor.example.org", self.digests)

    def check(self, *reports: str, status: int = 200) -> Stored:
        """Look at the page, which lists these reports from now on; with none it is as it was."""
        if reports:
            self.page = html(*reports)
        archive = Archive(self.database)
        archive.register([self.watch])
        with respx.mock, _fetcher(self) as fetcher:
            answer = httpx.Response(status, headers={"Content-Type": "text/html"}, content=self.page)
            respx.get(self.watch.url).mock(answer)
            return check(
                self.watch, clock=self.clock, fetcher=fetcher, judge=verdict, archive=archive, audience=self.audience
            )

    def deliver(self, *, due_only: bool = True) -> Delivery:
        """One round of delivery, and of nothing else."""
        with self._postman() as post:
            return deliver(self.outbox, post, clock=self.clock, backoff=self.backoff, due_only=due_only)

    def notify(self) -> int:
        """Queue the notices that are due; gives how many."""
        return notify(
            [self.watch],
            audience=self.audience(),
            outbox=self.outbox,
            archive=Archive(self.database),
            spare=SPARE,
            late=late_in(LONDON),
            heart=heart(self.database, [self.watch], self.now),
            now=self.now,
        )

    def round(self, *, due_only: bool = True) -> Delivery:
        """A delivery, the notices that it makes due and their delivery: what `cli.office.deliver_all` puts together."""
        with self._postman() as post:
            delivery = deliver(self.outbox, post, clock=self.clock, backoff=self.backoff, due_only=due_only)
            if not self.notify():
                return delivery
            return delivery.then(deliver(self.outbox, post, clock=self.clock, backoff=self.backoff, due_only=True))

    @contextmanager
    def _postman(self) -> Iterator[Postman]:
        post = Postman(self.mail, self.maildir)
        try:
            yield post
        finally:
            post.close()


def _fetcher(monitor: Monitor) -> Fetcher:
    quick = FetchSettings(min_delay_seconds=0.0, respect_robots=False, attempts=1)
    return Fetcher(quick, "1.0", clock=monitor.clock, robots_store=MemoryShelf(), pause_store=MemoryPauses())


def named(mail: Mail) -> list[str]:
    """The reports that a mail tells of, as `html` lists them."""
    return sorted(set(re.findall(r"Report ([a-z0-9]+)", mail.text)))
