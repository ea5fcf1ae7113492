"""The word-level difference: both texts can be read out of it, it reads well, and its cost is bounded."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.worddiff import MOST_PIECES, MOST_WORDS, Piece, as_text, excerpt, word_diff

texts = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(["far", "outweighed", "We", "made", "11", " ", "  ", "\n", "\n\n", "• ", ".", "’"])).map(
        "".join
    ),
)


@given(texts, texts)
def test_both_texts_can_be_read_out_of_the_pieces(before: str, after: str) -> None:
    pieces = word_diff(before, after).pieces
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert all(piece.text for piece in pieces)


@given(texts.filter(bool))
def test_a_text_and_itself_are_one_piece_and_nothing_to_show(text: str) -> None:
    diff = word_diff(text, text)
    assert diff.pieces == (Piece("same", text),)
    assert excerpt(diff) == ()


@given(texts, texts)
@example(before=":000000 000", after=": 000000 000")
def test_the_plain_text_of_an_excerpt_marks_every_difference_but_that_of_spaces(before: str, after: str) -> None:
    shown = as_text(excerpt(word_diff(before, after)))
    if before.split() != after.split():
        assert "[-" in shown or "{+" in shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("evidence far outweighed it", "evidence outweighed it", "evidence [-far-] outweighed it"),
        ("made 11 of them", "made 12 of them", "made [-11-] {+12+} of them"),
        ("the old cat sat", "a young dog sat", "[-the old cat-] {+a young dog+} sat"),
        ("One.\n\nTwo.", "One.\n\nNew.\n\nTwo.", "One.\n\n{+New.+}\n\nTwo."),
        ("One.\n\nTwo.", "One. Two.", "One.[-¶-] Two."),
        ("as relevant.", "as relevant", "as relevant[-.-]"),
        ("children’s homes", "children’s needs", "children’s [-homes-] {+needs+}"),
    ],
)
def test_a_difference_reads_well_in_plain_text(before: str, after: str, shown: str) -> None:
    assert as_text(word_diff(before, after).pieces) == shown


def test_an_excerpt_keeps_the_edges_of_long_unchanged_stretches() -> None:
    words = [f"w{number}" for number in range(60)]
    before = " ".join(words)
    after = before.replace("w10 ", "").replace("w50", "w50x")
    assert as_text(excerpt(word_diff(before, after), context_words=3)) == (
        "… w7 w8 w9 [-w10-] w11 w12 w13 … w47 w48 w49 [-w50-] {+w50x+} w51 w52 w53 …"
    )


def test_an_excerpt_of_a_rewritten_page_is_bounded() -> None:
    lines = [f"line {number}" for number in range(3_000)]
    edited = [line if number % 2 else f"{line} edited" for number, line in enumerate(lines)]
    shown = excerpt(word_diff("\n".join(lines), "\n".join(edited)))
    assert len(shown) < 4 * MOST_PIECES
    assert shown[-1].text == " …"
    monster = excerpt(word_diff("short", "x" * 1_000_000))
    assert sum(len(piece.text) for piece in monster) < 50_000


def test_words_beyond_the_limit_are_shown_whole_and_said_to_be() -> None:
    before = " ".join(f"a{number}" for number in range(MOST_WORDS + 1))
    after = " ".join(f"b{number}" for number in range(MOST_WORDS + 1))
    diff = word_diff(f"same {before} end", f"same {after} end")
    assert diff.cut
    assert [piece.kind for piece in diff.pieces] == ["same", "removed", "added", "same"]
    assert not word_diff("same", "other").cut


@pytest.mark.parametrize("separator", [" ", "\n"])
def test_a_megabyte_takes_a_bounded_time(separator: str) -> None:
    before = separator.join(f"word{number}" for number in range(100_000))
    rewritten = separator.join(f"other{number}" for number in range(100_000))
    edited = before.replace("word50000", "edited")
    began = time.perf_counter()
    assert word_diff(before, rewritten).cut
    diff = word_diff(before, edited)
    assert time.perf_counter() - began < 5
    assert [piece.text for piece in diff.pieces if piece.kind == "removed"] == ["word50000"]
    assert not diff.cut
