"""Recipients for the tests: subscribers and audiences, built with few words."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from domain.digest import DigestTimes
from domain.owed import Audience
from domain.recipient import EVERYTHING, Cadence, Origin, Recipient, Role, Subscriber, Subscription, Wants

ADDED_AT = datetime(2024, 1, 1, tzinfo=UTC)
MONDAYS = DigestTimes(time(8, 30), 0, ZoneInfo("Europe/London"))


def subscriber(
    number: int,
    *,
    address: str = "",
    channel: str = "smtp",
    role: Role = Role.READER,
    wants: Wants = EVERYTHING,
    cadence: Cadence = Cadence.IMMEDIATELY,
    paused: bool = False,
    left_at: datetime | None = None,
) -> Subscriber:
    """A subscriber; the address is made of the number unless one is given."""
    recipient = Recipient(address or f"{role}-{number}@example.org", channel)
    asked = Subscription(recipient, role, wants, cadence)
    return Subscriber(number, asked, Origin.SETTINGS, paused, ADDED_AT, left_at, f"token-{number}")


def audience(*subscribers: Subscriber, admin_after_failures: int = 3) -> Audience:
    return Audience(subscribers, "monitor.example.org", MONDAYS, admin_after_failures)
