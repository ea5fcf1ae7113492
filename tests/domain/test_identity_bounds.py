"""Where one rule of identity ends and the next begins: thresholds, ties, records that share what should be unique."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain import identity
from domain.identity import match_reports, match_sections, why_same
from domain.page import PublicationDate
from tests.domain.records import report, section

DAY = PublicationDate(2024, 5, 1)
WORDS = "one two three four five"


@pytest.mark.parametrize(("text", "same"), [("one two three x y", True), ("one two w x y", False)])
def test_a_section_renamed_keeps_six_words_in_ten(text: str, *, same: bool) -> None:
    one, other = section("Before", text=WORDS), section("Another", text=text)
    assert bool(match_sections([one], [other]).pairs) is same


@pytest.mark.parametrize(
    ("title", "text", "same"),
    [
        ("one two three x y", "one two three four y", True),
        ("one two three x y", "one two three x y", False),
        ("one two w x y", WORDS, False),
        (f"{WORDS} again", "nothing of it", False),
    ],
)
def test_a_report_under_another_address_and_title_is_like_in_title_and_text(
    title: str, text: str, *, same: bool
) -> None:
    one = report("a", title=WORDS, text=WORDS, published=DAY)
    other = report("b", title=title, text=text, published=DAY)
    assert bool(match_reports([one], [other]).pairs) is same


def test_names_that_both_titles_have_part_no_reports() -> None:
    one = report("a", title="Child protection in Kent and beyond", published=DAY)
    other = report("b", title="Child protection in Kent", published=DAY)
    assert match_reports([one], [other]).pairs == ((one, other),)


def test_of_reports_at_one_address_those_of_one_title_belong_together() -> None:
    url = "https://police.example/all/"
    long, longer = "a b c d e f g h", "i j k l m n o p"
    first, second = report("a", title="North", url=url, text=long), report("b", title="South", url=url, text=longer)
    others = [replace(first, key="c", text=longer), replace(second, key="d", text=long)]
    assert match_reports([first, second], others).pairs == ((first, others[0]), (second, others[1]))


@pytest.mark.parametrize(
    ("area", "other", "same"),
    [
        ("Norfolk", "Norfolk Constabulary", True),
        (None, "Norfolk", True),
        ("Norfolk", None, True),
        (None, None, True),
        ("Norfolk", "Essex", False),
        ("Norfolk Police", "Essex Police", False),
        ("Metropolitan Service", "Essex Service", False),
    ],
)
def test_at_an_address_that_several_share_the_area_decides_too(
    area: str | None, other: str | None, *, same: bool
) -> None:
    url = "https://police.example/all/"
    one = replace(report("a", title="First look", url=url, text="Words of one sort."), area=area)
    beside = replace(report("b", title="Another", url=url, text="Quite different."), area="Cumbria")
    later = replace(report("c", title="Follow up", url=url, text="Words of one sort again."), area=other)
    assert ((one, later) in match_reports([one, beside], [later]).pairs) is same
    assert ((later, one) in match_reports([later], [one, beside]).pairs) is same
    assert match_reports([one], [later]).pairs == ((one, later),)


def test_a_section_of_one_title_is_the_same_elsewhere_whatever_it_says() -> None:
    one, other = section("A", "Same", text="all of this"), section("B", "Same", text="nothing like it")
    assert match_sections([one], [other]).pairs == ((one, other),)


def test_of_records_that_are_equally_like_the_equal_one_is_the_same() -> None:
    url = "https://police.example/all/"
    kept = report("b", title="Title", url=url)
    kept = replace(kept, key="b")
    twin = replace(kept, key="a", recommendations=1)
    matching = match_reports([kept], [twin, kept])
    assert (matching.pairs, matching.added) == (((kept, kept),), (twin,))


@pytest.mark.parametrize(("most", "by_key"), [(6, False), (5, True)])
def test_too_many_of_one_trait_are_paired_in_the_order_of_their_keys(
    monkeypatch: pytest.MonkeyPatch, most: int, *, by_key: bool
) -> None:
    monkeypatch.setattr(identity, "MOST_LIKENESSES", most)

    def made(key: str, **fields: Any) -> Any:
        return replace(report(key, title="Title", url="https://police.example/all/", **fields), key=key)

    b, a = made("b", text="red blue"), made("a", text="green white")
    e, c, d = made("e", text="nothing"), made("c", text="red blue two"), made("d", text="green white two")
    pairs = match_reports([b, a], [e, d, c]).pairs
    assert set(pairs) == ({(a, c), (b, d)} if by_key else {(b, c), (a, d)})
    assert set(match_reports([e, d, c], [b, a]).pairs) == {(two, one) for one, two in pairs}


def test_a_report_and_a_section_are_never_the_same() -> None:
    with pytest.raises(TypeError, match=r"^a report and a section are never the same$"):
        why_same(report("a"), section("A"))  # type: ignore[type-var]
