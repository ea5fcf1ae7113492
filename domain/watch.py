"""What is watched, and when a look at it is too long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LATE_AFTER_MISSED = 2
"""How many checks in a row must have been missed, or have failed, before a watch is late."""

GRACE = timedelta(minutes=10)
"""How long a check may take, with its retries, before it counts as missed."""


FAILURES_ON_SCHEDULE = 3
"""How many checks in a row may fail before the next ones come less often than the schedule has it."""

LONGEST_BACKOFF = timedelta(days=1)
LONGEST_BACKOFF_UNANSWERED = timedelta(hours=1)
"""Where no server answers: most likely the network is ours, nobody is spared, and its return is to be seen soon."""

LONGEST_FRESH = timedelta(hours=1)
"""How long a server's word that its answer is fresh puts off a look at most."""


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


def backoff(failures: int, interval: timedelta, *, answered: bool) -> timedelta:
    """How long after the last of so many failed checks in a row the next one comes at the earliest.

    Twice as long each time, from the schedule's own `interval` on, and never for good. `answered`: the last failure was
    a server's answer.
    """
    beyond = failures - FAILURES_ON_SCHEDULE
    if beyond <= 0:
        return timedelta()
    longest = LONGEST_BACKOFF if answered else LONGEST_BACKOFF_UNANSWERED
    return min(interval * (1 << min(beyond, 16)), longest)
