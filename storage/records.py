"""Records as the columns of their version tables, and back, exactly: sections, reports, and the page around them.

A text is a column here, wherever `texts` keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from domain.change import ChangeKind
from domain.page import Contact, Link, Page, PublicationDate, RecordKind, RelatedReport, Report, Section, Topic
from storage.tables import page_versions, report_versions, section_versions

R = TypeVar("R", Page, Section, Report)
Columns = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Shelf(Generic[R]):
    """The table of the versions of one kind of record, and the way between the two."""

    table: Table
    columns: Callable[[R], Columns]
    record: Callable[[Columns], R]


def shelf_of(kind: ChangeKind) -> Shelf[Any]:
    """Where the records of a kind of change are kept: a kind's first word names it."""
    return _BY_WORD[kind.value.partition("-")[0]]


def shelf_for(kind: RecordKind) -> Shelf[Any]:
    """Where the records of a kind are kept."""
    return _BY_WORD[kind.value]


def _page_columns(page: Page) -> Columns:
    """Of the page itself; its sections and reports have tables of their own."""
    return {
        "url": page.url,
        "title": page.title,
        "topics": [[topic.title, topic.url] for topic in page.topics],
        "related": [[report.title, report.url] for report in page.related],
        "contacts": [[contact.kind, contact.value] for contact in page.contacts],
    }


def _page(row: Columns) -> Page:
    return Page(
        url=row["url"],
        title=row["title"],
        topics=tuple(Topic(title, url) for title, url in row["topics"]),
        related=tuple(RelatedReport(title, url) for title, url in row["related"]),
        contacts=tuple(Contact(kind, value) for kind, value in row["contacts"]),
    )


def _section_columns(section: Section) -> Columns:
    return {
        "key": section.key,
        "level": section.level,
        "path": list(section.path),
        "title": section.title,
        "text": section.text,
        "links": [[link.text, link.url] for link in section.links],
    }


def _section(row: Columns) -> Section:
    return Section(
        key=row["key"],
        level=row["level"],
        path=tuple(row["path"]),
        title=row["title"],
        text=row["text"],
        links=tuple(Link(text, url) for text, url in row["links"]),
    )


def _report_columns(report: Report) -> Columns:
    published = report.published
    return {
        "key": report.key,
        "title": report.title,
        "url": report.url,
        "published_year": published.year if published else None,
        "published_month": published.month if published else None,
        "published_day": published.day if published else None,
        "published_text": published.text if published else None,
        "programme": report.programme,
        "kind": report.kind,
        "recommendations": report.recommendations,
        "causes_of_concern": report.causes_of_concern,
        "area": report.area,
        "section": list(report.section),
        "text": report.text,
    }


def _report(row: Columns) -> Report:
    year, month, day = row["published_year"], row["published_month"], row["published_day"]
    return Report(
        key=row["key"],
        title=row["title"],
        url=row["url"],
        published=None if year is None else PublicationDate(year, month, day, row["published_text"]),
        programme=row["programme"],
        kind=row["kind"],
        recommendations=row["recommendations"],
        causes_of_concern=row["causes_of_concern"],
        area=row["area"],
        section=tuple(row["section"]),
        text=row["text"],
    )


PAGES = Shelf(page_versions, _page_columns, _page)
SECTIONS = Shelf(section_versions, _section_columns, _section)
REPORTS = Shelf(report_versions, _report_columns, _report)
SHELVES: tuple[Shelf[Any], ...] = (PAGES, SECTIONS, REPORTS)
_BY_WORD: Mapping[str, Shelf[Any]] = {"page": PAGES, "section": SECTIONS, "report": REPORTS}
