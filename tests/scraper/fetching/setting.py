"""What the fetching tests are set in: a fetcher without robots.txt, a store of robots.txt, a server on loopback."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

from domain.check import Answer, Validators
from domain.robots import RobotsFile
from scraper.fetch import Fetched, Fetcher, FetchSettings
from scraper.pauses import MemoryPauses, PauseStore

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
URL = "https://police.example/our-work/article/a-page/"
NONE = Validators()


@dataclass
class KeptRobots:
    files: dict[str, RobotsFile] = field(default_factory=dict)

    def get(self, origin: str) -> RobotsFile | None:
        return self.files.get(origin)

    def put(self, robots: RobotsFile) -> None:
        self.files[robots.origin] = robots


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def fetcher(
    *,
    store: KeptRobots | None = None,
    clock: Clock | None = None,
    pauses: PauseStore | None = None,
    **settings: Any,
) -> Fetcher:
    """One that asks no robots.txt and waits for no turn, unless it is told to."""
    quick = FetchSettings("us@example.org", min_delay_seconds=0.0, respect_robots=False)
    clock = clock or Clock()
    return Fetcher(
        replace(quick, **settings),
        "9.8",
        clock=clock,
        robots_store=store or KeptRobots(),
        pause_store=pauses or MemoryPauses(),
        sleep=clock.sleep,
    )


def fetched(of: Fetcher, url: str = URL, validators: Validators = NONE) -> Answer:
    found = of.fetch(url, validators)
    assert isinstance(found, Fetched)
    return found.answer


@contextmanager
def serving(*answers: Callable[[socket.socket], None], heard: list[bytes] | None = None) -> Iterator[str]:
    """A server on loopback that reads a request from each connection and lets the next answer speak; the last repeats.

    Gives its address; `heard` gets what was read. An answer that is cut off by its client is no error.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for number in range(10_000):
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    request = connection.recv(65_536)
                    if heard is not None:
                        heard.append(request)
                    answers[min(number, len(answers) - 1)](connection)
                except OSError:
                    continue

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def saying(*pieces: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return answer


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html", "Connection: close", *lines, "", ""]).encode()
