"""A page as an archive, a file or an export kept it: what can be merged into the history beside checks of our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.check import Answer


class Source(StrEnum):
    """Where a sight of a page comes from: a check of our own, the Internet Archive, or a file that was imported."""

    LIVE = "live"
    WAYBACK = "wayback"
    FILE = "file"
    WARC = "warc"
    JSONL = "jsonl"


class CaptureState(StrEnum):
    """What became of a capture.

    `LISTED`: it exists. `KEPT`: its answer was had, and waits for its place in the history. `MERGED`: it has it.
    `ASIDE`: it is no state of the page, for a reason that is kept with it.
    """

    LISTED = "listed"
    KEPT = "kept"
    MERGED = "merged"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Listed:
    """A capture that exists somewhere, without its bytes.

    `key` names it within its source for good, so that none is imported twice. `address` is the page's own, as captured;
    `captured_at` is aware UTC, by the archive's own word. Two with one `digest` have the same bytes; None where nothing
    is said of them. `status` is the HTTP status, None where nothing is said of it.
    """

    key: str
    address: str
    captured_at: datetime
    digest: str | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture with the answer that was kept.

    `watch` is the name of the watch where the capture says so itself, else None. One that this program exported says
    what became of it: it was `accepted` as the page, or `refused` for a reason; neither is known of others.
    """

    listed: Listed
    answer: Answer
    watch: str | None = None
    accepted: bool = False
    refused: str | None = None
