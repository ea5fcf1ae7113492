"""The eight markups by name, and a content read in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from domain.page import Page
from scraper.read import read
from tests.markups.around import Around
from tests.markups.content import Content
from tests.markups.dressed import accordion, cards, noisy, wordpress_blocks
from tests.markups.plain import definition_list, flat, pseudo_headings, table

Renderer: TypeAlias = Callable[[Content, Around], str]

MARKUPS: Mapping[str, Renderer] = {
    "flat": flat,
    "WordPress blocks": wordpress_blocks,
    "accordion": accordion,
    "cards": cards,
    "definition list": definition_list,
    "table": table,
    "pseudo-headings": pseudo_headings,
    "noisy": noisy,
}


def page_of(content: Content, markup: str, around: Around | None = None) -> Page:
    """The content as the reader reads it from a markup."""
    html = MARKUPS[markup](content, around or Around())
    return read(html.encode(), content.address, "text/html; charset=utf-8")
