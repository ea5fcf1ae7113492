"""Page text in Markdown: read by a parser of CommonMark, it is the text it was, and marks up nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from notifier.markdown import escaped, line_of
from notifier.worddiff import Piece

READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OUTSIDE = {"html", "head", "body"}
HAIR_SPACE = "\u200a"

shown = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=60)
hostile = st.lists(
    st.sampled_from(
        [*"\\`*_{}[]()<>#+-.!|~&$=:@\"' x1•", "www.", "http://a.b", "&amp;", "1.", "~~", "**", "```", "<b>"]
    )
).map("".join)
texts = shown | hostile


def read(markdown: str) -> tuple[str, list[str]]:
    """The text of the document as a browser would have it, and the names of its tags."""
    tree = LexborHTMLParser(READER.render(markdown))
    assert tree.body is not None
    return tree.body.text(), [str(node.tag) for node in tree.css("*") if node.tag not in OUTSIDE]


def plain(text: str) -> str:
    return " ".join(text.replace(HAIR_SPACE, " ").split())


@given(texts)
@example("1. one")
@example("- one")
@example("=== ")
@example("    code")
@example("\\")
@example("&#60;b&#62;")
def test_a_line_of_any_text_is_one_paragraph_that_says_the_same(text: str) -> None:
    said, tags = read(line_of([Piece("same", text)]))
    assert said.strip() == " ".join(text.strip().split("\n")).strip()
    assert tags == (["p"] if text.strip() else [])


@given(texts, texts, texts, texts)
@example("relevant", ".", "", "")
@example("a", "(b)", "(c)", "d")
@example("$", "x", "", "$")
@example("a", "😀", "", "b")
def test_what_was_taken_out_is_struck_and_what_was_put_in_is_bold(one: str, gone: str, new: str, two: str) -> None:
    line = line_of(
        [Piece("same", one), Piece("removed", gone), Piece("same", " "), Piece("added", new), Piece("same", two)]
    )
    said, tags = read(f"start {line} end")
    assert plain(said).replace(" ", "") == f"start{one}{gone}{new}{two}end".translate(
        str.maketrans("", "", spaces(line))
    )
    assert tags == ["p", *(["s"] if gone.strip() else []), *(["strong"] if new.strip() else [])]


def spaces(line: str) -> str:
    return " " + "".join(sorted({c for c in line if unicodedata.category(c) == "Zs"}))


@given(texts)
def test_a_title_of_any_text_is_a_title_that_says_the_same(text: str) -> None:
    said, tags = read(f"## New report: {escaped(text)}")
    assert plain(said) == plain(f"New report: {text}")
    assert tags == ["h2"]


@pytest.mark.parametrize(
    "address", ["http://evil.example", "HTTPS://evil.example", "www.evil.example", "mailto:a@b.example"]
)
def test_an_address_becomes_no_link_by_itself(address: str) -> None:
    assert "\\:" in escaped(address) or "\\." in escaped(address)
    assert read(escaped(address)) == (f"{address}\n", ["p"])


def test_two_marks_of_one_kind_are_one() -> None:
    assert line_of([Piece("added", "new."), Piece("added", "¶")]) == "**new.¶**"
