"""What is tried again, how often, and after how long."""

from __future__ import annotations

import socket
import struct

import httpx
import pytest
import respx

from scraper.errors import FetchError
from tests.scraper.fetching.setting import NONE, URL, fetched, fetcher, head, saying, serving

PAGE = httpx.Response(200, html="<h1>A page</h1>")


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("[Errno 111] Connection refused"),
        httpx.ConnectTimeout("no connection within 20 seconds"),
        httpx.ReadTimeout("nothing came for 20 seconds"),
        httpx.ReadError("[Errno 104] Connection reset by peer"),
        httpx.RemoteProtocolError("peer closed connection"),
        httpx.Response(429),
        httpx.Response(502),
        httpx.Response(503),
        httpx.Response(504),
    ],
)
@respx.mock
def test_a_passing_trouble_is_tried_again(trouble: httpx.Response | Exception, waited: list[float]) -> None:
    route = respx.get(URL).mock(side_effect=[trouble, trouble, PAGE])
    assert fetched(fetcher()).status == 200
    assert route.call_count == 3
    assert 0.5 <= waited[0] <= 1.0 <= waited[1] <= 1.5


@pytest.mark.parametrize("attempts", [1, 2, 5])
@respx.mock
def test_there_are_no_more_tries_than_the_settings_say(attempts: int) -> None:
    route = respx.get(URL).respond(503)
    with pytest.raises(FetchError, match="the server answered 503 Service Unavailable") as raised:
        fetcher(attempts=attempts).fetch(URL, NONE)
    assert raised.value.status == 503
    assert route.call_count == attempts


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("60", 60.0),
        ("Tue, 03 Mar 2026 15:00:30 GMT", 30.0),
        ("Tuesday, 03-Mar-26 15:00:30 GMT", 30.0),
        ("Tue, 03 Mar 2026 16:00:30 +0100", 30.0),
        ("Tue, 03 Mar 2026 14:00:00 GMT", 0.0),
    ],
)
@respx.mock
def test_retry_after_says_how_long_to_wait(header: str, seconds: float, waited: list[float]) -> None:
    busy = httpx.Response(429, headers={"Retry-After": header})
    respx.get(URL).mock(side_effect=[busy, PAGE])
    assert fetched(fetcher()).status == 200
    assert waited == [seconds]


@pytest.mark.parametrize("header", ["", "soon", "-5", "1.5", "99999999999999999999", "Tue, 99 Mar 2026 15:00:00 GMT"])
@respx.mock
def test_a_retry_after_that_makes_no_sense_is_as_good_as_none(header: str, waited: list[float]) -> None:
    respx.get(URL).mock(side_effect=[httpx.Response(503, headers={"Retry-After": header}), PAGE])
    assert fetched(fetcher()).status == 200
    assert 0.5 <= waited[0] <= 1.0


@pytest.mark.parametrize(
    ("header", "when"), [("3600", "2026-03-03 16:00 UTC"), ("Wed, 04 Mar 2026 09:30:00 GMT", "2026-03-04 09:30 UTC")]
)
@respx.mock
def test_a_long_retry_after_ends_the_tries_and_is_told(header: str, when: str, waited: list[float]) -> None:
    route = respx.get(URL).respond(429, headers={"Retry-After": header})
    with pytest.raises(FetchError) as raised:
        fetcher().fetch(URL, NONE)
    told = f"{URL}: the server answered 429 Too Many Requests and asks to come back after {when}"
    assert (str(raised.value), raised.value.status) == (told, 429)
    assert (route.call_count, waited) == (1, [])


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (httpx.ConnectError("[Errno -2] Name or service not known"), "no connection: Name or service not known"),
        (httpx.ReadTimeout("nothing came for 20 seconds"), "nothing came for 20 seconds"),
        (httpx.ReadError("[Errno 104] Connection reset by peer"), "the connection broke: Connection reset by peer"),
        (httpx.RemoteProtocolError("bad\r\n\x1b[2Jline"), "no proper HTTP answer: bad [2Jline"),
        (httpx.ConnectError(""), "no connection: ConnectError"),
    ],
)
@respx.mock
def test_a_trouble_that_stays_is_told_on_one_plain_line(trouble: Exception, reason: str) -> None:
    respx.get(URL).mock(side_effect=trouble)
    with pytest.raises(FetchError) as raised:
        fetcher().fetch(URL, NONE)
    assert (str(raised.value), raised.value.status) == (f"{URL}: {reason}", None)


def test_a_connection_that_is_reset_is_tried_again() -> None:
    def reset(connection: socket.socket) -> None:
        connection.sendall(head("Content-Length: 1000") + b"<h1>")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with serving(reset, saying(head(), b"<h1>A page</h1>")) as url, fetcher(allow_private_addresses=True) as one:
        assert fetched(one, url).body == b"<h1>A page</h1>"


@pytest.mark.parametrize(
    "broken",
    [
        head("Content-Length: 1000") + b"<h1>A pa",
        head("Transfer-Encoding: chunked") + b"8\r\n<h1>A pa\r\n",
        head("Transfer-Encoding: chunked") + b"zz\r\n<h1>A pa\r\n",
        b"",
        b"this is no HTTP\r\n\r\n",
    ],
)
def test_a_body_that_breaks_off_is_never_a_page(broken: bytes) -> None:
    with (
        serving(saying(broken)) as url,
        fetcher(allow_private_addresses=True) as one,
        pytest.raises(FetchError, match="no proper HTTP answer"),
    ):
        one.fetch(url, NONE)


def test_a_port_where_nobody_listens_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with fetcher(allow_private_addresses=True) as one, pytest.raises(FetchError, match=r"no connection: .*refused"):
        one.fetch(f"http://127.0.0.1:{port}/", NONE)
