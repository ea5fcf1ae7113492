"""What one look at a page brought: an answer and a verdict on it, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from domain.change import Change, RecordedChange
from domain.page import Page


class Outcome(StrEnum):
    """How a check ended. `FAILED`: no page was had. `SUSPECT`: an answer was had, and not accepted as the page."""

    BASELINE = "baseline"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    FAILED = "failed"
    SUSPECT = "suspect"


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server said of the version of its answer, word for word; None where it said nothing."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer with a body, transfer and content coding undone.

    `hops` are the addresses asked, the first to the last, which gave the body. `headers` are those of the last answer,
    names in lower case, in the order received.
    """

    status: int
    hops: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    body: bytes
    validators: Validators = Validators()

    @property
    def url(self) -> str:
        """The address that gave the body, after all redirects."""
        return self.hops[-1]

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in lower case; None where it was not sent."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True)
class Good:
    """An answer that is the page, as the version `reader` of the reader read it."""

    page: Page
    reader: int


@dataclass(frozen=True, slots=True)
class Suspect:
    """An answer that is not to be taken for the page; `reason` is one line for the administrator.

    `page` is what was read where the answer may be the page after all: the same reading at the next look is believed.
    It is None for a page that stands in for the page, such as a block or maintenance page, however often it comes.
    """

    reason: str
    page: Page | None = None
    reader: int = 0


Verdict: TypeAlias = Good | Suspect


@dataclass(frozen=True, slots=True)
class Failed:
    """No page was had. `status` is the HTTP status, None where there was no answer."""

    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Suspected:
    """An answer with a 2xx status that is not accepted as the page."""

    reason: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The state is still the one of the last snapshot. `answer` is None when the server itself said so (304).

    `fresh_until`: so long the server would answer the same, by its own word; None where it gave none. `same_bytes`: the
    answer has the very bytes of the snapshot.
    """

    answer: Answer | None
    fresh_until: datetime | None = None
    same_bytes: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """A new state of the page, read by the reader's version `reader`; `changes` is () for the first one of a watch.

    `fresh_until` is as with `Unchanged`.
    """

    answer: Answer
    page: Page
    reader: int
    changes: tuple[Change, ...]
    fresh_until: datetime | None = None


Finding: TypeAlias = Failed | Suspected | Unchanged | Accepted


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An accepted state of a page, as stored.

    `captured_at` and `confirmed_until` are when the first and the last check that saw this state began, aware UTC.
    `source` is "live" for a check of our own. `sha256` is the body's, in hexadecimal. `validators` are those of the
    last answer that gave this state.
    """

    id: int
    watch: str
    captured_at: datetime
    confirmed_until: datetime
    source: str
    sha256: str
    reader: int
    sections: int
    reports: int
    validators: Validators


@dataclass(frozen=True, slots=True)
class Check:
    """A look at a page, as stored.

    `started_at` is aware UTC; `snapshot` is the state it saw, None for none. `source` is "live" for a check of our own.
    `sha256` is that of the bytes it got, in hexadecimal, None where it got none.
    """

    id: int
    watch: str
    started_at: datetime
    duration_ms: int
    outcome: Outcome
    reason: str | None
    http_status: int | None
    snapshot: int | None
    source: str = "live"
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A run of checks that failed or were suspect. `told` is whether the administrator knows of it."""

    since: datetime
    failures: int
    told: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a watch stands before its next check; `snapshot` is None before the first good one, `trouble` when well.

    `trouble_told_at` is when the administrator was last told of trouble with it, this or an earlier one. So long as
    `fresh_until`, the server would give the last answer again, by its own word; None where it gave none.
    """

    watch: str
    snapshot: Snapshot | None
    last_check: Check | None
    last_good: datetime | None
    trouble: Trouble | None
    trouble_told_at: datetime | None = None
    fresh_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing a check gave: its row, the changes with their ids and bounds, and how many alerts were queued."""

    check: Check
    changes: tuple[RecordedChange, ...]
    queued: int
