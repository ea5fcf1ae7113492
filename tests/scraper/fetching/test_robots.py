"""robots.txt: obeyed, asked once a day, and not guessed at where it cannot be had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
import respx

from domain.robots import RobotsFile
from scraper.errors import AddressRefused, FetchError
from scraper.fetch import Fetcher
from tests.scraper.fetching.setting import NONE, NOW, URL, Clock, KeptRobots, fetched, fetcher

ORIGIN = "https://police.example"
ROBOTS = f"{ORIGIN}/robots.txt"
FORBIDS = "User-agent: *\nDisallow: /our-work/\n"
ALLOWS = "User-agent: *\nDisallow: /wp-admin/\n"


@pytest.fixture
def page() -> Iterator[respx.Route]:
    with respx.mock:
        yield respx.get(URL).respond(200, html="<h1>A page</h1>")


def polite(store: KeptRobots | None = None, clock: Clock | None = None) -> Fetcher:
    return fetcher(respect_robots=True, store=store, clock=clock)


def kept(text: str, age: timedelta, status: int = 200) -> KeptRobots:
    return KeptRobots({ORIGIN: RobotsFile(ORIGIN, status, text, NOW - age)})


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (ALLOWS, True),
        ("", True),
        ("<html>not found, says a status of 200</html>", True),
        (FORBIDS, False),
        ("\ufeff" + FORBIDS, False),
        ("User-agent: hmicfrs-monitor\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: HMICFRS-Monitor\nAllow: /our-work/\n", True),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*/a-page/$", False),
        (ALLOWS + "# " + "x" * 500_000 + "\n" + FORBIDS, True),
    ],
)
def test_a_page_is_asked_for_where_the_rules_allow_it(page: respx.Route, text: str, *, allowed: bool) -> None:
    respx.get(ROBOTS).respond(200, content=text.encode())
    if allowed:
        assert fetched(polite()).status == 200
    else:
        with pytest.raises(FetchError, match=r"not allowed by https://police\.example/robots\.txt; respect_robots ="):
            polite().fetch(URL, NONE)
    assert page.call_count == int(allowed)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_site_without_the_file_allows_everything(page: respx.Route, status: int) -> None:
    store = KeptRobots()
    respx.get(ROBOTS).respond(status, text=FORBIDS)
    assert fetched(polite(store)).status == 200
    assert store.files[ORIGIN] == RobotsFile(ORIGIN, status, "", NOW)
    assert page.call_count == 1


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (httpx.Response(500), r"the site's robots\.txt could not be had: .*; respect_robots = false"),
        (httpx.Response(503), r"the site's robots\.txt could not be had: .*; respect_robots = false"),
        (httpx.Response(429), r"the site's robots\.txt could not be had: .*; respect_robots = false"),
        (httpx.ReadTimeout("late"), r"/robots\.txt: .*; robots\.txt is asked for before the page"),
    ],
)
def test_a_file_that_cannot_be_had_is_not_taken_for_none(
    page: respx.Route, trouble: httpx.Response | Exception, told: str
) -> None:
    respx.get(ROBOTS).mock(side_effect=[trouble] * 3)
    with pytest.raises(FetchError, match=told) as raised:
        polite().fetch(URL, NONE)
    assert raised.value.status == (trouble.status_code if isinstance(trouble, httpx.Response) else None)
    assert page.call_count == 0


@pytest.mark.parametrize(("days", "usable"), [(2, True), (30, True), (31, False)])
def test_an_old_file_serves_for_a_month_where_no_new_one_can_be_had(
    page: respx.Route, days: int, *, usable: bool
) -> None:
    respx.get(ROBOTS).respond(500)
    one = polite(kept(ALLOWS, timedelta(days=days)))
    if usable:
        assert fetched(one).status == 200
    else:
        with pytest.raises(FetchError, match=r"could not be had"):
            one.fetch(URL, NONE)
    assert page.call_count == int(usable)


def test_the_file_is_asked_for_once_a_day(page: respx.Route) -> None:
    route = respx.get(ROBOTS).respond(200, text=ALLOWS)
    store, clock = KeptRobots(), Clock()
    for hours, asked in [(0, 1), (23, 1), (25, 2), (26, 2)]:
        clock.now = NOW + timedelta(hours=hours)
        fetched(polite(store, clock))
        assert route.call_count == asked
    assert page.call_count == 4
    assert store.files[ORIGIN] == RobotsFile(ORIGIN, 200, ALLOWS, NOW + timedelta(hours=25))


def test_a_kept_file_still_forbids(page: respx.Route) -> None:
    with pytest.raises(FetchError, match=r"not allowed by"):
        polite(kept(FORBIDS, timedelta(hours=1))).fetch(URL, NONE)
    assert page.call_count == 0


def test_every_site_on_the_way_is_asked(page: respx.Route) -> None:
    respx.get("https://old.example/robots.txt").respond(404)
    respx.get("https://old.example/").respond(301, headers={"Location": URL})
    respx.get(ROBOTS).respond(200, text=FORBIDS)
    with pytest.raises(FetchError, match=r"not allowed by .* \(redirected from https://old\.example/\)"):
        polite().fetch("https://old.example/", NONE)
    assert page.call_count == 0


def test_the_file_may_be_elsewhere(page: respx.Route) -> None:
    respx.get(ROBOTS).respond(301, headers={"Location": "https://www.police.example/robots.txt"})
    respx.get("https://www.police.example/robots.txt").respond(200, text=FORBIDS)
    with pytest.raises(FetchError, match=r"not allowed by https://police\.example/robots\.txt"):
        polite().fetch(URL, NONE)
    assert page.call_count == 0


def test_the_file_is_not_asked_for_where_the_settings_say_so(page: respx.Route) -> None:
    assert fetched(fetcher(respect_robots=False)).status == 200
    assert page.call_count == 1


def test_a_refused_address_is_told_as_such() -> None:
    with polite() as one, pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is a loopback address"):
        one.fetch("http://127.0.0.1:9/", NONE)


@respx.mock
def test_ports_are_sites_of_their_own() -> None:
    respx.get("https://police.example:8443/robots.txt").respond(200, text=FORBIDS)
    with pytest.raises(FetchError, match=r"not allowed by https://police\.example:8443/robots\.txt"):
        polite().fetch("https://police.example:8443/our-work/", NONE)
