"""How slowly the Internet Archive is asked, and when it is left alone."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from scraper.captures.asking import queries_a_minute
from scraper.errors import ArchiveError, CaptureUnplayable
from scraper.pauses import MemoryPauses
from tests.captures.archive import Archive, Kept, Reset, Say, serving, too_many
from tests.captures.setting import FORMER, PAGE, SECOND, THIRD, Time, body, listed, wayback

ROOT = Path(__file__).parents[2]
MANY = [Kept(f"2024010112{minute:02}00", PAGE, body(str(minute))) for minute in range(30)]


def gaps(archive: Archive) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(archive.asked)]


@pytest.mark.parametrize(("wish", "gap"), [(20.0, 3.0), (24.0, 2.5), (600.0, 0.1), (1.0, 60.0)])
def test_the_index_is_asked_at_the_pace_of_the_settings(wish: float, gap: float) -> None:
    time = Time()
    archive = Archive(MANY, clock=time.monotonic)
    with serving(archive), wayback(archive, time, page_size=1, index_per_minute=wish) as one:
        list(one.listed([PAGE]))
    assert gaps(archive) == pytest.approx([gap] * 29)


@pytest.mark.parametrize("host", ["web.archive.org", "archive.org", "WEB.ARCHIVE.ORG."])
def test_archive_org_is_asked_at_most_24_times_a_minute_whatever_the_settings_say(host: str) -> None:
    assert [queries_a_minute(wish, host) for wish in (20.0, 600.0)] == [20.0, 24.0]


@pytest.mark.parametrize("host", ["127.0.0.1", "web.archive.org.example", "myarchive.org", ""])
def test_an_archive_of_somebody_else_is_asked_as_the_settings_say(host: str) -> None:
    assert queries_a_minute(600.0, host) == 600.0


def test_a_busy_archive_that_asks_for_a_day_ends_the_run_and_is_not_waited_for() -> None:
    time = Time()
    archive = Archive([SECOND, THIRD], clock=time.monotonic)
    archive.fail("capture", Say(503, (("Retry-After", "86400"),)))
    with serving(archive), wayback(archive, time) as one:
        with pytest.raises(CaptureUnplayable, match="503"):
            one.fetch(listed(SECOND))
        with pytest.raises(ArchiveError, match="not asked: the server wants to be left alone until 2026-11-25 10:00"):
            one.fetch(listed(THIRD))
    assert time.slept == []


def test_captures_are_asked_for_at_a_pace_of_their_own() -> None:
    time = Time()
    archive = Archive(MANY, clock=time.monotonic)
    with serving(archive), wayback(archive, time) as one:
        next(one.listed([PAGE]))
        for kept in MANY[:5]:
            one.fetch(listed(kept))
    assert gaps(archive) == pytest.approx([0, 4, 4, 4, 4])


@pytest.mark.parametrize(
    ("wish", "wait"),
    [("7", 7), ("0", 3), ("300", 300), ("Tue, 24 Nov 2026 10:01:30 GMT", 90), ("soon", 60), (None, 60)],
)
def test_too_many_requests_is_obeyed_for_so_long_as_the_archive_says_or_a_minute(wish: str | None, wait: float) -> None:
    time = Time()
    archive = Archive([SECOND], clock=time.monotonic)
    archive.fail("index", too_many(wish))
    with serving(archive), wayback(archive, time) as one:
        assert len(list(one.listed([PAGE]))) == 1
    assert gaps(archive) == pytest.approx([wait])


def test_the_minute_doubles_while_it_lasts_and_is_a_minute_again_after_it() -> None:
    time = Time()
    archive = Archive([SECOND, THIRD], clock=time.monotonic)
    with serving(archive), wayback(archive, time) as one:
        archive.fail("capture", too_many(), too_many(), too_many(), too_many())
        one.fetch(listed(SECOND))
        archive.fail("capture", too_many())
        one.fetch(listed(THIRD))
    assert gaps(archive) == pytest.approx([60, 120, 240, 480, 4, 60])


def test_an_archive_that_stays_so_ends_the_run_and_the_next_question_waits() -> None:
    time = Time()
    archive = Archive([SECOND], clock=time.monotonic, always={"/web/": too_many()})
    with serving(archive), wayback(archive, time, attempts=2) as one:
        with pytest.raises(
            ArchiveError, match=r"answered 429 Too Many Requests; start it again later: it goes on"
        ) as raised:
            one.fetch(listed(SECOND))
        assert not isinstance(raised.value, CaptureUnplayable)
        next(one.listed([PAGE]))
    assert gaps(archive) == pytest.approx([60, 120])


def test_a_wait_that_is_too_long_ends_the_run_and_is_remembered_for_the_next() -> None:
    time, pauses = Time(), MemoryPauses()
    archive = Archive([SECOND], clock=time.monotonic)
    archive.fail("capture", too_many("3600"))
    with serving(archive):
        with wayback(archive, time, pauses=pauses) as one, pytest.raises(ArchiveError, match="429"):
            one.fetch(listed(SECOND))
        with wayback(archive, time, pauses=pauses) as one:
            with pytest.raises(
                ArchiveError, match="not asked: the server wants to be left alone until 2026-11-24 11:00 UTC"
            ):
                next(one.listed([PAGE]))
            time.sleep(3600)
            one.fetch(listed(SECOND))
    assert len(archive.asked) == 2


@pytest.mark.parametrize("fault", [Say(503), Say(504), Say(500), Reset(), Say(200)])
def test_trouble_is_waited_out_for_longer_each_time(fault: Say | Reset) -> None:
    time = Time()
    archive = Archive([SECOND, THIRD], clock=time.monotonic)
    with serving(archive), wayback(archive, time) as one:
        archive.fail("capture", fault, fault, fault, fault)
        one.fetch(listed(SECOND))
        archive.fail("capture", fault)
        one.fetch(listed(THIRD))
    assert gaps(archive) == pytest.approx([5, 10, 20, 40, 4, 5])


def test_a_busy_archive_may_say_how_long_too() -> None:
    time = Time()
    archive = Archive([SECOND], clock=time.monotonic)
    archive.fail("index", Say(503, (("Retry-After", "33"),)))
    with serving(archive), wayback(archive, time) as one:
        list(one.listed([PAGE]))
    assert gaps(archive) == pytest.approx([33])


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_there_are_no_more_tries_than_the_settings_say(attempts: int) -> None:
    archive = Archive([SECOND], always={"/cdx/": Say(503)})
    with (
        serving(archive),
        wayback(archive, attempts=attempts) as one,
        pytest.raises(ArchiveError, match="the server answered 503 Service Unavailable; start it again later"),
    ):
        list(one.listed([PAGE, FORMER]))
    assert len(archive.asked) == attempts


def test_a_retry_prints_nothing() -> None:
    script = """
from stamina.instrumentation import get_on_retry_hooks
import scraper.captures.wayback
assert get_on_retry_hooks() == ()
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
