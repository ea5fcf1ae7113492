"""Alerts to deliver, and a clock that goes as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.alert import AlertKind
from domain.digest import Slot
from domain.recipient import EVERYTHING, Recipient, Wants
from storage.database import Database
from tests.domain.records import page, report
from tests.storage.pages import Story, owed


@dataclass
class Clock:
    """Stands still until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


def begin(database: Database) -> Story:
    """A watch with an empty page at hour 0."""
    story = Story.of(database)
    story.reads(page(), 0)
    return story


def tell(
    story: Story,
    at: float,
    *recipients: Recipient,
    subscriber: int | None = None,
    wants: Wants = EVERYTHING,
    slots: tuple[Slot, ...] = (),
) -> None:
    """A check that finds a change, and an alert of it to each recipient."""
    alerts = owed(AlertKind.CHANGES, *recipients, subscriber=subscriber, wants=wants, slots=slots)
    story.reads(page(report("a", text=f"Text at {at}.")), at, owed=alerts)
