"""The composition root of alerts: who is told, by which channels, and a round of delivery."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from email.utils import parseaddr
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cli.errors import CommandError
from cli.subscriptions import mail_channel, recipient_of, subscriptions
from cli.version import VERSION
from cli.wiring import database_url, utc_now, watches, zone
from domain.alert import Backoff, Letter, PageChanges
from domain.check import Standing
from domain.digest import DigestTimes
from domain.owed import Audience
from domain.recipient import EVERYTHING, Recipient
from domain.watch import Watch
from notifier.channels import BY_ADDRESS, Channel, Office, Target, open_channel
from notifier.errors import ChannelDown, Deferred
from schedules.cron import parse_schedule
from schedules.deliver import Delivery, deliver
from storage.archive import Archive
from storage.database import Database
from storage.outbox import Outbox
from storage.recipients import Recipients

if TYPE_CHECKING:
    from email.message import EmailMessage

    from cli.settings import MailSettings, RecipientSettings, Settings
    from notifier.mail import SmtpSettings
    from notifier.sender import Sender
    from schedules.heartbeat import Heart
    from schedules.vitals import Late

SPARE = Recipient("administrator@localhost", "maildir")
"""Who is told beside the administrators of alerts that do not arrive, where only their own channels fail."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def registered(settings: Settings, database: Database) -> Callable[[], Audience]:
    """Make the recipients of the settings known; gives the way to ask who is told, as the database has it then."""
    people = Recipients(database)
    people.register(subscriptions(settings), utc_now(), mail_channel(settings.mail))
    digests = DigestTimes(
        time.fromisoformat(settings.alerts.digest_at), _DAYS.index(settings.alerts.digest_day), zone(settings)
    )

    def audience() -> Audience:
        failures = settings.alerts.admin_after_failures
        return Audience(people.subscribers(), message_domain(settings), digests, failures)

    return audience


def message_domain(settings: Settings) -> str:
    """What stands after the "@" of a Message-ID: the domain of the sender."""
    return parseaddr(settings.mail.sender)[1].rpartition("@")[2] or "localhost"


def maildir(settings: Settings) -> Path:
    """The mail folder beside the database."""
    return Path(database_url(settings).removeprefix("sqlite:///")).with_suffix(".mail")


def sender(settings: Settings) -> Sender:
    """What a message says of the installation that sent it."""
    from notifier.sender import Sender

    alerts = settings.alerts
    host = alerts.installation or socket.gethostname()
    return Sender(settings.mail.sender, VERSION, host, alerts.dashboard, settings.mail.unsubscribe)


def smtp_settings(mail: MailSettings) -> SmtpSettings | None:
    """The mail server, None where none is set. Raises CommandError where a file with a secret cannot be read."""
    from notifier.mail import SmtpSettings

    if not mail.host:
        return None
    password = secret("mail.password_file", mail.password_file) or mail.password
    signer = None
    if mail.dkim_domain and mail.dkim_selector and mail.dkim_key_file:
        from notifier.signature import Signer

        key = secret("mail.dkim_key_file", mail.dkim_key_file) or ""
        signer = Signer(mail.dkim_domain, mail.dkim_selector, key)
    return SmtpSettings(mail.host, mail.port, mail.security, mail.username, password, signer=signer)


def outbox(settings: Settings, database: Database) -> Outbox:
    """The outbox, kept to the recipients that the settings allow."""
    return Outbox(database, settings.mail.allow_only or None)


class Postman:
    """Sends letters by the channels that they are meant for, each opened when there is a first letter for it."""

    def __init__(self, settings: Settings, database: Database, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._channels: dict[str, Channel] = {}

    def __call__(self, letter: Letter) -> None:
        """Send one letter; raises a NotifierError when it is not taken."""
        self.channel(letter.alert.recipient).deliver(letter)

    def channel(self, recipient: Recipient) -> Channel:
        """The channel of a recipient. Raises a NotifierError where it cannot be used."""
        if fault := self._targets.faults.get(recipient):
            raise Deferred(f"{recipient.address}: {fault}")
        name = recipient.channel
        if name not in self._channels:
            try:
                self._channels[name] = open_channel(name, self._office(name))
            except CommandError as error:
                raise ChannelDown(str(error)) from error
        return self._channels[name]

    def close(self) -> None:
        """End all connections."""
        while self._channels:
            self._channels.popitem()[1].close()

    @cached_property
    def _targets(self) -> _Targets:
        return _Targets.of(self._settings)

    def _office(self, channel: str) -> Office:
        return Office(
            sender=sender(self._settings),
            zone=zone(self._settings),
            smtp=smtp_settings(self._settings.mail) if channel == "smtp" else None,
            maildir=maildir(self._settings),
            compose=self._compose,
            targets=self._targets.found,
            recent=self._recent,
            clock=self._clock,
        )

    def _compose(self, letter: Letter) -> EmailMessage:
        from notifier.message import compose

        return compose(letter, sender(self._settings), zone(self._settings))

    def _recent(self, recipient: Recipient, limit: int) -> tuple[PageChanges, ...]:
        from storage.history import History

        asked = (one.subscription for one in Recipients(self._database).subscribers())
        wants = next((one.wants for one in asked if one.recipient == recipient), EVERYTHING)
        return History(self._database).recent(wants, limit)


@contextmanager
def postman(settings: Settings, database: Database, clock: Callable[[], datetime] = utc_now) -> Iterator[Postman]:
    """A postman whose connections end with the block."""
    carrying = Postman(settings, database, clock)
    try:
        yield carrying
    finally:
        carrying.close()


def deliver_all(
    settings: Settings,
    database: Database,
    clock: Callable[[], datetime] = utc_now,
    *,
    due_only: bool,
    audience: Callable[[], Audience] | None = None,
) -> Delivery:
    """One round of delivery over the settings' channels, and what it makes the administrators be told.

    `audience` is what `registered` gave, None where it was not asked yet.
    """
    audience = audience or registered(settings, database)
    alerts, backoff = outbox(settings, database), _backoff(settings)
    with postman(settings, database, clock) as post:
        delivery = deliver(alerts, post, clock=clock, backoff=backoff, due_only=due_only)
        told = audience()
        if not told.concerned:
            return delivery
        from schedules.notices import notify

        archive, watched = Archive(database), watches(settings)
        archive.register(watched)
        queued = notify(
            watched,
            audience=told,
            outbox=alerts,
            archive=archive,
            spare=SPARE,
            late=partial(_left_alone, zone(settings), database),
            heart=_heart(settings, database, clock),
            now=clock(),
        )
        if not queued:
            return delivery
        return delivery.then(deliver(alerts, post, clock=clock, backoff=backoff, due_only=True))


def _heart(settings: Settings, database: Database, clock: Callable[[], datetime]) -> Heart:
    from cli.monitoring import vitals
    from schedules.heartbeat import Heart
    from storage.chain import head
    from storage.history import History

    def seal() -> str | None:
        newest = head(database)
        return str(newest) if newest else None

    return Heart(History(database), lambda: vitals(settings, database, clock()), VERSION, seal)


def lateness(settings: Settings) -> Late:
    """Whether a watch is late, in the zone of the settings; the scheduler is imported when that is first asked."""
    return partial(_late, zone(settings))


def _late(zoned: ZoneInfo, watch: Watch, last_good: datetime, now: datetime) -> bool:
    from schedules.lateness import late_after

    return now > late_after(watch.schedule, zoned, last_good)


def _left_alone(zoned: ZoneInfo, database: Database, watch: Watch, standing: Standing, now: datetime) -> bool:
    from schedules.plan import left_alone
    from storage.pauses import PauseShelf

    paused = PauseShelf(database).get(urlsplit(watch.url).hostname or "")
    return left_alone(parse_schedule(watch.schedule), zoned, standing, now, paused)


def _backoff(settings: Settings) -> Backoff:
    alerts = settings.alerts
    return Backoff(
        timedelta(seconds=alerts.first_retry_seconds),
        timedelta(seconds=alerts.longest_retry_seconds),
        timedelta(days=alerts.give_up_after_days),
    )


@dataclass(frozen=True, slots=True)
class _Targets:
    """Where the recipients are that are known by names, and why some of them cannot be reached just now."""

    found: dict[Recipient, Target] = field(default_factory=dict)
    faults: dict[Recipient, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> _Targets:
        """Read the files that hold addresses and secrets; one that cannot be read keeps no other from its alerts."""
        targets = cls()
        for one in settings.recipients:
            recipient = recipient_of(one, mail_channel(settings.mail))
            if recipient.channel in BY_ADDRESS:
                continue
            try:
                targets.found[recipient] = _target(one)
            except CommandError as error:
                targets.faults[recipient] = str(error)
        return targets


def _target(one: RecipientSettings) -> Target:
    address = secret("address_file", one.address_file) or one.address or ""
    return Target(address, secret("secret_file", one.secret_file) or one.secret)


def secret(key: str, path: str | None) -> str | None:
    """What a file holds, without the line break at its end; None where no file is named. Raises CommandError."""
    if path is None:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{key}: {path}: cannot be read: {error}") from error
