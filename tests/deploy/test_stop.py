"""SIGTERM while a page hangs: the service waits no longer than it was told to, and nothing is lost by that."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator

import pytest

from cli.demo_site import Site
from domain.check import Outcome
from tests.deploy.services import House


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def hanging(house: House, silent: socket.socket, patience: int) -> None:
    port = silent.getsockname()[1]
    house.configure(f"http://127.0.0.1:{port}/", schedules=f"drain_seconds = {patience}")


def test_a_look_that_hangs_is_cut_off_and_made_up_for_at_the_next_start(
    house: House, site: Site, silent: socket.socket
) -> None:
    hanging(house, silent, 1)
    with house.serving() as service, silent.accept()[0]:
        assert service.stop() == 0
        assert "check of watch-1" in service.logs("cut off after 1 seconds")
    assert house.checks() == []
    house.configure(site.url)
    with house.serving() as service:
        service.logs("first reading stored")
        assert service.stop() == 0
    assert [check.outcome for check in house.checks()] == [Outcome.BASELINE]


def test_a_second_sigterm_ends_it_at_once(house: House, silent: socket.socket) -> None:
    hanging(house, silent, 60)
    with house.serving() as service, silent.accept()[0]:
        service.process.send_signal(signal.SIGTERM)
        service.logs("finishing what is under way")
        assert service.stop() == -signal.SIGTERM
    assert house.checks() == []


def test_the_patience_is_that_of_the_settings_that_were_read_last(house: House, silent: socket.socket) -> None:
    hanging(house, silent, 60)
    with house.serving() as service, silent.accept()[0]:
        hanging(house, silent, 1)
        service.process.send_signal(signal.SIGHUP)
        service.logs("read the settings anew")
        assert service.stop() == 0
        service.logs("cut off after 1 seconds")
