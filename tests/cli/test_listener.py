"""What answers on loopback: to whom, what, and that nobody keeps it from answering others."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event

import httpx
import pytest

from cli.errors import CommandError, Exit
from cli.listener import LONGEST_HEAD, LONGEST_LINE, MOST_AT_ONCE, MOST_NAMED, Health, listening
from domain.check import Standing
from schedules.vitals import Vitals, WatchVitals
from storage.errors import Unwritable

SINCE = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


def vitals(*names: str, late: bool = False, undelivered: int = 0) -> Vitals:
    watches = [WatchVitals(Standing(name, None, None, None, None), late) for name in names]
    return Vitals(tuple(watches), undelivered, 4096)


@dataclass
class Service:
    """What the listener asks."""

    told: Health | Exception = field(default_factory=lambda: Health(True, (), SINCE, vitals("ncpi")))
    figures: bytes | Exception = b"hmicfrs_monitor_alerts_undelivered 0.0\n"
    held: Event | None = None

    def health(self) -> Health:
        if self.held:
            self.held.wait(30)
        if isinstance(self.told, Exception):
            raise self.told
        return self.told

    def metrics(self) -> bytes:
        if isinstance(self.figures, Exception):
            raise self.figures
        return self.figures


@dataclass
class Place:
    """Where it listens."""

    service: Service
    address: tuple[str, int]

    def get(self, path: str, host: str = "127.0.0.1", method: str = "GET") -> httpx.Response:
        url = f"http://127.0.0.1:{self.address[1]}{path}"
        return httpx.request(method, url, headers={"Host": host}, trust_env=False)

    def say(self, *said: bytes) -> bytes:
        """Say something as it is, and give all that comes."""
        with socket.create_connection(self.address, 10) as connection:
            for part in said:
                connection.sendall(part)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def placed(service: Service, timeout: float = 5) -> Iterator[Place]:
    with listening(("127.0.0.1", 0), service.health, service.metrics, timeout) as address:
        yield Place(service, address)


@pytest.fixture
def place() -> Iterator[Place]:
    with placed(Service()) as listening_place:
        yield listening_place


def test_health_is_a_document_and_200_where_the_service_works(place: Place) -> None:
    place.service.told = Health(True, (), SINCE, vitals("a", "b", undelivered=3))
    answer = place.get("/health")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "status": "working",
        "scheduler": True,
        "since": "2026-01-05T08:30:00Z",
        "watches": 2,
        "late": [],
        "undelivered": 3,
    }
    assert answer.headers["cache-control"] == "no-store"
    assert "Python" not in answer.headers["server"]


def test_pages_that_are_late_are_told_and_yet_the_service_works(place: Place) -> None:
    place.service.told = Health(True, (), SINCE, vitals(*(f"w{number}" for number in range(100)), late=True))
    answer = place.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "working")
    assert answer.json()["late"] == [f"w{number}" for number in range(MOST_NAMED)]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Health(False, (), SINCE, vitals()), {"scheduler": False}),
        (Health(True, ("check of ncpi",), SINCE, vitals()), {"scheduler": True, "stuck": ["check of ncpi"]}),
        (Unwritable("/srv/monitor.db: cannot be read"), {"database": False}),
    ],
)
def test_a_service_that_does_not_work_is_503(place: Place, told: Health | Exception, said: dict[str, object]) -> None:
    place.service.told = told
    answer = place.get("/health")
    assert answer.status_code == 503
    assert answer.json().items() >= (said | {"status": "broken"}).items()
    assert "/srv" not in answer.text


def test_metrics_are_as_prometheus_wants_them(place: Place) -> None:
    answer = place.get("/metrics")
    assert (answer.status_code, answer.content) == (200, place.service.figures)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    place.service.figures = Unwritable("no")
    assert place.get("/metrics").status_code == 503


@pytest.mark.parametrize("path", ["/", "/healthz", "/health/", "/metrics/../health", "/../etc/passwd", "*"])
def test_there_is_nothing_else(place: Place, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    assert place.say(request).startswith(b"HTTP/1.0 404 Not Found\r\n")


def test_a_query_is_of_no_account(place: Place) -> None:
    assert place.get("/health?verbose=1").status_code == 200


def test_head_is_get_without_a_body(place: Place) -> None:
    answer = place.say(b"HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (head.splitlines()[0], body) == (b"HTTP/1.0 200 OK", b"")
    assert int(dict(line.split(b": ") for line in head.splitlines()[1:])[b"Content-Length"]) > 0


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_it_takes_no_orders(place: Place, method: str) -> None:
    answer = place.get("/health", method=method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:9464", "127.0.0.1", "127.0.0.1:80", "127.9.9.9:1", "[::1]:9464"]
)
def test_it_answers_to_the_names_of_loopback(place: Place, host: str) -> None:
    assert place.get("/health", host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:9464",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "",
        "169.254.169.254",
    ],
)
def test_it_answers_to_no_other_name(place: Place, host: str) -> None:
    answer = place.get("/health", host)
    assert answer.status_code == 421
    assert "undelivered" not in answer.text


def test_without_a_host_or_with_two_it_answers_nothing(place: Place) -> None:
    for headers in (b"", b"Host: localhost\r\nHost: localhost\r\n"):
        assert place.say(b"GET /health HTTP/1.1\r\n" + headers + b"\r\n").startswith(b"HTTP/1.0 421 ")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET /" + b"x" * LONGEST_LINE + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * (LONGEST_HEAD + 1), b"431"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"),
        (b"GET /health HTTP/x.y\r\nHost: localhost\r\n\r\n", b"400"),
        (b"GET /health HTTP/3.0\r\nHost: localhost\r\n\r\n", b"505"),
        (b"GET /<script> HTTP/1.1 x y\r\nHost: localhost\r\n\r\n", b"400"),
    ],
)
def test_what_is_no_request_is_told_so_in_a_line(place: Place, said: bytes, status: bytes) -> None:
    answer = place.say(said)
    assert answer.split(b" ")[1] == status
    assert b"script" not in answer
    assert place.get("/health").status_code == 200


def test_who_says_nothing_or_drips_is_left() -> None:
    with placed(Service(), timeout=0.2) as hasty:
        assert hasty.say() == b""
        assert hasty.say(b"GET /health HTTP/1.1\r\nHost: localhost\r\n") == b""
        assert hasty.get("/health").status_code == 200


def test_who_leaves_early_disturbs_nobody(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    for said in (b"", b"GET", b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        with socket.create_connection(place.address, 10) as connection:
            connection.sendall(said)
    assert place.get("/health").status_code == 200
    assert caplog.text == ""


def test_no_more_than_a_few_are_answered_at_once(place: Place) -> None:
    place.service.held = Event()
    with ExitStack() as open_ones:
        asking = [open_ones.enter_context(socket.create_connection(place.address, 10)) for _ in range(MOST_AT_ONCE)]
        for connection in asking:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with socket.create_connection(place.address, 10) as one_more:
            assert one_more.recv(100) == b""
        place.service.held.set()
        assert {connection.recv(12) for connection in asking} == {b"HTTP/1.0 200"}
        for connection in asking:
            while connection.recv(65536):
                pass
    place.service.held = None
    for _ in range(3 * MOST_AT_ONCE):
        assert any(place.say(b"x\r\n\r\n") or Event().wait(0.01) for _ in range(1000))


def test_a_defect_is_logged_and_the_next_is_answered(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.service.told = ZeroDivisionError("a defect")
    assert place.say(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n") == b""
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "a defect" in caplog.text
    assert place.get("/metrics").status_code == 200


def test_a_port_in_use_is_a_fault_of_the_settings(place: Place) -> None:
    with (
        pytest.raises(CommandError, match=rf"monitoring\.listen: 127\.0\.0\.1:{place.address[1]}: .*in use") as caught,
        listening(place.address, place.service.health, place.service.metrics),
    ):
        pass
    assert caught.value.code is Exit.USAGE


def test_it_listens_by_ipv6_too() -> None:
    service = Service()
    try:
        with listening(("::1", 0), service.health, service.metrics) as (host, port):
            assert json.loads(httpx.get(f"http://[{host}]:{port}/health", trust_env=False).text)["watches"] == 1
    except CommandError as error:
        pytest.skip(f"this machine has no IPv6: {error}")


def test_after_the_block_nobody_answers() -> None:
    with placed(Service()) as gone:
        pass
    with pytest.raises(ConnectionRefusedError):
        gone.say()
