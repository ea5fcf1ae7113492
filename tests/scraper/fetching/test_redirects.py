"""Redirects: followed a few steps, to the web only, and on the record."""

from __future__ import annotations

import pytest
import respx

from domain.check import Validators
from scraper.errors import FetchError
from scraper.fetch import MOST_HOPS, NotModified
from tests.scraper.fetching.setting import NONE, URL, fetched, fetcher, head, saying, serving

KNOWN = Validators('"abc"', "Fri, 09 Feb 2024 10:00:00 GMT")


def redirect(url: str, to: str, status: int = 301) -> respx.Route:
    return respx.get(url).respond(status, headers={"Location": to})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@respx.mock
def test_every_kind_of_redirect_is_followed_and_recorded(status: int) -> None:
    redirect("http://old.example/a", "/b?c=d#e", status)
    redirect("http://old.example/b?c=d", "//new.example/f", status)
    respx.get("http://new.example/f").respond(200, html="<h1>A page</h1>")
    answer = fetched(fetcher(), "http://old.example/a")
    assert answer.hops == ("http://old.example/a", "http://old.example/b?c=d", "http://new.example/f")
    assert answer.url == "http://new.example/f"


@pytest.mark.parametrize("location", [URL, "", "#top", "/second"])
@respx.mock
def test_a_redirect_in_a_circle_is_an_error(location: str) -> None:
    redirect(URL, location)
    redirect("https://police.example/second", URL)
    with pytest.raises(FetchError, match=r"leads back to where it came from \(redirected from https://police"):
        fetcher().fetch(URL, NONE)


@respx.mock
def test_redirects_without_end_are_an_error() -> None:
    route = respx.get(url__regex=r"https://police\.example/\d+").mock(
        side_effect=lambda request: respx.MockResponse(302, headers={"Location": f"/{int(request.url.path[1:]) + 1}"})
    )
    with pytest.raises(FetchError, match=f"more than {MOST_HOPS} redirects"):
        fetcher().fetch("https://police.example/0", NONE)
    assert route.call_count == MOST_HOPS + 1


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("file:///etc/passwd", "not an address of the web"),
        ("javascript:alert(1)", "not an address of the web"),
        ("https://a:b@police.example/", "user name or password"),
        ("https://[::1", "not an address"),
    ],
)
@respx.mock
def test_a_redirect_off_the_web_is_refused(to: str, reason: str) -> None:
    redirect(URL, to)
    with pytest.raises(FetchError, match=reason):
        fetcher().fetch(URL, NONE)


@respx.mock
def test_an_error_after_a_redirect_says_where_it_began() -> None:
    redirect(URL, "https://new.example/")
    respx.get("https://new.example/").respond(404)
    with pytest.raises(FetchError) as raised:
        fetcher().fetch(URL, NONE)
    assert str(raised.value) == f"https://new.example/ (redirected from {URL}): the server answered 404 Not Found"
    assert raised.value.status == 404


@respx.mock
def test_validators_follow_the_page_to_its_other_addresses() -> None:
    former = "http://www.justiceinspectorates.gov.uk/hmicfrs/our-work/article/a-page"
    today = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/a-page/"
    redirect(former, today)
    route = respx.get(today).respond(304)
    assert fetcher().fetch(former, KNOWN) == NotModified()
    assert route.calls.last.request.headers["if-none-match"] == '"abc"'


@respx.mock
def test_another_page_is_not_asked_whether_it_has_the_validators_of_this_one() -> None:
    redirect(URL, "https://police.example/")
    home = respx.get("https://police.example/").respond(200, html="<h1>Home</h1>")
    assert fetched(fetcher(), validators=KNOWN).url == "https://police.example/"
    assert "if-none-match" not in home.calls.last.request.headers
    assert "if-modified-since" not in home.calls.last.request.headers


def test_a_redirect_to_a_private_address_is_refused_and_says_where_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(saying(head("Location: http://10.1.2.3/", status="302 Found"))) as url:
        monkeypatch.setattr("scraper.connect.refusal", lambda at: "private" if at.startswith("10.") else None)
        with fetcher() as one, pytest.raises(FetchError) as raised:
            one.fetch(url, NONE)
    assert str(raised.value).startswith("10.1.2.3 is private and is not asked")
    assert f"(redirected from {url})" in str(raised.value)
