"""One content in eight markups: each gives its expected records, and no two of them differ to a reader."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from domain.compare import compare, loud
from domain.page import Page, Report, Section
from scraper.read import read

URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
FOLDERS = sorted((Path(__file__).parent / "markups").iterdir())
NAMES = [folder.name for folder in FOLDERS]


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return {folder.name: read((folder / "page.html").read_bytes(), URL, "text/html") for folder in FOLDERS}


def test_there_are_eight_markups() -> None:
    assert [name[0] for name in NAMES] == list("12345678")


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_a_markup_gives_the_records_expected(folder: Path, pages: dict[str, Page]) -> None:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert records(pages[folder.name]) == expected


@pytest.mark.parametrize(("before", "after"), list(permutations(NAMES, 2)), ids="->".join)
def test_between_two_markups_of_one_content_there_is_nothing_to_tell(
    before: str, after: str, pages: dict[str, Page]
) -> None:
    assert loud(compare(pages[before], pages[after])) == ()


def records(page: Page) -> dict[str, Any]:
    """A page in the form of the `parse` command's JSON."""
    return {
        "url": page.url,
        "title": page.title,
        "topics": [{"title": topic.title, "url": topic.url} for topic in page.topics],
        "sections": [_section(section) for section in page.sections],
        "reports": [_report(report) for report in page.reports],
        "related": [{"title": related.title, "url": related.url} for related in page.related],
        "contacts": [{"kind": contact.kind, "value": contact.value} for contact in page.contacts],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "level": section.level,
        "path": list(section.path),
        "title": section.title,
        "text": section.text,
        "links": [{"text": link.text, "url": link.url} for link in section.links],
    }


def _report(report: Report) -> dict[str, Any]:
    published = report.published
    return {
        "key": report.key,
        "title": report.title,
        "url": report.url,
        "published": published.iso if published else None,
        "published_precision": published.precision.value if published else None,
        "published_text": published.text if published else None,
        "programme": report.programme.value,
        "kind": report.kind.value,
        "recommendations": report.recommendations,
        "causes_of_concern": report.causes_of_concern,
        "area": report.area,
        "section": list(report.section),
        "text": report.text,
    }
