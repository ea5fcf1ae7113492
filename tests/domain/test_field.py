"""The field's true reports as one list: however it is rearranged, no two are merged and none is told as new."""

from __future__ import annotations

import csv
import random
import re
from dataclasses import replace
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.address import canonical_address
from domain.change import ChangeKind
from domain.compare import compare
from domain.identity import match_reports
from domain.page import Page, PublicationDate, Report
from scraper.wording import kind_of, programme_of

FIELD = Path(__file__).parent / "field" / "reports.csv"
HOSTS = (
    "http://www.hmic.gov.uk/",
    "http://www.justiceinspectorates.gov.uk/hmic/",
    "https://www.justiceinspectorates.gov.uk/hmicfrs/",
    "https://hmicfrs.justiceinspectorates.gov.uk/",
)
OWN = re.compile("|".join(re.escape(host) for host in sorted(HOSTS, key=len, reverse=True)))


def published(text: str) -> PublicationDate | None:
    if not text:
        return None
    year, month, day = [*(int(part) for part in text.split("-")), None, None][:3]
    assert year is not None
    return PublicationDate(year, month, day)


def field_reports() -> list[Report]:
    with FIELD.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for number, row in enumerate(rows):
        url = row["url"] or None
        found.append(
            Report(
                key=f"{canonical_address(url) if url else 'title'}#{number}",
                title=row["title"],
                url=url,
                published=published(row["published"]),
                programme=programme_of(row["title"], ()),
                kind=kind_of(row["title"]),
                recommendations=None,
                causes_of_concern=None,
                area=row["area"] or None,
                section=("Reports",),
                text=f"We inspected {row['area']}. This is the summary numbered {number}.",
            )
        )
    return found


FIELD_REPORTS = field_reports()


def rehosted(report: Report, host: str) -> Report:
    return replace(report, url=OWN.sub(host, report.url, count=1)) if report.url else report


def rearranged(report: Report, chance: random.Random) -> Report:
    """A record as another edition of the list may have it: what makes it known stays, its address or title and year."""
    edition = rehosted(report, chance.choice(HOSTS))
    if report.url is None or chance.random() < 0.3:
        return replace(edition, title=edition.title.replace("’", "'").replace("–", "-").upper())
    edition = replace(
        edition, title=chance.choice([edition.title, f"Report: {edition.title[:30]}", "Inspection report"])
    )
    return replace(edition, published=chance.choice([edition.published, None, PublicationDate(2020, 2, 2)]))


def test_the_field_has_its_136_reports() -> None:
    assert len(FIELD_REPORTS) == 136


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_renamed_redated_rehosted_and_shuffled_every_report_stays_itself(chance: random.Random) -> None:
    origin = {}
    editions = []
    for report in FIELD_REPORTS:
        edition = rearranged(report, chance)
        origin[id(edition)] = report
        editions.append(edition)
    before = list(FIELD_REPORTS)
    chance.shuffle(editions)
    chance.shuffle(before)
    matching = match_reports(before, editions)
    assert (matching.added, matching.removed) == ((), ())
    assert all(origin[id(two)] is one for one, two in matching.pairs)


@settings(max_examples=60)
@given(st.sets(st.integers(0, 135)), st.sets(st.integers(0, 135)))
@example({52}, {0, 53})
def test_what_went_and_what_came_are_never_taken_for_each_other(went: set[int], came: set[int]) -> None:
    before = [report for number, report in enumerate(FIELD_REPORTS) if number not in came]
    after = [report for number, report in enumerate(FIELD_REPORTS) if number not in went - came]
    assert all(one is two for one, two in match_reports(before, after).pairs)


def test_no_two_of_the_field_are_alike_enough_to_be_one() -> None:
    alike = [
        (a.title, b.title) for a in FIELD_REPORTS for b in FIELD_REPORTS if a is not b if match_reports([a], [b]).pairs
    ]
    shared = [
        (a.title, b.title) for a in FIELD_REPORTS for b in FIELD_REPORTS if a is not b and a.url and a.url == b.url
    ]
    assert sorted(alike) == sorted(shared)


@settings(max_examples=60)
@given(st.sets(st.integers(0, 135), min_size=1, max_size=100), st.randoms(use_true_random=False))
def test_a_report_that_is_new_is_told_as_new_and_no_other(new: set[int], chance: random.Random) -> None:
    before = [report for number, report in enumerate(FIELD_REPORTS) if number not in new]
    after = [rehosted(report, chance.choice(HOSTS)) for report in FIELD_REPORTS]
    chance.shuffle(after)
    changes = compare(Page("u", "t", reports=tuple(before)), Page("u", "t", reports=tuple(after)))
    told = [change.key for change in changes if change.kind is ChangeKind.REPORT_ADDED]
    assert sorted(told) == sorted(FIELD_REPORTS[number].key for number in new)
    assert {change.kind for change in changes if not change.quiet} == {ChangeKind.REPORT_ADDED}
