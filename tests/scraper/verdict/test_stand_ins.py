"""What is not the page is told from it, each kind by its signs; what only speaks of such things is not."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from domain.check import Answer, Good, Suspect
from scraper.signs import FEW_WORDS, MARKS, NAMES, NOTICES, SOME_WORDS, Kind
from scraper.stand_ins import StandIn, stand_in_by_address, stand_in_by_looks
from scraper.tree import parse
from scraper.verdict import verdict
from tests.scraper.verdict.setting import ANY_TITLE, FRAME, MARKUPS, PAGES, URL, answered, article, page


class Case(NamedTuple):
    name: str
    kind: Kind
    html: str


HOST = "hmicfrs.justiceinspectorates.gov.uk"
CASES = [
    Case("ours blocked", Kind.BLOCK, (PAGES / "error-blocked-403.html").read_text()),
    Case("ours limited", Kind.RATE_LIMIT, (PAGES / "error-rate-limited-429.html").read_text()),
    Case("ours in maintenance", Kind.MAINTENANCE, (PAGES / "error-maintenance-200.html").read_text()),
    Case("nameless", Kind.BLOCK, page("Error", "403 Forbidden", "No entry.")),
    Case("nginx", Kind.BLOCK, "<html><head><title>403 Forbidden</title></head><body><hr>nginx</body></html>"),
    Case("nameless, by text", Kind.BLOCK, page("Notice", "Notice", "Your request has been blocked.")),
    Case("Akamai", Kind.BLOCK, page("Access Denied", "Access Denied", "No permission to access this.")),
    Case(
        "Akamai, retitled",
        Kind.BLOCK,
        page("Sorry", "Sorry", "You don't have permission to access this page on this server."),
    ),
    Case("Akamai, reference", Kind.BLOCK, page("Sorry", "Oh no", "Reference&#32;&#35;18&#46;6d3c1702&#46;1700000000")),
    Case("Akamai, address", Kind.BLOCK, page("Sorry", "Sorry", '<a href="https://errors.edgesuite.net/18.6">More</a>')),
    Case("Cloudflare challenge", Kind.BLOCK, page("Just a moment...", HOST, "Waiting for a reply", words=100)),
    Case(
        "Cloudflare challenge in another language",
        Kind.BLOCK,
        page("Einen Moment bitte", HOST, "Warten", head="<script>window._cf_chl_opt={a:1}</script>"),
    ),
    Case("Cloudflare block", Kind.BLOCK, page("Attention Required! | Cloudflare", "Sorry, you have been blocked")),
    Case("Cloudflare error", Kind.BLOCK, page("Oh", "Oh", '<b class="cf-error-details">1020</b>', words=150)),
    Case("AWS WAF", Kind.BLOCK, page("", "", "", head="<script>window.gokuProps = {};</script>", words=90)),
    Case("CloudFront", Kind.BLOCK, page("ERROR: The request could not be satisfied", "403 ERROR")),
    Case("Imperva", Kind.BLOCK, page("", "", '<iframe src="/_Incapsula_Resource?a=1">Request unsuccessful.</iframe>')),
    Case("Imperva, by text", Kind.BLOCK, page("", "", "Request unsuccessful. Incapsula incident ID: 123-456")),
    Case("Imperva, interrupting", Kind.BLOCK, page("Pardon Our Interruption", "Pardon our interruption...")),
    Case("bunny.net", Kind.BLOCK, page("Establishing a secure connection ...", "", "Wait")),
    Case("bunny.net, by make", Kind.BLOCK, page("Wait", "Wait", '<img src="/.bunny-shield/logo.svg">')),
    Case("F5", Kind.BLOCK, page("Request Rejected", "", "The requested URL was rejected. Your support ID is: 12")),
    Case("Sucuri", Kind.BLOCK, page("Sucuri WebSite Firewall - Access Denied", "Sucuri")),
    Case("Wordfence", Kind.BLOCK, page("Notice", "Your access to this site has been limited by the site owner")),
    Case("captcha", Kind.BLOCK, page("Are you a robot?", "", "Tick the box.")),
    Case("DataDome", Kind.BLOCK, page(HOST, "", '<script src="https://ct.captcha-delivery.com/c.js"></script>Wait')),
    Case("a bare script", Kind.BLOCK, page("", "", "<script>location.reload()</script>")),
    Case("limited, in the site's frame", Kind.RATE_LIMIT, page("HMICFRS", "Too many requests", words=300)),
    Case("limited, by text", Kind.RATE_LIMIT, page("Sorry", "Sorry", "We saw unusual traffic from your network.")),
    Case("maintenance", Kind.MAINTENANCE, page("Site maintenance", "Scheduled maintenance", words=200)),
    Case("maintenance, by title", Kind.MAINTENANCE, page("Maintenance mode | HMICFRS", "HMICFRS")),
    Case(
        "maintenance, by text",
        Kind.MAINTENANCE,
        page("HMICFRS", "HMICFRS", "Our site is down for planned maintenance."),
    ),
    Case("WordPress updating", Kind.MAINTENANCE, page("Maintenance", "Briefly unavailable for scheduled maintenance.")),
    Case("offline", Kind.MAINTENANCE, page("HMICFRS", "Sorry, the service is currently unavailable")),
    Case(
        "WordPress without its database", Kind.ERROR, page("Database Error", "Error establishing a database connection")
    ),
    Case("gateway", Kind.ERROR, page("502 Bad Gateway", "502 Bad Gateway")),
    Case("only Error", Kind.ERROR, page("Error", "", "Something is wrong.")),
    Case("GOV.UK problem", Kind.ERROR, page("Sorry", "Sorry, there is a problem with the service", words=100)),
    Case("login", Kind.LOGIN, page("Log In ‹ HMICFRS — WordPress", "HMICFRS", '<input type="password">')),
    Case("login, in words", Kind.LOGIN, page("HMICFRS", "Sign in to your account", words=200)),
    Case("protected", Kind.LOGIN, page("Child abuse", "Child abuse", 'Password: <input type="password">', words=40)),
    Case("soft 404", Kind.NOT_FOUND, page("Page not found - HMICFRS", "Page not found", FRAME * 60, words=500)),
    Case("soft 404 with a joke for a heading", Kind.NOT_FOUND, page("Page not found – HMICFRS", "Oops!", words=500)),
    Case("soft 404 under the site's name", Kind.NOT_FOUND, page("Page not found | HMICFRS", "HMICFRS")),
    Case("soft 404 in other words", Kind.NOT_FOUND, page("HMICFRS", "Sorry, this page does not exist")),
    Case("soft 404 by WordPress", Kind.NOT_FOUND, page("Hm", "Hm", FRAME * 60, body='class="home error404 wide"')),
    Case("soft 404 by text", Kind.NOT_FOUND, page("HMICFRS", "Hm", "The page you are looking for could be elsewhere.")),
    Case("soft 404 that looked", Kind.NOT_FOUND, page("HMICFRS", "Sorry, we can’t find that page", words=500)),
    Case("soft 404 that was looked for", Kind.NOT_FOUND, page("Hm", "The page you were looking for has gone")),
    Case("404", Kind.NOT_FOUND, page("HMICFRS", "404")),
    Case("parked", Kind.PLACEHOLDER, page("police.example", "This domain is for sale")),
    Case("parked, by text", Kind.PLACEHOLDER, page("police.example", "police.example", "This domain may be for sale!")),
    Case("parked, by make", Kind.PLACEHOLDER, page("x", "x", '<script src="https://sedoparking.com/a.js"></script>')),
    Case("lapsed", Kind.PLACEHOLDER, page("Suspended", "This account has been suspended")),
    Case("nginx without a site", Kind.PLACEHOLDER, page("Welcome to nginx!", "Welcome to nginx!")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_stand_in_is_known_by_its_looks(case: Case) -> None:
    found = _by_looks(case.html)
    assert found is not None
    assert found.kind is case.kind
    assert isinstance(verdict(answered(case.html), ANY_TITLE, None), Suspect)


def test_there_is_a_case_for_every_kind_that_has_rules() -> None:
    with_rules = {*NAMES, *(kind for kind, _ in NOTICES), *(mark[0] for mark in MARKS)}
    assert with_rules == {case.kind for case in CASES}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Maintenance of police vehicles", "The website is undergoing scheduled maintenance. Vehicles too."),
        ("Access denied – a review of police custody", "Your request has been blocked, said the officer."),
        ("Forbidden places: children at risk", "They said access denied, 403 Forbidden and too many requests."),
        ("Error rates in crime recording", "An error occurred. Page not found. Something went wrong."),
        ("Not found: missing children", "The page you are looking for could be here. Please log in."),
        ("When the page is turned", "This domain is for sale. You have been blocked. Are you a robot?"),
        ("Blocked drains and closed roads", "We’ll be back soon. Service unavailable. Sign in to your account."),
        ("Police response to unusual traffic", "There was unusual traffic from your road. Coming soon."),
        ("Back to work", "Incapsula incident ID, Reference #18.6d3c1702, your support ID is 12."),
        ("We could not find missing children", "We could not find that page of the file. Not found."),
        ("Security checks at ports", "The security check took just a moment. Attention required."),
    ],
)
def test_an_article_that_speaks_of_such_things_is_an_article(title: str, text: str) -> None:
    html = article(title, text)
    assert _by_looks(html) is None
    assert isinstance(verdict(answered(html), ANY_TITLE, None), Good)


@pytest.mark.parametrize("path", [*MARKUPS, *PAGES.glob("2*.html")], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_true_page_is_itself(path: Path) -> None:
    assert _by_looks(path.read_text()) is None


@pytest.mark.parametrize(
    "script",
    [
        '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>',
        '<script src="/_Incapsula_Resource?SWJIYLWA=1"></script>',
        '<script src="https://a.token.awswaf.com/challenge.js"></script>',
        '<script src="/.bunny-shield/a.js"></script>',
    ],
)
def test_a_page_with_the_script_of_a_blocker_is_still_the_page(script: str) -> None:
    assert _by_looks(article("Child abuse", "We inspect.").replace("</head>", f"{script}</head>")) is None


def test_a_page_with_a_login_form_in_its_head_is_still_the_page() -> None:
    form = '<form><input type="password"><button>Log in</button></form>'
    assert _by_looks(article("Child abuse", "We inspect.").replace("<ul>", f"{form}<ul>", 1)) is None


@pytest.mark.parametrize(
    ("words", "kind"), [(SOME_WORDS - 2, Kind.ERROR), (SOME_WORDS - 1, Kind.ERROR), (SOME_WORDS, None)]
)
def test_a_name_counts_up_to_a_size(words: int, kind: Kind | None) -> None:
    found = _by_looks(page("Error", "Error", words=words))
    assert (found and found.kind) == kind


@pytest.mark.parametrize(("words", "found"), [(FEW_WORDS - 6, True), (FEW_WORDS - 5, True), (FEW_WORDS - 4, False)])
def test_a_notice_counts_on_a_small_page(words: int, *, found: bool) -> None:
    html = page("x", "", "Your request has been blocked", words=words)
    assert (_by_looks(html) is not None) == found


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (answered("", status=204), Kind.NO_PAGE),
        (answered("<h1>A</h1>", status=202), Kind.NO_PAGE),
        (answered("<h1>A</h1>", status=206), Kind.NO_PAGE),
        (answered(""), Kind.NO_PAGE),
        (answered(" \r\n\t "), Kind.NO_PAGE),
        (answered("{}", content_type="application/json"), Kind.NO_PAGE),
        (answered("%PDF-1.7", content_type="application/pdf"), Kind.NO_PAGE),
        (answered("<rss/>", content_type="application/rss+xml; charset=utf-8"), Kind.NO_PAGE),
        (answered("<h1>A</h1>", x_amzn_waf_action="challenge"), Kind.BLOCK),
        (answered("<h1>A</h1>", cf_mitigated="challenge"), Kind.BLOCK),
        (answered("<h1>A</h1>", at=f"https://{HOST}/"), Kind.HOME),
        (answered("<h1>A</h1>", at=f"https://{HOST}"), Kind.HOME),
        (answered("<h1>A</h1>", at="https://elsewhere.example/?from=here"), Kind.HOME),
        (answered("<h1>A</h1>", at=f"https://{HOST}/wp-login.php?redirect_to=x"), Kind.LOGIN),
        (answered("<h1>A</h1>", at="https://id.example/signin/"), Kind.LOGIN),
        (answered("<h1>A</h1>"), None),
        (answered("<h1>A</h1>", status=203), None),
        (answered("<h1>A</h1>", content_type=None), None),
        (answered("<h1>A</h1>", content_type="Application/XHTML+XML ;charset=utf-8"), None),
        (answered("<h1>A</h1>", at=f"https://{HOST}/our-work/article/child-abuse/"), None),
        (answered("<h1>A</h1>", at="https://elsewhere.example/authority/blogins/"), None),
    ],
)
def test_an_answer_is_judged_by_its_head(answer: Answer, kind: Kind | None) -> None:
    found = stand_in_by_address(answer, URL)
    assert (found and found.kind) == kind


@pytest.mark.parametrize("watched", [f"https://{HOST}/", f"https://{HOST}", f"https://{HOST}/?lang=en"])
def test_a_watched_home_page_may_be_the_home_page(watched: str) -> None:
    assert stand_in_by_address(answered("<h1>A</h1>", at=f"https://www.{HOST}/"), watched) is None


@pytest.mark.parametrize(
    "hostile", ["\x1b[31mError", "Error\n\nTo: all", "Error \u202e", "Access denied" + "\u200b" * 500]
)
def test_a_reason_is_one_plain_line_whatever_the_page_calls_itself(hostile: str) -> None:
    found = verdict(answered(page(hostile, "Error")), ANY_TITLE, None)
    assert isinstance(found, Suspect)
    assert found.reason.isprintable()
    assert len(found.reason) < 250


def _by_looks(html: str) -> StandIn | None:
    return stand_in_by_looks(html, parse(html))
