"""A page on the terminal: its facts, sections and reports, for people."""

from __future__ import annotations

from rich.text import Text

from cli.terminal import console, plain, print_table
from domain.page import Page, Report, Section


def print_page(page: Page) -> None:
    """Print everything that one reading of a page gave."""
    out = console()
    out.print(Text(plain(page.title), style="bold"))
    out.print(plain(page.url), soft_wrap=True)
    if page.topics:
        out.print("Part of: " + plain(", ".join(topic.title for topic in page.topics)))
    for section in page.sections:
        _print_section(section)
    out.print()
    print_table(
        ("Published", "Report", "Programme", "Kind", "Area", "Recs", "Section"),
        [_row(report) for report in page.reports],
        "No dated reports.",
    )
    if page.related:
        out.print("Related reports: " + plain("; ".join(report.title for report in page.related)))
    if page.contacts:
        out.print("Contacts: " + plain(", ".join(contact.value for contact in page.contacts)))


def _print_section(section: Section) -> None:
    out = console()
    out.print()
    if section.path:
        out.print(Text("  " * (len(section.path) - 1) + plain(section.title), style="bold"))
    out.print(plain(section.text), soft_wrap=True)


def _row(report: Report) -> tuple[str, ...]:
    return (
        report.published.iso if report.published else "–",
        report.title,
        report.programme,
        report.kind,
        report.area or "–",
        "–" if report.recommendations is None else str(report.recommendations),
        " › ".join(report.section),
    )
