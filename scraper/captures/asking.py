"""Requests to the Internet Archive: at its pace, again where it is busy, and never where it wants to be left alone.

What an answer means is its judge's business; the archive's own pages are told from captures in `memento`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import httpx
import stamina

from scraper.captures.coding import undone
from scraper.errors import FetchError
from scraper.exchange import Broken, Exchange, TryLater, answered, headers_of, retry_after, shown, user_agent
from scraper.pace import Pace
from scraper.pauses import MemoryPauses, Pauses, PauseStore

MOST_INDEX_QUERIES = 24
"""A minute: more than these archive.org answers with 429, and with a block of the network if that is not obeyed."""

LONGEST_WAIT = 600.0
"""Seconds: where the archive asks for more, the run ends and says until when."""

_AFTER_429 = 60.0
"""Seconds, doubled each time: whoever asks on for a minute after a 429 is shut out for an hour."""

_AFTER_TROUBLE, _MOST_AFTER_TROUBLE = 5.0, 80.0
"""Seconds, doubled each time, up to the second."""

_MINUTE = 60.0
_MOST_TEXT = 65_536
_TOO_MANY = httpx.codes.TOO_MANY_REQUESTS
_FIRST_SERVER_ERROR = 500
_ASK_ALONE = 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WaybackSettings:
    """How to ask the archive.

    `timeout_seconds` is for connecting and for each silence: the index is slow. `attempts` are the tries at a request.
    `index_per_minute` is never more than archive.org allows, where it is the archive. `fetches_per_minute` are
    captures: the archive has allowed many more, but refuses connections to whoever opens some 15 a minute, and nobody
    waits for the past. `page_size` is how many captures one query of the index lists.
    """

    user_agent_contact: str | None = None
    timeout_seconds: float = 60.0
    max_bytes: int = 5_000_000
    attempts: int = 5
    index_per_minute: float = 20.0
    fetches_per_minute: float = 15.0
    page_size: int = 1000
    allow_private_addresses: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What the archive answered, its content coding not undone; header names are in lower case.

    Of a body longer than was asked for, `raw` has one byte more than that.
    """

    url: httpx.URL
    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes

    def header(self, name: str) -> str | None:
        """The first value of a header, its name in lower case; None where it was not sent."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def is_memento(self) -> bool:
        """Whether it is a capture, of whatever status, and not a page of the archive's own."""
        return any(key == "memento-datetime" or key.startswith("x-archive-orig-") for key, _ in self.headers)

    @property
    def told(self) -> str:
        """What was answered, in the words of a message: "404 Not Found"."""
        return answered(self.status, dict(self.headers), self.text.encode())

    @property
    def text(self) -> str:
        """The beginning of its body as text, as far as it can be read: for the archive's own pages."""
        try:
            plain = undone(self.raw, self.header("content-encoding") or "", _MOST_TEXT)
        except ValueError:
            plain = self.raw
        return plain[:_MOST_TEXT].decode("utf-8", "replace")


def queries_a_minute(wish: float, host: str) -> float:
    """How many queries of the index a host gets: never more than archive.org allows, if it is that."""
    is_theirs = f".{host.lower().rstrip('.')}".endswith(".archive.org")
    return min(wish, MOST_INDEX_QUERIES) if is_theirs else wish


class EmptyReply(Broken):
    """An answer without a byte in it."""


class Asking:
    """One conversation with the archive, for one thread at a time. `pauses` outlive it where the store does."""

    def __init__(
        self,
        settings: WaybackSettings,
        version: str,
        *,
        clock: Callable[[], datetime],
        pauses: PauseStore | None = None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._exchange = Exchange(
            user_agent(version, settings.user_agent_contact),
            settings.timeout_seconds,
            allow_private=settings.allow_private_addresses,
            clock=clock,
        )
        self._clock, self._sleep, self._monotonic = clock, sleep, monotonic
        self._pauses = Pauses(pauses or MemoryPauses(), clock)
        self.index, self.captures = (
            Pace(_ASK_ALONE, _MINUTE / each, sleep=sleep, monotonic=monotonic, chance=chance)
            for each in (settings.index_per_minute, settings.fetches_per_minute)
        )
        self._retry = stamina.RetryingCaller(attempts=settings.attempts, timeout=None)
        self._refusals = self._troubles = 0
        self._not_before = 0.0

    def ask(self, url: httpx.URL, pace: Pace, most: int, judge: Callable[[Reply], T]) -> T:
        """What `judge` makes of the answer; it raises `TryLater` or `Broken` to have the question asked again.

        At most `most + 1` bytes are read. Raises `FetchError`, `TryLater` and `Broken` when no more is tried.
        """

        def attempt() -> T:
            self._rest(url)
            with pace.turn(url.host):
                judged = judge(self._answer(url, most))
            self._refusals = self._troubles = 0
            return judged

        return self._retry.on(partial(self._is_worth_another_try, url.host))(attempt)

    def close(self) -> None:
        """Close what connections are open; a later question opens new ones."""
        self._exchange.close()

    def _answer(self, url: httpx.URL, most: int) -> Reply:
        """An answer of any status, but those of a busy archive. A capture may have any."""
        with self._exchange.opened(url, {}) as response:
            raw = bytearray()
            for piece in response.iter_raw():
                raw += piece
                if len(raw) > most:
                    break
        reply = Reply(url, response.status_code, headers_of(response), bytes(raw[: most + 1]))
        if not reply.is_memento and (reply.status == _TOO_MANY or reply.status >= _FIRST_SERVER_ERROR):
            raise self._busy(reply)
        return reply

    def _busy(self, reply: Reply) -> TryLater:
        wait = retry_after(reply.header("retry-after") or "", self._clock())
        if wait is None and reply.status == _TOO_MANY:
            wait = min(_AFTER_429 * 2**self._refusals, LONGEST_WAIT)
        error = TryLater(f"{shown(reply.url)}: the server answered {reply.told}", reply.status)
        error.wait = wait
        return error

    def _rest(self, url: httpx.URL) -> None:
        """Wait until the archive wants to be asked again. Raises `FetchError` where that is too far off."""
        now = self._clock()
        until = max(self._pauses.until(url.host) or now, now + timedelta(seconds=self._not_before - self._monotonic()))
        if until - now > timedelta(seconds=LONGEST_WAIT):
            when = f"{until:%Y-%m-%d %H:%M} UTC"
            raise FetchError(f"{shown(url)}: not asked: the server wants to be left alone until {when}")
        if until > now:
            self._sleep((until - now).total_seconds())

    def _is_worth_another_try(self, host: str, error: Exception) -> bool | float:
        """Notes how long to rest, which the next question waits for, be it this one again or another."""
        match error:
            case TryLater(status=httpx.codes.TOO_MANY_REQUESTS, wait=float(wait)):
                self._refusals += 1
                self._pauses.begin(host, wait)
            case TryLater() | Broken():
                wait = getattr(error, "wait", None) or min(_AFTER_TROUBLE * 2**self._troubles, _MOST_AFTER_TROUBLE)
                self._troubles += 1
                self._not_before = self._monotonic() + wait
            case _:
                return False
        return 0.0 if wait <= LONGEST_WAIT else False
