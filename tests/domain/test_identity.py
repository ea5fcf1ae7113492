"""Which records of two pages are the same one."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity import likeness, match_reports, match_sections, why_same
from domain.page import PublicationDate, Report, ReportKind
from domain.typography import folded_title, typographic_form
from tests.domain.records import report, reports, section

NORFOLK = report("norfolk", title="Norfolk – National child protection inspection", published=PublicationDate(2014))
KENT = report("kent", title="Kent – National child protection inspection", published=PublicationDate(2014))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("In harm’s way: The role", "In harm's way: the role"),
        ("re\u2011inspection", "re-inspection"),
        ("child\u00ad abuse\u200b", "Child  Abuse"),
        ("“Time to listen” – A", "'Time to listen' - a"),
        ("Causes of concern – revisit", "Causes of concern: revisit"),
    ],
)
def test_titles_fold_alike(one: str, other: str) -> None:
    assert folded_title(one) == folded_title(other)


@pytest.mark.parametrize(
    ("one", "other"), [("outweighed", "far outweighed"), ("The police", "the police"), ("9 made", "11 made")]
)
def test_words_case_and_figures_are_no_typography(one: str, other: str) -> None:
    assert typographic_form(one) != typographic_form(other)


def test_the_address_decides_before_the_title() -> None:
    retitled = replace(NORFOLK, title="Something else entirely", published=PublicationDate(2019))
    assert match_reports([NORFOLK], [retitled]).pairs == ((NORFOLK, retitled),)


def test_title_and_year_decide_where_the_address_is_new() -> None:
    moved = replace(NORFOLK, url="https://example.org/norfolk/", key="example.org/norfolk/")
    assert match_reports([NORFOLK, KENT], [KENT, moved]).pairs == ((KENT, KENT), (NORFOLK, moved))


def test_the_same_title_in_another_year_is_another_report() -> None:
    later = report("norfolk-2", title=NORFOLK.title, published=PublicationDate(2019))
    matching = match_reports([NORFOLK], [later])
    assert (matching.pairs, matching.removed, matching.added) == ((), (NORFOLK,), (later,))


def test_a_report_without_a_date_is_the_one_that_has_its_title() -> None:
    undated = replace(NORFOLK, published=None, url=None, key="title:norfolk")
    assert match_reports([undated], [NORFOLK]).pairs == ((undated, NORFOLK),)


def test_two_forces_with_like_titles_are_never_merged() -> None:
    assert match_reports([NORFOLK], [KENT]).pairs == ()


@given(reports(), reports(), st.randoms(use_true_random=False))
def test_matching_is_one_to_one_and_does_not_depend_on_order(
    one: tuple[Report, ...], two: tuple[Report, ...], chance: random.Random
) -> None:
    matching = match_reports(one, two)
    left = [a.key for a, _ in matching.pairs] + [record.key for record in matching.removed]
    right = [b.key for _, b in matching.pairs] + [record.key for record in matching.added]
    assert (sorted(left), sorted(right)) == (sorted(r.key for r in one), sorted(r.key for r in two))
    shuffled, others = list(one), list(two)
    chance.shuffle(shuffled)
    chance.shuffle(others)
    assert set(match_reports(shuffled, others).pairs) == set(matching.pairs)


def test_a_section_is_known_by_its_path_then_its_title_then_its_text() -> None:
    one, two = section("A", "Same", text="a"), section("B", "Same", text="b")
    assert match_sections([one, two], [two, one]).pairs == ((two, two), (one, one))
    lifted = section("Same", text="a")
    assert match_sections([one], [lifted]).pairs == ((one, lifted),)
    renamed = section("Other", text="a")
    assert match_sections([one], [renamed]).pairs == ((one, renamed),)
    assert match_sections([one], [section("Other", text="z")]).pairs == ()


def test_likeness_runs_from_none_to_all() -> None:
    assert likeness("a b", "c d") == 0.0
    assert likeness("a b c", "a b d") == pytest.approx(2 / 3)
    assert likeness("A, b!", "a b") == 1.0
    assert likeness("", "") == 0.0


LONG = "We inspected how well the police respond to the exploitation of children. We made nine recommendations."
GROUP = report(
    "group-based",
    title="Group-based child sexual exploitation",
    published=PublicationDate(2023, 12, 8),
    text=LONG,
)


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"title": "Response to group-based child sexual exploitation", "text": LONG}, True),
        ({"title": "Response to group-based child sexual exploitation", "published": PublicationDate(2023, 12)}, True),
        ({"title": "Response to group-based child sexual exploitation", "published": PublicationDate(2024)}, False),
        ({"title": "Response to group-based child sexual exploitation", "published": None}, False),
        ({"title": "Group-based child sexual exploitation: progress", "kind": ReportKind.PROGRESS_REPORT}, False),
        ({"title": "Group-based child sexual exploitation in Kent", "area": "Kent"}, False),
        ({"title": "Group-based child sexual exploitation 2"}, False),
        ({"title": "Serious youth violence", "text": "Something else was looked at here."}, False),
    ],
)
def test_with_address_and_title_changed_at_once_likeness_decides(changed: dict[str, Any], same: bool) -> None:
    moved = replace(GROUP, url="https://example.org/other/", key="example.org/other/", **changed)
    assert bool(match_reports([GROUP], [moved]).pairs) is same


def test_two_places_inspected_on_one_day_are_two_reports_however_alike() -> None:
    one = report(
        "a", title="Joint targeted area inspection: Sunderland", published=PublicationDate(2024, 5, 1), text=LONG
    )
    two = report("b", title="Joint targeted area inspection: Walsall", published=PublicationDate(2024, 5, 1), text=LONG)
    assert match_reports([one], [two]).pairs == ()


def test_what_was_held_to_be_the_same_says_why() -> None:
    elsewhere = replace(GROUP, url="https://example.org/other/", key="example.org/other/")
    assert why_same(GROUP, replace(GROUP, title="Other")) == "the same address"
    assert why_same(GROUP, elsewhere) == "the same title and year"
    assert why_same(GROUP, replace(elsewhere, published=None)) == "the same title"
    retitled = replace(elsewhere, title="Response to group-based child sexual exploitation")
    assert why_same(GROUP, retitled) == "likeness of title, date and text: 0.92, of at least 0.7"
    assert why_same(section("A", text="a b"), section("A", text="c")) == "the same heading"
    assert why_same(section("A", text="a b"), section("B", text="a b")) == "likeness of the text: 1.00, of at least 0.6"
