"""A history on the recorded revisions of the page, read by a reader that sees less than the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files

from domain.alert import AlertKind
from domain.compare import compare, loud
from domain.owed import Owed
from domain.page import Page
from domain.subject import changes_subject
from schedules.replay import Reader
from scraper import read as real
from storage.database import Database
from tests.storage.pages import READER, URL, Story, hour

REVISIONS = tuple(
    files("cli").joinpath("demo_pages", f"{name}-child-protection.html").read_bytes()
    for name in ("2022-06", "2024-02", "2025-01", "2025-10", "2024-02")
)
"""Bodies in the order in which they are served; the last is an earlier one come back."""


@cache
def today(body: bytes) -> Page:
    return real.read(body, URL, "text/html")


def short_sighted(body: bytes) -> Page:
    """The real reading without one of its reports and one of its sections, with titles cut and no recommendations."""
    page = today(body)
    reports = [report for report in page.reports if "harm" not in report.title]
    return replace(
        page,
        reports=tuple(replace(report, title=report.title[:30], recommendations=None) for report in reports),
        sections=tuple(section for section in page.sections if "Thematic" not in section.title),
    )


def told(database: Database, read: Callable[[bytes], Page], *bodies: bytes, watch: str = "child-protection") -> Story:
    """A check an hour that meets each of the bodies, and an alert for what is loud."""
    story = Story.of(database, watch)
    before: Page | None = None
    for at, body in enumerate(bodies or REVISIONS):
        page = read(body)
        changes = compare(before, page) if before else ()
        if before is None or changes:
            story.reads(page, at, body=body, owed=alerted(before, page, at))
        before = page
    return story


def alerted(before: Page | None, page: Page, at: int) -> tuple[Owed, ...]:
    told = loud(compare(before, page) if before else ())
    subject = changes_subject(told, hour(at)) if told else ""
    return (Owed(AlertKind.CHANGES, READER, subject),) if told else ()


READER_2 = Reader(2, lambda body, _url, _content_type: today(body))
