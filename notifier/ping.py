"""Pings to a dead man's switch, as healthchecks.io and its like take them: a run began, went well, or failed.

What does not come in time is noticed there, whatever ended it here: the machine, the network, or cron.
"""

from __future__ import annotations

from functools import cache
from ssl import SSLContext
from threading import Thread
from uuid import UUID

import httpx

from notifier.posting import answered, unanswered, web_address
from notifier.wording import inline

LONGEST_LINE = 500
_TRIES = 2


class Pinger:
    """The pings of one run. The address is a secret: of it, reasons name the host alone.

    Each ping gives None where it was taken, and otherwise why not, in one line for the log; none raises, and none takes
    longer than `timeout_seconds`, its second try included.
    """

    def __init__(self, address: str, version: str, run: UUID, timeout_seconds: float = 5.0) -> None:
        self._url = web_address(address.strip())
        self._agent = f"hmicfrs-monitor/{version}"
        self._run = run
        self._timeout = timeout_seconds

    def start(self) -> str | None:
        """The run begins."""
        return self._ping(b"/start", "")

    def success(self, said: str) -> str | None:
        """The run went well; `said` is a line of counts and names, and nothing that a page says."""
        return self._ping(b"", said)

    def fail(self, said: str) -> str | None:
        """The run did not go well; `said` as for `success`."""
        return self._ping(b"/fail", said)

    def _ping(self, ending: bytes, said: str) -> str | None:
        if self._url is None:
            return "the address to ping is not one that begins with http:// or https://"
        url, body = self._addressed(self._url, ending), inline(said, LONGEST_LINE).encode()
        told: list[str | None] = []
        # A thread, because a resolver and a server that drips its answer know no timeout that could be set.
        pinging = Thread(target=lambda: told.append(self._post(url, body)), name="ping", daemon=True)
        pinging.start()
        pinging.join(self._timeout)
        fault = told[0] if told else f"no answer within {self._timeout:g} seconds"
        return f"{inline(url.netloc.decode())}: {fault}" if fault else None

    def _addressed(self, url: httpx.URL, ending: bytes) -> httpx.URL:
        """The address for an ending, its own query kept to the letter."""
        path, _, query = url.raw_path.partition(b"?")
        asked = b"&".join(part for part in (query, f"rid={self._run}".encode()) if part)
        return url.copy_with(raw_path=(path.rstrip(b"/") + ending if ending else path) + b"?" + asked)

    def _post(self, url: httpx.URL, body: bytes) -> str | None:
        fault: str | None = None
        for _ in range(_TRIES):
            try:
                fault, again = self._try(url, body)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                fault, again = unanswered(error, self._timeout / _TRIES), True
            except (OSError, ValueError) as error:  # certificates that cannot be read, a name that cannot be asked for
                fault, again = f"cannot be asked: {type(error).__name__}", False
            if not again:
                break
        return fault

    def _try(self, url: httpx.URL, body: bytes) -> tuple[str | None, bool]:
        """Why the ping was not taken, and whether to try again. What comes with the answer is not read."""
        headers = {"user-agent": self._agent, "content-type": "text/plain; charset=utf-8"}
        with (
            httpx.Client(
                timeout=self._timeout / _TRIES, verify=_verified(), follow_redirects=False, trust_env=False
            ) as client,
            client.stream("POST", url, headers=headers, content=body) as response,
        ):
            status = response.status_code
        if httpx.codes.is_success(status):
            return None, False
        return answered(status), httpx.codes.is_server_error(status)


@cache
def _verified() -> SSLContext:
    """Which certificates are good: read once, and not for each ping."""
    return httpx.create_ssl_context()
