"""Pings over loopback: what is posted, and what is said of those that are not taken."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest
import respx

from notifier.ping import LONGEST_LINE, Pinger
from tests.notifier.receivers import TOKEN, Receiver, running
from tests.notifier.smtp_servers import free_port

RUN = UUID("0b5a8a52-3f0a-4d6e-9a53-3c1f6a1b2c3d")
SWITCH = f"https://hc-ping.example/{TOKEN}"


def pinger(address: str, timeout: float = 5) -> Pinger:
    return Pinger(address, "1.0", RUN, timeout)


def test_a_run_is_told_by_its_start_and_its_end() -> None:
    receiver = Receiver(status=200)
    with running(receiver) as address:
        ping = pinger(address)
        assert [ping.start(), ping.success("2 checks: 2 unchanged"), ping.fail("1 check: 1 failed (ncpi)")] == [
            None
        ] * 3
    path, query = f"/private/{TOKEN}", f"?key=pass-by-query&rid={RUN}"
    assert [request.path for request in receiver.requests] == [path + end + query for end in ("/start", "", "/fail")]
    assert {request.method for request in receiver.requests} == {"POST"}
    assert [request.body for request in receiver.requests] == [
        b"",
        b"2 checks: 2 unchanged",
        b"1 check: 1 failed (ncpi)",
    ]
    headers = receiver.requests[1].headers
    assert headers["user-agent"] == "hmicfrs-monitor/1.0"
    assert headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("address", "start", "end"),
    [
        ("https://a.example", "/start?rid={run}", "/?rid={run}"),
        ("https://a.example/x/\n", "/x/start?rid={run}", "/x/?rid={run}"),
        ("https://a.example/x%2Fy?a=%41&b", "/x%2Fy/start?a=%41&b&rid={run}", "/x%2Fy?a=%41&b&rid={run}"),
    ],
)
@respx.mock
def test_the_address_keeps_its_own_path_and_query_to_the_letter(address: str, start: str, end: str) -> None:
    asked = respx.post(host="a.example")
    ping = pinger(address)
    assert (ping.start(), ping.success("")) == (None, None)
    paths = [call.request.url.raw_path.decode() for call in asked.calls]
    assert paths == [start.format(run=RUN), end.format(run=RUN)]


def test_what_is_said_is_one_line_of_printable_text_and_not_long() -> None:
    receiver = Receiver(status=200)
    with running(receiver) as address:
        assert pinger(address).fail("a\r\nb\x1b[31m\u202e c " + "d" * 1000) is None
    (request,) = receiver.requests
    said = request.body.decode()
    assert said.startswith("a b")
    assert said.isprintable()
    assert len(said) <= LONGEST_LINE


@pytest.mark.parametrize(("status", "tries"), [(500, 2), (503, 2), (404, 1), (401, 1), (302, 1)])
def test_a_ping_that_is_refused_is_tried_once_more_where_that_may_help(status: int, tries: int) -> None:
    receiver = Receiver(status=status, location="http://127.0.0.1:1/elsewhere")
    with running(receiver) as address:
        fault = pinger(address).success("well")
    assert fault is not None
    assert fault.startswith(f"{receiver.host}: answered {status} ")
    assert len(receiver.requests) == tries
    assert_safe(fault)


def test_a_try_that_fails_is_made_up_for_by_the_next() -> None:
    with respx.mock:
        asked = respx.post(host="hc-ping.example").mock(side_effect=[httpx.ConnectError("reset"), httpx.Response(200)])
        assert pinger(SWITCH).success("well") is None
        assert asked.call_count == 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (httpx.ConnectTimeout(SWITCH), "no connection within 2.5 seconds"),
        (httpx.ReadTimeout(SWITCH), "no answer within 2.5 seconds"),
        (httpx.ConnectError("[Errno -2] Name or service not known"), "no connection: Name or service not known"),
        (httpx.ReadError(SWITCH), "the connection broke"),
        (httpx.RemoteProtocolError(SWITCH), "no proper HTTP answer"),
        (httpx.InvalidURL(SWITCH), "no proper HTTP answer"),
        (FileNotFoundError(SWITCH), "cannot be asked: FileNotFoundError"),
    ],
)
@respx.mock
def test_whatever_goes_wrong_is_told_in_a_line_with_the_host_alone(error: Exception, said: str) -> None:
    respx.post(host="hc-ping.example").mock(side_effect=error)
    assert pinger(SWITCH).start() == f"hc-ping.example: {said}"


def test_a_server_that_is_not_there_or_says_nothing_is_told() -> None:
    fault = pinger(f"http://127.0.0.1:{free_port()}/{TOKEN}").start()
    assert fault is not None
    assert "no connection: " in fault
    assert_safe(fault)
    silent = Receiver(hangs=True)
    with running(silent) as address:
        assert pinger(address, 0.4).start() in {
            f"{silent.host}: no answer within {seconds} seconds" for seconds in ("0.2", "0.4")
        }


def test_a_server_that_drips_its_answer_holds_nobody_up() -> None:
    with respx.mock:
        held = Receiver()

        def drip(_: httpx.Request) -> httpx.Response:
            held.over.wait(30)
            return httpx.Response(200)

        respx.post(host="hc-ping.example").mock(side_effect=drip)
        assert pinger(SWITCH, 0.05).start() == "hc-ping.example: no answer within 0.05 seconds"
        held.over.set()


@pytest.mark.parametrize(
    "address", ["", TOKEN, f"ftp://a.example/{TOKEN}", f"https://a.example:99999/{TOKEN}", "https://"]
)
def test_an_address_that_is_none_is_told_without_itself(address: str) -> None:
    fault = pinger(address).start()
    assert fault == "the address to ping is not one that begins with http:// or https://"


def test_a_name_and_password_in_the_address_are_used_and_not_told() -> None:
    receiver = Receiver(status=403)
    with running(receiver) as address:
        fault = pinger(address.replace("http://", "http://me:T0KEN-pass@")).start()
    assert receiver.requests[0].headers["authorization"].startswith("Basic ")
    assert fault == f"{receiver.host}: answered 403 Forbidden"


def assert_safe(fault: str) -> None:
    assert fault.isprintable()
    assert TOKEN not in fault
    assert "query" not in fault
