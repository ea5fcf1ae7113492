"""`check --due` from cron: the same rules as the service's, remembered between runs; and `schedule show`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cli.demo_site import Site, serving
from tests.cli.conftest import Installation, Told

HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monitor: Installation) -> Iterator[time_machine.Traveller]:
    """The clock of the installation, which stands still unless it is moved."""
    with time_machine.travel(datetime(2025, 11, 3, 9, 0, 2, tzinfo=UTC), tick=False) as traveller:
        monitor("check")
        yield traveller


def outcomes(told: Told) -> list[str]:
    return [f"{check['watch']}: {check['outcome']}" for check in told.json["checks"]]


def due(monitor: Installation) -> list[str]:
    return outcomes(monitor("check", "--due", "--json"))


def test_a_page_is_looked_at_when_its_time_has_come(monitor: Installation, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=59))
    told = monitor("check", "--due")
    assert (told.code, told.out) == (0, "no page is due; `schedule show` tells when\n")
    assert monitor("-q", "check", "--due").out == ""
    clock.shift(timedelta(minutes=1))
    assert due(monitor) == ["child-protection: unchanged"]
    assert due(monitor) == []


def test_what_fell_due_while_the_machine_was_off_is_made_up_for_once(
    monitor: Installation, clock: time_machine.Traveller
) -> None:
    clock.shift(10 * HOUR + timedelta(minutes=20))
    assert due(monitor) == ["child-protection: unchanged"]
    assert due(monitor) == []


def test_a_page_that_keeps_failing_is_asked_less_often_over_runs_and_is_well_at_its_first_good_look(
    monitor: Installation, site: Site, clock: time_machine.Traveller
) -> None:
    site.status = 503
    looked = []
    for hour in range(1, 24):
        clock.shift(HOUR)
        if due(monitor):
            looked.append(hour)
    assert looked == [1, 2, 3, 4, 6, 10, 18]
    assert monitor("schedule", "show").out.count("put off") == 1
    site.status = 200
    clock.shift(24 * HOUR)
    assert due(monitor) == ["child-protection: unchanged"]
    clock.shift(HOUR)
    assert due(monitor) == ["child-protection: unchanged"]


def test_a_server_that_wants_to_be_left_alone_is_over_runs(
    monitor: Installation, site: Site, clock: time_machine.Traveller
) -> None:
    site.status, site.headers = 429, {"Retry-After": "10000"}
    clock.shift(HOUR)
    assert due(monitor) == ["child-protection: failed"]
    asked, site.status = len(site.requests), 200
    for _ in range(2):
        clock.shift(HOUR)
        assert due(monitor) == []
    told = monitor("check")
    assert (told.code, len(site.requests)) == (3, asked)
    assert "not asked: the server wants to be left alone until 2025-11-03 12:46 UTC" in told.err
    clock.shift(HOUR)
    assert due(monitor) == ["child-protection: unchanged"]


def test_an_answer_that_is_fresh_puts_off_one_look(
    monitor: Installation, site: Site, clock: time_machine.Traveller
) -> None:
    monitor.configure(watch='schedule = "*/10 * * * *"')
    site.headers = {"Cache-Control": "max-age=1000000"}
    monitor("check")
    looked = []
    for ten in range(1, 7):
        clock.shift(timedelta(minutes=10))
        if due(monitor):
            looked.append(ten)
    assert looked == [2, 4, 6]


def test_pages_of_several_hosts_are_all_looked_at_and_told_in_the_order_of_the_settings(
    monitor: Installation, site: Site
) -> None:
    with serving(Site(site.body)) as other:
        more = "".join(
            f'[[watch]]\nname = "w{number}"\nurl = "{(site, other)[number % 2].url}?{number}"\n' for number in range(5)
        )
        monitor.configure(watch=more)
        told = monitor("check", "--json")
    names = [check["watch"] for check in told.json["checks"]]
    assert names == ["child-protection", "w0", "w1", "w2", "w3", "w4"]


def test_the_next_times_are_shown_over_the_change_of_the_clock(monitor: Installation) -> None:
    monitor.configure(watch='schedule = "30 1 * * *"')
    with time_machine.travel(datetime(2026, 10, 24, 12, tzinfo=UTC)):
        monitor("check")
        shown, told = monitor("schedule", "show").out, monitor("schedule", "show", "--count", "3", "--json").json
    assert [line.split("1 * * *")[1].strip() for line in shown.splitlines() if "* * *" in line] == [
        "Sun 25 Oct 2026 01:30 BST",
        "Mon 26 Oct 2026 01:30 GMT",
        "Tue 27 Oct 2026 01:30 GMT",
        "Wed 28 Oct 2026 01:30 GMT",
        "Thu 29 Oct 2026 01:30 GMT",
    ]
    assert told["watches"] == [
        {
            "name": "child-protection",
            "schedule": "30 1 * * *",
            "looks": ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-27T01:30:00Z"],
            "note": None,
        }
    ]


def test_a_page_that_was_never_looked_at_is_due_now(monitor: Installation) -> None:
    shown = monitor("schedule", "show", "child-protection").out
    assert "due now: it was never looked at" in shown
    assert monitor("schedule", "show", "nothing").code == 2
