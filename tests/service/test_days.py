"""Days of the service, as real processes on a fast clock: nothing owed is missed, and nothing is done twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.demo_site import Site, serving
from tests.service.days import LONDON, Days, london

HOUR = timedelta(hours=1)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


def days(folder: Path, site: Site, start: datetime) -> Days:
    found = Days(folder, site, start)
    found.publish()
    return found


def hourly(start: datetime, count: int) -> list[str]:
    """The looks that are due each hour of real time."""
    return [(start + number * HOUR).astimezone(LONDON).strftime("%d %H %Z") for number in range(count)]


def test_an_ordinary_day_has_24_looks_and_each_change_is_told_once_to_each(tmp_path: Path, site: Site) -> None:
    lived = days(tmp_path, site, london("2026-11-24T23:50"))
    lived.configure()
    with lived.service():
        lived.until(london("2026-11-25T07:30"))
        lived.publish()
        lived.until(london("2026-11-25T09:30"))
        lived.publish()
        lived.until(london("2026-11-25T15:30"))
        lived.publish()
        lived.until(london("2026-11-26T23:50"))
        lived.stop()
        assert lived.services[-1].returncode == 0
    # the first is the baseline, at once
    assert lived.looks() == ["24 23 GMT", *hourly(london("2026-11-25T00:00"), 48)]
    assert lived.told("at-once") == ["r1", "r2", "r3"]
    assert lived.told("daily") == ["r1", "r2", "r3"]
    assert len(lived.mails("daily")) == 2


@pytest.mark.parametrize(
    ("day", "count"), [(datetime(2026, 10, 25, tzinfo=UTC), 25), (datetime(2026, 3, 29, tzinfo=UTC), 23)]
)
def test_the_days_on_which_the_clock_changes_have_a_look_each_hour_and_one_digest(
    day: datetime, count: int, tmp_path: Path, site: Site
) -> None:
    midnight = london(f"{day:%Y-%m-%d}T00:00")
    lived = days(tmp_path, site, midnight - timedelta(minutes=30))
    lived.configure(digest_at="01:30")  # which comes twice in October, and not at all in March
    with lived.service():
        lived.until(midnight - timedelta(minutes=10))
        lived.publish()
        lived.until(midnight + timedelta(minutes=70))
        lived.publish()  # seen after the first half past one, before the second
        lived.until(midnight + count * HOUR - timedelta(minutes=10))
        lived.stop()
    assert lived.looks()[1:] == hourly(midnight, count)
    assert lived.told("at-once") == ["r1", "r2"]
    sent = lived.mails("daily")
    assert len(sent) == len({mail["Message-ID"] for mail in sent}) == 1
    assert lived.told("daily") == ["r1"]


def test_a_daily_line_at_a_time_that_comes_twice_is_looked_at_once(tmp_path: Path, site: Site) -> None:
    lived = days(tmp_path, site, london("2026-10-24T00:30"))
    lived.configure(schedule="30 1 * * *")
    with lived.service():
        lived.until(london("2026-10-27T00:30"))
        lived.stop()
    assert lived.looks() == ["24 00 BST", "24 01 BST", "25 01 BST", "26 01 GMT"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_in_the_middle_misses_nothing_and_repeats_nothing(
    how: signal.Signals, tmp_path: Path, site: Site
) -> None:
    lived = days(tmp_path, site, london("2026-11-24T23:50"))
    lived.configure()
    with lived.service():
        lived.until(london("2026-11-25T05:20"))
        lived.publish()
        lived.until(london("2026-11-25T06:10"))
        lived.stop(how)
    lived.now = london("2026-11-25T06:40")
    with lived.service():  # at once: nothing is due
        lived.until(london("2026-11-25T09:40"))
        lived.stop(how)
    lived.publish()
    lived.now = london("2026-11-25T13:20")
    with lived.service():  # after hours: what fell due is made up for, once
        lived.until(london("2026-11-25T23:50"))
        lived.stop()
    due = hourly(london("2026-11-25T00:00"), 24)
    assert lived.looks() == ["24 23 GMT", *due[:10], "25 13 GMT", *due[14:]]
    assert lived.told("at-once") == ["r1", "r2"]
    assert lived.told("daily") == ["r1"]


def test_a_machine_that_slept_ten_hours_makes_up_for_one_look_and_one_digest(tmp_path: Path, site: Site) -> None:
    lived = days(tmp_path, site, london("2026-11-24T23:50"))
    lived.configure()
    with lived.service():
        lived.until(london("2026-11-25T01:20"))
        lived.publish()
        lived.until(london("2026-11-25T02:30"))
        lived.publish()
        lived.sleep(london("2026-11-25T12:30"))
        lived.looks_come_to(5)
        lived.until(london("2026-11-25T23:50"))
        lived.stop()
    due = hourly(london("2026-11-25T00:00"), 24)
    assert lived.looks() == ["24 23 GMT", *due[:3], "25 12 GMT", *due[13:]]
    assert lived.told("at-once") == ["r1", "r2"]
    assert lived.told("daily") == ["r1"]
    assert "the clock jumped by" in (tmp_path / "log").read_text(encoding="utf-8")
