"""SIGHUP: what is right is adopted, and what is wrong changes nothing."""

from __future__ import annotations

import signal
import socket
from threading import Event
from time import monotonic

from cli.demo_site import Site
from domain.check import Outcome
from tests.deploy.services import PATIENCE, House


def test_a_watch_that_is_added_is_looked_at_soon(house: House, site: Site) -> None:
    with house.serving() as service:
        service.logs("watch-1: first reading stored")
        house.configure(site.url, f"{site.url}#2")
        service.process.send_signal(signal.SIGHUP)
        service.logs("read the settings anew: 2 watches")
        service.logs("watch-2: first reading stored")
        assert service.stop() == 0
    assert {check.watch for check in house.checks()} == {"watch-1", "watch-2"}


def test_a_watch_that_is_taken_out_is_looked_at_no_more(house: House, site: Site) -> None:
    house.configure(site.url, f"{site.url}#2")
    with house.serving() as service:
        service.logs("watch-2: first reading stored")
        house.configure(site.url)
        service.process.send_signal(signal.SIGHUP)
        service.logs("read the settings anew: 1 watch;")
        assert service.stop() == 0


def test_with_mistakes_the_old_settings_stay_and_each_mistake_is_told_on_a_line(house: House, site: Site) -> None:
    with house.serving() as service:
        service.logs("first reading stored")
        house.configure("ftp://example.org/", top="nonsense = 1", schedules='timezone = "Mars"\nworkers = 0')
        service.process.send_signal(signal.SIGHUP)
        service.logs("the settings stay as they were: 1 watch;")
        mistakes = [line for line in service.log if str(house.config) in line]
        assert len(mistakes) == 4
        assert all(sum(name in line for line in mistakes) == 1 for name in ("nonsense", "Mars", "workers", "ftp"))
        house.config.unlink()
        service.process.send_signal(signal.SIGHUP)
        service.logs("no such settings file")
        house.configure(site.url, f"{site.url}#2")  # and it is put right without a restart
        service.process.send_signal(signal.SIGHUP)
        service.logs("watch-2: first reading stored")
        assert service.stop() == 0


def test_another_database_is_refused_until_a_restart(house: House, site: Site) -> None:
    with house.serving() as service:
        service.logs("first reading stored")
        house.configure(site.url, f"{site.url}#2", database="other.db")
        service.process.send_signal(signal.SIGHUP)
        service.logs("storage.url: cannot be changed while the service runs")
        service.logs("the settings stay as they were: 1 watch;")
        assert service.stop() == 0
    assert not (house.folder / "other.db").exists()


def test_a_look_that_is_under_way_ends_as_it_began(house: House, site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as slow:
        house.configure(f"http://127.0.0.1:{slow.getsockname()[1]}/")
        with house.serving() as service, slow.accept()[0] as connection:
            service.process.send_signal(signal.SIGHUP)
            service.logs("read the settings anew")
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(site.body)}\r\n\r\n"
            connection.sendall(head.encode() + site.body)
            service.logs("first reading stored")
            assert service.stop() == 0
    assert [check.outcome for check in house.checks()] == [Outcome.BASELINE]


def test_signals_that_come_in_a_row_are_no_trouble(house: House, site: Site) -> None:
    with house.serving() as service:
        service.logs("first reading stored")
        house.configure(site.url, f"{site.url}#2")
        deadline = monotonic() + PATIENCE
        while len(reloads := [line for line in service.log if "read the settings anew" in line]) < 10:
            assert monotonic() < deadline, reloads
            service.process.send_signal(signal.SIGHUP)
            Event().wait(0.01)
        service.logs("watch-2: first reading stored")
        assert service.stop() == 0
    assert [check.watch for check in house.checks()] == ["watch-1", "watch-2"]
