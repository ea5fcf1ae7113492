"""A small web server on loopback that tells whether the service works, and its figures; it takes no orders.

What asks it is on this machine, and may be a browser that a hostile page steers: so the host that is asked for counts.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import socketserver
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import BoundedSemaphore, Thread
from time import monotonic
from typing import Any

from cli.errors import CommandError
from cli.metrics import CONTENT_TYPE
from domain.document import utc_text
from schedules.vitals import Vitals
from storage.errors import StorageError

MOST_AT_ONCE = 8
LONGEST_LINE = 2_000
LONGEST_HEAD = 16_000
MOST_NAMED = 20

_HOST = re.compile(r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
"""Any port, as one may come through a tunnel from another; never a name that somebody else can point here."""

_END = re.compile(rb"\r?\n\r?\n")

log = logging.getLogger("hmicfrs-monitor")


@dataclass(frozen=True, slots=True)
class Health:
    """How the service is: `scheduler` is whether that runs, `stuck` are the jobs that do not come to their end.

    Pages that are late are told, and yet the service works.
    """

    scheduler: bool
    stuck: tuple[str, ...]
    since: datetime
    vitals: Vitals

    def document(self) -> tuple[bool, dict[str, Any]]:
        """Whether the service works, and all that is told."""
        works = self.scheduler and not self.stuck
        return works, {
            "status": "working" if works else "broken",
            "scheduler": self.scheduler,
            "since": utc_text(self.since),
            "watches": len(self.vitals.watches),
            "late": self.vitals.late[:MOST_NAMED],
            "undelivered": self.vitals.undelivered,
            **({"stuck": self.stuck[:MOST_NAMED]} if self.stuck else {}),
        }


@contextmanager
def listening(
    address: tuple[str, int],
    health: Callable[[], Health],
    metrics: Callable[[], bytes],
    timeout_seconds: float = 5.0,
) -> Iterator[tuple[str, int]]:
    """Answer at a loopback address until the block ends; gives the address, with the port where 0 was asked for.

    `health` and `metrics` are asked in threads of their own; where they raise a StorageError, the service is broken. A
    connection ends `timeout_seconds` after it began, and as long after that its answer. Raises CommandError.
    """
    try:
        server = _Server(address, health, metrics, timeout_seconds)
    except OSError as error:
        place = f"[{address[0]}]" if ":" in address[0] else address[0]
        raise CommandError(f"monitoring.listen: {place}:{address[1]}: {error.strerror or error}") from error
    with server:
        serving = Thread(target=server.serve_forever, name="listener", daemon=True)
        serving.start()
        try:
            yield server.server_address[0], server.server_address[1]
        finally:
            server.shutdown()
            serving.join()


class _Server(ThreadingHTTPServer):
    """As many threads as there are connections, which are few; the process waits for none of them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = MOST_AT_ONCE
    server_address: tuple[str, int]

    def __init__(
        self,
        address: tuple[str, int],
        health: Callable[[], Health],
        metrics: Callable[[], bytes],
        timeout_seconds: float,
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.health = health
        self.metrics = metrics
        self.seconds = timeout_seconds
        self._places = BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Without the base class's look for a name of the host, which may ask the network."""
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread, or end it where all places are taken."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread could be started
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle the connection, and give its place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's signature
        """Tell a defect in the log, which keeps its form; who asked gets no answer."""
        log.error("an answer to %s failed", client_address[0], exc_info=sys.exception())


class _Handler(BaseHTTPRequestHandler):
    """One request on a connection."""

    server: _Server
    server_version = "hmicfrs-monitor"
    sys_version = ""

    def handle(self) -> None:
        """Read the head of one request as a whole, and no more of it than is allowed, and answer."""
        try:
            head = self._head(monotonic() + self.server.seconds)
            if not head:
                return
            self.connection.settimeout(self.server.seconds)
            self.rfile.close()
            self.rfile = BytesIO(head)
            self.raw_requestline = self.rfile.readline()
            self.requestline = self.command = ""
            if len(head) > LONGEST_HEAD:
                self._answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            elif len(self.raw_requestline) > LONGEST_LINE:
                self._answer(HTTPStatus.REQUEST_URI_TOO_LONG)
            elif self.parse_request():
                self._respond()
        except OSError:
            return  # who asked has left, or took too long

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """What the base class finds wrong, told in a line, and nothing of what was sent."""
        self._answer(HTTPStatus(code))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing of requests."""

    def _head(self, deadline: float) -> bytes:
        """What comes until the empty line, or until it is too much; b"" where too little comes."""
        head, seen = b"", 0
        while not _END.search(head, seen) and len(head) <= LONGEST_HEAD:
            seen = max(len(head) - 3, 0)
            self.connection.settimeout(max(deadline - monotonic(), 0.001))
            part = self.connection.recv(4096)
            if not part:
                return b""
            head += part
        return head

    def _respond(self) -> None:
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0].strip()):
            self._answer(HTTPStatus.MISDIRECTED_REQUEST)
        elif self.command not in {"GET", "HEAD"}:
            self._answer(HTTPStatus.METHOD_NOT_ALLOWED)
        else:
            match self.path.partition("?")[0]:
                case "/health":
                    self._tell_health()
                case "/metrics":
                    self._tell_metrics()
                case _:
                    self._answer(HTTPStatus.NOT_FOUND)

    def _tell_health(self) -> None:
        try:
            works, told = self.server.health().document()
        except StorageError:
            log.warning("health: the database cannot be read", exc_info=True)
            works, told = False, {"status": "broken", "database": False}
        status = HTTPStatus.OK if works else HTTPStatus.SERVICE_UNAVAILABLE
        self._answer(status, json.dumps(told).encode() + b"\n", "application/json")

    def _tell_metrics(self) -> None:
        try:
            told = self.server.metrics()
        except StorageError:
            log.warning("metrics: the database cannot be read", exc_info=True)
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._answer(HTTPStatus.OK, told, CONTENT_TYPE)

    def _answer(self, status: HTTPStatus, body: bytes | None = None, kind: str = "text/plain; charset=utf-8") -> None:
        content = f"{status.value} {status.phrase}\n".encode() if body is None else body
        self.request_version = "HTTP/1.0"  # to what is no request, the base class would send no head
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
