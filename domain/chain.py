"""The chain of checks: each is sealed with the seal of the one before, so that none can be altered or left out unseen.

What is sealed is what was noted of a look, not what was concluded from it: a state may be numbered or read anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from domain.capture import Source
from domain.check import Outcome

BEGINNING = bytes(32)
"""What stands for the seal before the first check of a database."""


@dataclass(frozen=True, slots=True)
class Link:
    """A check as the chain has it.

    `started_at` is aware UTC. `hops` and `headers` are None where they were not kept, as of a look that only confirmed
    a state; of one that had other bytes `headers` has content-type alone. `body` is the SHA-256 of the bytes of the
    answer in hexadecimal, None where the answer had none.
    """

    check: int
    watch: str
    source: Source
    started_at: datetime
    duration_ms: int
    outcome: Outcome
    reason: str | None
    http_status: int | None
    hops: tuple[str, ...] | None
    headers: tuple[tuple[str, str], ...] | None
    etag: str | None
    last_modified: str | None
    body: str | None


def statement(link: Link, previous: bytes) -> str:
    """The text whose SHA-256, as UTF-8, is the check's seal: a line for each fact, its value as ASCII JSON.

    `previous` is the seal of the check before, by number, in the same database; `BEGINNING` for the first.
    """
    return "".join(f"{line}\n" for line in _lines(link, previous))


def seal(link: Link, previous: bytes) -> bytes:
    """The 32 bytes that seal a check."""
    return sha256(statement(link, previous).encode()).digest()


def moment_text(moment: datetime) -> str:
    """A time as it is sealed: ISO 8601 in UTC, to the microsecond, with a Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _lines(link: Link, previous: bytes) -> Iterator[str]:
    yield f"hmicfrs-monitor check {link.check}"
    yield f"previous {previous.hex()}"
    yield f"watch {json.dumps(link.watch)}"
    yield f"source {json.dumps(link.source)}"
    yield f"started {json.dumps(moment_text(link.started_at))}"
    yield f"duration_ms {link.duration_ms}"
    yield f"outcome {json.dumps(link.outcome)}"
    yield f"reason {json.dumps(link.reason)}"
    yield f"status {json.dumps(link.http_status)}"
    yield f"addresses {json.dumps(link.hops)}"
    yield f"headers {json.dumps(link.headers)}"
    yield f"etag {json.dumps(link.etag)}"
    yield f"last_modified {json.dumps(link.last_modified)}"
    yield f"body {json.dumps(link.body)}"
