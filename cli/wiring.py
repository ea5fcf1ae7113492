"""The composition root: builds from the settings what the use cases are passed. Nothing else builds things."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from cli.errors import CommandError
from cli.sources import xdg_folder
from cli.validation import LOCAL_READER
from cli.version import VERSION
from domain.alert import Letter, Recipient
from domain.check import Answer, Verdict
from domain.page import Page
from domain.watch import Watch
from schedules.deliver import Delivery, deliver
from storage.database import Database
from storage.outbox import Outbox

if TYPE_CHECKING:
    from email.message import EmailMessage

    from cli.settings import MailSettings, ScraperSettings, Settings
    from notifier.mail import SmtpChannel
    from notifier.message import Sender
    from schedules.check import Audience
    from schedules.replay import Reader
    from scraper.fetch import Fetcher
    from storage.archive import Archive

SMTP, MAILDIR = "smtp", "maildir"


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
    database = Database.open(database_url(settings))
    try:
        yield database
    finally:
        database.close()


def watches(settings: Settings, names: tuple[str, ...] = ()) -> tuple[Watch, ...]:
    """The watches of the settings, or those named, each once. Raises CommandError for a name that none has."""
    known = {watch.name: watch.watch() for watch in settings.watches}
    for name in names:
        if name not in known:
            raise CommandError(f"unknown watch {name!r}; the settings have {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names or known))


def audience(settings: Settings) -> Audience:
    """Who is told of what; without mail settings, a reader of the Maildir."""
    from schedules.check import Audience

    channel = SMTP if settings.mail.host else MAILDIR
    return Audience(
        readers=tuple(Recipient(address, channel) for address in settings.mail.to or (LOCAL_READER,)),
        admins=tuple(Recipient(address, channel) for address in settings.mail.admin),
        message_domain=parseaddr(settings.mail.sender)[1].rpartition("@")[2] or "localhost",
    )


def fetcher(scraper: ScraperSettings, database: Database | None) -> Fetcher:
    """A fetcher; without a database it keeps robots.txt in memory."""
    import msgspec

    from scraper.fetch import Fetcher, FetchSettings
    from scraper.robots import MemoryShelf
    from storage.robots import RobotsShelf

    shelf = RobotsShelf(database) if database else MemoryShelf()
    options = FetchSettings(**msgspec.structs.asdict(scraper))
    return Fetcher(options, VERSION, clock=utc_now, robots_store=shelf)


def maildir(settings: Settings) -> Path:
    """The mail folder beside the database."""
    return Path(database_url(settings).removeprefix("sqlite:///")).with_suffix(".mail")


def smtp_channel(mail: MailSettings) -> SmtpChannel:
    """The mail server. Raises CommandError where the password file cannot be read."""
    from notifier.mail import SmtpChannel, SmtpSettings

    password = mail.password
    if mail.password_file:
        try:
            password = Path(mail.password_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"mail.password_file: {mail.password_file}: cannot be read: {error}") from error
    host = mail.host or "localhost"
    return SmtpChannel(SmtpSettings(host, mail.port, mail.security, mail.username, password))


def judge(answer: Answer, watch: Watch, before: Page | None) -> Verdict:
    """The verdict, whose reader is imported when there is a first answer to read."""
    from scraper.verdict import verdict

    return verdict(answer, watch, before)


def reader() -> Reader:
    """Today's reader, which is imported when there is a first body to read."""
    from schedules.replay import Reader
    from scraper.version import READER_VERSION

    def read(body: bytes, url: str, content_type: str | None) -> Page:
        from scraper import read as reading

        return reading.read(body, url, content_type)

    return Reader(READER_VERSION, read)


def renew_readings(database: Database, archive: Archive, chosen: Iterable[Watch]) -> None:
    """Replay the history of those watches whose last snapshot an older reader read; the caller holds the run lock.

    Otherwise the first check after an upgrade would tell the new reader's edits as the page's.
    """
    from scraper.version import READER_VERSION

    latest = [archive.standing(watch.name).snapshot for watch in chosen]
    if all(snapshot is None or snapshot.reader == READER_VERSION for snapshot in latest):
        return
    from schedules.replay import replay_if_needed
    from storage.replay import Replays

    for snapshot in latest:
        replay_if_needed(snapshot, replays=Replays(database), reader=reader())


class Channel(Protocol):
    """A way for a message to leave."""

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Send, or raise a NotifierError."""

    def close(self) -> None:
        """End the connection, if there is one."""


def sender(settings: Settings) -> Sender:
    """What a mail says of the installation that sent it."""
    from notifier.message import Sender

    return Sender(settings.mail.sender, VERSION, socket.gethostname())


@dataclass
class Postman:
    """Writes and sends letters. Templates and connections are made when there is a first letter to send."""

    settings: Settings
    channels: dict[str, Channel]

    def __call__(self, letter: Letter) -> None:
        """Compose and send one letter; raises a NotifierError when it is not taken."""
        from notifier.message import compose

        recipient = letter.alert.recipient
        if recipient.channel not in self.channels:
            self.channels[recipient.channel] = self._channel(recipient.channel)
        message = compose(letter, sender(self.settings), zone(self.settings))
        self.channels[recipient.channel].send(message, recipient.address)

    def _channel(self, name: str) -> Channel:
        from notifier.maildir import MaildirChannel

        if name == MAILDIR:
            return MaildirChannel(maildir(self.settings))
        if not self.settings.mail.host:
            from notifier.errors import ChannelDown

            raise ChannelDown("mail.host is not set any more, and this alert is meant for a mail server")
        return smtp_channel(self.settings.mail)


def deliver_all(
    settings: Settings, database: Database, clock: Callable[[], datetime] = utc_now, *, due_only: bool
) -> Delivery:
    """One round of delivery over the settings' channels."""
    postman = Postman(settings, {})
    try:
        return deliver(Outbox(database), postman, clock=clock, due_only=due_only)
    finally:
        for channel in postman.channels.values():
            channel.close()
