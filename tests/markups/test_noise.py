"""What tells a reader nothing, in every markup; and that one word of content always tells one thing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.compare import compare, loud
from scraper.read import read
from scraper.text import is_noise
from tests.markups.around import Around
from tests.markups.content import CONTENT, Content, Linked, reworded
from tests.markups.edits import undated
from tests.markups.markups import MARKUPS, page_of
from tests.markups.noise import NOISES, mangled

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12)


def pieces(content: Content) -> list[str]:
    """Every piece of text that `reworded` hands over: titles, and text between and within links."""
    found: list[str] = []
    reworded(content, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    return found


def with_word(content: Content, piece: int, place: int, word: str, kind: str) -> Content:
    """The content with one word of one of its pieces replaced, deleted, or preceded by another."""
    seen = -1

    def edited(text: str) -> str:
        nonlocal seen
        seen += 1
        if seen != piece:
            return text
        spans = list(re.finditer(r"[\w’]+", text))
        span = spans[place % len(spans)]
        new = {"replace": word, "delete": "", "insert": f"{word} {span[0]}"}[kind]
        return text[: span.start()] + new + text[span.end() :]

    return reworded(content, edited)


PIECES = pieces(CONTENT)
IN_SENTENCES = [
    place
    for place, text in enumerate(PIECES)
    if len(re.findall(r"[\w’]+", text)) > 1 and text not in {entry.title for entry in CONTENT.related}
]


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("name", NOISES)
def test_noise_is_told_to_nobody(name: str, markup: str) -> None:
    before, after = (page_of(CONTENT, markup, around) for around in NOISES[name])
    assert loud(compare(before, after)) == loud(compare(after, before)) == ()


@pytest.mark.parametrize("markup", MARKUPS)
def test_related_reports_are_no_news(markup: str) -> None:
    others = (Linked("Another report", "/publications/another-report/"), *CONTENT.related)
    edited = replace(CONTENT, related=others)
    assert loud(compare(page_of(CONTENT, markup), page_of(edited, markup))) == ()
    assert loud(compare(page_of(edited, markup), page_of(replace(CONTENT, related=others[:1]), markup))) == ()


@pytest.mark.parametrize("markup", MARKUPS)
def test_an_encoding_that_is_spoilt_or_repaired_is_no_news(markup: str) -> None:
    quoted = reworded(CONTENT, lambda text: text.replace("children", "“children”").replace(" of ", "\u00a0of "))
    right = page_of(quoted, markup)
    html = MARKUPS[markup](quoted, Around())
    spoilt = read(mangled(html).encode(), quoted.address, "text/html; charset=utf-8")
    assert loud(compare(right, spoilt)) == loud(compare(spoilt, right)) == ()
    assert [report.published for report in spoilt.reports] == [report.published for report in right.reports]
    assert [report.key for report in spoilt.reports] == [report.key for report in right.reports]


def test_the_history_keeps_that_an_encoding_was_repaired() -> None:
    spoilt = read(mangled(MARKUPS["flat"](CONTENT, Around())).encode(), CONTENT.address, "text/html; charset=utf-8")
    changes = compare(spoilt, page_of(CONTENT, "flat"))
    assert ("report-changed", True) in {(change.kind.value, change.quiet) for change in changes}
    assert spoilt.reports[0].title.startswith("The Metropolitan Police Serviceâ€™s handling")


@settings(max_examples=120, deadline=None)
@given(
    st.sampled_from(list(MARKUPS)),
    st.sampled_from(IN_SENTENCES),
    st.integers(0, 200),
    WORDS,
    st.sampled_from(["replace", "delete", "insert"]),
)
def test_one_word_edited_is_one_thing_told(markup: str, piece: int, place: int, word: str, kind: str) -> None:
    edited = with_word(CONTENT, piece, place, word, kind)
    assert len(loud(compare(page_of(CONTENT, markup), page_of(edited, markup)))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "Last reviewed by the force in 2019, it found poor practice",
        "Updated 11 of the 12 forces",
        "Reviewed on 3 of the days",
        "Last updated guidance was published by the College",
        "1,234 views of victims",
        "We checked 200 cases on 3 March 2024",
    ],
)
def test_a_line_of_content_is_no_noise(line: str) -> None:
    assert not is_noise(line)


@pytest.mark.parametrize("markup", MARKUPS)
def test_a_section_of_prose_is_content_whatever_its_heading_says(markup: str) -> None:
    edited = reworded(CONTENT, lambda text: text.replace("Future inspections", "Related inspections"))
    (change,) = loud(compare(page_of(CONTENT, markup), page_of(edited, markup)))
    assert (change.kind.value, change.title) == ("section-renamed", "Related inspections")


def test_a_section_that_links_to_publications_stays_a_section() -> None:
    html = MARKUPS["flat"](undated(CONTENT, 0), Around()).replace(
        "<h2>Future inspections</h2>", '<h2><a href="/publications/plans/">Future inspections</a></h2>'
    )
    page = read(html.encode(), CONTENT.address, "text/html")
    assert "Future inspections" in [section.title for section in page.sections]
    assert len(page.reports) == len(CONTENT.reports)
