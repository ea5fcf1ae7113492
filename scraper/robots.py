"""What a site's robots.txt (RFC 9309) allows us, asked of the site once a day at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

import httpx
from protego import Protego

from domain.check import Answer
from domain.robots import RobotsFile
from scraper.errors import AddressRefused, FetchError
from scraper.exchange import PRODUCT, shown, status_line

MOST_BYTES = 500_000
"""RFC 9309, section 2.5, wants the first 500 KiB read at least; what follows is left unread."""

FRESH = timedelta(hours=24)
USABLE = timedelta(days=30)
"""How long an old file serves while the site's is not to be had; RFC 9309, section 2.3.1.4, has the period."""

LONGEST_DELAY = 60.0
"""Seconds: a longer Crawl-delay is meant for crawlers of whole sites, and would hold up every other page."""

_WITHOUT_IT = "respect_robots = false in [scraper] does without it"


class RobotsStore(Protocol):
    """Where the files are kept between runs; called from several threads."""

    def get(self, origin: str) -> RobotsFile | None:
        """The file last put for an origin."""

    def put(self, robots: RobotsFile) -> None:
        """Keep a file in place of the one before it."""


class MemoryShelf:
    """Files kept for the life of the process, where there is no database to keep them in."""

    def __init__(self) -> None:
        self._files: dict[str, RobotsFile] = {}

    def get(self, origin: str) -> RobotsFile | None:
        """The last file had from the origin; None for none."""
        return self._files.get(origin)

    def put(self, file: RobotsFile) -> None:
        """Keep a file instead of the one before."""
        self._files[file.origin] = file


@dataclass(frozen=True, slots=True)
class _Known:
    file: RobotsFile
    rules: Protego


class Robots:
    """The rules of every site that is asked. `ask` gets an address, redirects followed, and gives its last answer."""

    def __init__(self, store: RobotsStore, ask: Callable[[str], Answer], clock: Callable[[], datetime]) -> None:
        self._store = store
        self._ask = ask
        self._clock = clock
        self._asking: dict[str, Lock] = {}
        self._known: dict[str, _Known] = {}

    def delay_for(self, url: httpx.URL) -> float:
        """The seconds that the site wants between two requests, 0 for no wish.

        Raises `FetchError` where the address is not allowed, or where the file cannot be had and none is kept.
        """
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        with self._asking.setdefault(origin, Lock()):
            rules = self._rules(origin)
        if not rules.can_fetch(str(url), PRODUCT):
            raise FetchError(f"{shown(url)}: not allowed by {_address(origin)}; {_WITHOUT_IT}")
        return min(rules.crawl_delay(PRODUCT) or 0.0, LONGEST_DELAY)

    def _rules(self, origin: str) -> Protego:
        """The rules that hold now: read and parsed once while they are fresh."""
        known = self._known.get(origin)
        if known is None or self._clock() - known.file.fetched_at >= FRESH:
            file = self._current(origin)
            known = self._known[origin] = _Known(file, Protego.parse(file.text))
        return known.rules

    def _current(self, origin: str) -> RobotsFile:
        kept, now = self._store.get(origin), self._clock()
        if kept and now - kept.fetched_at < FRESH:
            return kept
        try:
            robots = self._asked(origin, now)
        except AddressRefused:
            raise
        except FetchError as error:
            if kept and now - kept.fetched_at <= USABLE:
                return kept
            if error.status is None:  # no network, most likely: the page would fare alike
                raise FetchError(f"{error}; robots.txt is asked for before the page") from error
            raise FetchError(f"the site's robots.txt could not be had: {error}; {_WITHOUT_IT}", error.status) from error
        self._store.put(robots)
        return robots

    def _asked(self, origin: str, now: datetime) -> RobotsFile:
        """A status of 4xx says that there is no file, hence no rule; 429 and the rest say nothing of the rules."""
        answer = self._ask(_address(origin))
        if httpx.codes.is_success(answer.status):
            text = answer.body[:MOST_BYTES].decode("utf-8-sig", "replace")
            return RobotsFile(origin, answer.status, text, now)
        if httpx.codes.is_client_error(answer.status) and answer.status != httpx.codes.TOO_MANY_REQUESTS:
            return RobotsFile(origin, answer.status, "", now)
        raise FetchError(f"{_address(origin)}: the server answered {status_line(answer.status)}", answer.status)


def _address(origin: str) -> str:
    return f"{origin}/robots.txt"
