"""A status that refuses the page is told with what came with it: whose block page, a rate limit, maintenance."""

from __future__ import annotations

import gzip

import pytest
import respx

from scraper.errors import FetchError
from scraper.refusal import MOST_BYTES, refusal
from tests.scraper.fetching.setting import NONE, URL, fetcher, head, saying, serving
from tests.scraper.verdict.setting import PAGES, page

AKAMAI = page("Access Denied", "Access Denied", "https://errors.edgesuite.net/18.6d3c1702")
CLOUDFLARE = page("Just a moment...", "", head="<script>window._cf_chl_opt={}</script>")


@pytest.mark.parametrize(
    ("status", "headers", "html", "told"),
    [
        (403, {}, AKAMAI, "a block page of Akamai"),
        (403, {"server": "AkamaiGHost"}, page("Access Denied", "Access Denied"), "a block page of Akamai"),
        (403, {"server": "cloudflare"}, CLOUDFLARE, "a block page of Cloudflare"),
        (503, {"server": "cloudflare"}, CLOUDFLARE, "a block page of Cloudflare"),
        (403, {"cf-mitigated": "challenge"}, "", "a block page of Cloudflare"),
        (405, {"x-amzn-waf-action": "captcha"}, "", "a block page of AWS WAF"),
        (403, {}, page("ERROR: The request could not be satisfied", "403 ERROR"), "a block page"),
        (403, {}, '<img src="/.bunny-shield/logo.svg">', "a block page of bunny.net"),
        (403, {"server": "BunnyCDN-UK1"}, page("403 Forbidden", ""), "a block page of bunny.net"),
        (403, {}, '<iframe src="/_Incapsula_Resource?a=1">', "a block page of Imperva"),
        (403, {"x-cdn": "Imperva"}, page("Request denied", ""), "a block page of Imperva"),
        (403, {}, (PAGES / "error-blocked-403.html").read_text(), "a block page"),
        (403, {}, "<TITLE\nlang=en>Forbidden</TITLE>", "a block page"),
        (403, {}, "<h1><b>Access</b> &#100;enied</h1>", "a block page"),
        (429, {}, page("Too many requests", ""), "a rate limit page"),
        (503, {}, page("HMICFRS", "We’ll be back soon"), "a maintenance page"),
        (503, {}, (PAGES / "error-maintenance-200.html").read_text(), "a maintenance page"),
        (401, {}, page("Log in ‹ HMICFRS", "Log in"), "a login page"),
        (500, {}, page("500 Internal Server Error", "Internal Server Error"), ""),
        (503, {"server": "AkamaiGHost"}, page("Service Unavailable", ""), ""),
        (403, {"server": "cloudflare"}, page("A report", "A report on access denied to children"), ""),
        (403, {}, " " * MOST_BYTES + AKAMAI, ""),
        (403, {}, "", ""),
    ],
)
def test_a_refusal_is_told_for_what_it_is(status: int, headers: dict[str, str], html: str, told: str) -> None:
    assert refusal(status, headers, html.encode()) == told


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("html", [AKAMAI, CLOUDFLARE, page("Page not found", "Page not found")])
def test_a_true_404_behind_a_cdn_is_a_404(status: int, html: str) -> None:
    assert refusal(status, {"server": "AkamaiGHost", "cf-mitigated": ""}, html.encode()) == ""


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "403 Forbidden, with a block page of Akamai"),
        (503, "503 Service Unavailable, with a block page of Akamai"),
        (404, "404 Not Found"),
    ],
)
@respx.mock
def test_the_reason_of_a_failed_check_names_the_refusal(status: int, words: str) -> None:
    respx.get(URL).respond(status, html=AKAMAI)
    with pytest.raises(FetchError) as raised:
        fetcher(attempts=1).fetch(URL, NONE)
    assert (str(raised.value), raised.value.status) == (f"{URL}: the server answered {words}", status)


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("Content-Encoding: gzip", gzip.compress(AKAMAI.encode())[:-9]),
        ("Content-Encoding: gzip", b"no gzip at all"),
        ("Content-Encoding: br", b"what was not asked for"),
        ("Content-Length: 5000", b"what breaks off"),
    ],
)
def test_a_refusal_with_a_damaged_body_is_still_that_status(header: str, sent: bytes) -> None:
    answer = saying(head(header, status="403 Forbidden") + sent)
    with serving(answer) as url, fetcher(allow_private_addresses=True, attempts=1) as one:
        with pytest.raises(FetchError, match=r"the server answered 403 Forbidden$") as raised:
            one.fetch(url, NONE)
        assert raised.value.status == 403


@respx.mock
def test_of_a_refusal_no_more_is_read_than_is_looked_at() -> None:
    respx.get(URL).respond(403, html=AKAMAI + " " * 50_000_000)
    with pytest.raises(FetchError, match="a block page of Akamai"):
        fetcher(max_bytes=1000).fetch(URL, NONE)
