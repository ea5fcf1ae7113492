"""The lines of a difference: each changed word is on its side, and what is the same stands opposite itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.columns import CONTEXT_WORDS, Line, Row, Skipped, rows
from notifier.worddiff import Piece, word_diff
from tests.notifier.test_worddiff import texts


def joined(pieces: tuple[Piece, ...]) -> str:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces).strip()


def table(before: str, after: str) -> list[tuple[str, str] | int]:
    return [
        row.count if isinstance(row, Skipped) else (joined(row.before), joined(row.after))
        for row in rows(word_diff(before, after))
    ]


def words(found: tuple[Row, ...], kind: str) -> str:
    pieces = [piece for row in found if isinstance(row, Line) for piece in row.pieces if piece.kind == kind]
    return "".join("".join(piece.text.split()) for piece in pieces).replace("¶", "")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("One.\n\nTwo.", "One.\n\nNew.\n\nTwo.", [("One.", "One."), ("", "{+New.+}"), ("Two.", "Two.")]),
        ("A.\n\nB.\n\nC.", "A.\n\nB.", [("A.", "A."), ("B.[-¶-]", "B."), ("[-C.-]", "")]),
        ("made 11 of them", "made 12 of them", [("made [-11-] of them", "made {+12+} of them")]),
        ("here, as relevant.", "here, yearly.\n\nNew.", [("here, [-as relevant-].", "here, {+yearly.\n\nNew+}.")]),
        ("", "One.\n• Two.", [("", "{+One.+}"), ("", "{+• Two.+}")]),
        ("a\xa0b", "a b", [("a[-‹U+00A0›-]b", "a b")]),
        ("chil\xaddren", "children", [("[-chil‹U+00AD›dren-]", "{+children+}")]),
        ("user", "user\u202egnp", [("user", "user{+‹U+202E›gnp+}")]),
        ("same", "same", []),
    ],
)
def test_a_difference_reads_well_in_two_columns(before: str, after: str, shown: list[tuple[str, str]]) -> None:
    assert table(before, after) == shown


def test_of_unchanged_lines_those_beside_a_change_are_shown() -> None:
    lines = [f"line {number}" for number in range(9)]
    found = table("\n".join(lines), "\n".join(lines).replace("line 4", "line four"))
    assert found == [
        3,
        ("line 3", "line 3"),
        ("line [-4-]", "line {+four+}"),
        ("line 5", "line 5"),
        3,
    ]


def test_a_long_unchanged_stretch_keeps_what_stands_around_a_change() -> None:
    many = " ".join(f"w{number}" for number in range(200))
    ((before, after),) = table(f"{many} old {many}", f"{many} new {many}")  # type: ignore[misc]
    assert before.startswith("… w176")
    assert before.endswith("w23 …")
    assert "[-old-]" in before
    assert "{+new+}" in after
    assert len(before.split()) == 2 * CONTEXT_WORDS + 3


@given(texts, texts)
def test_every_word_that_differs_is_shown(before: str, after: str) -> None:
    diff = word_diff(before, after)
    found = rows(diff)
    visible = [piece for piece in diff.pieces if "‹" not in piece.text and piece.text.isprintable()]
    if len(visible) == len(diff.pieces):
        for kind in ("removed", "added"):
            differing = "".join("".join(piece.text.split()) for piece in diff.pieces if piece.kind == kind)
            assert words(found, kind) == differing.replace("¶", "")
    assert bool(found) >= any(piece.kind != "same" and not piece.text.isspace() for piece in diff.pieces)


@given(
    st.lists(st.sampled_from(["a", "b", "c d"]), max_size=8), st.lists(st.sampled_from(["a", "b", "c e"]), max_size=8)
)
def test_unchanged_lines_are_the_same_on_both_sides(before: list[str], after: list[str]) -> None:
    for row in rows(word_diff("\n".join(before), "\n".join(after))):
        if isinstance(row, Line) and not row.changed:
            assert row.before == row.after == row.together


def test_a_large_rewrite_shows_every_word() -> None:
    before = "\n".join(f"old {number}" for number in range(3_000))
    after = "\n".join(f"new {number}x" for number in range(3_000))
    found = rows(word_diff(before, after))
    assert words(found, "removed").count("old") == 3_000
    assert words(found, "added").count("new") == 3_000
