"""How an installation is, at a glance: what `status`, metrics, health and heartbeats tell. Costs a few queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TypeAlias

from domain.check import Outcome, Standing
from domain.watch import GRACE, Watch
from storage.history import History
from storage.outbox import Outbox

Late: TypeAlias = Callable[[Watch, datetime, datetime], bool]
"""Whether a watch that was last seen at the one time is late at the other: by `schedules.lateness`.

It is passed in so that a check which has just looked at its page need not import the scheduler.
"""


@dataclass(frozen=True, slots=True)
class WatchVitals:
    """How a watch is; `late`: two checks in a row should have seen it and did not."""

    standing: Standing
    late: bool


@dataclass(frozen=True, slots=True)
class Vitals:
    """How the watches of the settings are, in their order there, and the outbox. `undelivered` as `status` counts."""

    watches: tuple[WatchVitals, ...]
    undelivered: int
    database_bytes: int

    @property
    def late(self) -> tuple[str, ...]:
        """The names of the watches that are late."""
        return tuple(one.standing.watch for one in self.watches if one.late)


@dataclass(frozen=True, slots=True)
class ServiceVitals:
    """What a service noted since its start: its checks by outcome, and when it last read its settings."""

    started_at: datetime
    settings_at: datetime
    checks: Mapping[Outcome, int] = field(default_factory=dict)


class Pulse:
    """What a service notes of itself while it runs. May be shared by its threads."""

    def __init__(self, started_at: datetime) -> None:
        self._started_at = started_at
        self._settings_at = started_at
        self._checks: Counter[Outcome] = Counter()
        self._lock = Lock()

    def checked(self, outcome: Outcome) -> None:
        """A check came to its end."""
        with self._lock:
            self._checks[outcome] += 1

    def reloaded(self, now: datetime) -> None:
        """The settings were read anew."""
        with self._lock:
            self._settings_at = now

    def taken(self) -> ServiceVitals:
        """What it has noted so far."""
        with self._lock:
            return ServiceVitals(self._started_at, self._settings_at, dict(self._checks))


def gather(
    watches: Iterable[Watch], *, history: History, outbox: Outbox, late: Late, now: datetime, database_bytes: int
) -> Vitals:
    """How everything is now. A watch that was never looked at is late, as `status` has it."""
    known = {standing.watch: standing for standing in history.standings()}
    found = (_vitals(watch, known.get(watch.name), late, now) for watch in watches)
    return Vitals(tuple(found), outbox.undelivered(now), database_bytes)


def _vitals(watch: Watch, known: Standing | None, late: Late, now: datetime) -> WatchVitals:
    standing = known or Standing(watch.name, None, None, None, None)
    return WatchVitals(standing, is_late(watch, standing.last_good, late, now))


def is_late(watch: Watch, last_good: datetime | None, late: Late, now: datetime) -> bool:
    """Whether a watch is late, its schedule being asked only where that can make a difference."""
    return last_good is None or (now - last_good > GRACE and late(watch, last_good, now))
