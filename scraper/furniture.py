"""Which elements are no content, told by what they are: landmarks, roles, hidden labels, menus. No site's class names.

Class and id words count as hints only where the element also looks like furniture, so that no page goes blank.
"""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.addresses import is_page_or_child, is_within_page, resolve
from scraper.tree import Element, ancestors

_SILENT = frozenset(
    {"script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "video", "audio", "map"}
    | {"select", "textarea", "input", "datalist", "head", "title", "img", "picture", "progress", "meter", "del"}
)
_LANDMARKS = frozenset({"nav", "aside", "search", "form", "dialog", "menu"})
_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alertdialog", "menu", "menubar"}
    | {"toolbar", "tablist", "doc-toc", "directory", "form"}
)
_PHRASES = frozenset({"a", "abbr", "b", "em", "i", "label", "p", "small", "span", "strong", "sub", "sup"})
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_UNSEEN = re.compile(r"visually-?hidden|screen-?reader|\bsr-only|assistive-text|off-?screen|skip-?(?:link|to)")
_ALWAYS = re.compile(r"\b(?:breadcrumbs?|cookies?)\b|\b(?:site|page|global|main)-(?:footer|banner)\b")
_MENUS = re.compile(r"\b(?:menu|nav|navbar|navigation|toc|contents|sidebar|pagination|pager|share|sharing|social)\b")
_SHORT = re.compile(r"\b(?:print|newsletter|subscribe|signup|feedback|survey|banner|modal|popup|share)\b")
_ENTRIES = frozenset(
    {"article", "section", "li", "tr", "td", "dt", "dd", "h2", "h3", "h4", "h5", "h6", "summary", "details"}
)
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})  # their ids are made of their words
_SHORT_WORDS = 80
_MOSTLY_LINKS = 0.6
_LONGEST_MENU = 200  # links
_LONG_NAME = 5  # hyphens
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
HEADINGS = "h1, h2, h3, h4, h5, h6, [role=heading]"
_WORTH_A_LOOK = re.compile(
    r"\bpart\s+of\b|\brelated\s+(?:reports?|publications?|inspections?|content|documents)\b", re.I
)


class Furniture:
    """The judgment for one page at the address `url`. Its title is no furniture, nor is anything that holds it."""

    def __init__(self, tree: LexborHTMLParser, title: LexborNode, url: str, base: str) -> None:
        self._keep = frozenset({title.mem_id, *(element.mem_id for element in ancestors(title))})
        controls = (node.attributes.get("aria-controls") for node in tree.css("[aria-controls]")[:5000])
        self._controlled = frozenset(name for value in controls if value for name in value.split())
        blocks = tree.css("div[id], section[id], ul[id], dd[id]") if self._controlled else []
        self._ids = self._controlled & {node.attributes.get("id") or "" for node in blocks}
        self._url, self._base, self._title = url, base, _squeezed(title)

    def is_unseen(self, element: Element) -> bool:
        """Whether an element shows nothing of its own: scripts, pictures, hidden labels, skip links."""
        tag, attributes = element.tag, element.attributes
        if tag in _SILENT:
            return True
        if not attributes or element.number in self._keep:
            return False
        if tag in _PHRASES and ("hidden" in attributes or _HIDDEN_STYLE.search(attributes.get("style") or "")):
            return True  # a hidden word is a label; a hidden block is what a switch can show
        if attributes.get("aria-hidden") == "true" and not self._is_switched(element):
            return True
        return bool(_UNSEEN.search(_names(attributes.get("class"), attributes.get("id"))))

    def is_aside(self, element: Element) -> bool:
        """Whether an element is a menu, a banner, a footer, a form: shown, and none of the article."""
        tag, attributes = element.tag, element.attributes
        if element.number in self._keep:
            return False
        if tag in _LANDMARKS:
            return True
        if tag == "footer":
            return self._closes_page(element.node)
        if not attributes:
            return False
        if (attributes.get("role") or "").lower() in _ROLES:
            return True
        return self._is_named_aside(element, _names(attributes.get("class"), attributes.get("id")))

    def is_worth_a_look(self, element: Element) -> bool:
        """Whether an aside can hold the topics or the related reports."""
        words = element.node.text(separator=" ")[:20_000]
        label = element.attributes.get("aria-label") or ""
        return bool(_WORTH_A_LOOK.search(words) or _WORTH_A_LOOK.search(label))

    def is_switch(self, button: Element) -> bool:
        """Whether a button heads what it shows and hides, or holds a heading that does."""
        shown = set((button.attributes.get("aria-controls") or "").split()) & self._ids
        return bool(shown) or button.node.css_first(HEADINGS) is not None

    def is_menu(self, node: LexborNode, *, before_content: bool, announced: bool) -> bool:
        """Whether a list is made only of links to places on this page; before the content, also to pages below it.

        One that a line such as "In this section" announces may lead anywhere.
        """
        anchors = node.css("a[href]")
        if not 0 < len(anchors) <= _LONGEST_MENU:
            return False
        rest = _squeezed(node)
        for anchor in anchors:
            rest = rest.replace(_squeezed(anchor), "", 1)
        if rest not in {"", self._title}:  # the page itself is not always linked
            return False
        urls = [resolve(anchor.attributes.get("href") or "", self._base) or "" for anchor in anchors]
        if announced or all(is_within_page(url, self._url) for url in urls):
            return True
        return before_content and all(is_page_or_child(url, self._url) for url in urls)

    def _is_switched(self, element: Element) -> bool:
        """Whether an element is what a switch shows: named by one, or a block just behind a heading with a button."""
        if element.tag in _PHRASES:
            return False
        if element.attributes.get("id") in self._controlled:
            return True
        before = element.node.prev
        while before is not None and not before.is_element_node:
            before = before.prev
        return before is not None and (before.tag == "button" or before.css_first(f"button, {HEADINGS}") is not None)

    def _closes_page(self, footer: LexborNode) -> bool:
        """A footer of the page or its article, and not that of a card in it."""
        parent = footer.parent
        if parent is not None and parent.mem_id in self._keep:
            return True
        return "©" in footer.text() or footer.css_first(f"nav, ul, {HEADINGS}") is not None

    def _is_named_aside(self, element: Element, names: str) -> bool:
        node = element.node
        if not names or element.tag in _TITLES:
            return False
        if _ALWAYS.search(names) or ("footer" in names.split() and self._closes_page(node)):
            return True
        if _MENUS.search(names) and _link_share(node) >= _MOSTLY_LINKS and node.css_first(HEADINGS + ", dt") is None:
            return True
        return (
            element.tag not in _ENTRIES
            and bool(_SHORT.search(names))
            and len(node.text(separator=" ").split()) <= _SHORT_WORDS
        )


@lru_cache(maxsize=1024)  # a page has few classes, each many times
def _names(classes: str | None, own_id: str | None) -> str:
    """Class names and a short id in one form: lower case, single hyphens. A long id is a heading's words, no hint."""
    names = _CAMEL.sub("-", f"{classes or ''} {own_id or ''}").split()
    forms = (re.sub(r"[-_]+", "-", name.lower()) for name in names)
    return " ".join(form for form in forms if form.count("-") < _LONG_NAME)


def _link_share(node: LexborNode) -> float:
    anchors = node.css("a")
    if len(anchors) > _LONGEST_MENU:
        return 0.0
    total = len(_squeezed(node))
    return sum(len(_squeezed(anchor)) for anchor in anchors) / total if total else 1.0


def _squeezed(node: LexborNode) -> str:
    return "".join(node.text().split())
