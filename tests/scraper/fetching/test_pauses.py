"""A host that asked to be left alone is, by every request of every run."""

from __future__ import annotations

from datetime import timedelta

import pytest
import respx

from domain.robots import RobotsFile
from scraper.errors import FetchError
from scraper.pauses import LONGEST_PAUSE, MemoryPauses
from tests.scraper.fetching.setting import NONE, NOW, URL, Clock, KeptRobots, fetched, fetcher

OTHER = "https://police.example/another-page/"
HOUR = timedelta(hours=1)


@respx.mock
def test_until_its_time_no_page_of_the_host_is_asked_and_then_all_are() -> None:
    busy = respx.get(URL).respond(429, headers={"Retry-After": "7200"})
    other = respx.get(OTHER).respond(200, html="<h1>A page</h1>")
    clock, kept = Clock(), MemoryPauses()
    one = fetcher(clock=clock, pauses=kept)
    with pytest.raises(FetchError, match="429"):
        one.fetch(URL, NONE)
    assert one.paused_until(OTHER) == NOW + 2 * HOUR
    clock.now += HOUR
    for asking in (one, fetcher(clock=clock, pauses=kept)):  # the second stands for another run
        with pytest.raises(FetchError) as refused:
            asking.fetch(OTHER, NONE)
        told = "not asked: the server wants to be left alone until 2026-03-03 17:00 UTC"
        assert (str(refused.value), refused.value.status) == (f"{OTHER}: {told}", None)
    assert (busy.call_count, other.call_count) == (1, 0)
    clock.now += HOUR
    assert fetched(fetcher(clock=clock, pauses=kept), OTHER).status == 200
    assert one.paused_until(OTHER) is None


@respx.mock
def test_other_hosts_are_asked_meanwhile() -> None:
    respx.get("https://else.example/").respond(200, html="<h1>A page</h1>")
    kept = MemoryPauses()
    kept.put("police.example", NOW + HOUR)
    assert fetched(fetcher(pauses=kept), "https://else.example/").status == 200


@respx.mock
def test_a_short_pause_is_waited_for() -> None:
    respx.get(URL).respond(200, html="<h1>A page</h1>")
    clock, kept = Clock(), MemoryPauses()
    kept.put("police.example", NOW + timedelta(seconds=40))
    assert fetched(fetcher(clock=clock, pauses=kept)).status == 200
    assert clock.now == NOW + timedelta(seconds=40)


@respx.mock
def test_a_pause_that_robots_was_refused_with_holds_for_the_page() -> None:
    respx.get("https://police.example/robots.txt").respond(503, headers={"Retry-After": "3600"})
    page = respx.get(URL).respond(200, html="<h1>A page</h1>")
    origin, kept = "https://police.example", MemoryPauses()
    old = KeptRobots({origin: RobotsFile(origin, 200, "", NOW - timedelta(days=2))})
    with pytest.raises(FetchError, match="not asked: the server wants to be left alone"):
        fetcher(pauses=kept, store=old, respect_robots=True).fetch(URL, NONE)
    assert page.call_count == 0


@respx.mock
def test_no_header_ends_a_watch_for_good() -> None:
    respx.get(URL).respond(503, headers={"Retry-After": "999999999"})
    one = fetcher()
    with pytest.raises(FetchError):
        one.fetch(URL, NONE)
    assert one.paused_until(URL) == NOW + LONGEST_PAUSE


def test_a_pause_that_a_wrong_clock_noted_is_none() -> None:
    kept = MemoryPauses()
    kept.put("police.example", NOW + timedelta(days=4000))
    assert fetcher(pauses=kept).paused_until(URL) is None


@respx.mock
def test_a_longer_pause_is_not_cut_by_a_shorter_one() -> None:
    clock, kept = Clock(), MemoryPauses()
    respx.get(URL).respond(429, headers={"Retry-After": "3600"})
    one = fetcher(clock=clock, pauses=kept)
    with pytest.raises(FetchError):
        one.fetch(URL, NONE)
    one._pauses.begin("police.example", 5.0)
    assert one.paused_until(URL) == NOW + HOUR == kept.get("police.example")
