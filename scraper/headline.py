"""A heading, or a line that serves as one, read as "Title – date"; and lines that only date a report or link it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.page import Precision, PublicationDate
from scraper.block import BREAK, HEADING, TITLE, Block, Run, words
from scraper.dates import parse_date, parse_moment, parse_published, parse_tail, split_title
from scraper.text import is_more_link, is_report_link, tidy

_YEAR = re.compile(r"[0-9]{4}")
_TRAILING = re.compile(r"[\s–—‒―−:,|(-]+$")


@dataclass(frozen=True, slots=True)
class Headline:
    """What a heading says; `url` is the first link in it, `published` None where it names no date."""

    title: str
    url: str | None
    published: PublicationDate | None


def headline(block: Block) -> Headline:
    """A heading's title, link and date, however they are set: at the last dash, behind a link or break, in a `time`."""
    for head, published in _datings(block) if _YEAR.search(block.text) or _has_moment(block) else ():
        title = _TRAILING.sub("", words(head))
        if title and published:
            return Headline(title, block.url, published)
    title, published = split_title(block.text)
    return Headline(_TRAILING.sub("", title) if published else title, block.url, published)


def without_dash(title: str) -> str:
    """A title without the dash or bracket that a date has left behind."""
    return _TRAILING.sub("", title) or title


def is_entry(block: Block) -> bool:
    """Whether a line that is no heading can head a report: all of it, a date aside, is one link or in bold."""
    if block.role is TITLE or block.is_heading or len(block.linked) > 1:
        return False
    visible = [run for run in block.runs if run.text.strip()]
    head = [run for run in visible if (run.anchor if block.linked else run.strong)]
    if not head or any(anchor.within for anchor in block.linked) or is_report_link(block.text):
        return False
    rest = words([run for run in visible if not (run.anchor if block.linked else run.strong)])
    return not rest or parse_tail(words(head), rest) is not None


def date_line(block: Block) -> tuple[PublicationDate, bool] | None:
    """The date of a line that says nothing else, and whether it is labelled "Published on" or the like."""
    if block.role is TITLE or block.role is HEADING:
        return None
    if found := parse_published(block.text):
        return found
    if not _has_moment(block):
        return None
    visible = [run for run in block.runs if run.text.strip()]
    moments = [run.moment for run in visible if run.moment]
    if not moments or len(moments) != len(visible):
        return None
    published = parse_moment(moments[0], block.text)
    return (published, False) if published else None


def report_link(block: Block) -> str | None:
    """The address behind a line that only says to get the report; "" where the link leads nowhere, None for others."""
    anchor = block.sole_link
    return (anchor.url or "") if anchor and is_report_link(block.words_of(anchor)) else None


def more_link(block: Block, title: str) -> str | None:
    """The address behind a line that only says there is more, or repeats the title; None for others."""
    anchor = block.sole_link
    if anchor is None or anchor.within:
        return None
    text = block.words_of(anchor)
    return anchor.url if is_more_link(text) or text.casefold() == title.casefold() else None


def _has_moment(block: Block) -> bool:
    return any([run.moment is not None for run in block.runs])  # noqa: C419 - a list is twice as fast for so few


def _datings(block: Block) -> Iterator[tuple[tuple[Run, ...], PublicationDate | None]]:
    """The ways in which the markup itself sets a date apart: what is left for the title, and the date."""
    runs = block.runs
    if moments := [run for run in runs if run.moment is not None and run.text.strip()]:
        shown = words(moments)
        yield (
            tuple(run for run in runs if run.moment is None),
            parse_date(shown) or parse_moment(moments[0].moment or "", shown),
        )
    linked = [place for place, run in enumerate(runs) if run.anchor and run.text.strip()]
    if linked:
        yield runs[: linked[-1] + 1], parse_tail("", words(runs[linked[-1] + 1 :]))
        yield runs[linked[0] :], parse_tail("", words(runs[: linked[0]]))
    breaks = [place for place, run in enumerate(runs) if run.text == BREAK]
    visible = [place for place, run in enumerate(runs) if run.text.strip()]
    for place in filter(None, [*breaks[-1:], *visible[-1:]]):
        head, tail = runs[:place], words(runs[place:])
        published = parse_tail(tidy("".join(run.text for run in head)), tail)
        if published and (place in breaks or published.precision is not Precision.YEAR):
            yield head, published
