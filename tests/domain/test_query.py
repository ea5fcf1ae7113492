"""What people type into a search, read into terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.query import MOST_TERMS, Query, QueryError, Term, parse_query

ABUSE, POLICE, WALES = Term("abuse"), Term("police"), Term("Wales")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("abuse", [[ABUSE]]),
        ("  abuse\tpolice\n", [[ABUSE], [POLICE]]),
        ('"cause of concern"', [[Term("cause of concern")]]),
        ("“cause of concern” police", [[Term("cause of concern")], [POLICE]]),
        ("«cause of concern»", [[Term("cause of concern")]]),
        ('"cause of concern', [[Term("cause of concern")]]),
        ('abuse"cause of"police', [[ABUSE], [Term("cause of")], [POLICE]]),
        ("abuse OR police", [[ABUSE, POLICE]]),
        ("abuse OR police OR Wales", [[ABUSE, POLICE, WALES]]),
        ("abuse OR police Wales", [[ABUSE, POLICE], [WALES]]),
        ("Wales abuse OR police", [[WALES], [ABUSE, POLICE]]),
        ("OR abuse OR", [[ABUSE]]),
        ("abuse OR OR police", [[ABUSE, POLICE]]),
        ("abuse or police", [[ABUSE], [Term("or")], [POLICE]]),
        ("abuse OR – police", [[ABUSE, POLICE]]),
        ("inspect*", [[Term("inspect", beginning=True)]]),
        ("inspect**", [[Term("inspect", beginning=True)]]),
        ('"inspect*"', [[Term("inspect*")]]),
        ("in*spect", [[Term("in*spect")]]),
        ("harm’s re-inspection", [[Term("harm’s")], [Term("re-inspection")]]),
        ("inspection - revisit", [[Term("inspection")], [Term("revisit")]]),
        ("title:abuse NEAR(a b) ^x", [[Term("title:abuse")], [Term("NEAR(a")], [Term("b)")], [Term("^x")]]),
        ("abuse\x00police\ud800Wales", [[ABUSE], [POLICE], [WALES]]),
        ("in\u00adspect", [[Term("inspect")]]),
        ("2024", [[Term("2024")]]),
    ],
)
def test_words_phrases_and_alternatives_are_wanted(typed: str, wanted: list[list[Term]]) -> None:
    assert parse_query(typed) == Query(tuple(map(tuple, wanted)))


@pytest.mark.parametrize(
    ("typed", "unwanted"),
    [
        ("police -Wales", [WALES]),
        ("police −Wales", [WALES]),
        ('police -"cause of concern"', [Term("cause of concern")]),
        ("police -“cause of concern” -Wales", [Term("cause of concern"), WALES]),
        ("-Wal* police", [Term("Wal", beginning=True)]),
        ("police OR -Wales", [WALES]),
    ],
)
def test_what_has_a_minus_is_unwanted(typed: str, unwanted: list[Term]) -> None:
    assert parse_query(typed) == Query(((POLICE,),), tuple(unwanted))


@pytest.mark.parametrize("typed", ["", " ", "!!!", "-", "*", "OR", '""', "-Wales", '-"Wales"', "– “”", "\x00", "_"])
def test_without_a_word_there_is_nothing_to_look_for(typed: str) -> None:
    with pytest.raises(QueryError, match=r"^name at least one word to look for$"):
        parse_query(typed)


def test_more_words_than_anybody_means_are_refused() -> None:
    assert len(parse_query("a " * MOST_TERMS).wanted) == MOST_TERMS
    with pytest.raises(QueryError, match="more than 32 words"):
        parse_query("a " * (MOST_TERMS + 1))
    with pytest.raises(QueryError, match="more than 1,000 letters"):
        parse_query("a" * 1001)


@given(st.text())
def test_any_text_is_a_query_or_one_of_three_faults(typed: str) -> None:
    try:
        query = parse_query(typed)
    except QueryError:
        return
    terms = [term for group in query.wanted for term in group] + [*query.unwanted]
    assert query.wanted
    assert all(group for group in query.wanted)
    assert all(any(letter.isalnum() for letter in term.text) for term in terms)
    assert not any({"\x00", '"'} & set(term.text) for term in terms)
