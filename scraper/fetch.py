"""One polite conditional GET: an address in, the server's answer out, or the one line that says why there is none.

Whether the answer is the page is `verdict`'s business; who may be asked is `connect`'s and `robots`', when is `pace`'s.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import TracebackType
from typing import Self

import httpx
import stamina

from domain.address import canonical_address
from domain.check import Answer, Validators
from scraper.errors import FetchError
from scraper.exchange import (
    LONGEST_WAIT,
    Conditions,
    Exchange,
    TryLater,
    answered,
    conditions,
    shown,
    user_agent,
    wait_before_retry,
)
from scraper.freshness import fresh_for
from scraper.pace import Pace
from scraper.pauses import Pauses, PauseStore
from scraper.robots import MOST_BYTES, Robots, RobotsStore

MOST_HOPS = 10
"""Redirects followed before giving up; browsers stop at 20, and no page of the site needs more than three."""

NO_TRY_AFTER = 120.0
"""Seconds: no further try begins later, so that a page with its robots.txt is done within `domain.watch.GRACE`."""

_LAST_PORT = 65_535
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How to fetch, as the settings' `[scraper]` has it; `timeout_seconds` is for connecting and for each silence."""

    user_agent_contact: str | None = None
    timeout_seconds: float = 20.0
    max_bytes: int = 5_000_000
    attempts: int = 3
    min_delay_seconds: float = 1.0
    max_per_host: int = 1
    respect_robots: bool = True
    allow_private_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with a 2xx status and a body. `fresh_for`: how long it is good for by its own word, None for none."""

    answer: Answer
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server's word that the page is still the one of the validators; `fresh_for` as with `Fetched`."""

    fresh_for: timedelta | None = None


class Fetcher:
    """Fetches pages for any number of threads.

    `version` is the program's, for the User-Agent; `clock` gives aware UTC; `sleep` is what waits for a host's turn.
    """

    def __init__(
        self,
        settings: FetchSettings,
        version: str,
        *,
        clock: Callable[[], datetime],
        robots_store: RobotsStore,
        pause_store: PauseStore,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._exchange = Exchange(
            user_agent(version, settings.user_agent_contact),
            settings.timeout_seconds,
            allow_private=settings.allow_private_addresses,
            clock=clock,
        )
        self._robots = Robots(robots_store, self._ask_for_robots, clock)
        self._pauses = Pauses(pause_store, clock)
        self._clock, self._sleep = clock, sleep
        self._pace = Pace(settings.max_per_host, settings.min_delay_seconds, sleep=sleep)
        self._retry = stamina.RetryingCaller(
            attempts=settings.attempts, timeout=NO_TRY_AFTER, wait_initial=0.5, wait_max=10.0, wait_jitter=0.5
        ).on(wait_before_retry)

    def fetch(self, url: str, validators: Validators) -> Fetched | NotModified:
        """Ask for a page, where it is another than the one with these validators.

        Raises `FetchError` where no page is had. The validators go to the page itself, under whichever of its
        addresses, and nowhere else: the answer "not modified" of another page would be taken for this one's.
        """
        page, wanted = canonical_address(url), conditions(validators)

        def conditions_for(hop: str) -> Conditions:
            return wanted if canonical_address(hop) == page else {}

        answer = self._follow(url, lambda hop: self._ask_for_page(hop, conditions_for(str(hop))))
        if answer.status == httpx.codes.NOT_MODIFIED and conditions_for(answer.url):
            return NotModified(fresh_for(answer.headers))
        if not httpx.codes.is_success(answer.status):
            told = answered(answer.status, dict(answer.headers), answer.body)
            raise FetchError(f"{_place(answer)}: the server answered {told}", answer.status)
        if len(answer.body) > self._settings.max_bytes:
            most = f"{self._settings.max_bytes:,} bytes"
            raise FetchError(f"{_place(answer)}: larger than the {most} of max_bytes in [scraper]", answer.status)
        return Fetched(answer, fresh_for(answer.headers))

    def paused_until(self, url: str) -> datetime | None:
        """Until when the host of an address wants to be left alone; None where it does not."""
        return self._pauses.until(_checked(httpx.URL(), url).host)

    def close(self) -> None:
        """Close what connections are open; a later fetch opens new ones."""
        self._exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _ask_for_page(self, url: httpx.URL, wanted: Conditions) -> Answer:
        gap = self._robots.delay_for(url) if self._settings.respect_robots else 0.0

        def ask() -> Answer:
            with self._pace.turn(url.host, gap):
                return self._get(url, wanted, self._settings.max_bytes)

        return self._retry(ask)

    def _ask_for_robots(self, url: str) -> Answer:
        """An answer of whatever status; it takes no turn of the host's, so that the page need not wait for it."""

        def ask(hop: httpx.URL) -> Answer:
            with self._pace.extra_turn(hop.host):
                return self._get(hop, {}, MOST_BYTES)

        return self._follow(url, lambda hop: self._retry(ask, hop))

    def _get(self, url: httpx.URL, wanted: Conditions, most: int) -> Answer:
        """One answer, unless the host wants to be left alone; a short while is waited for."""
        if until := self._pauses.until(url.host):
            left = (until - self._clock()).total_seconds()
            if left > LONGEST_WAIT:
                raise FetchError(
                    f"{shown(url)}: not asked: the server wants to be left alone until {until:%Y-%m-%d %H:%M} UTC"
                )
            self._sleep(max(left, 0.0))
        try:
            return self._exchange.get(url, wanted, most)
        except TryLater as error:
            if error.wait:
                self._pauses.begin(url.host, error.wait)
            raise

    def _follow(self, url: str, ask: Callable[[httpx.URL], Answer]) -> Answer:
        """The answer at the end of all redirects, with its hops; an error on the way says where it began."""
        hops = [_checked(httpx.URL(), url)]
        answer = ask(hops[0])
        try:
            while answer.status in _REDIRECTS:
                hops.append(_next(hops, answer.header("location") or ""))
                answer = ask(hops[-1])
        except FetchError as error:
            raise FetchError(f"{error} (redirected from {shown(hops[0])})", error.status) from error
        return replace(answer, hops=tuple(str(hop) for hop in hops))


def _place(answer: Answer) -> str:
    first, *others = answer.hops
    return shown(answer.url) + (f" (redirected from {shown(first)})" if others else "")


def _next(hops: Sequence[httpx.URL], location: str) -> httpx.URL:
    target = _checked(hops[-1], location)
    if target in hops:
        raise FetchError(f"{shown(target)}: a redirect that leads back to where it came from")
    if len(hops) > MOST_HOPS:
        raise FetchError(f"{shown(target)}: more than {MOST_HOPS} redirects")
    return target


@lru_cache(maxsize=4096)  # the same pages are asked for again and again
def _checked(base: httpx.URL, reference: str) -> httpx.URL:
    """Where a reference leads: of the web, to a host, with no password in it, without its fragment."""
    try:
        url = base.join(reference)
        url = url.copy_with(fragment=None) if "#" in str(url) else url
    except httpx.InvalidURL as error:
        raise FetchError(f"{shown(reference)}: not an address: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchError(f"{shown(reference)}: not an address of the web; it must begin with https:// or http://")
    if url.port is not None and not 0 < url.port <= _LAST_PORT:
        raise FetchError(f"{shown(reference)}: not an address: there is no port {url.port}")
    if url.userinfo:
        raise FetchError(f"{shown(reference)}: an address with a user name or password is not asked")
    return url
