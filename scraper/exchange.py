"""One request and its answer over the process's connections, and the errors that say whether to try again.

Redirects, robots.txt and the pace are `fetch`'s business. httpx's client is left out: it would keep cookies, obey the
environment's proxies, and stumble over a redirect's address before we can judge it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import TypeAlias

import httpx
from stamina.instrumentation import set_on_retry_hooks

from domain.check import Answer, Validators
from domain.subject import one_line
from scraper.body import ACCEPTED_CODING, read_up_to
from scraper.connect import GuardedTransport
from scraper.errors import FetchError
from scraper.refusal import MOST_BYTES, refusal

Conditions: TypeAlias = Mapping[bytes, bytes]

PRODUCT = "hmicfrs-monitor"
"""Our name in the User-Agent, and in the site's robots.txt."""

LONGEST_WAIT = 60.0
"""Seconds: a Retry-After beyond this is left to the next check."""

_TRY_LATER = frozenset({429, 502, 503, 504})
_LONGEST_ADDRESS = 300

set_on_retry_hooks(())  # stamina's own would print a line for each retry, which cron would mail


class TryLater(FetchError):
    """The server is busy. `wait` is how many seconds it asks for, None for no wish."""

    wait: float | None = None


class Broken(FetchError):
    """There was no connection, no whole answer, or none in time."""


class Exchange:
    """The connections, with all that is costly about them made when first needed; any number of threads may ask."""

    def __init__(self, user_agent: str, timeout: float, *, allow_private: bool, clock: Callable[[], datetime]) -> None:
        self._headers = {
            b"User-Agent": user_agent.encode(),
            b"Accept": b"text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
            b"Accept-Encoding": ACCEPTED_CODING.encode(),
        }
        self._timeout = httpx.Timeout(timeout).as_dict()
        self._allow_private = allow_private
        self._clock = clock
        self._transports: dict[str, GuardedTransport] = {}
        self._lock = Lock()

    def get(self, url: httpx.URL, conditions: Conditions, most: int) -> Answer:
        """One answer of any status but those that ask for another try.

        Its body is read where the status is 2xx, and up to `most + 1` bytes; of a refusal so much as tells its sort.
        Raises `TryLater` and `Broken`, which are worth another try, and `FetchError`, which is not.
        """
        with self.opened(url, conditions) as response:
            if response.status_code in _TRY_LATER:
                raise _busy(url, response, self._clock())
            body = read_up_to(response, most) if response.is_success else _refused(response)
        headers = headers_of(response)
        answer = Answer(response.status_code, (str(url),), headers, body)
        return Answer(answer.status, answer.hops, headers, body, _validators(answer))

    @contextmanager
    def opened(self, url: httpx.URL, conditions: Conditions) -> Iterator[httpx.Response]:
        """One answer of any status, its body yet to be read within the block.

        Raises `Broken`, which is worth another try, and `FetchError`, for the request and for what fails in the block.
        """
        request = httpx.Request(
            "GET", url, headers={**self._headers, **conditions}, extensions={"timeout": self._timeout}
        )
        try:
            with closing(self._transport(url.scheme).handle_request(request)) as response:
                yield response
        except (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError, httpx.DecodingError) as error:
            raise Broken(f"{shown(url)}: {_reason(error)}") from error
        except httpx.RequestError as error:
            raise FetchError(f"{shown(url)}: {_reason(error)}") from error

    def close(self) -> None:
        """Close what connections are open; a later request opens new ones."""
        with self._lock:
            for transport in self._transports.values():
                transport.close()
            self._transports.clear()

    def _transport(self, scheme: str) -> GuardedTransport:
        with self._lock:
            if scheme not in self._transports:
                secure = scheme == "https"
                self._transports[scheme] = GuardedTransport(secure=secure, allow_private=self._allow_private)
            return self._transports[scheme]


def headers_of(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    """The headers of an answer in the order received, their names in lower case."""
    return tuple((key.decode("latin-1").lower(), value.decode("latin-1")) for key, value in response.headers.raw)


def user_agent(version: str, contact: str | None) -> str:
    """Who asks. Of the contact only what a comment of a header can hold is kept."""
    contact = re.sub(r"[^ -~]|[()\\]", "", contact or "").strip()
    return f"{PRODUCT}/{version}" + (f" (+{contact})" if contact else "")


def wait_before_retry(error: Exception) -> bool | float:
    """Whether another try is worth it: False for no, True for a growing pause, or the seconds that the server wants."""
    match error:
        case TryLater(wait=float(wait)):
            return wait if wait <= LONGEST_WAIT else False
        case TryLater() | Broken():
            return True
        case _:
            return False


def retry_after(value: str, now: datetime) -> float | None:
    """The seconds that a Retry-After asks for, 0 for a time gone by; None for none that can be understood."""
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return max((at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds(), 0.0)


def conditions(validators: Validators) -> Conditions:
    """The headers that make a request conditional: the server's own words, and nothing where it gave none."""
    headers = {b"If-None-Match": validators.etag, b"If-Modified-Since": validators.last_modified}
    return {name: value.encode("latin-1") for name, value in headers.items() if value}


def shown(url: httpx.URL | str) -> str:
    """An address as messages show it: one line of printable characters, not too long, without a password."""
    return one_line(re.sub(r"//[^/?#]*@", "//", str(url), count=1), _LONGEST_ADDRESS)


def status_line(status: int) -> str:
    """A status with the standard's own words: what the server calls it is not repeated."""
    return f"{status} {httpx.codes.get_reason_phrase(status)}".strip()


def answered(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """A status line, and what came with it where that is no page of the site's."""
    sort = refusal(status, headers, body)
    return status_line(status) + (f", with {sort}" if sort else "")


def _refused(response: httpx.Response) -> bytes:
    """The beginning of what comes with a status of 400 and above; none where it is not to be had: the status counts.

    The answer "not modified", which ends with its head, is read to that end: else its connection could not be kept.
    """
    try:
        ends = response.is_error or response.status_code == httpx.codes.NOT_MODIFIED
        return read_up_to(response, MOST_BYTES) if ends else b""
    except httpx.RequestError:
        return b""


def _validators(answer: Answer) -> Validators:
    return Validators(answer.header("etag") or None, answer.header("last-modified") or None)


def _busy(url: httpx.URL, response: httpx.Response, now: datetime) -> TryLater:
    wait = retry_after(response.headers.get("retry-after", ""), now)
    wish = "" if wait is None else f" and asks to come back after {now + timedelta(seconds=wait):%Y-%m-%d %H:%M} UTC"
    told = answered(response.status_code, dict(response.headers), _refused(response))
    error = TryLater(f"{shown(url)}: the server answered {told}{wish}", response.status_code)
    error.wait = wait
    return error


def _reason(error: httpx.RequestError) -> str:
    text = one_line(re.sub(r"^\[Errno -?\d+\] ", "", str(error)), 200) or type(error).__name__
    match error:
        case httpx.TimeoutException():
            return text
        case httpx.ConnectError():
            return f"no connection: {text}"
        case httpx.NetworkError():
            return f"the connection broke: {text}"
        case httpx.DecodingError():
            return f"the answer is damaged: {text}"
        case _:
            return f"no proper HTTP answer: {text}"
