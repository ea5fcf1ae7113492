"""Dates as published: every form that was seen reads back, and no range, scope or correction note is one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.page import Precision, PublicationDate
from scraper.dates import is_published_label, parse_date, parse_moment, parse_published, parse_tail, split_title

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))
DASHES = st.sampled_from((" – ", " — ", " - ", "\u00a0– ", " –\u00a0", "–"))
TITLES = st.sampled_from(
    (
        "In harm’s way: the role of the police in keeping children safe",
        "National Child Protection Inspections: 2019 thematic report",
        "Mistakes were made: allegations between 1964 and 2012",
        "The Metropolitan Police Service’s handling: Causes of concern – revisit",
        "Norfolk National child protection inspection: post-inspection review",
        "National Child Protection Inspections – Gwent Police 4–15 February 2019",
        "Metropolitan Police Service – post-inspection quarter 4 update",
    )
)


def ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


@st.composite
def published(draw: st.DrawFn) -> tuple[str, str]:
    """A date in a form that was seen, and what it states in ISO."""
    day = draw(DAYS)
    month = MONTHS[day.month - 1]
    forms = {
        f"{day.day} {month} {day.year}": day.isoformat(),
        f"{day.day:02} {month} {day.year}": day.isoformat(),
        f"{ordinal(day.day)} {month} {day.year}": day.isoformat(),
        f"{day.day} {month[:3]} {day.year}": day.isoformat(),
        f"{day.day}\u00a0{month} {day.year}": day.isoformat(),
        day.isoformat(): day.isoformat(),
        f"{month} {day.year}": day.isoformat()[:7],
        f"{month[:3]} {day.year}": day.isoformat()[:7],
        f"{day.year}": day.isoformat()[:4],
    }
    return draw(st.sampled_from(sorted(forms.items())))


@given(published())
def test_a_date_in_any_form_reads_back(form: tuple[str, str]) -> None:
    text, iso = form
    found = parse_date(text)
    assert found is not None
    assert found.iso == iso
    assert found.text == text.replace("\u00a0", " ")


@given(TITLES, DASHES, published())
def test_a_heading_is_parted_at_its_last_dash(title: str, dash: str, form: tuple[str, str]) -> None:
    text, iso = form
    is_span = dash == "–" and len(iso) == 4 and title.endswith("2012")
    if is_span or (dash == "–" and title.endswith("2019")) or text == iso != iso[:4]:
        return
    assert split_title(f"{title}{dash}{text}") == (title, parse_date(text))


@given(DAYS, st.integers(1, 20), st.sampled_from(("–", "-", "—", " – ", " to ", " - ")))
def test_a_range_of_days_is_no_date(first: date, length: int, joint: str) -> None:
    last = first + timedelta(days=length)
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    begins = [f"{first.day} {MONTHS[first.month - 1]}", f"{first.day} {MONTHS[first.month - 1]} {first.year}"]
    begins += [str(first.day)] if first.month == last.month else []
    for begin in begins:
        heading = f"National Child Protection Inspections – Gwent Police {begin}{joint}{end}"
        assert split_title(heading) == (heading, None)
        assert parse_date(f"{begin}{joint}{end}") is None


@pytest.mark.parametrize(
    "heading",
    [
        "Joint targeted area inspections (JTAI) – England",
        "National child protection inspections (NCPI) – England and Wales",
        "Joint inspections of child protection arrangements (JICPA) – Wales",
        "Gwent Police 4–15 February 2019",
        "Gwent – 4–15 February 2019",
        "Gwent Police 4 to 15 February 2019",
        "Dorset Police 12 April–23 April 2021",
        "Dorset Police – 12 April 2021 – 23 April 2021",
        "Fieldwork February – March 2019",
        "Child protection arrangements 2011–2013",
        "In harm’s way – Wording in paragraph 3 of the summary was corrected on 06 May 2015",
        "Causes of concern – revisit",
        "Norfolk – 31 February 2024",
        "Post-inspection review 2015",
        "– 9 February 2024",
        "Operation Notarise – 9 February 24",
        "In harm’s way – June 2015X",
    ],
)
def test_a_heading_without_a_publication_date_stays_whole(heading: str) -> None:
    assert split_title(heading) == (heading, None)


@pytest.mark.parametrize(
    ("heading", "title", "iso"),
    [
        ("Causes of concern – revisit – 26 February 2025", "Causes of concern – revisit", "2025-02-26"),
        ("Gwent Police 4–15 February 2019 – June 2019", "Gwent Police 4–15 February 2019", "2019-06"),
        ("Gwent Police 4–15 February 2019 – 4 June 2019", "Gwent Police 4–15 February 2019", "2019-06-04"),
        ("Dorset Police 12 April–23 April 2021 – 2021", "Dorset Police 12 April–23 April 2021", "2021"),
        ("Allegations between 1964 and 2012 – 2013", "Allegations between 1964 and 2012", "2013"),
        ("Update for quarter 4 – 9 March 2018", "Update for quarter 4", "2018-03-09"),
        ("Update for Quarter 4 – 9 March 2018", "Update for Quarter 4", "2018-03-09"),
        ("GWENT POLICE 12TH APRIL – June 2021", "GWENT POLICE 12TH APRIL", "2021-06"),
        ("In harm’s way – 30th June 2015", "In harm’s way", "2015-06-30"),
        ("In harm’s way – 30 June 2015 .", "In harm’s way", "2015-06-30"),
    ],
)
def test_a_date_behind_a_range_a_year_or_a_number_is_one(heading: str, title: str, iso: str) -> None:
    found, published = split_title(heading)
    assert (found, published.iso if published else None) == (title, iso)


@pytest.mark.parametrize(
    ("line", "iso", "labelled"),
    [
        ("Published on: 9 February 2024", "2024-02-09", True),
        ("Published: 9 Feb 2024", "2024-02-09", True),
        ("Publication date: March 2013", "2013-03", True),
        ("Date published 2015", "2015", True),
        ("12 March 2013.", "2013-03-12", False),
        ("Friday 9 February 2024", "2024-02-09", False),
    ],
)
def test_a_line_that_only_dates_is_read(line: str, iso: str, labelled: bool) -> None:
    found = parse_published(line)
    assert found is not None
    assert (found[0].iso, found[1]) == (iso, labelled)


@pytest.mark.parametrize(
    "line", ["We published it on 9 February 2024", "In 2015", "2014-15", "May", "", "Published on:"]
)
def test_a_line_that_says_more_or_less_than_a_date_is_none(line: str) -> None:
    assert parse_published(line) is None


@pytest.mark.parametrize("tail", ["(2015)", " – 2015", ", 2015", "| published 2015", "\n2015"])
def test_a_date_set_apart_from_a_title_is_read_without_what_parts_them(tail: str) -> None:
    assert parse_tail("In harm’s way", tail) == PublicationDate(2015)


@pytest.mark.parametrize(
    ("head", "tail", "iso"),
    [
        ("Child protection arrangements 2011", "–2013", None),
        ("Allegations between 1964 and 2012 ", "2013", "2013"),
        ("Allegations between 1964 and 2012", " – 2013", "2013"),
        ("Dorset Police 12 –", "23 April 2021", None),
        ("Operation 12X", " – 23 April 2021", "2021-04-23"),
        ("In harm’s way", "2015X", None),
    ],
)
def test_a_date_set_apart_from_its_title_is_none_where_both_are_a_range(head: str, tail: str, iso: str | None) -> None:
    found = parse_tail(head, tail)
    assert (found and found.iso) == iso


@pytest.mark.parametrize(("spaces", "is_date"), [(65, True), (66, False)])
def test_a_line_too_long_to_only_date_is_none(spaces: int, *, is_date: bool) -> None:
    assert (parse_published("9 February 2024" + " " * spaces) is not None) == is_date


@pytest.mark.parametrize(
    ("line", "is_label"),
    [
        ("Published on:", True),
        ("Date\n of publication", True),
        ("First published", True),
        ("Published on: 2015", False),
        ("", False),
        ("Publications", False),
    ],
)
def test_a_line_that_announces_a_date_is_a_label(line: str, *, is_label: bool) -> None:
    assert is_published_label(line) == is_label


@given(DAYS, st.integers(-12, 14))
def test_a_moment_is_the_day_that_it_was_in_london(day: date, hours: int) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    there = noon.astimezone(timezone(timedelta(hours=hours)))
    found = parse_moment(there.isoformat(), "the other day")
    assert found == PublicationDate(day.year, day.month, day.day)
    assert found is not None
    assert found.text == "the other day"


def test_a_moment_just_before_midnight_utc_in_summer_is_the_next_day() -> None:
    assert parse_moment("2015-07-01T23:00:00Z", "") == PublicationDate(2015, 7, 2)
    assert parse_moment("2015-01-01T23:00:00+00:00", "") == PublicationDate(2015, 1, 1)


def test_a_moment_without_a_zone_is_the_day_that_it_says() -> None:
    assert parse_moment("2015-07-01T23:30", "") == PublicationDate(2015, 7, 1)


@pytest.mark.parametrize("attribute", ["2015-07", "2015-07-01T10:00Z"])
def test_a_moment_keeps_what_is_shown_and_else_its_own_text(attribute: str) -> None:
    shown, bare = parse_moment(attribute, "July 2015"), parse_moment(attribute, "")
    assert shown is not None
    assert bare is not None
    assert (shown.text, bare.text) == ("July 2015", attribute)


@pytest.mark.parametrize(("attribute", "precision"), [("2015", Precision.YEAR), ("2015-07", Precision.MONTH)])
def test_a_moment_is_no_more_precise_than_it_says(attribute: str, precision: Precision) -> None:
    found = parse_moment(attribute, "")
    assert found is not None
    assert found.precision is precision


@pytest.mark.parametrize("attribute", ["", "yesterday", "2015-13", "0001-01-01T00:00:00+14:00", "P3D"])
def test_a_moment_that_is_none_is_refused(attribute: str) -> None:
    assert parse_moment(attribute, "x") is None


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_not_and_raises_nothing(text: str) -> None:
    title, published = split_title(text)
    assert title == text or published is not None
    assert parse_published(text) is None or parse_published(text.strip()) is not None
