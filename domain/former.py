"""The addresses that a page had before the inspectorate's site moved: archives keep its earlier captures there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from domain.address import HOME, canonical_address

_ARTICLE = re.compile(r"^our-work/article/")


def former_addresses(url: str) -> tuple[str, ...]:
    """Every address that a page is known to have had, today's first; of a page elsewhere only its own.

    The site moved from hmic.gov.uk to /hmic and then, in July 2017, to /hmicfrs of justiceinspectorates.gov.uk, from
    there to a host of its own. The first two had articles directly below /our-work/. Archives make no difference
    between http and https, nor between a host with "www." and without, so that one of each is enough to ask for.
    """
    host, _, path = canonical_address(url).partition("/")
    if host != HOME:
        return (url.strip(),)
    earlier = _ARTICLE.sub("our-work/", path)
    return (
        f"https://{HOME}/{path}",
        f"https://www.justiceinspectorates.gov.uk/hmicfrs/{path}",
        f"https://www.justiceinspectorates.gov.uk/hmic/{earlier}",
        f"http://www.hmic.gov.uk/{earlier}",
    )


def is_address_of(address: str, url: str) -> bool:
    """Whether an address is the one of the page at `url`, or was before a move."""
    return canonical_address(address) in _canonical_addresses(url)


def spelled_as(address: str, addresses: Sequence[str]) -> str:
    """The one of the addresses that archives make no difference to; the address itself where there is none."""
    filed = _filed(address)
    return next((other for other in addresses if _filed(other) == filed), address)


def _filed(address: str) -> str:
    """The form under which archives file an address: host and path in lower case, without scheme, port and "www."."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return address
    host, path = (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")
    return f"{host}{path}?{parts.query}".lower()


@lru_cache(maxsize=256)
def _canonical_addresses(url: str) -> frozenset[str]:
    return frozenset(map(canonical_address, former_addresses(url)))
