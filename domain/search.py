"""What is asked of the texts of all times, and what was found: each text with the time in which it stood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.page import Page, RecordKind, Report, Section
from domain.query import Query
from domain.sighting import Sighting


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, and where: () for every kind of record, None for all watches and times.

    `at`: what stood at a time. `since` and `until`: what was first seen from the one on, and by the other.
    """

    query: Query
    kinds: tuple[RecordKind, ...] = ()
    watch: str | None = None
    at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of text; `match` is whether it is what was looked for."""

    text: str
    match: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that says what was looked for, over one stretch of time in which it did.

    `record` is its last state within that time, or that of the time asked about. `sighting` is when it was seen to say
    it, and when not, as it was not there or said something else; `stands` is whether it says it still. Its states in
    that time are `versions`, from `first_snapshot` to `last_snapshot`. `title` and `snippet` make up its title, and one
    passage of its text, on one line.
    """

    watch: str
    kind: RecordKind
    record: Report | Section | Page
    sighting: Sighting
    stands: bool
    versions: int
    first_snapshot: int
    last_snapshot: int
    title: tuple[Fragment, ...]
    snippet: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The best first, as many as were asked for of `total`.

    `unread` counts the states of records that were not looked through: for the reason `fault`, or, where that is None,
    as they were stored meanwhile.
    """

    hits: tuple[Hit, ...]
    total: int
    unread: int
    fault: str | None
