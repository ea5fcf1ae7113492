"""Hostile and broken input: a page or a named error, within bounds, and never anything else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.page import Page
from scraper.errors import NotUnderstood
from scraper.read import read
from scraper.tree import MAX_CHARACTERS, MAX_DEPTH, MAX_ELEMENTS

URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
BODY = (Path(__file__).parents[3] / "cli" / "demo_pages" / "2025-10-child-protection.html").read_bytes()
TAGS = st.sampled_from(
    [
        *("div", "p", "h1", "h2", "h3", "ul", "li", "a", "b", "table", "tr", "td", "dl", "dt", "dd", "details"),
        *("summary", "button", "time", "main", "article", "footer", "br", "strong"),
    ]
)
PIECES = st.one_of(
    TAGS.map("<{}>".format),
    TAGS.map("</{}>".format),
    st.sampled_from(
        ("A report – 2 July 2015", "Part of: ", "Related reports", "Get the report", "2015", "• x", "On this page")
    ),
    st.sampled_from(
        ('<a href="#x">', "<a href='/publications/x/'>", '<div hidden id="a">', "<button aria-controls=a>")
    ),
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8),
)


def attempt(body: bytes, content_type: str | None = None) -> Page | None:
    try:
        return read(body, URL, content_type)
    except NotUnderstood as error:
        told = str(error)
    assert told.startswith(URL)
    return None


@pytest.mark.parametrize("end", range(0, len(BODY), 500))
def test_a_page_cut_short_is_read_as_far_as_it_goes(end: int) -> None:
    page = attempt(BODY[:end], "text/html; charset=utf-8")
    whole = read(BODY, URL, None)
    if page is not None:
        assert page.title == whole.title[: len(page.title)]
        assert "�" not in "".join(section.text for section in page.sections)
        assert len(page.reports) <= len(whole.reports)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_give_a_page_or_a_named_error(body: bytes) -> None:
    attempt(body)
    page = attempt(b"<h1>Title</h1><p>" + body)
    assert page is None or page.title.startswith("Title")


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_misnested_elements_give_a_page_whose_keys_are_unique(content: str) -> None:
    page = read(f"<main><h1>Title</h1>{content}".encode(), URL, None)
    for keys in ([section.key for section in page.sections], [report.key for report in page.reports]):
        assert len(set(keys)) == len(keys)
    for text in [section.text for section in page.sections] + [report.text for report in page.reports]:
        assert text == text.strip()
        assert "\n\n\n" not in text


@pytest.mark.parametrize("elements", [20_000, 500_000])
@pytest.mark.parametrize("content", ["<div>", "<b><div></b>", '<div a="</div>">', "<div></span>", "<ul><li>", "<svg>"])
def test_elements_that_are_nested_too_deep_are_refused_at_once(content: str, elements: int) -> None:
    started = time.monotonic()
    with pytest.raises(NotUnderstood, match=r"nested|elements|longer"):
        read(b"<h1>Title</h1>" + content.encode() * elements, URL, None)
    assert time.monotonic() - started < 10


def test_elements_that_are_nested_as_deep_as_may_be_are_read() -> None:
    page = read(b"<h1>Title</h1>" + b"<div>" * (MAX_DEPTH - 3) + b"Text", URL, None)
    assert page.sections[0].text == "Text"


@pytest.mark.parametrize(
    "body",
    [
        b"<h1>Title</h1>" + b"<p>x" * (MAX_ELEMENTS + 1),
        b"<h1>Title</h1><p>" + b"".join(b"<b id=%d>" % number for number in range(200)) + b"</p>" + b"<p>x</p>" * 2000,
        b"<h1>Title</h1><div " + b" ".join(b"a%d" % number for number in range(20_000)) + b">",
        b"<h1>Title</h1>" + b"x" * MAX_CHARACTERS,
    ],
    ids=["elements", "reopened", "attributes", "length"],
)
def test_a_page_that_would_cost_too_much_is_refused(body: bytes) -> None:
    with pytest.raises(NotUnderstood, match=r"more than|longer than"):
        read(body, URL, None)


def test_a_large_page_is_read_within_seconds() -> None:
    paragraph = b"<p>" + b"Protecting children is one of the most important things. " * 10 + b"</p>"
    started = time.monotonic()
    page = read(b"<h1>Title</h1>" + paragraph * 8_000, URL, None)
    assert page.sections[0].text.count("\n\n") == 7_999
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "body",
    [BODY.decode().encode("utf-16"), BODY.decode().encode("cp1252"), BODY.replace("–".encode(), b"\x96")],
    ids=["UTF-16", "windows-1252", "mixed"],
)
def test_another_encoding_gives_the_same_page(body: bytes) -> None:
    assert read(body, URL, "text/html") == read(BODY, URL, "text/html")


def test_the_contents_of_scripts_are_never_text() -> None:
    script = b"<script>var x = 'SECRET <h2>SECRET \xe2\x80\x93 2015</h2>'</script>"
    marked = BODY.replace(b"<p>", script + b"<p>" + script).replace(b"<li>", b"<li>" + script)
    page = read(marked, URL, None)
    assert page == read(BODY, URL, None)
    assert "SECRET" not in repr(page)
