"""A tree to the lines of its content in order, and the cards they stand in. What a line says is not here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.addresses import is_page_or_child, is_within_page, resolve
from scraper.block import BREAK, HEADING, ITEM, LABEL, PARAGRAPH, TITLE, Anchor, Block, Role, Run, linked_in, words
from scraper.dates import is_published_label
from scraper.furniture import HEADINGS, Furniture
from scraper.lines import is_in_bold, is_label, parted, without_toggle
from scraper.tables import title_cells
from scraper.text import is_menu_heading, is_noise, is_related_heading, legible, spaced
from scraper.tree import Element, ancestors, find_title, walk

_LINES = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog"}
    | {"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section"}
    | {"summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_ARIA_LEVELS = {str(level): level for level in range(1, 7)}
_LEADS = {"li": ITEM, "dt": LABEL, "td": LABEL, "th": LABEL}
_BLANK = [Run(" ")]
_NO_CARDS = frozenset({"p", "pre", "td", "th", "dt", "dd"})
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_HEADINGS = (TITLE, HEADING, LABEL)
_PREAMBLE = (3, 8)  # a card may open with so many lines of so many words each before its heading


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a page, and its cards.

    `cards` maps a heading's place to the lines of the largest element of which it is the only heading: what belongs to
    it wherever it stands in there, such as a date above it.
    """

    blocks: tuple[Block, ...]
    cards: Mapping[int, range]


def lay_out(tree: LexborHTMLParser, url: str) -> Layout:
    """The lines of a page's main content, its title among them. Raises NotUnderstood where there is no title."""
    title = find_title(tree)
    around = list(ancestors(title))
    root = next((node for node in around if node.tag == "main" or node.attributes.get("role") == "main"), around[-1])
    declared = tree.css_first("head > base[href]")
    base = (resolve(declared.attributes.get("href") or "", url) if declared else None) or url
    builder = _Builder(Furniture(tree, title, url, base), title, url, base)
    walk(root, builder)
    builder.end_line()
    return Layout(tuple(builder.blocks), builder.cards)


class _Context(NamedTuple):
    """What holds for text at one place of the tree. `lead`: the element whose first line has a role of its own."""

    role: Role = PARAGRAPH
    level: int = 0
    nested: int = 0
    lead: tuple[int, Role] | None = None
    anchor: Anchor | None = None
    strong: bool = False
    moment: str | None = None
    aside: bool = False


class _Builder:
    """Collects runs into lines and lines into cards while the walk passes over the tree."""

    def __init__(self, furniture: Furniture, title: LexborNode, url: str, base: str) -> None:
        self.blocks: list[Block] = []
        self.cards: dict[int, range] = {}
        self._furniture, self._title, self._url, self._base = furniture, title.mem_id, url, base
        self._context = _Context()
        self._around: list[tuple[Element, _Context, int, int]] = []
        self._runs: list[Run] = []
        self._headings = 0
        self._last_heading = 0
        self._in_content = False
        self._leads: dict[int, int] = {}
        self._asides: set[int] = set()
        self._titles: set[int] = set()
        self._names: set[int] = set()

    def add_text(self, text: str) -> None:
        """Take a text into the line."""
        context = self._context
        self._runs.append(Run(spaced(legible(text)), context.anchor, context.strong, context.moment))

    def enter(self, element: Element) -> bool:
        """Begin an element, and with it a line if it is one of lines; in a heading only a break.

        False for one that is no content; its place still ends a line.
        """
        if self._skips(element):
            return False
        tag, outer = element.tag, self._context
        if tag == "br" or (tag in _LINES and outer.role in _HEADINGS):
            self._runs.append(Run(BREAK))
        self._around.append((element, outer, len(self.blocks), self._headings))
        if tag == "table":
            titles, names = title_cells(element.node)
            self._titles |= titles
            self._names |= names
        self._context = self._inside(element)
        if self._context.aside and not outer.aside:
            label = element.attributes.get("aria-label") or ""
            if is_related_heading(label) and element.node.css_first(HEADINGS) is None:
                self._add(Block(LABEL, 1, (), label, aside=True))
        return True

    def leave(self) -> None:
        """End an element, the line with it, and see whether it was a card."""
        element, outer, first, headings = self._around.pop()
        if element.tag in _LINES or self._context.role is not outer.role:
            if outer.role in _HEADINGS and outer.role is self._context.role:
                self._runs.append(Run(BREAK))
            else:
                self.end_line()
        self._context = outer
        if len(self.blocks) - first > 1 and element.tag not in _NO_CARDS:
            self._mark_cards(element, first, self._headings - headings)

    def end_line(self) -> None:
        """Make blocks of the runs so far."""
        runs, self._runs = self._runs, []
        if not runs or runs == _BLANK or not (text := words(runs)):
            return
        if self._context.role in _HEADINGS:
            self._end_heading(without_toggle(runs))
            return
        lines = parted(runs)
        for line in lines:
            self._end_paragraph(line, words(line) if len(lines) > 1 else text)

    def _skips(self, element: Element) -> bool:
        tag, furniture = element.tag, self._furniture
        if furniture.is_unseen(element) or element.number in self._names:
            return True
        in_heading = self._context.role in _HEADINGS
        if tag in _LINES and not in_heading:
            self.end_line()
        if tag in {"ul", "ol"} and self._ends_menu(element.node):
            return True
        if tag == "button" and not in_heading and not furniture.is_switch(element):
            return True
        if self._context.aside or not furniture.is_aside(element):
            return False
        if not furniture.is_worth_a_look(element):
            return True
        self._asides.add(element.number)
        return False

    def _end_heading(self, runs: tuple[Run, ...]) -> None:
        context, text = self._context, words(runs)
        if text and (context.role is TITLE or not is_noise(text)):
            self._add(Block(context.role, context.level, runs, text, context.aside, linked_in(runs)))

    def _end_paragraph(self, runs: tuple[Run, ...], text: str) -> None:
        linked = linked_in(runs)
        if is_noise(text) or is_published_label(text):
            return
        if linked and self._leads_nowhere(runs):
            self._take_back_menu_heading()
            return
        role, level = self._role_of_line(runs, text)
        if text.startswith("•"):
            role, level, text = ITEM, 0, text.lstrip("• ")
        if text:
            self._add(Block(role, level, runs, text, self._context.aside, linked))

    def _role_of_line(self, runs: tuple[Run, ...], text: str) -> tuple[Role, int]:
        """The role of a line outside headings, and its level."""
        context = self._context
        if context.lead and context.lead[0] not in self._leads:
            self._leads[context.lead[0]] = len(self.blocks)
            role = context.lead[1]
            return role, max(context.nested, 1) if role is LABEL else 0
        if is_in_bold(runs) and is_label(text):
            return LABEL, context.nested + 1
        return PARAGRAPH, 0

    def _add(self, block: Block) -> None:
        if block.role in _HEADINGS:
            self._headings += 2 if block.role is TITLE else 1  # what holds the title is no card
            self._last_heading = len(self.blocks)
        if block.role is TITLE:
            self._in_content = False
        elif not (self._in_content or block.aside) and (
            block.role is HEADING or not (block.is_all_links or block.is_topics)
        ):
            self._in_content = True
        self.blocks.append(block)

    def _inside(self, element: Element) -> _Context:
        """What holds inside an element."""
        context, tag, attributes = self._context, element.tag, element.attributes
        if element.number == self._title:
            return context._replace(role=TITLE, level=1)
        if context.role is TITLE or context.role is HEADING:
            return self._inside_phrase(tag, attributes)
        if tag in _LEVELS or attributes.get("role") == "heading":
            stated = attributes.get("aria-level") or ""
            return context._replace(role=HEADING, level=_LEVELS.get(tag) or _ARIA_LEVELS.get(stated, 2))
        if tag in {"summary", "button"} and context.role not in _HEADINGS:
            return context._replace(role=LABEL, level=max(context.nested, 1))
        if element.number in self._asides:
            return context._replace(aside=True)
        if tag in {"dl", "details"}:
            return context._replace(nested=context.nested + 1, lead=None)
        if tag in _LEADS:
            is_plain = tag in {"td", "th"} and element.number not in self._titles
            return context._replace(lead=None if is_plain else (element.number, _LEADS[tag]))
        return self._inside_phrase(tag, attributes)

    def _inside_phrase(self, tag: str, attributes: dict[str, str | None]) -> _Context:
        context = self._context
        if tag == "a":
            url = resolve(attributes.get("href") or "", self._base)
            return context._replace(anchor=Anchor(url, url is not None and is_within_page(url, self._url)))
        if tag == "time":
            return context._replace(moment=attributes.get("datetime") or "")
        if tag in {"strong", "b"} or (attributes and _BOLD.search(attributes.get("style") or "")):
            return context._replace(strong=True)
        return context

    def _mark_cards(self, element: Element, first: int, headings: int) -> None:
        if element.tag == "li" and headings:
            lead = self._leads.get(element.number)
            if lead is not None and lead < len(self.blocks) and self.blocks[lead].role is ITEM:
                self.blocks[lead] = self.blocks[lead]._replace(role=PARAGRAPH)
        if element.tag == "dl":
            terms = [place for place in range(first, len(self.blocks)) if self.blocks[place].role is LABEL]
            for place, end in pairwise([*terms, len(self.blocks)]):
                self.cards.setdefault(place, range(place, end))
        if headings == 1 and first <= self._last_heading < len(self.blocks):
            preamble = self.blocks[first : self._last_heading]
            if len(preamble) <= _PREAMBLE[0] and all(map(_is_tag, preamble)):
                self.cards[self._last_heading] = range(first, len(self.blocks))

    def _ends_menu(self, node: LexborNode) -> bool:
        announced = bool(self.blocks) and is_menu_heading(self.blocks[-1].text) and not self.blocks[-1].aside
        if not self._furniture.is_menu(node, before_content=not self._in_content, announced=announced):
            return False
        self._take_back_menu_heading()
        return True

    def _take_back_menu_heading(self) -> None:
        if self.blocks and is_menu_heading(self.blocks[-1].text) and self.blocks.pop().is_heading:
            self._headings -= 1

    def _leads_nowhere(self, runs: tuple[Run, ...]) -> bool:
        """Whether a line is only links to places on the page or, before the content, to pages below it."""
        linked = [run.anchor for run in runs if run.text.strip()]
        if not all(linked):
            return False
        anchors = [anchor for anchor in linked if anchor is not None and anchor.url]
        if anchors and all(anchor.within for anchor in anchors):
            return True
        below = (is_page_or_child(anchor.url or "", self._url) for anchor in anchors)
        return bool(anchors) and not self._in_content and all(below)


def _is_tag(line: Block) -> bool:
    """Whether a line above a heading only tags or dates it, and is no sentence."""
    return len(line.text.split()) <= _PREAMBLE[1] and not line.text.endswith((".", ":", ";", "?", "!"))
