"""Only public addresses are asked, whatever form they are written in, and at the time of connecting."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scraper.errors import AddressRefused, FetchError
from scraper.guard import refusal
from tests.scraper.fetching.setting import NONE, fetched, fetcher, head, saying, serving

NOT_PUBLIC = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"]
NOT_PUBLIC += ["192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"]


def forms(v4: IPv4Address) -> Iterator[str]:
    """An IPv4 address as it can hide in IPv6: mapped, 6to4, NAT64."""
    high, low = divmod(int(v4), 65_536)
    yield str(v4)
    yield f"::ffff:{v4}"
    yield f"::ffff:{high:x}:{low:x}"
    yield f"2002:{high:x}:{low:x}::1"
    yield f"64:ff9b::{high:x}:{low:x}"


@given(st.sampled_from(NOT_PUBLIC).flatmap(lambda network: st.ip_addresses(network=network)))
def test_an_address_that_is_not_public_is_refused_in_all_its_forms(address: IPv4Address | IPv6Address) -> None:
    assert isinstance(address, IPv4Address)
    assert all(refusal(form) for form in forms(address))


@given(st.ip_addresses(v=4))
def test_a_public_address_is_allowed_in_all_its_forms(address: IPv4Address) -> None:
    assume(address.is_global and not address.is_multicast)
    assume(address not in NOT_USED)
    assert not any(refusal(form) for form in forms(address))


NOT_USED = {ip_address(f"192.{rest}.{last}") for rest in ("0.0", "88.99") for last in range(256)}


@given(st.ip_addresses())
def test_what_the_standard_library_does_not_call_global_is_refused(address: IPv4Address | IPv6Address) -> None:
    assume(not address.is_global)
    assume(int(address) >> 96 != 0x64FF9B or address.version == 4)
    assume(not str(address).startswith(("2002:", "::ffff:")))
    assert refusal(str(address))


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "a loopback address"),
        ("::1", "a loopback address"),
        ("::ffff:127.0.0.1", "a loopback address"),
        ("64:ff9b::7f00:1", "a loopback address"),
        ("2002:7f00:1::", "a loopback address"),
        ("10.0.0.1", "a private address"),
        ("172.31.255.255", "a private address"),
        ("192.168.1.1", "a private address"),
        ("fd00::1", "a private address"),
        ("169.254.169.254", "a link-local address"),
        ("fe80::1%eth0", "a link-local address"),
        ("100.100.100.100", "a carrier-grade NAT address"),
        ("0.1.2.3", "an unspecified address"),
        ("::", "an unspecified address"),
        ("224.0.0.1", "a multicast address"),
        ("ff02::1", "a multicast address"),
        ("255.255.255.255", "a reserved address"),
        ("2001::1", "a reserved address"),
        ("fec0::1", "a reserved address"),
        ("::127.0.0.1", "a reserved address"),
        ("64:ff9b:1::1", "a reserved address"),
        ("8.8.8.8", None),
        ("172.32.0.1", None),
        ("100.128.0.1", None),
        ("2a00:1450::1", None),
        ("64:ff9b::808:808", None),
    ],
)
def test_the_kind_of_an_address_is_told(address: str, kind: str | None) -> None:
    assert refusal(address) == kind


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "017700000001",
        "[::1]",
        "[::ffff:7f00:1]",
        "0",
        "localhost",
    ],
)
def test_no_way_of_writing_loopback_is_asked(host: str) -> None:
    with (
        serving(saying(head(), b"<h1>secret</h1>")) as url,
        fetcher() as one,
        pytest.raises(
            AddressRefused, match=r"(loopback|unspecified) address and is not asked; allow_private_addresses"
        ),
    ):
        one.fetch(url.replace("127.0.0.1", host), NONE)


def test_loopback_is_asked_where_the_settings_allow_it() -> None:
    with serving(saying(head(), b"<h1>mine</h1>")) as url, fetcher(allow_private_addresses=True) as one:
        assert fetched(one, url).body == b"<h1>mine</h1>"
        assert fetched(one, url.replace("127.0.0.1", "localhost")).body == b"<h1>mine</h1>"


class Resolver:
    """Answers look-ups in turn, as a name server does that rebinds its name."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        if ip_literal(host):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        found = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


def ip_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def test_a_name_that_changes_its_address_between_two_looks_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver, connected = Resolver(["93.184.215.14"], ["127.0.0.1"]), []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(socket, "create_connection", connect)
    with fetcher(attempts=1) as one, pytest.raises(FetchError, match=r"no connection: Connection refused"):
        one.fetch("http://rebind.example/", NONE)
    assert connected == ["93.184.215.14"]
    with fetcher(attempts=1) as one, pytest.raises(AddressRefused, match=r"rebind\.example \(127\.0\.0\.1\) is a loop"):
        one.fetch("http://rebind.example/", NONE)
    assert connected == ["93.184.215.14"]


def test_one_private_address_among_public_ones_refuses_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["93.184.215.14", "10.0.0.1"]))
    with fetcher() as one, pytest.raises(AddressRefused, match=r"mixed\.example \(10\.0\.0\.1\) is a private address"):
        one.fetch("http://mixed.example/", NONE)


def test_a_refused_address_is_not_tried_again(monkeypatch: pytest.MonkeyPatch, waited: list[float]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["10.0.0.1"]))
    with fetcher() as one, pytest.raises(AddressRefused):
        one.fetch("http://inside.example/", NONE)
    assert waited == []


def test_the_next_address_of_a_host_is_tried_where_the_first_has_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(saying(head(), b"<h1>mine</h1>")) as url, fetcher(allow_private_addresses=True, attempts=1) as one:
        monkeypatch.setattr(socket, "getaddrinfo", Resolver(["127.0.0.2", "127.0.0.1"]))
        assert fetched(one, url.replace("127.0.0.1", "two.example")).body == b"<h1>mine</h1>"


@pytest.mark.parametrize("host", ["x" * 64 + ".example", "a..example"])
def test_a_host_whose_name_no_resolver_takes_is_no_connection(host: str) -> None:
    with fetcher(attempts=1) as one, pytest.raises(FetchError):
        one.fetch(f"http://{host}/", NONE)


def test_the_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(saying(head(), b"<h1>mine</h1>")) as url, fetcher(allow_private_addresses=True, attempts=1) as one:
        for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://127.0.0.1:9/")
        assert fetched(one, url).body == b"<h1>mine</h1>"


def test_tls_goes_by_the_name_of_the_host_though_its_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    with serving(saying(b"no TLS here"), heard=heard) as url, fetcher(allow_private_addresses=True, attempts=1) as one:
        monkeypatch.setattr(socket, "getaddrinfo", Resolver(["127.0.0.1"]))
        with pytest.raises(FetchError, match=r"no connection: .*SSL"):
            one.fetch(url.replace("http://127.0.0.1", "https://named.example"), NONE)
    assert b"named.example" in heard[0]
