"""Bytes to a `Page`: the way in to the reader. Pure; the same bytes and address give the same page."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from domain.page import Page
from scraper.charset import decode
from scraper.errors import NotUnderstood
from scraper.kinds.article import read_article
from scraper.tree import parse


def read(body: bytes, url: str, content_type: str | None) -> Page:
    """The page that an answer's body holds. `url` is the page's own address, against which its links are resolved.

    `content_type` is the header's value, None where it was not sent. Raises NotUnderstood, which names the page.
    """
    try:
        tree = parse(decode(body, content_type))
    except NotUnderstood as error:
        raise NotUnderstood(f"{url}: {error}") from error
    return read_tree(tree, url)


def read_tree(tree: LexborHTMLParser, url: str) -> Page:
    """The same of a body that is parsed already. Raises NotUnderstood."""
    try:
        return read_article(tree, url)
    except NotUnderstood as error:
        raise NotUnderstood(f"{url}: {error}") from error
