"""An article page, as those below `/our-work/article/`: its tree to a `Page` with sections and dated reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser

from domain.address import canonical_address
from domain.page import Page, Report, Section
from domain.typography import folded_title, repaired
from scraper.areas import area_of
from scraper.block import ITEM, TITLE, Block
from scraper.blocks import lay_out
from scraper.errors import NotUnderstood
from scraper.headline import more_link, report_link
from scraper.margins import find_contacts, find_related, find_topics
from scraper.outline import Entry, outline
from scraper.wording import causes_of_concern_in, kind_of, programme_of, recommendations_in

R = TypeVar("R", Report, Section)


def read_article(tree: LexborHTMLParser, url: str) -> Page:
    """The records of an article at the address `url`. Raises NotUnderstood where there is no title."""
    layout = lay_out(tree, url)
    title = next((place for place, block in enumerate(layout.blocks) if block.role is TITLE), None)
    if title is None:
        raise NotUnderstood("the page shows no title: its H1 is hidden")
    topics, of_topics = find_topics(layout.blocks, title)
    related, of_related = find_related(layout, title)
    entries = outline(layout, title, of_topics | of_related)
    reports = [_report(entry) for entry in entries if entry.is_report]
    sections = [_section(entry) for entry in entries if not entry.is_report and (entry.path or entry.lines)]
    return Page(
        url=url,
        title=layout.blocks[title].text,
        topics=topics,
        sections=_with_own_keys(sections, "-"),
        reports=_with_own_keys(reports, "#"),
        related=related,
        contacts=find_contacts(line for entry in entries for line in entry.lines),
    )


def _section(entry: Entry) -> Section:
    slugs = [folded_title(title).replace(" ", "-") or "untitled" for title in entry.path]
    links = tuple(link for line in entry.lines for link in line.links)
    return Section("/".join(slugs) or "introduction", entry.level, entry.path, entry.title, _text(entry.lines), links)


def _report(entry: Entry) -> Report:
    url, lines = _own_link(entry)
    text = _text(lines)
    stated = repaired(text)
    year = entry.published.year if entry.published else ""
    return Report(
        key=canonical_address(url) if url else f"title:{folded_title(entry.title)}:{year}",
        title=entry.title,
        url=url,
        published=entry.published,
        programme=programme_of(entry.title, entry.path),
        kind=kind_of(entry.title),
        recommendations=recommendations_in(stated),
        causes_of_concern=causes_of_concern_in(stated),
        area=area_of(repaired(entry.title), stated),
        section=entry.path,
        text=text,
    )


def _own_link(entry: Entry) -> tuple[str | None, list[Block]]:
    """A report's address, from its heading or a line such as "Get the report", and the lines that say more."""
    url, lines = entry.url, []
    for line in entry.lines:
        link = report_link(line)
        more = more_link(line, entry.title) if link is None else link
        if link is None and (more is None or (url and canonical_address(more) != canonical_address(url))):
            lines.append(line)
        elif not url:
            url = more or None
    return url, lines


def _text(lines: Iterable[Block]) -> str:
    text = ""
    before = None
    for line in lines:
        gap = "\n" if line.role is before is ITEM else "\n\n"
        text += (gap if text else "") + ("• " if line.role is ITEM else "") + line.text
        before = line.role
    return text


def _with_own_keys(records: Sequence[R], joint: str) -> tuple[R, ...]:
    """The records with a number behind a key that was taken before."""
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    found: list[R] = []
    for record in records:
        key = record.key
        while key in taken:
            numbers[record.key] += 1
            key = f"{record.key}{joint}{numbers[record.key] + 1}"
        taken.add(key)
        found.append(record if key == record.key else replace(record, key=key))
    return tuple(found)
