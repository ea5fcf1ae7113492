"""A comparison as a page and as Markdown: word for word, safe with any page, readable on screens and on paper."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from domain.change import ChangeKind, FieldChange
from domain.page import Page
from notifier.comparison import Comparison, telling
from notifier.comparison_html import as_html
from notifier.comparison_markdown import as_markdown
from notifier.worddiff import MOST_WORDS
from tests.notifier.comparisons import (
    GOLDEN,
    HOSTILE,
    IMPORTED,
    LOUD,
    NOTHING,
    TYPESET,
    VERSION,
    WHOLE,
    documents,
)
from tests.notifier.letters import FUTURE, LONDON, changed
from tests.notifier.test_looks import AA, contrast

COLUMNS: list[Literal[1, 2]] = [1, 2]
TAGS = {
    "-comment", "-doctype", "-text", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "dl",
    "div", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "caption", "section", "span", "a", "p", "ul", "li",
    "del", "ins", "footer",
}  # fmt: skip
ATTRIBUTES = {"class", "href", "rel", "role", "scope", "colspan", "aria-colspan", "data-side", "lang", "charset"}
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def parsed(comparison: Comparison, columns: Literal[1, 2] = 2) -> LexborHTMLParser:
    return LexborHTMLParser(as_html(comparison, LONDON, VERSION, columns))


@pytest.mark.parametrize("name", documents())
def test_a_comparison_reads_as_it_did(name: str) -> None:
    assert documents()[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_no_other_golden_file_is_there() -> None:
    assert {Path(file.name) for file in GOLDEN.iterdir()} == set(map(Path, documents()))


@pytest.mark.parametrize("columns", COLUMNS)
def test_a_page_that_means_harm_is_shown_and_does_none(columns: Literal[1, 2]) -> None:
    html = as_html(HOSTILE, LONDON, VERSION, columns)
    tree = LexborHTMLParser(html)
    nodes = tree.css("*")
    assert {node.tag for node in nodes} <= TAGS
    names = {name for node in nodes if node.tag != "meta" for name in node.attributes}
    assert names <= ATTRIBUTES
    addresses = {str(node.attributes["href"]) for node in tree.css("[href]")}
    assert all(address.startswith("https://hmicfrs.justiceinspectorates.gov.uk/") for address in addresses)
    assert len(tree.css("style")) == len(tree.css("title")) == len(tree.css("main")) == 1
    body = tree.body.text() if tree.body else ""
    for harm in ("<script>alert(1)</script>", "</style></title><img src=x onerror=alert(1)>", "{{ told }} {% raw %}"):
        assert harm in body
    assert "‹U+202E›gnp.exe‹U+2066›" in body
    inert = {unicodedata.category(character) for character in html if character != "\n"}
    assert not inert & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("columns", COLUMNS)
def test_the_page_needs_and_fetches_nothing(columns: Literal[1, 2]) -> None:
    tree = parsed(WHOLE, columns)
    (policy,) = tree.css('meta[http-equiv="Content-Security-Policy"]')
    assert policy.attributes["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert not tree.css("script, link, img, iframe, object, form, [src], [style], base")
    (style,) = tree.css("style")
    assert "url(" not in style.text()
    assert "@import" not in style.text()
    assert all(node.attributes["rel"] == "noopener noreferrer" for node in tree.css("a"))


def test_the_header_says_which_page_and_which_two_states() -> None:
    tree = parsed(WHOLE)
    (heading,) = tree.css("h1")
    assert heading.text() == "What changed: Child abuse and child protection issues"
    rows = [[cell.text() for cell in row.css("th, td")] for row in tree.css(".states tr")]
    assert rows == [
        ["", "Before", "After"],
        ["Snapshot", "2", "3"],
        ["First seen", "15 January 2025, 09:00 GMT", "3 March 2025, 15:00 GMT"],
        ["Last seen", "3 March 2025, 09:00 GMT", "3 June 2025, 16:00 BST"],
        ["SHA-256 of the bytes", WHOLE.before.sha256, WHOLE.after.sha256],
    ]
    assert "last seen as it was 3 March 2025, 09:00 GMT, first seen changed 3 March 2025, 15:00 GMT" in (
        tree.css("dl")[0].text()
    )
    assert "Source" in parsed(IMPORTED).css(".states")[0].text()


def test_the_page_can_be_heard_and_found_through() -> None:
    tree = parsed(WHOLE)
    assert tree.css("html")[0].attributes["lang"] == "en-GB"
    levels = [int(str(node.tag)[1]) for node in tree.css("h1, h2, h3")]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    for grid in tree.css("table"):
        assert [node.attributes["scope"] for node in grid.css("thead th")] == ["col", "col"]
    assert all(node.attributes["role"] for node in tree.css("table, thead, tbody, tr, th, td"))


def test_what_was_removed_is_left_and_what_was_added_right() -> None:
    for row in parsed(WHOLE).css("tbody tr"):
        sides = row.css("td")
        if len(sides) == len(COLUMNS):
            assert not sides[0].css("ins")
            assert not sides[1].css("del")
    one = parsed(WHOLE, 1)
    assert not one.css(".text, .fields")
    assert one.css(".words del")
    assert one.css(".words ins")


def test_quiet_changes_stand_apart() -> None:
    tree = parsed(WHOLE)
    assert [node.text() for node in tree.css(".quiet h3 .happened")] == ["Report moved:", "Section edited:"]
    assert len(tree.css(".change:not(.quiet)")) == 5
    markdown = as_markdown(WHOLE, LONDON, VERSION)
    assert markdown.index("## Quiet changes") < markdown.index("### Report moved")
    assert "Five changes and two quiet changes between the two." in markdown


def test_quiet_changes_that_are_not_shown_are_counted() -> None:
    note = "Two quiet changes are not shown (type-setting, order and the like): --quiet-changes shows them."
    assert parsed(LOUD).css(".summary + .note")[0].text() == note
    assert note in as_markdown(LOUD, LONDON, VERSION)
    assert telling(IMPORTED, LONDON).summary == "Nothing changed between the two, but for quiet changes."


def test_nothing_changed_is_said() -> None:
    tree = parsed(NOTHING)
    assert tree.css(".summary")[0].text() == "Nothing changed between the two."
    assert not tree.css(".change, .quiet-heading, .note")
    assert "When:" not in tree.css("dl")[0].text()
    assert "Nothing changed between the two." in as_markdown(NOTHING, LONDON, VERSION)


def test_a_change_of_spaces_alone_and_one_too_large_are_said_to_be_that() -> None:
    spaces = changed(ChangeKind.SECTION_CHANGED, FUTURE, replace(FUTURE, text=FUTURE.text + " "))
    large = changed(
        ChangeKind.SECTION_CHANGED,
        replace(FUTURE, text=" ".join(f"a{number}" for number in range(MOST_WORDS + 1))),
        replace(FUTURE, text=" ".join(f"b{number}" for number in range(MOST_WORDS + 1))),
    )
    told = telling(replace(NOTHING, changes=(spaces, large, TYPESET)), LONDON)
    assert [entry.note for entry in told.loud] == [
        "The text differs in nothing but spaces.",
        "The change is too large to compare word by word: it is shown as a whole.",
        None,
    ]
    for text in (as_html(LOUD, LONDON, VERSION), as_markdown(LOUD, LONDON, VERSION)):
        assert "too large" not in text
    page = as_html(replace(NOTHING, changes=(large,)), LONDON, VERSION)
    assert all(words in page for words in ("too large", f"a{MOST_WORDS}", f"b{MOST_WORDS // 2}"))


def test_a_page_without_a_title_goes_by_the_name_of_its_watch() -> None:
    nameless = Page(NOTHING.url, "")
    edited = changed(ChangeKind.PAGE_CHANGED, nameless, nameless, {"topics": FieldChange([], ["One"])})
    comparison = replace(NOTHING, title="", changes=(edited,))
    assert parsed(comparison).css("h1")[0].text() == "What changed: child-protection"
    assert "## Page edited: (no title)" in as_markdown(comparison, LONDON, VERSION)


def test_times_are_those_of_the_zone() -> None:
    summer = replace(NOTHING, after=replace(NOTHING.after, captured_at=datetime(2025, 7, 1, 12, tzinfo=UTC)))
    assert "1 July 2025, 13:00 BST" in as_html(summer, LONDON, VERSION)


def test_markdown_of_a_page_that_means_harm_has_no_markup_of_its() -> None:
    html = MARKDOWN.render(as_markdown(HOSTILE, LONDON, VERSION))
    tree = LexborHTMLParser(html)
    tags = {node.tag for node in tree.css("body *")}
    assert tags <= {"h1", "h2", "ul", "li", "p", "code", "blockquote", "s", "strong", "em", "hr", "br"}
    assert {node.text() for node in tree.css("code")} == {NOTHING.before.sha256, NOTHING.after.sha256}
    assert [node.tag for node in tree.css("h1, h2")].count("h2") == len(HOSTILE.changes)
    assert "<script>alert(1)</script>" in (tree.body.text() if tree.body else "")


def test_markdown_marks_what_the_page_marks() -> None:
    tree = LexborHTMLParser(MARKDOWN.render(as_markdown(WHOLE, LONDON, VERSION)))
    page = parsed(WHOLE, 1)
    gone = [node.text() for node in page.css(".words del, li del")]
    struck = [node.text() for node in tree.css("s") if node.text() != "words taken out"]
    assert "".join("".join(struck).split()) == "".join("".join(gone).split())
    assert all(str(node.attributes["href"]).startswith("https://") for node in tree.css("a"))


def colours(html: str, scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{([^}]*)\}", html.partition("@page")[0])
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_stand_out_from_their_ground(scheme: str) -> None:
    found = colours(as_html(WHOLE, LONDON, VERSION), scheme)
    pairs = [
        ("ink", "ground"), ("soft", "ground"), ("link", "ground"), ("link", "band"), ("soft", "faint"), ("ink", "band"),
        ("link", "faint"), ("gone", "gone-ground"), ("new", "new-ground"), ("ink", "faint"),
    ]  # fmt: skip
    for one, other in pairs:
        assert contrast(found[one], found[other]) >= AA, (one, other)


def test_on_paper_the_difference_needs_no_colour() -> None:
    html = as_html(WHOLE, LONDON, VERSION)
    assert "del { color: var(--gone); background: var(--gone-ground); text-decoration: line-through; }" in html
    assert "ins { color: var(--new); background: var(--new-ground); text-decoration: underline; }" in html
    printed = html.partition("@media print {")[2]
    assert set(re.findall(r"--(?:gone|new|ink): (#[0-9a-f]{6})", printed)) == {"#000000"}
    assert "@page { size: A4;" in html
