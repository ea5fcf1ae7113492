"""Links as published made absolute. When two addresses are one and the same is `domain.address`'s business."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from domain.address import canonical_address

_PUBLICATION = re.compile(r"(?:.*/)?(?:publications|publication-html)/[^/?]+/?|.*/uploads/.+\.pdf", re.IGNORECASE)
_IGNORED_BY_BROWSERS = re.compile(r"[\t\r\n]")
_EDGES = "".join(map(chr, range(0x21)))
_LONGEST = 4000
_PLAIN = re.compile(  # in which there is nothing to resolve
    r"(?P<root>https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]{1,5})?)?(?:/[A-Za-z0-9_-][A-Za-z0-9._~-]*)+/?"
)


def resolve(href: str, base: str) -> str | None:
    """The absolute address of a link on a page at `base`, otherwise as published.

    None for what no reader should follow: `javascript:`, `data:` and all but web, mail and telephone links, and
    addresses that cannot be read.
    """
    if (root := _root_of(base)) and len(href) <= _LONGEST and (plain := _PLAIN.fullmatch(href)):
        return href if plain["root"] else root + href
    href = _IGNORED_BY_BROWSERS.sub("", href).strip(_EDGES)
    if not href or len(href) > _LONGEST:
        return None
    try:
        url = urljoin(base, href)
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if not (parts.path if parts.scheme in {"mailto", "tel"} else parts.scheme in {"http", "https"} and host):
        return None
    return url if url.isprintable() else "".join(_shown(letter) for letter in url)


@lru_cache(maxsize=64)
def _root_of(base: str) -> str | None:
    """What stands before the path of an address of the web, None where that is not the whole story."""
    try:
        parts = urlsplit(base)
        root = f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.hostname else None
    except ValueError:
        return None
    return root if root and root.isprintable() else None


def is_within_page(url: str, page: str) -> bool:
    """Whether a link leads to a place on the page itself."""
    if "#" not in url:
        return False
    address, fragment = urldefrag(url)
    return (bool(fragment) or url.endswith("#")) and canonical_address(address) == canonical_address(page)


def is_page_or_child(url: str, page: str) -> bool:
    """Whether a link leads to the page itself or to one below it, as those of a section menu do."""
    return canonical_address(url).startswith(canonical_address(page))


def is_publication(url: str | None) -> bool:
    """Whether an address is one at which reports are published: a landing page, a full text, an uploaded PDF."""
    return url is not None and is_web(url) and bool(_PUBLICATION.fullmatch(canonical_address(url).partition("?")[0]))


def is_web(url: str | None) -> bool:
    """Whether an address is of the web, and not of mail or telephone."""
    return url is not None and url.lower().startswith(("http:", "https:"))


def _shown(letter: str) -> str:
    """Percent-encoded, as browsers have it, what would steer a terminal or turn a line of text around."""
    return letter if letter.isprintable() else quote(letter, errors="replace")
