"""What the inspectorate's wording says: counts, programme, kind and area, over true sentences and titles."""

from __future__ import annotations

import pytest

from domain.page import Programme, ReportKind
from scraper.areas import area_of
from scraper.wording import causes_of_concern_in, kind_of, programme_of, recommendations_in


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We made 11 recommendations to improve outcomes for children.", 11),
        ("We made nine recommendations and one area for improvement.", 9),
        ("We identified three causes of concern and made 11 recommendations.", 11),
        ("The report makes one recommendation.", 1),
        ("We make twenty-one recommendations.", 21),
        ("We made thirty two further recommendations.", 32),
        ("We made no recommendations.", 0),
        ("We made 21 inspections of forces.", None),
        ("Over 500 children were identified. We conducted 21 inspections.", None),
        ("We examined progress against the nine recommendations of our 2023 report.", None),
        ("We made recommendations.", None),
        ("We made more than 20 recommendations.", None),
        ("We considered 11 recommendations.", None),
        ("", None),
    ],
)
def test_recommendations_are_counted_only_where_they_were_made(text: str, count: int | None) -> None:
    assert recommendations_in(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("We identified two causes of concern.", 2),
        ("We found three causes of concern and made 11 recommendations.", 3),
        ("We issued the force with one accelerated cause of concern.", 1),
        ("Four causes of concern were identified.", 4),
        ("We identified no causes of concern.", 0),
        ("We closed two causes of concern.", None),
        ("We made progress. Two causes of concern remain.", None),
        ("We found that the two causes of concern had been met.", None),
        ("It was a cause of concern.", None),
    ],
)
def test_causes_of_concern_are_counted_only_where_they_were_found(text: str, count: int | None) -> None:
    assert causes_of_concern_in(text) == count


@pytest.mark.parametrize(
    ("title", "section", "programme", "kind"),
    [
        ("Group-based child sexual exploitation", "Thematic reviews", Programme.THEMATIC, ReportKind.INSPECTION),
        (
            "National Child Protection Inspection programme evaluation",
            "Thematic reviews",
            Programme.EVALUATION,
            ReportKind.EVALUATION,
        ),
        (
            "Mistakes were made: HMIC’s review into allegations and intelligence material concerning Jimmy Savile",
            "Thematic reviews",
            Programme.REVIEW,
            ReportKind.REVIEW,
        ),
        ("Cleveland Police: National child protection inspection", "", Programme.NCPI, ReportKind.INSPECTION),
        ("Derbyshire – National child protection re‑inspection", "", Programme.NCPI, ReportKind.RE_INSPECTION),
        ("Staffordshire – National child protection re-inspection", "", Programme.NCPI, ReportKind.RE_INSPECTION),
        (
            "South Yorkshire – National Child Protection Inspection post inspection review",
            "",
            Programme.NCPI,
            ReportKind.POST_INSPECTION_REVIEW,
        ),
        (
            "Metropolitan Police Service – National child protection inspection post-inspection quarter 1 update",
            "",
            Programme.NCPI,
            ReportKind.QUARTERLY_UPDATE,
        ),
        (
            "The Metropolitan Police Service’s handling of exploitation: Causes of concern – revisit",
            "Thematic reviews",
            Programme.THEMATIC,
            ReportKind.REVISIT,
        ),
        ("Exploitation: A progress report", "Thematic reviews", Programme.THEMATIC, ReportKind.PROGRESS_REPORT),
        ("National child protection inspection programme – methodology", "", Programme.NCPI, ReportKind.METHODOLOGY),
        (
            "The policing of online child sexual exploitation (terms of reference)",
            "",
            Programme.THEMATIC,
            ReportKind.TERMS_OF_REFERENCE,
        ),
        (
            "Joint targeted area inspection of the multi-agency response to child exploitation in Halton",
            "",
            Programme.JTAI,
            ReportKind.INSPECTION,
        ),
        ("Joint area child protection inspection – Halton (JTAI)", "", Programme.JTAI, ReportKind.INSPECTION),
        (
            "Joint Inspection of Child Protection Arrangements (JICPA): Powys",
            "",
            Programme.JICPA,
            ReportKind.INSPECTION,
        ),
        ("Serious youth violence", "Joint targeted area inspections (JTAI)", Programme.JTAI, ReportKind.INSPECTION),
        (
            "National Child Protection Inspections: 2019 thematic report",
            "",
            Programme.THEMATIC,
            ReportKind.INSPECTION,
        ),
    ],
)
def test_a_title_tells_programme_and_kind(title: str, section: str, programme: Programme, kind: ReportKind) -> None:
    assert programme_of(title, ("Our inspections", section)) is programme
    assert kind_of(title) is kind


@pytest.mark.parametrize(
    ("title", "area"),
    [
        ("Cleveland Police: National child protection inspection", "Cleveland Police"),
        ("The Metropolitan Police Service’s handling of exploitation of children", "Metropolitan Police Service"),
        ("Norfolk – national child protection inspection", "Norfolk"),
        ("Norfolk National child protection inspection: post-inspection review", "Norfolk"),
        ("Dyfed-Powys – National child protection inspection", "Dyfed-Powys"),
        ("National Child Protection Inspections – Gwent Police 4–15 February 2019", "Gwent Police"),
        ("North Wales Police – national child protection inspection", "North Wales Police"),
        ("Joint targeted area inspection of the multi-agency response to abuse in Sunderland", "Sunderland"),
        ("Joint area child protection inspection – Blackburn with Darwen (JTAI)", "Blackburn with Darwen"),
        ("Joint Inspectorate Review of Child Protection Arrangements (JICPA): Newport, December 2019", "Newport"),
        ("Group-based child sexual exploitation in England and Wales", None),
        ("National Child Protection Inspection programme evaluation", None),
        ("Joint targeted area inspections (JTAI) – England", None),
        ("Online and on the edge: real risks in a virtual world", None),
        ("Kent Police and Crime Commissioner", None),
    ],
)
def test_a_title_names_the_force_or_area(title: str, area: str | None) -> None:
    assert area_of(title, "") == area


def test_the_first_sentence_names_the_force_where_the_title_does_not() -> None:
    text = "We inspected Humberside Police. We also visited Essex Police."
    assert area_of("Child protection", text) == "Humberside Police"
    assert area_of("Child protection", "We visited four forces. One was Essex Police.") is None
