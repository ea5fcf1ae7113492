"""No server can make us hold more than the cap, or wait without end. Real servers on loopback."""

from __future__ import annotations

import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from scraper.errors import FetchError
from tests.scraper.fetching.setting import NONE, fetched, fetcher, head, saying, serving

PAGE = b"<h1>A page</h1>" * 5000
CAP = 1_000_000


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def bomb() -> bytes:
    """50 MB in 48 KB."""
    return gzipped(b" " * 50_000_000)


def endless(connection: socket.socket) -> None:
    connection.sendall(head())
    for _ in range(800):
        connection.sendall(b" " * 65_536)


@pytest.mark.parametrize(
    "answer",
    [
        endless,
        saying(head("Content-Length: 50000000") + b" " * 2_000_000),
        saying(head("Content-Encoding: gzip") + bomb()),
        saying(head("Content-Encoding: gzip", f"Content-Length: {len(bomb())}") + bomb()),
        saying(head("Content-Encoding: gzip") + gzipped(b" " * 600_000) * 2),
    ],
)
def test_of_a_body_beyond_the_cap_no_more_is_held_than_the_cap(answer: Callable[[socket.socket], None]) -> None:
    with serving(answer) as url, fetcher(allow_private_addresses=True, max_bytes=CAP) as one:
        tracemalloc.start()
        with pytest.raises(FetchError, match=r"larger than the 1,000,000 bytes of max_bytes in \[scraper\]"):
            one.fetch(url, NONE)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 4 * CAP


@pytest.mark.parametrize("extra", [0, 1])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_the_cap_itself_is_allowed(coding: str, extra: int) -> None:
    body = b" " * (CAP + extra)
    sent = gzipped(body) if coding == "gzip" else body
    answer = saying(head(f"Content-Encoding: {coding}") + sent)
    with serving(answer) as url, fetcher(allow_private_addresses=True, max_bytes=CAP) as one:
        if extra:
            with pytest.raises(FetchError, match="larger than"):
                one.fetch(url, NONE)
        else:
            assert fetched(one, url).body == body


@pytest.mark.parametrize(
    ("coding", "sent", "body"),
    [
        ("gzip", gzipped(PAGE), PAGE),
        ("X-GZip", gzipped(PAGE), PAGE),
        ("gzip", gzipped(PAGE) + gzipped(b"<p>more</p>"), PAGE + b"<p>more</p>"),
        ("gzip", gzipped(PAGE) + bytes(64), PAGE),
        ("gzip", gzipped(b""), b""),
        ("gzip", b"", b""),
        ("", PAGE, PAGE),
    ],
)
@pytest.mark.parametrize("piece", [1_000_000, 97])
def test_compressed_bodies_are_read_whole(coding: str, sent: bytes, body: bytes, piece: int) -> None:
    pieces = [sent[start : start + piece] for start in range(0, len(sent), piece)]
    with (
        serving(saying(head(f"Content-Encoding: {coding}"), *pieces)) as url,
        fetcher(allow_private_addresses=True) as one,
    ):
        assert fetched(one, url).body == body


@pytest.mark.parametrize(
    ("coding", "sent", "reason"),
    [
        ("gzip", gzipped(PAGE)[:-4], "its gzip breaks off"),
        ("gzip", gzipped(PAGE)[:40], "its gzip breaks off"),
        ("gzip", PAGE, "its gzip is damaged"),
        ("gzip", gzipped(PAGE)[:-8] + bytes(8), "its gzip is damaged"),
        ("deflate", zlib.compress(PAGE), "its content coding was not asked for"),
        ("gzip, gzip", gzipped(gzipped(PAGE)), "its content coding was not asked for"),
    ],
)
def test_a_damaged_body_is_never_a_page(coding: str, sent: bytes, reason: str) -> None:
    answer = saying(head(f"Content-Encoding: {coding}") + sent)
    with (
        serving(answer) as url,
        fetcher(allow_private_addresses=True) as one,
        pytest.raises(FetchError, match=f"the answer is damaged: {reason}"),
    ):
        one.fetch(url, NONE)


def dripping(start: bytes) -> Callable[[socket.socket], None]:
    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(b"x")

    return drip


@pytest.mark.parametrize("start", [head(), b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_server_that_drips_is_left_after_three_timeouts(start: bytes) -> None:
    with serving(dripping(start)) as url, fetcher(allow_private_addresses=True, timeout_seconds=0.2, attempts=1) as one:
        began = time.monotonic()
        with pytest.raises(FetchError, match=r"the whole answer took longer than 0\.6 seconds|nothing came for 0\.0"):
            one.fetch(url, NONE)
        assert 0.5 < time.monotonic() - began < 1.5


def test_a_server_that_is_silent_is_left_after_the_timeout() -> None:
    def silent(connection: socket.socket) -> None:
        connection.recv(1)

    with serving(silent) as url, fetcher(allow_private_addresses=True, timeout_seconds=0.2, attempts=2) as one:
        began = time.monotonic()
        with pytest.raises(FetchError, match=r"nothing came for 0\.2 seconds"):
            one.fetch(url, NONE)
        assert 0.35 < time.monotonic() - began < 1.5
