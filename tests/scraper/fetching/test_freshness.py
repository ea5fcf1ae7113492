"""How long an answer is good for by its server's own word."""

from __future__ import annotations

from datetime import timedelta

import pytest
import respx

from domain.check import Validators
from scraper.fetch import Fetched, NotModified
from scraper.freshness import fresh_for
from tests.scraper.fetching.setting import NONE, URL, fetcher

NOON, LATER = "Tue, 03 Mar 2026 12:00:00 GMT", "Tue, 03 Mar 2026 12:10:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((("cache-control", "max-age=600"),), 600),
        ((("cache-control", "public, MAX-AGE=600, immutable"),), 600),
        ((("cache-control", "public"), ("cache-control", 'max-age="600"')), 600),
        ((("cache-control", "max-age=600"), ("age", "450")), 150),
        ((("cache-control", "max-age=600"), ("expires", NOON), ("date", NOON)), 600),
        ((("expires", LATER), ("date", NOON)), 600),
        ((("expires", LATER), ("date", NOON), ("age", "60")), 540),
    ],
)
def test_freshness_is_what_is_left_of_the_lifetime(headers: tuple[tuple[str, str], ...], seconds: int) -> None:
    assert fresh_for(headers) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("cache-control", ""),),
        (("cache-control", "max-age=0"),),
        (("cache-control", "max-age=-5"),),
        (("cache-control", "max-age=soon"), ("expires", LATER), ("date", NOON)),
        (("cache-control", "max-age=" + "9" * 40),),
        (("cache-control", "max-age=600"), ("age", "600")),
        (("cache-control", "no-cache, max-age=600"),),
        (("cache-control", "no-store"), ("expires", LATER), ("date", NOON)),
        (("cache-control", "s-maxage=600"),),
        (("expires", LATER),),
        (("expires", "0"), ("date", NOON)),
        (("expires", NOON), ("date", LATER)),
    ],
)
def test_nothing_that_can_be_understood_is_no_freshness(headers: tuple[tuple[str, str], ...]) -> None:
    assert fresh_for(headers) is None


@respx.mock
def test_the_fetcher_tells_it_of_every_good_answer() -> None:
    route = respx.get(URL).respond(200, html="<h1>A page</h1>", headers={"Cache-Control": "max-age=600"})
    found = fetcher().fetch(URL, NONE)
    assert isinstance(found, Fetched)
    assert found.fresh_for == timedelta(minutes=10)
    route.respond(304, headers={"Cache-Control": "max-age=300"})
    assert fetcher().fetch(URL, Validators('"1"')) == NotModified(timedelta(minutes=5))
