"""What is watched, and when a look at it is too long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LATE_AFTER_MISSED = 2
"""How many checks in a row must have been missed, or have failed, before a watch is late."""

GRACE = timedelta(minutes=10)
"""How long a check may take, with its retries, before it counts as missed."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A page under watch. `name` outlives `url`.

    `expected_title`, where not None, is text that the title of the page must contain, case and punctuation aside.
    A reading with fewer than `least_share` of the reports or of the sections that the last snapshot had is suspect.
    """

    name: str
    url: str
    schedule: str
    expected_title: str | None = None
    least_share: float = 0.5


def is_late(last_good: datetime | None, due_after_it: datetime, now: datetime) -> bool:
    """Whether a watch has gone unseen for too long.

    `last_good` is the last check that saw the page, None for never, which is late. `due_after_it` is when the last of
    `LATE_AFTER_MISSED` checks was due after that one, by the watch's own schedule.
    """
    return last_good is None or now > due_after_it + GRACE
