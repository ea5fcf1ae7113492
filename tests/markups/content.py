"""What the article says, apart from any markup: the model, and the field's true text of February 2024 in it.

Text is a line with links as `[words](address)`; an address that begins with a slash is the site's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

SITE = "https://hmicfrs.justiceinspectorates.gov.uk"
LINK = re.compile(r"\[(?P<words>[^]]+)\]\((?P<href>[^)]+)\)")
_REPORT = re.compile(rf"{LINK.pattern} – (?P<date>.+)")

Part: TypeAlias = str | tuple[str, ...]
"""A paragraph, or the entries of a list."""
Body: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    """A topic or a related report."""

    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A report of the list; `date` is None where the page states none."""

    title: str
    slug: str
    date: str | None
    body: Body


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its subsections, and the reports listed in it."""

    title: str
    body: Body
    subsections: tuple[Section, ...] = ()
    reports: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """The whole article. `site` is where it is published, without a slash at the end."""

    title: str
    topics: tuple[Linked, ...]
    intro: Body
    sections: tuple[Section, ...]
    related: tuple[Linked, ...]
    site: str = SITE

    @property
    def address(self) -> str:
        """The article's own address."""
        return f"{self.site}/our-work/article/child-abuse-and-child-protection-issues/"

    @property
    def reports(self) -> tuple[Listed, ...]:
        """All the reports listed, in page order."""
        return tuple(report for section in self.sections for report in section.reports)


Words: TypeAlias = Callable[[str], str]


def reworded(content: Content, words: Words) -> Content:
    """The content with every title and every piece of text outside addresses rewritten."""
    return replace(
        content,
        title=words(content.title),
        topics=tuple(replace(topic, title=words(topic.title)) for topic in content.topics),
        intro=_body(content.intro, words),
        sections=tuple(_section(section, words) for section in content.sections),
        related=tuple(replace(related, title=words(related.title)) for related in content.related),
    )


def outside_addresses(text: str, words: Words) -> str:
    """A text with its words rewritten, those of links too, and its addresses kept."""
    rewritten, end = "", 0
    for link in LINK.finditer(text):
        rewritten += words(text[end : link.start()]) if link.start() > end else ""
        rewritten += f"[{words(link['words'])}]({link['href']})"
        end = link.end()
    return rewritten + (words(text[end:]) if text[end:] else "")


def _section(section: Section, words: Words) -> Section:
    return Section(
        words(section.title),
        _body(section.body, words),
        tuple(_section(below, words) for below in section.subsections),
        tuple(replace(report, title=words(report.title), body=_body(report.body, words)) for report in section.reports),
    )


def _body(body: Body, words: Words) -> Body:
    return tuple(
        outside_addresses(part, words)
        if isinstance(part, str)
        else tuple(outside_addresses(line, words) for line in part)
        for part in body
    )


def _loaded(text: str) -> Content:
    """The content of a file in which headings and reports are set as in Markdown."""
    heads = re.split(r"^(#+) (.+)\n", text, flags=re.MULTILINE)
    title, (topics, *intro) = heads[2], _parts(heads[3])
    sections: list[Section] = []
    for level, head, rest in zip(heads[4::3], heads[5::3], heads[6::3], strict=True):
        if level == "##":
            sections.append(Section(head, _parts(rest)))
        elif report := _REPORT.fullmatch(head):
            slug = report["href"].split("/")[2]
            listed = Listed(report["words"], slug, report["date"], _parts(rest))
            sections[-1] = replace(sections[-1], reports=(*sections[-1].reports, listed))
        else:
            sections[-1] = replace(sections[-1], subsections=(*sections[-1].subsections, Section(head, _parts(rest))))
    related = sections.pop()
    return Content(title, _linked(str(topics)), tuple(intro), tuple(sections), _linked(str(related.body[0])))


def _parts(text: str) -> Body:
    parts = [part.strip() for part in text.strip().split("\n\n")]
    return tuple(tuple(line[2:] for line in part.split("\n")) if part.startswith("- ") else part for part in parts)


def _linked(text: str) -> tuple[Linked, ...]:
    return tuple(Linked(link["words"], link["href"]) for link in LINK.finditer(text))


CONTENT = _loaded(Path(__file__).with_name("content.md").read_text(encoding="utf-8"))
