"""HTML text to a tree, within bounds of time and memory, and the walk over it. What an element means is not here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Protocol

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from domain.typography import folded_title
from scraper.errors import NotUnderstood

MAX_CHARACTERS = 5_000_000
MAX_DEPTH = 256
MAX_ELEMENTS = 100_000

_MAX_OPEN = 2_000  # lexbor's time grows with the square of the depth: 0.01 s here, 0.6 s at 20,000
_MAX_ATTRIBUTES = 1_000  # and with the square of an element's attributes: 3.5 s at 40,000
_HARMLESS = 100_000  # characters in which neither can cost half a second
_TAG = re.compile(
    r"""<!--.*?(?:-->|\Z) | <(?P<end>/?)(?P<name>[a-z][^\s/>]*+)(?P<attributes>(?:
    [\s/]++ | [^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>"'][^\s>]*+)?+)?+)*+)>?""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_QUOTED = re.compile(r"\"[^\"]*\"?|'[^']*'?")
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_CLOSE_THEMSELVES = frozenset(
    {"p", "li", "dt", "dd", "td", "th", "tr", "thead", "tbody", "tfoot", "option", "optgroup", "a", "nobr", "html"}
    | {"head", "body", "rt", "rp", "colgroup"}
)
_BANNER = re.compile(r"\b(?:alert)?dialog\b|banner|cookie", re.IGNORECASE)
_REOPENED = frozenset({"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"})


class Element:
    """An element with what is asked of each again and again: every question to lexbor costs as much as a function."""

    __slots__ = ("attributes", "node", "number", "tag")

    def __init__(self, node: LexborNode) -> None:
        self.node = node
        self.tag = node.tag or ""
        self.attributes = node.attributes
        self.number = node.mem_id


class Visitor(Protocol):
    """Who is led over a tree by `walk`."""

    def add_text(self, text: str) -> None:
        """Take a text."""

    def enter(self, element: Element) -> bool:
        """Begin an element; False for one that is left out with all it holds, and is not left either."""

    def leave(self) -> None:
        """End the element that was entered last."""


def parse(html: str) -> LexborHTMLParser:
    """The tree of a page. Raises NotUnderstood for one that is too large, too deep or too tangled to be a page."""
    if len(html) > MAX_CHARACTERS:
        raise NotUnderstood(f"the page is longer than {MAX_CHARACTERS:,} characters")
    if len(html) > _HARMLESS or html.count("<") > _MAX_OPEN:
        _refuse_tangles(html)
    try:
        return LexborHTMLParser(html, scripting=True)  # so that <noscript> is no content
    except (SelectolaxError, ValueError) as error:
        raise NotUnderstood(f"the page cannot be parsed: {error}") from error


def walk(root: LexborNode, visitor: Visitor) -> None:
    """Show the texts and elements below an element, in document order.

    Raises NotUnderstood where the nesting is too deep.
    """
    around: list[LexborNode] = []
    node = root.first_child
    while True:
        while node is None:
            if not around:
                return
            visitor.leave()
            node = around.pop().next
        if node.is_text_node:
            visitor.add_text(node.text_content or "")
        elif node.is_element_node and visitor.enter(Element(node)):
            around.append(node)
            node = node.first_child
            if node is not None and len(around) > MAX_DEPTH:
                raise NotUnderstood(f"elements are nested more than {MAX_DEPTH} deep")
            continue
        node = node.next


def find_title(tree: LexborHTMLParser) -> LexborNode:
    """The heading that is the page's title: the article's own H1, before that of a banner.

    Of several the first within the main content counts, and one with which the document's title begins before others.
    A page without any may have another heading with which the document's title begins. Raises NotUnderstood.
    """
    title = tree.css_first("head > title")
    document = folded_title(title.text()[:1000]) if title else ""
    candidates = [node for node in tree.css("h1, [role=heading][aria-level='1']")[:50] if node.text(strip=True)]
    if not candidates:
        others = tree.css("h2, h3, [role=heading], main strong, article strong")[:200]
        candidates = [node for node in others if " " in _folded(node) and _begins(document, node)]
    if not candidates:
        raise NotUnderstood("the page has no title: no H1 and no heading that stands in for one")
    return min(candidates, key=lambda node: (_is_in_banner(node), not _begins(document, node), not _is_in_main(node)))


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around one, the closest first, at most as many as a page may nest."""
    parent = node.parent
    for _ in range(MAX_DEPTH + 2):
        if parent is None or not parent.is_element_node:
            return
        yield parent
        parent = parent.parent


def _refuse_tangles(html: str) -> None:
    """Count what the parser would have to keep open or open again, before it does."""
    still_open: Counter[str] = Counter()
    elements = nested = reopened = 0
    place = 0
    while tag := _TAG.search(html, place):
        place = tag.end()
        name = (tag["name"] or "").lower()
        if not name or name in _VOID:
            continue
        change = -1 if tag["end"] else 1
        if name not in _CLOSE_THEMSELVES and still_open[name] + change >= 0:
            still_open[name] += change
            nested += change
            reopened += change * (name in _REOPENED)
        if change > 0:
            elements += 1 + reopened
            if name in _RAW:
                end = re.compile(f"</{name}\\b", re.IGNORECASE).search(html, place)
                place = end.start() if end else len(html)
        if nested > _MAX_OPEN:
            raise NotUnderstood(f"elements are nested more than {_MAX_OPEN} deep")
        if elements > MAX_ELEMENTS:
            raise NotUnderstood(f"the page has more than {MAX_ELEMENTS:,} elements")
        if len(tag["attributes"] or "") > _MAX_ATTRIBUTES and _count_attributes(tag["attributes"]) > _MAX_ATTRIBUTES:
            raise NotUnderstood(f"an element has more than {_MAX_ATTRIBUTES:,} attributes")


def _count_attributes(attributes: str) -> int:
    return len(_QUOTED.sub(" ", attributes).replace("/", " ").split())


def _folded(node: LexborNode) -> str:
    return folded_title(node.text()[:1000])


def _begins(document: str, node: LexborNode) -> bool:
    title = _folded(node)
    return bool(title) and f"{document} ".startswith(f"{title} ")


def _is_in_banner(node: LexborNode) -> bool:
    around = list(ancestors(node))
    if _BANNER.search(node.text()[:1000]):
        return True
    if any(
        element.tag in {"nav", "aside", "dialog", "footer"} or _BANNER.search(_signs(element)) for element in around
    ):
        return True
    return not _is_in_main(node) and any(element.tag == "header" for element in around)


def _signs(element: LexborNode) -> str:
    attributes = element.attributes
    return " ".join(attributes.get(name) or "" for name in ("role", "class", "id")) if element.tag == "div" else ""


def _is_in_main(node: LexborNode) -> bool:
    return any(
        element.tag in {"main", "article"} or element.attributes.get("role") == "main" for element in ancestors(node)
    )
