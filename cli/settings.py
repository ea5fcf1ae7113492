"""The settings: what they are, their defaults, and how they are told apart from mistakes.

Flags override the environment, which overrides the file, which overrides the defaults. All faults are told at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec

from cli.errors import CommandError
from cli.sources import CONFIG_VARIABLE, PREFIX, read_document, settings_file, variable
from cli.validation import faults_of
from domain.address import canonical_address
from domain.watch import Watch

MISSION_NAME = "child-protection"
MISSION_URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
MISSION_TITLE = "child abuse and child protection issues"

Positive: TypeAlias = Annotated[float, msgspec.Meta(gt=0)]
NotNegative: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Text: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
S = TypeVar("S", bound=msgspec.Struct)


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
    """How mail is sent; without a `host` it goes into a Maildir beside the database."""

    host: Text | None = None
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text | None = None
    password: Text | None = None
    password_file: Text | None = None
    sender: Text = "HMICFRS monitor <hmicfrs-monitor@localhost>"
    to: tuple[Text, ...] = ()
    admin: tuple[Text, ...] = ()


class ScheduleSettings(msgspec.Struct, frozen=True):
    """The zone in which cron lines are meant and times are shown; how soon `run` looks again at a suspect page."""

    timezone: Text = "Europe/London"
    second_look_seconds: Positive = 60.0


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
    schedules: ScheduleSettings
    watches: tuple[WatchSettings, ...]
    source: Path | None


DEFAULT_WATCH = WatchSettings(name=MISSION_NAME, url=MISSION_URL)
TABLES = ("scraper", "storage", "mail", "schedules", "watch")


def load_settings(config: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the file and the environment.

    Raises CommandError with a line for each fault: unknown keys, wrong types, bad addresses, zones and schedules, a
    file that cannot be read.
    """
    environment = os.environ if environment is None else environment
    source = settings_file(config, environment)
    document = read_document(source)
    reading = _Reading(str(source) if source else "settings", environment)
    settings = Settings(
        scraper=reading.table("scraper", ScraperSettings, document),
        storage=reading.table("storage", StorageSettings, document),
        mail=reading.table("mail", MailSettings, document),
        schedules=reading.table("schedules", ScheduleSettings, document),
        watches=reading.watches(document),
        source=source,
    )
    reading.unknown(document, TABLES)
    reading.unknown_variables()
    faults = [*reading.faults, *(f"{reading.where}: {fault}" for fault in faults_of(settings))]
    if faults:
        raise CommandError("\n".join(faults))
    return settings


class _Reading:
    """One reading of all sources: converts each field by itself, so that no fault hides another."""

    def __init__(self, where: str, environment: Mapping[str, str]) -> None:
        self.where = where
        self.faults: list[str] = []
        self._environment = environment
        self._variables = {CONFIG_VARIABLE}

    def table(self, name: str, struct: type[S], document: Mapping[str, Any]) -> S:
        """A table of the file, with what the environment overrides; faulty fields keep their defaults."""
        written = self._mapping(name, document.get(name, {}))
        self.unknown(written, [field.encode_name for field in msgspec.structs.fields(struct)], name)
        values: dict[str, Any] = {}
        for field in msgspec.structs.fields(struct):
            key, override = field.encode_name, variable(name, field.encode_name)
            self._variables.add(override)
            if override in self._environment:
                given = self._environment[override]
                listed = [part.strip() for part in given.split(",") if part.strip()]
                value: Any = listed if isinstance(field.default, tuple) else given
                self._convert(values, field, value, f"${override}", strict=False)
            elif key in written:
                self._convert(values, field, written[key], f"{self.where}: {name}.{key}", strict=True)
        return struct(**values)

    def watches(self, document: Mapping[str, Any]) -> tuple[WatchSettings, ...]:
        """The watches of the file, the mission's one page where it has none."""
        written = document.get("watch", [])
        if not isinstance(written, list):
            self.faults.append(f"{self.where}: watch: write it as [[watch]], once for each page")
            return (DEFAULT_WATCH,)
        watches = []
        for number, table in enumerate(written, 1):
            place = f"watch {number}"
            entries = self._mapping(place, table)
            self.unknown(entries, [field.encode_name for field in msgspec.structs.fields(WatchSettings)], place)
            values: dict[str, Any] = {}
            for field in msgspec.structs.fields(WatchSettings):
                if field.encode_name in entries:
                    place_of_field = f"{self.where}: {place}: {field.encode_name}"
                    self._convert(values, field, entries[field.encode_name], place_of_field, strict=True)
                elif field.required:
                    self.faults.append(f"{self.where}: {place}: {field.encode_name} is missing")
            if {"name", "url"} <= values.keys():
                watches.append(WatchSettings(**values))
        return tuple(watches) or (DEFAULT_WATCH,)

    def unknown(self, written: Iterable[str], known: Iterable[str], table: str | None = None) -> None:
        """Note the keys that no setting has, with the one that was likely meant."""
        known = list(known)
        for key in written:
            if key not in known:
                place = f"{self.where}: {table}.{key}" if table else f"{self.where}: {key}"
                self.faults.append(f"{place}: no such setting{_likely(key, known)}")

    def unknown_variables(self) -> None:
        """Note the environment variables that begin like ours and override nothing."""
        for name in sorted(self._environment):
            if name.startswith(PREFIX) and name not in self._variables:
                self.faults.append(f"${name}: no such setting{_likely(name, self._variables)}")

    def _mapping(self, name: str, table: object) -> dict[str, Any]:
        if isinstance(table, dict):
            return table
        self.faults.append(f"{self.where}: {name}: must be a table")
        return {}

    def _convert(
        self, values: dict[str, Any], field: msgspec.structs.FieldInfo, value: object, place: str, *, strict: bool
    ) -> None:
        try:
            values[field.name] = msgspec.convert(value, field.type, strict=strict)
        except msgspec.ValidationError as error:
            self.faults.append(f"{place}: {error}")


def _likely(key: str, known: Iterable[str]) -> str:
    matches = get_close_matches(key, list(known), 1)
    return f"; did you mean {matches[0]}?" if matches else ""
