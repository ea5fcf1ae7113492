"""Lines to an outline: which headings are sections and which are reports, and the lines below each."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from domain.page import PublicationDate
from scraper.addresses import is_publication
from scraper.block import HEADING, Block, Role
from scraper.blocks import Layout
from scraper.headline import Headline, date_line, headline, is_entry, more_link, report_link, without_dash


@dataclass(frozen=True, slots=True)
class Entry:
    """A section or a report, and its lines; `path` is that of the section. `published` is None for all sections."""

    title: str
    level: int
    path: tuple[str, ...]
    url: str | None = None
    published: PublicationDate | None = None
    is_report: bool = False
    lines: list[Block] = field(default_factory=list)


def outline(layout: Layout, title: int, used: Container[int]) -> tuple[Entry, ...]:
    """The entries below the page's title, in page order, the introduction first. `title` is the title's place.

    `used` are the places of lines that are spoken for: topics, related reports.
    """
    blocks = layout.blocks
    places = [place for place in range(title + 1, len(blocks)) if place not in used and not blocks[place].aside]
    signs = _Signs(layout, places)
    section = entry = Entry(blocks[title].text, 1, ())
    entries, above = [entry], _Above()
    until = len(blocks)
    for place in places:
        block = blocks[place]
        if signs.is_spent(place):
            continue
        if found := signs.reports.get(place):
            entry = Entry(found.title, 0, section.path, found.url, found.published, is_report=True)
            entries.append(entry)
            until = signs.end_of(place)
        elif block.is_heading:
            section = entry = above.put(block)
            entries.append(entry)
            until = len(blocks)
        else:
            entry = entry if place < until else section
            entry.lines.append(block)
    return tuple(entries)


class _Above:
    """The headings above a place, the outermost first."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, str, bool]] = []

    def put(self, block: Block) -> Entry:
        """Take in a heading: it ends all that are not above it. A label is below the last heading with a level."""
        levels = [level for level, _, has_level in self._stack if has_level]
        level = block.level if block.role is HEADING else (levels[-1] if levels else 1) + block.level
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        self._stack.append((level, block.text, block.role is HEADING))
        return Entry(block.text, level, tuple(title for _, title, _ in self._stack))


class _Signs:
    """What tells a report from a section: a date in its heading, next to it, or anywhere in its card beside a link.

    One without a date, among dated ones with headings like its own, is a report where its heading is a link to one.
    """

    def __init__(self, layout: Layout, places: Sequence[int]) -> None:
        self._blocks, self._cards = layout.blocks, layout.cards
        self._next = dict(pairwise(places))
        self._spent: set[int] = set()
        self.reports: dict[int, Headline] = {}
        self._dates = {place: found for place in places if (found := date_line(self._blocks[place]))}
        self._opened = {line: head for head, card in self._cards.items() for line in range(card.start, head)}
        for place in places:
            if self._blocks[place].is_heading:
                self._see(place)
        for place in places:
            if is_entry(self._blocks[place]):
                self._see(place)
        self._see_undated(places)
        if places and places[0] in self._dates:
            self._spent.add(places[0])  # the date of the page itself

    def is_spent(self, place: int) -> bool:
        """Whether a line has said all when its date is taken."""
        return place in self._spent or (place in self._dates and self._dates[place][1])

    def end_of(self, place: int) -> int:
        """Where the text of a report must end, at the latest."""
        card = self._cards.get(place, range(0))
        holds_text = any(line > place and line not in self._spent for line in card)
        return card.stop if holds_text else len(self._blocks)

    def _see(self, place: int) -> None:
        found = headline(self._blocks[place])
        beside = self._beside(place)
        published = found.published
        if beside is not None:
            self._spent.add(beside)
            published = published or self._dates[beside][0]
        if published is None:
            return
        self._take(place, Headline(found.title, found.url, published))

    def _take(self, place: int, found: Headline) -> None:
        self.reports[place] = found
        card = self._cards.get(place, range(0))
        self._spent.update(line for line in card if line < place)  # what stands above a heading is not its text

    def _beside(self, place: int) -> int | None:
        """Where a date stands that is no part of the heading: on the next line, or anywhere in a card with a link."""
        following = self._next.get(place, -1)
        if following in self._dates and following not in self._spent and self._opened.get(following, place) == place:
            return following
        card = self._cards.get(place, range(0))
        dates = [line for line in card if line in self._dates]
        if len(dates) != 1:
            return None
        title, lines = self._blocks[place].text, (self._blocks[line] for line in card)
        is_linked = self._blocks[place].url or any(report_link(line) or more_link(line, title) for line in lines)
        return dates[0] if is_linked else None

    def _see_undated(self, places: Sequence[int]) -> None:
        """Take the undated reports of each list: a run of headings that are dated or link to a publication."""
        heads = [place for place in places if self._blocks[place].is_heading or place in self.reports]
        until = dict(pairwise([*heads, len(self._blocks)]))
        lists: list[list[int]] = [[]]
        for head in heads:
            if head in self.reports or self._leads_to_publication(head, until[head]):
                lists[-1].append(head)
            else:
                lists.append([])
        for heads in lists:
            dated = {_rank(self._blocks[head]) for head in heads if head in self.reports}
            for head in heads:
                if head not in self.reports and _rank(self._blocks[head]) in dated:
                    found = headline(self._blocks[head])
                    self._take(head, Headline(without_dash(found.title), found.url, None))

    def _leads_to_publication(self, head: int, until: int) -> bool:
        """Whether a heading is wholly a link to a publication or, not being linked, has one behind "Get the report"."""
        block = self._blocks[head]
        if block.anchors:
            link = block.sole_link
            return link is not None and is_publication(link.url)
        return any(is_publication(report_link(self._blocks[line])) for line in range(head + 1, until))


def _rank(block: Block) -> tuple[Role, int]:
    return block.role, block.level
