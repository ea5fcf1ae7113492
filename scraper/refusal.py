"""What a server sends with a status that refuses the page, told without the reader: it only makes a reason clearer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape

from domain.typography import folded_title
from scraper.signs import HEADERS, MARKS, NAMES, Kind

MOST_BYTES = 65_536
"""How much of the body is looked at."""

_TRUE = frozenset({404, 410})
"""A page that is not there is not there, whatever the CDN in front of the site puts around the answer."""

_TOLD = frozenset({Kind.BLOCK, Kind.RATE_LIMIT, Kind.MAINTENANCE, Kind.LOGIN, Kind.PLACEHOLDER})
_NAME = re.compile(r"<(title|h1)\b[^>]{0,300}>(.{0,1000}?)</\1", re.IGNORECASE | re.DOTALL)
_MOST_NAMES = 5
_TAG = re.compile(r"<[^<>]*>")
_SERVERS = (("server", "akamai", "Akamai"), ("server", "bunnycdn", "bunny.net"), ("x-cdn", "imperva", "Imperva"))
"""What a CDN signs its own refusals with: of a block page that is nameless otherwise, they tell the maker."""


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """What was sent with a status of 400 and above: "a block page of Akamai"; "" where it says no more than the status.

    The names of `headers` are in lower case.
    """
    if status in _TRUE:
        return ""
    source = body[:MOST_BYTES].decode("utf-8", "replace")
    maker = next((maker for name, maker in HEADERS if headers.get(name)), "")
    kind = Kind.BLOCK if maker else None
    for marked, _, of, mark in MARKS:
        if kind is None and mark in source.lower():
            kind, maker = marked, of
    kind = kind or next((kind for kind in _kinds(source) if kind in _TOLD), None)
    if kind not in _TOLD:
        return ""
    if kind is Kind.BLOCK and not maker:
        maker = next((of for name, sign, of in _SERVERS if sign in headers.get(name, "").lower()), "")
    return f"a {kind}" + (f" of {maker}" if maker else "")


def _kinds(source: str) -> Iterator[Kind]:
    for _, found in _NAME.findall(source)[:_MOST_NAMES]:
        name = folded_title(_TAG.sub(" ", unescape(found)))
        yield from (kind for kind, pattern in _patterns() if pattern.fullmatch(name))


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, patterns in NAMES.items() for pattern in patterns)
