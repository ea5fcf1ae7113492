"""Answers that are something else than the page, though their status says that all is well.

A rule looks at what a page calls itself, at its size and its make, never for a phrase anywhere in a long text: an
article may speak of maintenance, blocks and errors. What the page ought to have is `verdict`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from domain.address import canonical_address
from domain.check import Answer
from domain.subject import one_line
from domain.typography import folded_title
from scraper.signs import FEW_WORDS, HEADERS, MARKS, NAMES, NOTICES, SOME_WORDS, Kind, most_words


@dataclass(frozen=True, slots=True)
class StandIn:
    """What an answer is instead of the page; `sign` tells the administrator what gave it away."""

    kind: Kind
    sign: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.sign}"


def stand_in_by_address(answer: Answer, url: str) -> StandIn | None:
    """Judge an answer to `url` by its status, headers, size and the address it came from; None where all is well."""
    if answer.status not in _PAGES:
        return StandIn(Kind.NO_PAGE, f"the server answered {answer.status}")
    if not answer.body.strip():
        return StandIn(Kind.NO_PAGE, "the answer is empty")
    kind = (answer.header("content-type") or "text/html").partition(";")[0].strip().lower()
    if kind not in _HTML:
        return StandIn(Kind.NO_PAGE, f"the server calls it “{one_line(kind, 60)}”")
    for name, maker in HEADERS:
        if answer.header(name):
            return StandIn(Kind.BLOCK, f"a header of {maker} says “{one_line(answer.header(name) or '', 60)}”")
    return _elsewhere(answer.url, url)


def stand_in_by_looks(html: str, tree: LexborHTMLParser) -> StandIn | None:
    """Judge a page, and what it was parsed to, by its names, size and make; None where all is well."""
    look = _look(html, tree.clone())
    names = {name: folded_title(name) for name in look.names}
    for kind, pattern in _NAMES:
        for name, folded in names.items() if look.words <= most_words(kind) else ():
            if pattern.fullmatch(folded):
                return StandIn(kind, f"it calls itself “{one_line(name, 120)}”")
    for kind, most, maker, mark in MARKS:
        if look.words <= most and mark in look.source:
            return StandIn(kind, f"it is made by {maker}")
    if "error404" in look.classes:  # WordPress puts it on the body of what it has no page for
        return StandIn(Kind.NOT_FOUND, "its body has the class “error404”")
    if look.words <= FEW_WORDS:
        return _notice(look)
    return None


def breaks_off(html: str) -> StandIn | None:
    """A page that ends within a tag, a comment, a script or a style; a missing `</html>` alone is valid HTML."""
    if _is_closed(html):
        return None
    source = html.lower()
    for thing, begins, ends in _SPANS:
        if source.rfind(begins) > source.rfind(ends):
            return StandIn(Kind.TRUNCATED, f"it breaks off within a {thing}")
    if re.search(r"<[a-z/!][^<>]*\Z", source[-2000:]):
        return StandIn(Kind.TRUNCATED, "it breaks off within a tag")
    return None


def leaves_open(html: str) -> bool:
    """Whether a page ends with its body and a part of it unclosed: a sign of truncation, if a weak one."""
    if _is_closed(html):
        return False
    source = html.lower()
    return any(len(re.findall(rf"<{name}[\s>]", source)) > source.count(f"</{name}") for name in _NEVER_IMPLIED)


_PAGES = frozenset({200, 203})
"""The 2xx statuses that carry the page asked for; AWS WAF, for one, sends its challenge as 202."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_LOGIN_PATH = re.compile(r"/(?:wp-login\.php|log-?in|sign-?in|sso|auth)(?:[/.]|$)", re.IGNORECASE)
_SPANS = (("comment", "<!--", "-->"), ("script", "<script", "</script"), ("style", "<style", "</style"))
_NEVER_IMPLIED = ("main", "article", "section", "div", "ul", "table")
_NAMES = tuple((kind, re.compile(pattern)) for kind, patterns in NAMES.items() for pattern in patterns)
_NOTICES = tuple((kind, re.compile(rf"\b(?:{pattern})")) for kind, pattern in NOTICES)
_ENDING = 1000
_LONGEST_NAME = 300
_MOST_NAMES = 5
_LONGEST_NOTICE = 10_000


@dataclass(frozen=True, slots=True)
class _Look:
    """What the rules see of a page: `text` is all that is visible, `source` its HTML in lower case."""

    names: tuple[str, ...]
    words: int
    text: str
    source: str
    classes: frozenset[str]
    asks_for_password: bool


def _look(html: str, tree: LexborHTMLParser) -> _Look:
    """Takes out of the tree what cannot be seen."""
    title = tree.css_first("head > title")
    headings = [node.text(separator=" ")[:_LONGEST_NAME] for node in tree.css("h1")[:_MOST_NAMES]]
    asks = tree.css_first("input[type=password]") is not None
    classes = (tree.body.attributes.get("class") if tree.body else None) or ""
    tree.strip_tags(["script", "style", "template", "noscript"])
    text = tree.body.text(separator=" ") if tree.body else ""
    names = tuple(_names(title.text()[:_LONGEST_NAME] if title else "", headings))
    words = len(text.split(maxsplit=SOME_WORDS))  # beyond which no rule counts
    return _Look(names, words, text, html.lower(), frozenset(classes.split()), asks)


def _is_closed(html: str) -> bool:
    """Looks at the end first, where most pages have it."""
    return any("</html" in part.lower() or "</body" in part.lower() for part in (html[-_ENDING:], html))


def _names(title: str, headings: list[str]) -> Iterator[str]:
    """What a page calls itself: its H1s, its title, and the parts of its title that are not the H1's own words.

    "Access denied – a review | HMICFRS" over the H1 "Access denied – a review" is no page called "Access denied".
    """
    yield from headings
    yield title
    folded = [folded_title(heading) for heading in headings]
    for part in re.split(r"\s[-–—:·»>]\s|\s*[|»]\s*", title):
        if not any(folded_title(part) in heading for heading in folded):
            yield part


def _notice(look: _Look) -> StandIn | None:
    if not look.words:
        return StandIn(Kind.BLOCK, "it has no visible text, as pages that try the browser have not")
    if look.asks_for_password:
        return StandIn(Kind.LOGIN, "it asks for a password and says little else")
    text = folded_title(look.text[:_LONGEST_NOTICE])
    for kind, pattern in _NOTICES:
        if found := pattern.search(text):
            return StandIn(kind, f"it says little more than “{one_line(found[0], 120)}”")
    return None


def _elsewhere(landed: str, url: str) -> StandIn | None:
    """Where redirects end that are no move of the page; the address as shown is `landed`."""
    if canonical_address(landed) == canonical_address(url):
        return None
    if urlsplit(landed).path in {"", "/"} and urlsplit(url).path not in {"", "/"}:
        return StandIn(Kind.HOME, f"redirected to {one_line(landed, 200)}")
    if _LOGIN_PATH.search(urlsplit(landed).path) and not _LOGIN_PATH.search(urlsplit(url).path):
        return StandIn(Kind.LOGIN, f"redirected to {one_line(landed, 200)}")
    return None
