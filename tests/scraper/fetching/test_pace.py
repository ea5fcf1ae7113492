"""One host is not asked too often, nor by too many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier, Lock, Thread

import httpx
import pytest
import respx

from domain.robots import RobotsFile
from scraper.fetch import Fetcher, FetchSettings
from scraper.pace import Pace
from scraper.pauses import MemoryPauses
from tests.scraper.fetching.setting import NOW, URL, Clock, KeptRobots, fetched, fetcher, head, saying, serving


@dataclass
class Time:
    """A monotonic clock that only sleeping moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def never() -> float:
    return 0.0


def turns(pace: Pace, *hosts: str, gap: float = 0.0) -> None:
    for host in hosts:
        with pace.turn(host, gap):
            pass


def test_the_first_request_to_each_host_does_not_wait() -> None:
    time = Time()
    turns(Pace(1, 5.0, sleep=time.sleep, monotonic=time, chance=never), "a", "b", "c")
    assert time.slept == []


def test_the_next_request_to_a_host_starts_a_gap_after_the_last() -> None:
    time = Time()
    pace = Pace(1, 5.0, sleep=time.sleep, monotonic=time, chance=never)
    turns(pace, "a", "a", "b")
    time.now += 2
    turns(pace, "a")
    time.now += 7
    turns(pace, "a")
    assert time.slept == [5.0, 3.0]


@pytest.mark.parametrize(("gap", "slept"), [(0.5, 5.0), (12.0, 12.0)])
def test_the_wish_of_the_site_counts_where_it_is_longer(gap: float, slept: float) -> None:
    time = Time()
    turns(Pace(1, 5.0, sleep=time.sleep, monotonic=time, chance=never), "a", "a", gap=gap)
    assert time.slept == [slept]


@pytest.mark.parametrize(("chance", "slept"), [(0.0, 8.0), (0.5, 9.0), (1.0, 10.0)])
def test_a_gap_is_up_to_a_quarter_longer_by_chance_and_never_shorter(chance: float, slept: float) -> None:
    time = Time()
    turns(Pace(1, 8.0, sleep=time.sleep, monotonic=time, chance=lambda: chance), "a", "a")
    assert time.slept == [slept]


def test_an_extra_turn_neither_waits_nor_makes_wait() -> None:
    time = Time()
    pace = Pace(1, 5.0, sleep=time.sleep, monotonic=time, chance=never)
    with pace.extra_turn("a"):
        pass
    turns(pace, "a")
    with pace.extra_turn("a"):
        pass
    assert time.slept == []


def run_at_once(jobs: int, job: Callable[[], None]) -> None:
    threads = [Thread(target=job) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("places", [1, 3])
def test_no_more_requests_run_at_once_than_the_host_has_places(places: int) -> None:
    pace, lock, together = Pace(places, 0.0), Lock(), Barrier(places)
    running, most = 0, 0

    def job() -> None:
        nonlocal running, most
        with pace.turn("a"):
            with lock:
                running += 1
                most = max(most, running)
            together.wait(timeout=10)
            with lock:
                running -= 1

    run_at_once(places * 4, job)
    assert (running, most) == (0, places)


def test_threads_get_starts_of_their_own() -> None:
    starts: list[float] = []
    pace = Pace(8, 5.0, sleep=starts.append, monotonic=lambda: 1000.0, chance=never)
    run_at_once(4, lambda: turns(pace, "a"))
    assert sorted(starts) == [5.0, 10.0, 15.0]


def sleeping_fetcher(slept: list[float], store: KeptRobots, **settings: float) -> Fetcher:
    return Fetcher(
        FetchSettings(**settings),  # type: ignore[arg-type]
        "9.8",
        clock=Clock(),
        robots_store=store,
        pause_store=MemoryPauses(),
        sleep=slept.append,
    )


@respx.mock
def test_a_single_check_sleeps_not_even_for_robots() -> None:
    slept: list[float] = []
    respx.get("https://police.example/robots.txt").respond(404)
    respx.get(URL).respond(200, html="<h1>A page</h1>")
    fetched(sleeping_fetcher(slept, KeptRobots()))
    assert slept == []


def test_many_threads_may_share_a_fetcher() -> None:
    bodies: list[bytes] = []
    heard: list[bytes] = []
    with (
        serving(saying(head(), b"<h1>A page</h1>"), heard=heard) as url,
        fetcher(allow_private_addresses=True, max_per_host=4) as one,
    ):
        run_at_once(12, lambda: bodies.append(fetched(one, url).body))
    assert bodies == [b"<h1>A page</h1>"] * 12
    assert len(heard) == 12


@pytest.mark.parametrize(
    ("delay", "least", "most"), [("3", 2, 3.75), ("7200", 59, 75), ("0.1", 0, 1.25), ("-5", 0, 1.25)]
)
@respx.mock
def test_a_crawl_delay_is_kept_up_to_a_minute(delay: str, least: float, most: float) -> None:
    slept: list[float] = []
    text = f"User-agent: *\nCrawl-delay: {delay}\n"
    origin = "https://police.example"
    store = KeptRobots({origin: RobotsFile(origin, 200, text, NOW - timedelta(hours=1))})
    respx.get(URL).mock(side_effect=[httpx.Response(301, headers={"Location": "/end"})])
    respx.get(f"{origin}/end").respond(200, html="<h1>A page</h1>")
    fetched(sleeping_fetcher(slept, store))
    assert [least < seconds <= most for seconds in slept] == [True]


@respx.mock
def test_a_try_again_waits_for_its_turn_too() -> None:
    slept: list[float] = []
    respx.get(URL).mock(side_effect=[httpx.Response(503), httpx.Response(200, html="<h1>A page</h1>")])
    origin = "https://police.example"
    store = KeptRobots({origin: RobotsFile(origin, 404, "", NOW)})
    fetched(sleeping_fetcher(slept, store, min_delay_seconds=9.0))
    assert [8 < seconds <= 11.25 for seconds in slept] == [True]
