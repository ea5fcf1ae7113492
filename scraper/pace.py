"""How many requests one host gets at once, and how far apart: over all threads of this process, not beyond it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Semaphore

JITTER = 0.25
"""By what share a gap may be longer than it must: requests in step are what a server tells a machine by."""


class Pace:
    """The turns of requests; a host's first request never waits.

    `at_once` is how many requests a host may get at a time, `gap` the least seconds between the starts of two. `chance`
    gives numbers from 0 to 1, by which gaps are longer at random.
    """

    def __init__(
        self,
        at_once: int,
        gap: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._at_once = at_once
        self._gap = gap
        self._sleep = sleep
        self._monotonic = monotonic
        self._chance = chance
        self._hosts: dict[str, _Host] = {}
        self._lock = Lock()

    @contextmanager
    def turn(self, host: str, gap: float = 0.0) -> Iterator[None]:
        """Hold one of the host's places, once it is due. `gap`: the seconds that the host itself asks for."""
        turns = self._host(host)
        with turns.places:
            longer = 1 + JITTER * self._chance()
            self._sleep_until(turns.reserve(self._monotonic(), longer * max(gap, self._gap)))
            yield

    @contextmanager
    def extra_turn(self, host: str) -> Iterator[None]:
        """Hold one of the host's places, out of the order of turns: for what is asked once a day beside a page."""
        with self._host(host).places:
            yield

    def _host(self, name: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(name, _Host(self._at_once))

    def _sleep_until(self, start: float) -> None:
        wait = start - self._monotonic()
        if wait > 0:
            self._sleep(wait)


class _Host:
    def __init__(self, at_once: int) -> None:
        self.places = Semaphore(at_once)
        self._lock = Lock()
        self._last: float | None = None

    def reserve(self, now: float, gap: float) -> float:
        """When the next request may start, which then counts as started."""
        with self._lock:
            self._last = now if self._last is None else max(now, self._last + gap)
            return self._last
