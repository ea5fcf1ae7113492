"""A tree to the lines of its content in order, and the cards they stand in. What a line says is not here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import assert_never

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.addresses import is_page_or_child, is_within_page, resolve
from scraper.block import BREAK, Anchor, Block, Role, Run, words
from scraper.dates import is_published_label
from scraper.furniture import HEADINGS, Furniture
from scraper.lines import is_in_bold, is_label, parted, without_toggle
from scraper.tables import title_cells
from scraper.text import is_menu_heading, is_noise, is_related_heading, legible
from scraper.tree import Step, ancestors, find_title, walk

_LINES = frozenset(
    {"address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog"}
    | {"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"}
    | {"header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section"}
    | {"summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_ARIA_LEVELS = {str(level): level for level in range(1, 7)}
_LEADS = {"li": Role.ITEM, "dt": Role.LABEL, "td": Role.LABEL, "th": Role.LABEL}
_NO_CARDS = frozenset({"p", "pre", "td", "th", "dt", "dd"})
_SPACE = re.compile(r"\s+")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_HEADINGS = (Role.TITLE, Role.HEADING, Role.LABEL)
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
    for step, node in walk(root, builder.skips):
        match step:
            case Step.TEXT:
                builder.add_text(node)
            case Step.ENTER:
                builder.enter(node)
            case Step.LEAVE:
                builder.leave(node)
            case _:
                assert_never(step)
    builder.end_line()
    return Layout(tuple(builder.blocks), builder.cards)


@dataclass(frozen=True, slots=True)
class _Context:
    """What holds for text at one place of the tree. `lead`: the element whose first line has a role of its own."""

    role: Role = Role.PARAGRAPH
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
        self._around: list[tuple[_Context, int, int]] = []
        self._runs: list[Run] = []
        self._headings = 0
        self._last_heading = 0
        self._in_content = False
        self._leads: dict[int, int] = {}
        self._asides: set[int] = set()
        self._titles: set[int] = set()
        self._names: set[int] = set()

    def skips(self, node: LexborNode) -> bool:
        """Whether an element is no content; its place still ends a line."""
        tag = node.tag
        if self._furniture.is_unseen(node) or node.mem_id in self._names:
            return True
        if tag in _LINES and self._context.role not in _HEADINGS:
            self.end_line()
        if tag in {"ul", "ol"} and self._ends_menu(node):
            return True
        if tag == "button" and self._context.role not in _HEADINGS and not self._furniture.is_switch(node):
            return True
        if self._context.aside or not self._furniture.is_aside(node):
            return False
        if not self._furniture.is_worth_a_look(node):
            return True
        self._asides.add(node.mem_id)
        return False

    def add_text(self, node: LexborNode) -> None:
        """Take a text into the line."""
        context = self._context
        text = _SPACE.sub(" ", legible(node.text_content or ""))
        self._runs.append(Run(text, context.anchor, context.strong, context.moment))

    def enter(self, node: LexborNode) -> None:
        """Begin an element, and with it a line if it is one of lines; in a heading only a break."""
        tag, outer = node.tag or "", self._context
        if tag == "br" or (tag in _LINES and outer.role in _HEADINGS):
            self._runs.append(Run(BREAK))
        self._around.append((outer, len(self.blocks), self._headings))
        if tag == "table":
            titles, names = title_cells(node)
            self._titles |= titles
            self._names |= names
        self._context = self._inside(node, tag)
        label = node.attributes.get("aria-label") or "" if self._context.aside and not outer.aside else ""
        if is_related_heading(label) and node.css_first(HEADINGS) is None:
            self._add(Block(Role.LABEL, 1, (), label, aside=True))

    def leave(self, node: LexborNode) -> None:
        """End an element, the line with it, and see whether it was a card."""
        outer, first, headings = self._around.pop()
        if node.tag in _LINES or self._context.role is not outer.role:
            if outer.role in _HEADINGS and outer.role is self._context.role:
                self._runs.append(Run(BREAK))
            else:
                self.end_line()
        self._context = outer
        if len(self.blocks) - first > 1 and node.tag not in _NO_CARDS:
            self._mark_cards(node, first, self._headings - headings)

    def end_line(self) -> None:
        """Make blocks of the runs so far."""
        runs, self._runs = self._runs, []
        if not words(runs):
            return
        if self._context.role in _HEADINGS:
            self._end_heading(without_toggle(runs))
            return
        for line in parted(runs):
            self._end_paragraph(line)

    def _end_heading(self, runs: tuple[Run, ...]) -> None:
        context, text = self._context, words(runs)
        if text and (context.role is Role.TITLE or not is_noise(text)):
            self._add(Block(context.role, context.level, runs, text, context.aside))

    def _end_paragraph(self, runs: tuple[Run, ...]) -> None:
        context, text = self._context, words(runs)
        block = Block(Role.PARAGRAPH, 0, runs, text, context.aside)
        if is_noise(text) or is_published_label(text):
            return
        if self._leads_nowhere(block):
            self._take_back_menu_heading()
            return
        if context.lead and context.lead[0] not in self._leads:
            self._leads[context.lead[0]] = len(self.blocks)
            role = context.lead[1]
            block = replace(block, role=role, level=max(context.nested, 1) if role is Role.LABEL else 0)
        elif is_in_bold(runs) and is_label(text):
            block = replace(block, role=Role.LABEL, level=context.nested + 1)
        if text.startswith("•"):
            block = replace(block, role=Role.ITEM, level=0, text=text.lstrip("• "))
        if block.text:
            self._add(block)

    def _add(self, block: Block) -> None:
        if block.role in _HEADINGS:
            self._headings += 2 if block.role is Role.TITLE else 1  # what holds the title is no card
            self._last_heading = len(self.blocks)
        if block.role is Role.TITLE:
            self._in_content = False
        elif not block.aside and (block.role is Role.HEADING or not (block.is_all_links or block.is_topics)):
            self._in_content = True
        self.blocks.append(block)

    def _inside(self, node: LexborNode, tag: str) -> _Context:
        """What holds inside an element."""
        context, attributes = self._context, node.attributes
        if node.mem_id == self._title:
            return replace(context, role=Role.TITLE, level=1)
        if context.role is Role.TITLE or context.role is Role.HEADING:
            return self._inside_phrase(tag, attributes)
        if tag in _LEVELS or attributes.get("role") == "heading":
            stated = attributes.get("aria-level") or ""
            return replace(context, role=Role.HEADING, level=_LEVELS.get(tag) or _ARIA_LEVELS.get(stated, 2))
        if tag in {"summary", "button"} and context.role not in _HEADINGS:
            return replace(context, role=Role.LABEL, level=max(context.nested, 1))
        if node.mem_id in self._asides:
            return replace(context, aside=True)
        if tag in {"dl", "details"}:
            return replace(context, nested=context.nested + 1, lead=None)
        if tag in _LEADS:
            is_plain = tag in {"td", "th"} and node.mem_id not in self._titles
            return replace(context, lead=None if is_plain else (node.mem_id, _LEADS[tag]))
        return self._inside_phrase(tag, attributes)

    def _inside_phrase(self, tag: str, attributes: dict[str, str | None]) -> _Context:
        context = self._context
        if tag == "a":
            url = resolve(attributes.get("href") or "", self._base)
            return replace(context, anchor=Anchor(url, url is not None and is_within_page(url, self._url)))
        if tag == "time":
            return replace(context, moment=attributes.get("datetime") or "")
        if tag in {"strong", "b"} or _BOLD.search(attributes.get("style") or ""):
            return replace(context, strong=True)
        return context

    def _mark_cards(self, node: LexborNode, first: int, headings: int) -> None:
        if node.tag == "li" and headings:
            lead = self._leads.get(node.mem_id)
            if lead is not None and lead < len(self.blocks) and self.blocks[lead].role is Role.ITEM:
                self.blocks[lead] = replace(self.blocks[lead], role=Role.PARAGRAPH)
        if node.tag == "dl":
            terms = [place for place in range(first, len(self.blocks)) if self.blocks[place].role is Role.LABEL]
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

    def _leads_nowhere(self, block: Block) -> bool:
        """Whether a line is only links to places on the page or, before the content, to pages below it."""
        linked = [run.anchor for run in block.runs if run.text.strip()]
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
