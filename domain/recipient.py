"""Who is told, of which changes, and how often. When a digest is due is `digest`'s business."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from domain.change import Change, ChangeKind, Record
from domain.page import Page, Programme, Report
from domain.typography import folded_title, typographic_form

NATIONAL = "national"
"""Stands among areas for the reports that name no force or area."""


class Role(StrEnum):
    """Readers are told of changes, administrators of trouble."""

    READER = "reader"
    ADMIN = "admin"


class Cadence(StrEnum):
    """How often a reader is told: of each check that found something, or once for all of a day or a week."""

    IMMEDIATELY = "immediately"
    DAILY = "daily"
    WEEKLY = "weekly"


class Origin(StrEnum):
    """Where a subscription stands, and so where it can be ended."""

    SETTINGS = "settings"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told, over one channel.

    `address` is a mail address for "smtp" and "maildir", for others the name that the settings give the recipient:
    where a feed, webhook or chat is may be a secret.
    """

    address: str
    channel: str


@dataclass(frozen=True, slots=True)
class Wants:
    """Which changes a reader wants: those that satisfy each of the lists that is not empty, by any of its entries."""

    watches: tuple[str, ...] = ()
    kinds: tuple[ChangeKind, ...] = ()
    programmes: tuple[Programme, ...] = ()
    areas: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def include(self, watch: str, change: Change) -> bool:
        """Whether the change is wanted: as it was or as it is now, so that none leaves the list unseen.

        `programmes` and `areas` are those of reports; what is no report has neither. An area is wanted by any name that
        has the words of the other ("Cleveland" and "Cleveland Police"), or where the title holds it. `words` are looked
        for as whole words in titles, texts, section names and all that differs, whatever their case and typography.
        """
        return (
            (not self.watches or watch in self.watches)
            and (not self.kinds or change.kind in self.kinds)
            and (not self.programmes or any(report.programme in self.programmes for report in _reports(change)))
            and (not self.areas or any(_is_of(area, report) for area in self.areas for report in _reports(change)))
            and (not self.words or _any_holds(_said(change), self.words))
        )


EVERYTHING = Wants()


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one recipient asked for. An administrator's wants and cadence are without effect.

    `heartbeat` is whether they want a sign of life once a week, whatever else they are told.
    """

    recipient: Recipient
    role: Role = Role.READER
    wants: Wants = EVERYTHING
    cadence: Cadence = Cadence.IMMEDIATELY
    heartbeat: bool = False


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscription as stored. `left_at` is None while it holds; `token` stands for it in an address to leave by.

    `heartbeat_since` is from when on heartbeats are owed, None for never.
    """

    id: int
    subscription: Subscription
    origin: Origin
    paused: bool
    added_at: datetime
    left_at: datetime | None
    token: str
    heartbeat_since: datetime | None = None


def _reports(change: Change) -> Iterator[Report]:
    return (record for record in (change.before, change.after) if isinstance(record, Report))


def _is_of(area: str, report: Report) -> bool:
    if folded_title(area) == NATIONAL:
        return report.area is None
    named = report.area or ""
    return _any_holds((named, report.title), (area,)) or _any_holds((area,), (named,))


def _any_holds(texts: Iterable[str], phrases: Iterable[str]) -> bool:
    """Whether any of the phrases stands in any of the texts, word for word; one without a word stands in none."""
    wanted = [_folded(phrase) for phrase in phrases if folded_title(phrase)]
    return any(
        words in said for text in texts for phrase in wanted for words, said in zip(phrase, _folded(text), strict=True)
    )


@lru_cache(maxsize=4096)  # the same texts are looked through for every reader
def _folded(text: str) -> tuple[str, ...]:
    """The words of a text, a space around each: as `folded_title` has them, and parted by apostrophes.

    So "childs" and "child" stand in "child’s". An "&" is the word that it is short for.
    """
    form = typographic_form(text).replace("&", " and ")
    return tuple(f" {folded_title(said)} " for said in (form, form.replace("'", " ")))


def _said(change: Change) -> Iterator[str]:
    """All that a change says."""
    for record in (change.before, change.after):
        if record is not None:
            yield from _texts(record)
    for sides in change.fields.values():
        for value in (sides.before, sides.after):
            yield from value if isinstance(value, list) else (value,) if isinstance(value, str) else ()


def _texts(record: Record) -> Iterator[str]:
    yield record.title
    if isinstance(record, Page):
        yield from (topic.title for topic in record.topics)
        return
    yield record.text
    yield from record.section if isinstance(record, Report) else record.path
