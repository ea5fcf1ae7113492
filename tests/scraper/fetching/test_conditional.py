"""One conditional GET: what is asked, and what its answer is made of."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import httpx
import pytest
import respx

from domain.check import Validators
from scraper.errors import FetchError
from scraper.fetch import NotModified
from tests.scraper.fetching.setting import NONE, URL, fetched, fetcher

ETAG = 'W/"5f3-\xe9"'
WHEN = "Fri, 09 Feb 2024 10:00:00 GMT"


@contextmanager
def keeping_connections(accepted: list[socket.socket]) -> Iterator[str]:
    """A server that answers any number of requests on a connection: "not modified" where they have conditions."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(connection: socket.socket) -> None:
        with connection:
            while request := connection.recv(65_536):
                known = b"if-none-match" in request.lower()
                status, body = ("304 Not Modified", b"") if known else ("200 OK", b"a page")
                length = "" if known else f"Content-Length: {len(body)}\r\n"
                connection.sendall(f'HTTP/1.1 {status}\r\nETag: "1"\r\n{length}\r\n'.encode() + body)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            accepted.append(connection)
            Thread(target=talk, args=(connection,), daemon=True).start()

    Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@respx.mock
def test_validators_go_back_word_for_word() -> None:
    route = respx.get(URL).respond(304)
    assert fetcher().fetch(URL, Validators(ETAG, WHEN)) == NotModified()
    headers = dict(route.calls.last.request.headers.raw)
    assert headers[b"If-None-Match"] == ETAG.encode("latin-1")
    assert headers[b"If-Modified-Since"] == WHEN.encode()


@pytest.mark.parametrize("validators", [NONE, Validators("", "")])
@respx.mock
def test_no_validator_is_invented(validators: Validators) -> None:
    route = respx.get(URL).respond(200, html="<h1>A page</h1>")
    fetched(fetcher(), validators=validators)
    assert not {"if-none-match", "if-modified-since"} & set(route.calls.last.request.headers)


@respx.mock
def test_not_modified_is_an_error_where_nothing_was_known() -> None:
    respx.get(URL).respond(304)
    with pytest.raises(FetchError, match="the server answered 304 Not Modified") as raised:
        fetcher().fetch(URL, NONE)
    assert raised.value.status == 304


@respx.mock
def test_the_answer_holds_status_address_headers_body_and_validators() -> None:
    etag = ETAG.encode("latin-1")
    headers = [(b"ETag", etag), (b"Last-Modified", WHEN.encode()), (b"X-Twice", b"1"), (b"X-Twice", b"2")]
    respx.get(URL).mock(httpx.Response(203, headers=headers, content=b"<p>\xff</p>"))
    answer = fetched(fetcher())
    assert (answer.status, answer.hops, answer.body) == (203, (URL,), b"<p>\xff</p>")
    assert answer.validators == Validators(ETAG, WHEN)
    assert [value for name, value in answer.headers if name == "x-twice"] == ["1", "2"]


@respx.mock
def test_an_answer_without_validators_has_none() -> None:
    respx.get(URL).respond(200, html="<h1>A page</h1>")
    assert fetched(fetcher()).validators == Validators(None, None)


@pytest.mark.parametrize(
    ("contact", "sent"),
    [
        ("us@example.org", "hmicfrs-monitor/9.8 (+us@example.org)"),
        (None, "hmicfrs-monitor/9.8"),
        ("Zoë) (x\r\nEvil: yes\\", "hmicfrs-monitor/9.8 (+Zo xEvil: yes)"),
    ],
)
@respx.mock
def test_the_user_agent_names_product_version_and_contact(contact: str | None, sent: str) -> None:
    route = respx.get(URL).respond(200, html="<h1>A page</h1>")
    fetched(fetcher(user_agent_contact=contact))
    assert route.calls.last.request.headers["user-agent"] == sent


@respx.mock
def test_cookies_are_not_kept() -> None:
    route = respx.get(URL).respond(200, html="<h1>A page</h1>", headers={"Set-Cookie": "id=1; Path=/"})
    with fetcher() as one:
        fetched(one)
        fetched(one)
    assert "cookie" not in route.calls.last.request.headers


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "403 Forbidden, with a block page"),
        (404, "404 Not Found"),
        (410, "410 Gone"),
        (500, "500 Internal Server Error, with a block page"),
        (300, "300 Multiple Choices"),
        (599, "599, with a block page"),
    ],
)
@respx.mock
def test_a_status_other_than_2xx_is_an_error_that_is_not_tried_again(status: int, words: str) -> None:
    route = respx.get(URL).respond(status, html="<h1>Access denied</h1>")
    with pytest.raises(FetchError) as raised:
        fetcher().fetch(URL, NONE)
    assert (str(raised.value), raised.value.status) == (f"{URL}: the server answered {words}", status)
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "file:///etc/passwd: not an address of the web"),
        ("ftp://police.example/", "not an address of the web"),
        ("police.example/page", "not an address of the web"),
        ("https:///page", "not an address of the web"),
        ("https://me:secret@police.example/", "https://police.example/: an address with a user name or password"),
        ("https://police.example:99999/", "there is no port 99999"),
        ("https://police.example:0/", "there is no port 0"),
        ("https://police.example/\x1b[31m", "not an address"),
        ("", "not an address of the web"),
    ],
)
@respx.mock
def test_an_address_that_cannot_be_asked_is_refused_on_one_plain_line(url: str, reason: str) -> None:
    with pytest.raises(FetchError) as raised:
        fetcher().fetch(url, NONE)
    assert reason in str(raised.value)
    assert str(raised.value).isprintable()
    assert "secret" not in str(raised.value)


@respx.mock
def test_a_fragment_is_not_sent() -> None:
    respx.get(URL).respond(200, html="<h1>A page</h1>")
    assert fetched(fetcher(), URL + "#reports").hops == (URL,)


@respx.mock
def test_a_fetcher_that_was_closed_opens_again() -> None:
    respx.get(URL).respond(200, html="<h1>A page</h1>")
    one = fetcher()
    fetched(one)
    one.close()
    assert fetched(one).status == 200
    one.close()


def test_one_connection_serves_all_requests_of_a_host_those_not_modified_too() -> None:
    accepted: list[socket.socket] = []
    with keeping_connections(accepted) as url, fetcher(allow_private_addresses=True) as one:
        validators = fetched(one, url).validators
        for _ in range(3):
            assert one.fetch(url, validators) == NotModified()
    assert len(accepted) == 1
