"""Which hosts asked to be left alone for a while, remembered beyond the process: what a Retry-After says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

LONGEST_PAUSE = timedelta(days=1)
"""A longer Retry-After is taken for this one: a mistaken header must not end a watch."""


class PauseStore(Protocol):
    """Where pauses are kept between runs; called from several threads."""

    def get(self, host: str) -> datetime | None:
        """Until when the host is to be left alone, None for a host that never asked."""

    def put(self, host: str, until: datetime) -> None:
        """Keep a time in place of the one before it."""


class MemoryPauses:
    """Pauses kept for the life of the process, where there is no database to keep them in."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}

    def get(self, host: str) -> datetime | None:
        """As last put; None for never."""
        return self._until.get(host)

    def put(self, host: str, until: datetime) -> None:
        """Keep it."""
        self._until[host] = until


class Pauses:
    """The pauses of all hosts. One process asks at a time, so that each is read once."""

    def __init__(self, store: PauseStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[str, datetime | None] = {}

    def until(self, host: str) -> datetime | None:
        """Until when the host wants to be left alone; None where it does not, or no longer."""
        if host not in self._known:
            self._known[host] = self._store.get(host)
        until = self._known[host]
        # Where the clock was set back, or was wrong when it was noted, no pause is longer than the longest.
        left = until - self._clock() if until else timedelta()
        return until if timedelta() < left <= LONGEST_PAUSE else None

    def begin(self, host: str, seconds: float) -> None:
        """Note how long from now a host wants to be left alone."""
        until = self._clock() + min(timedelta(seconds=seconds), LONGEST_PAUSE)
        before = self._known.get(host)
        if before is None or before < until:
            self._known[host] = until
            self._store.put(host, until)
