"""Starts that fail: what trying again may mend has another exit code than what it never mends; the unit needs that."""

from __future__ import annotations

from cli.demo_site import Site
from cli.errors import Exit
from tests.deploy.services import PATIENCE, House


def test_settings_with_a_mistake_end_it_with_2(house: House) -> None:
    house.configure("ftp://example.org/")
    with house.serving() as service:
        assert service.process.wait(PATIENCE) == Exit.USAGE


def test_a_folder_that_cannot_be_made_ends_it_with_3(house: House, site: Site) -> None:
    (house.folder / "file").touch()
    house.configure(site.url, database="file/monitor.db")
    with house.serving() as service:
        assert service.process.wait(PATIENCE) == Exit.UNCHECKED
        assert "its folder cannot be made" in service.log[-1]


def test_a_lock_that_another_run_holds_ends_it_with_6(house: House) -> None:
    with house.serving() as service:
        service.logs("first reading stored")
        with House(house.folder).serving() as second:
            assert second.process.wait(PATIENCE) == Exit.LOCKED
        assert service.stop() == 0
