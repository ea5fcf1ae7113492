"""Links as published: what they lead to, what is refused, and that every way to write one is matched as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.address import canonical_address
from scraper.addresses import is_page_or_child, is_within_page, resolve

SITE = "https://hmicfrs.justiceinspectorates.gov.uk"
PAGE = f"{SITE}/our-work/article/child-abuse-and-child-protection-issues/"
SLUGS = st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,8}){0,4}", fullmatch=True)
SECTIONS = st.sampled_from(("publications", "publication-html", "news/news-feed", "our-work/article", "our-work/cat"))


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/publications/x/", f"{SITE}/publications/x/"),
        ("publications/x/?utm_source=a", f"{PAGE}publications/x/?utm_source=a"),
        ("../sibling/", f"{SITE}/our-work/article/sibling/"),
        ("//www.nspcc.org.uk/", "https://www.nspcc.org.uk/"),
        (" \n/publications/\tx/ ", f"{SITE}/publications/x/"),
        ("mailto:contact@hmicfrs.gov.uk", "mailto:contact@hmicfrs.gov.uk"),
        ("tel:+442035130500", "tel:+442035130500"),
        ("?page=2", f"{PAGE}?page=2"),
        ("#thematic", f"{PAGE}#thematic"),
        ("HTTPS://WWW.NSPCC.ORG.UK/", "https://WWW.NSPCC.ORG.UK/"),
    ],
)
def test_a_link_leads_where_a_browser_would_go(href: str, url: str) -> None:
    assert resolve(href, PAGE) == url


@pytest.mark.parametrize(
    "href",
    [
        *("javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)"),
        *("data:text/html,<b>x</b>", "vbscript:x", "file:///etc/passwd", "ftp://example.org/", "blob:x"),
        *("", "   ", "mailto:", "http://[::1", "http:///x", "/" + "x" * 5000),
    ],
)
def test_a_link_that_nobody_should_follow_is_refused(href: str) -> None:
    assert resolve(href, PAGE) is None


@given(st.text(max_size=50))
def test_any_text_as_a_link_gives_an_address_or_none(href: str) -> None:
    url = resolve(href, PAGE)
    assert url is None or url.lower().startswith(("http:", "https:", "mailto:", "tel:"))


@given(SECTIONS, SLUGS)
def test_every_host_and_path_that_the_site_had_is_one_address(section: str, slug: str) -> None:
    path = f"{section}/{slug}"
    ways = [
        *(f"/{path}/", path, f"/{path}", f"../../../{path}/", f"{path}?utm_source=x&utm_medium=y#top"),
        *(f"http://www.justiceinspectorates.gov.uk/hmicfrs/{path}/", f"{SITE.upper()}/{path}/"),
        *(f"http://www.justiceinspectorates.gov.uk/hmic/{path}", f"/hmicfrs/s/our-work/article/{path}/"),
        f"/news/news-feed/other/hmicfrs/{path}/",
    ]
    resolved = [resolve(way, PAGE) for way in ways]
    assert {canonical_address(url) for url in resolved if url} == {f"hmicfrs.justiceinspectorates.gov.uk/{path}/"}
    assert None not in resolved


@given(st.one_of(SLUGS, st.text(max_size=40)))
def test_a_canonical_address_is_its_own_canonical_form(href: str) -> None:
    url = resolve(href, PAGE)
    if url is not None:
        once = canonical_address(url)
        assert canonical_address(f"https://{once}" if url.lower().startswith("http") else once) == once


@pytest.mark.parametrize(
    ("url", "within"),
    [(f"{PAGE}#a", True), (f"{PAGE}#", True), (PAGE, False), (f"{PAGE}child/#a", False), (f"{SITE}/#a", False)],
)
def test_a_link_within_the_page_has_its_address_and_a_fragment(url: str, within: bool) -> None:
    assert is_within_page(url, PAGE) is within


@pytest.mark.parametrize(
    ("url", "below"),
    [(PAGE, True), (f"{PAGE}national-child-protection-inspection/", True), (f"{SITE}/our-work/", False)],
)
def test_a_section_menu_leads_to_the_page_and_below(url: str, below: bool) -> None:
    assert is_page_or_child(url, PAGE) is below
