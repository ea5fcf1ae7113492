"""The settings: what they are, their defaults, and how they are told apart from mistakes.

Flags override the environment, which overrides the file, which overrides the defaults. All faults are told at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from cli.errors import CommandError
from cli.reading import Reading
from cli.sources import read_document, settings_file
from cli.validation import faults_of
from domain.address import canonical_address
from domain.watch import Watch

MISSION_NAME = "child-protection"
MISSION_URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
MISSION_TITLE = "child abuse and child protection issues"

Positive: TypeAlias = Annotated[float, msgspec.Meta(gt=0)]
NotNegative: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Day: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]


class ScraperSettings(msgspec.Struct, frozen=True):
    """How pages are fetched; the defaults are polite."""

    user_agent_contact: Text | None = None
    timeout_seconds: Positive = 20.0
    max_bytes: Count = 5_000_000
    attempts: Count = 3
    min_delay_seconds: NotNegative = 1.0
    max_per_host: Count = 1
    respect_robots: bool = True
    allow_private_addresses: bool = False


class StorageSettings(msgspec.Struct, frozen=True):
    """Where the history is kept; None for `monitor.db` in the XDG data folder."""

    url: Text | None = None


class MailSettings(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """How mail is sent; without a `host` it goes into a Maildir beside the database.

    `to` is None where it is left out, which is a mistake beside a host: recipients may all be in the database, but that
    is to be said. `allow_only`, where not empty, are all the recipients that anything is sent to. `unsubscribe` are
    addresses to leave by, in which {token} and {recipient} stand for who leaves.
    """

    host: Text | None = None
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text | None = None
    password: Text | None = None
    password_file: Text | None = None
    sender: Text = "HMICFRS monitor <hmicfrs-monitor@localhost>"
    to: tuple[Text, ...] | None = None
    admin: tuple[Text, ...] = ()
    allow_only: tuple[Text, ...] = ()
    unsubscribe: tuple[Text, ...] = ()
    dkim_domain: Text | None = None
    dkim_selector: Text | None = None
    dkim_key_file: Text | None = None


class AlertSettings(msgspec.Struct, frozen=True):
    """When alerts are tried again and given up, when digests are due, and what messages say of the installation."""

    first_retry_seconds: Positive = 60.0
    longest_retry_seconds: Positive = 21_600.0
    give_up_after_days: Positive = 7.0
    digest_at: Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "08:30"
    digest_day: Day = "monday"
    admin_after_failures: Count = 3
    installation: Text | None = None
    dashboard: Text | None = None


class RecipientSettings(msgspec.Struct, frozen=True):
    """Somebody to be told, with what they want; every list that is empty stands for everything.

    `channel` is None for mail. Others than mail need a `name`, under which alerts know them; what `address` and
    `secret` say may stand in files instead.
    """

    address: Text | None = None
    address_file: Text | None = None
    name: Text | None = None
    channel: Text | None = None
    secret: Text | None = None
    secret_file: Text | None = None
    admin: bool = False
    heartbeat: bool = False
    when: Literal["immediately", "daily", "weekly"] = "immediately"
    watches: tuple[Text, ...] = ()
    kinds: tuple[Text, ...] = ()
    programmes: tuple[Text, ...] = ()
    areas: tuple[Text, ...] = ()
    words: tuple[Text, ...] = ()


class ScheduleSettings(msgspec.Struct, frozen=True):
    """The zone in which cron lines are meant and times are shown, and how checks are run.

    `second_look_seconds` and what follows are of `run`: how soon it looks again at a suspect page, up to how much later
    than its due time each page is looked at, and how long what is under way may take when it is stopped.
    """

    timezone: Text = "Europe/London"
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 48
    second_look_seconds: Positive = 60.0
    jitter_seconds: NotNegative = 30.0
    drain_seconds: Positive = 60.0


class MonitoringSettings(msgspec.Struct, frozen=True):
    """How others learn that all is well: who is pinged, where `run` answers, the metrics' file, the form of the log.

    `listen` is a loopback address with a port. What is pinged is a secret, and may stand in a file.
    """

    ping_url: Text | None = None
    ping_url_file: Text | None = None
    listen: Text | None = None
    textfile: Text | None = None
    log: Literal["console", "json"] = "console"


class ArchiveSettings(msgspec.Struct, frozen=True):
    """Where `import wayback` asks for the past, and how often in a minute.

    archive.org shuts out who asks its index more than 24 times a minute; more than that it is not asked.
    """

    url: Text = "https://web.archive.org"
    index_per_minute: Positive = 20.0
    fetches_per_minute: Positive = 15.0


class WatchSettings(msgspec.Struct, frozen=True):
    """A page to watch."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    url: Text
    schedule: Text = "0 * * * *"
    expected_title: Text | None = None
    least_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5

    def watch(self) -> Watch:
        """The watch that is described; the mission's own page is known by its title, on whatever host it is served."""
        mission = canonical_address(MISSION_URL).partition("/")[2]
        is_mission = canonical_address(self.url).partition("/")[2].endswith(mission)
        title = self.expected_title or (MISSION_TITLE if is_mission else None)
        return Watch(self.name, self.url, self.schedule, title, self.least_share)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. `source` is the file they come from, None where there is none."""

    scraper: ScraperSettings
    storage: StorageSettings
    mail: MailSettings
    alerts: AlertSettings
    schedules: ScheduleSettings
    monitoring: MonitoringSettings
    archive: ArchiveSettings
    watches: tuple[WatchSettings, ...]
    recipients: tuple[RecipientSettings, ...]
    source: Path | None

    def allowing_only(self, recipients: tuple[str, ...]) -> Settings:
        """The same, with nothing sent but to these recipients."""
        return replace(self, mail=msgspec.structs.replace(self.mail, allow_only=recipients))


DEFAULT_WATCH = WatchSettings(name=MISSION_NAME, url=MISSION_URL)
TABLES = ("scraper", "storage", "mail", "alerts", "schedules", "monitoring", "archive", "watch", "recipient")


def load_settings(config: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the file and the environment.

    Raises CommandError with a line for each fault: unknown keys, wrong types, bad addresses, zones and schedules, a
    file that cannot be read.
    """
    environment = os.environ if environment is None else environment
    source = settings_file(config, environment)
    document = read_document(source)
    reading = Reading(str(source) if source else "settings", environment)
    settings = Settings(
        scraper=reading.table("scraper", ScraperSettings, document),
        storage=reading.table("storage", StorageSettings, document),
        mail=reading.table("mail", MailSettings, document),
        alerts=reading.table("alerts", AlertSettings, document),
        schedules=reading.table("schedules", ScheduleSettings, document),
        monitoring=reading.table("monitoring", MonitoringSettings, document),
        archive=reading.table("archive", ArchiveSettings, document),
        watches=reading.tables("watch", WatchSettings, document) or (DEFAULT_WATCH,),
        recipients=reading.tables("recipient", RecipientSettings, document),
        source=source,
    )
    reading.unknown(document, TABLES)
    reading.unknown_variables()
    faults = [*reading.faults, *(f"{reading.where}: {fault}" for fault in faults_of(settings))]
    if faults:
        raise CommandError("\n".join(faults))
    return settings
