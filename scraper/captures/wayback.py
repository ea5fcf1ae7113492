"""The Internet Archive's captures of a page: which there are, and the answer that each one kept.

The archive is a library that lives on gifts: one question at a time, at a slow pace, with our name and address on it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import NoReturn, Self

import httpx

from domain.capture import Listed
from domain.check import Answer
from scraper.captures.asking import Asking, EmptyReply, Reply, WaybackSettings, queries_a_minute
from scraper.captures.coding import undone
from scraper.captures.index import MOST_BYTES, IndexPage, question, read_index
from scraper.captures.memento import (
    answer_of,
    differs_from_index,
    is_exclusion,
    is_own_redirect,
    name_of,
    path_of,
    target_of,
)
from scraper.errors import AddressRefused, ArchiveError, CaptureGone, CaptureUnplayable, FetchError
from scraper.exchange import Broken, TryLater, shown
from scraper.pauses import PauseStore

BASE = "https://web.archive.org"

_NEVER = frozenset({400, 404, 410, 451})
_GO_ON = "start it again later: it goes on from here"
_FROM_THE_START: Mapping[str, str] = MappingProxyType({})


class Wayback:
    """The archive at `base`, for one thread at a time.

    `version` is the program's, for the User-Agent; `clock` gives aware UTC, and `sleep` is what waits. `note` gets what
    the administrator may want to know, a line each. `pauses` remembers when the archive wants to be left alone.
    """

    def __init__(
        self,
        settings: WaybackSettings,
        version: str,
        *,
        clock: Callable[[], datetime],
        base: str = BASE,
        pauses: PauseStore | None = None,
        note: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings, self._note = settings, note
        self._base = httpx.URL(base)
        queries = queries_a_minute(settings.index_per_minute, self._base.host)
        settings = replace(settings, index_per_minute=queries)
        self._asking = Asking(
            settings, version, clock=clock, pauses=pauses, sleep=sleep, monotonic=monotonic, chance=chance
        )

    def listed(
        self,
        addresses: Iterable[str],
        since: datetime | None = None,
        until: datetime | None = None,
        resume: Mapping[str, str] = _FROM_THE_START,
    ) -> Iterator[IndexPage]:
        """The captures of each address in turn, from `since` to `until`, a page of the index at a time.

        The last page of an address has no `resume`, and is there even if it is empty. `resume` has, for addresses whose
        listing was broken off, that of the last page that was kept. Raises `ArchiveError`.
        """
        for address in addresses:
            key = resume.get(address)
            seen = {key}
            while True:
                page = self._page(address, since, until, key)
                if page.resume in seen and page.resume is not None:
                    self._note(f"{shown(address)}: the archive's index goes in circles, and was left where it does so")
                    page = IndexPage(address, page.listed, None, page.skipped)
                yield page
                key = page.resume
                if key is None:
                    break
                seen.add(key)

    def fetch(self, listed: Listed) -> Answer:
        """The answer that a capture kept, of whatever status.

        Raises `CaptureGone` for one to set aside, `CaptureUnplayable` for one to try another day, and `ArchiveError`
        where no other can be had now either.
        """
        reply = self._played(listed, path_of(listed))
        if is_own_redirect(reply):
            original = target_of(reply, listed, self._base)
            if original is None:
                where = shown(reply.header("location") or "nowhere")
                raise CaptureUnplayable(f"{name_of(listed)}: the archive sends to {where} instead; {_GO_ON}")
            reply = self._played(listed, path_of(listed, original))
        if not reply.is_memento:
            _refuse(reply, listed)
        answer = answer_of(reply, listed, self._settings.max_bytes)
        if differs_from_index(reply, answer, listed):
            self._note(f"{name_of(listed)}: its bytes are not those that the archive's index has the digest of")
        return answer

    def close(self) -> None:
        """Close what connections are open; a later question opens new ones."""
        self._asking.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _page(self, address: str, since: datetime | None, until: datetime | None, key: str | None) -> IndexPage:
        def read(reply: Reply) -> IndexPage | None:
            """None for a page that the archive does not show."""
            return None if is_exclusion(reply) else _index_in(reply, address, since, until)

        asked = question(address, since, until, self._settings.page_size, key)
        try:
            page = self._asking.ask(self._url(asked), self._asking.index, MOST_BYTES, read)
        except EmptyReply:
            self._note(f"{shown(address)}: the archive's index answered with nothing at all; taken for no captures")
            page = IndexPage(address, (), None)
        except FetchError as error:
            raise ArchiveError(f"the archive's index could not be read: {_and_go_on(error)}") from error
        if page is None:
            self._note(f"{shown(address)}: the archive shows no captures of it, at its owner's wish")
            page = IndexPage(address, (), None)
        return page

    def _played(self, listed: Listed, path: str) -> Reply:
        """An answer that is a capture, a redirect or a refusal; a page of the archive's own with 200 is asked again."""

        def judge(reply: Reply) -> Reply:
            if not reply.is_memento and httpx.codes.is_success(reply.status):
                raise Broken(f"{shown(reply.url)}: a page of the archive's own instead of the capture")
            return reply

        try:
            url = self._url(path)
        except httpx.InvalidURL as error:
            raise CaptureGone(f"{name_of(listed)}: not an address: {error}") from error
        try:
            return self._asking.ask(url, self._asking.captures, self._settings.max_bytes, judge)
        except FetchError as error:
            kind = CaptureUnplayable if _is_about_one(error) else ArchiveError
            raise kind(f"{name_of(listed)}: {_and_go_on(error)}") from error

    def _url(self, path: str) -> httpx.URL:
        return httpx.URL(str(self._base).rstrip("/") + path)


def _index_in(reply: Reply, address: str, since: datetime | None, until: datetime | None) -> IndexPage:
    if not httpx.codes.is_success(reply.status):
        raise FetchError(f"{shown(reply.url)}: the server answered {reply.told}", reply.status)
    if len(reply.raw) > MOST_BYTES:
        raise FetchError(f"{shown(reply.url)}: larger than {MOST_BYTES:,} bytes")
    try:
        body = undone(reply.raw, reply.header("content-encoding") or "", MOST_BYTES)
        if not body.strip():
            raise EmptyReply(f"{shown(reply.url)}: an answer without a word in it")
        return read_index(body, address, since, until)
    except ValueError as error:
        raise Broken(f"{shown(reply.url)}: the answer is not the index: {error}") from error


def _and_go_on(error: FetchError) -> str:
    """What happened, and the way out."""
    return str(error) if isinstance(error, AddressRefused) else f"{error}; {_GO_ON}"


def _is_about_one(error: FetchError) -> bool:
    """Whether another capture may be had all the same: the archive did answer, or was at work on an answer."""
    match error:
        case TryLater(status=httpx.codes.TOO_MANY_REQUESTS):
            return False
        case TryLater():
            return True
        case Broken():
            return not isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)
        case _:
            return False


def _refuse(reply: Reply, listed: Listed) -> NoReturn:
    """Raise what an answer means that is no capture."""
    if reply.status in _NEVER:
        raise CaptureGone(f"{name_of(listed)}: the archive has it no more: it answered {reply.told}")
    if is_own_redirect(reply):
        raise CaptureUnplayable(f"{name_of(listed)}: the archive sends from one address to the next; {_GO_ON}")
    if is_exclusion(reply):
        raise CaptureGone(f"{name_of(listed)}: the archive does not show it, at its owner's wish")
    if reply.status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise ArchiveError(f"{name_of(listed)}: the archive refuses us: it answered {reply.told}; {_GO_ON}")
    raise CaptureUnplayable(f"{name_of(listed)}: the archive answered {reply.told}; {_GO_ON}")
