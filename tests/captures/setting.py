"""What the captures' tests are set in: a page with a past, a clock that only sleeping moves, the archive's client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.capture import Listed
from scraper.captures.asking import WaybackSettings
from scraper.captures.wayback import Wayback
from scraper.pauses import PauseStore
from tests.captures.archive import Archive, Kept

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
PATH = "our-work/article/child-abuse-and-child-protection-issues/"
PAGE = f"https://hmicfrs.justiceinspectorates.gov.uk/{PATH}"
FORMER = f"https://www.justiceinspectorates.gov.uk/hmicfrs/{PATH}"


def body(text: str = "A page") -> bytes:
    return f"<!DOCTYPE html><html><body><h1>Child abuse</h1><p>{text}</p></body></html>".encode()


FIRST = Kept("20180301120000", FORMER, body("2018"))
SECOND = Kept("20240209103000", PAGE, body("9 February 2024"))
AGAIN = Kept("20240301090000", PAGE, body("9 February 2024"), revisit=True)
THIRD = Kept("20250601000000", PAGE.replace("https", "http"), body("2025"))


@dataclass
class Time:
    """A clock and a monotonic one that nothing moves but sleep."""

    passed: float = 0.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds


def wayback(
    archive: Archive,
    time: Time | None = None,
    *,
    pauses: PauseStore | None = None,
    note: Callable[[str], None] = lambda _: None,
    **settings: Any,
) -> Wayback:
    time = time or Time()
    settings = {"user_agent_contact": "us@example.org", "allow_private_addresses": True, **settings}
    return Wayback(
        WaybackSettings(**settings),
        "9.8",
        clock=time.clock,
        base=archive.base,
        pauses=pauses,
        note=note,
        sleep=time.sleep,
        monotonic=time.monotonic,
        chance=lambda: 0.0,
    )


def listed(kept: Kept) -> Listed:
    """A capture as the index lists it."""
    at = datetime.strptime(kept.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    status = None if kept.revisit else kept.status
    return Listed(f"{kept.stamp}/{kept.original}", kept.original, at, kept.digest, status)
