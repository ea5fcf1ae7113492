"""Bodies to be read: true pages that were cut, spliced, misnested, mistyped and poisoned in a few places each."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
SEEDS = tuple(
    path.read_bytes()
    for folder in (ROOT / "cli" / "demo_pages", ROOT / "tests" / "scraper" / "reading" / "markups")
    for path in sorted(folder.rglob("*.html"))
)
SECRET = "SECRETOFASCRIPT"
CONTENT_TYPES = st.sampled_from(
    (None, "text/html", "text/html; charset=utf-8", "text/html; charset=utf-16", "text/html;charset=iso-8859-1", "\x00")
)

Edit: TypeAlias = Callable[[bytes], bytes]

_TAG = re.compile(rb"<[^<>]{1,200}>")
_OPENING = (
    *(
        "<div>",
        "<b><p>",
        "<ul><li>",
        "<svg>",
        "<math><mi>",
        "<template>",
        "<select>",
        "<details><summary>",
        "<a href=x>",
    ),
    *("<table>", "<h2>", "<button aria-controls=a>", "<dl><dt>", "<noscript>", "<!--", "<textarea>", "<main>", "<nav>"),
)
_LINES = (
    *(
        "last updated 1",
        "Published on: ",
        "A – 4 May 2015 ",
        "4–15 ",
        "a-",
        "1st ",
        "Part of: ",
        "Get the report ",
        ", ",
    ),
    *(
        "made nine recommendations ",
        "Related reports",
        "• ",
        "(",
        "&#x1F600;",
        "&nbsp;",
        "\u00ad",
        "\u202e",
        "â€™",
        "Ã",
    ),
    *("https://a.example/", "three causes of concern ", "in Kent – ", "We made ", "we’ll be back ", "page not found "),
)
_POISON = (
    f"<script>var a = '{SECRET}';</script>",
    f"<style>.a {{ content: '{SECRET}' }}</style>",
    f"<svg><script>{SECRET}</script></svg>",
    f"<noscript><h2>{SECRET} – 2015</h2></noscript>",
    f"<template><p>{SECRET}</p></template>",
    f'<script type=\'application/ld+json\'>{{"name": "{SECRET}"}}</script>',
    *(
        "&#xD800;",
        "&#0;",
        "&#x110000;",
        "\x00",
        "\x1b[31m",
        "<![CDATA[x]]>",
        "<?php x ?>",
        "<base href='javascript:x'>",
    ),
    *(
        "<meta charset=utf-16>",
        "<base href='http://[::1'>",
        "<a href='http://[x'>x</a>",
        "<time datetime='0001-01-01'>",
    ),
    *(
        "<a href='//'>x</a>",
        "<h1></h1>",
        "<h1>Other</h1>",
        "</main>",
        "</body>",
        "</html>",
        "<frameset>",
        "<plaintext>",
    ),
)
_CODECS = ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp1252", "utf-8-sig", "shift-jis", "cp037")


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A body of at most some hundred thousand bytes."""
    body = draw(st.sampled_from(SEEDS) | st.binary(max_size=300))
    for edit in draw(st.lists(edits(), min_size=1, max_size=6)):
        body = edit(body)
    return body


def edits() -> st.SearchStrategy[Edit]:
    """Something that is done to a body at a place of it."""
    places = st.floats(0, 1)
    insertions = st.one_of(
        st.sampled_from(_POISON).map(_encoded),
        st.builds(
            lambda line, times: _encoded(line * times), st.sampled_from(_LINES), st.sampled_from((1, 9, 60, 900))
        ),
        st.builds(
            lambda tag, times: _encoded(tag * times), st.sampled_from(_OPENING), st.sampled_from((1, 9, 300, 3000))
        ),
        st.builds(_attributes, st.sampled_from((1, 30, 1100)), st.sampled_from((1, 50_000))),
        st.binary(max_size=12),
        st.builds(_slice, st.sampled_from(SEEDS), places, places),
    )
    return st.one_of(
        st.builds(_insert, places, insertions),
        st.builds(_insert, places, insertions),
        st.builds(_flip, places, st.integers(1, 255)),
        st.builds(_cut, places),
        st.builds(_delete, places, places),
        st.builds(_repeat, places, places, st.sampled_from((2, 3, 20))),
        st.builds(_swap_tags, places, places),
        st.builds(_drop_tag, places),
        st.sampled_from(_CODECS).map(_recode),
        st.just(_misread),
    )


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _attributes(number: int, length: int) -> bytes:
    return b"<p " + b" ".join(b"a%d='%s'" % (index, b"x" * (length // number)) for index in range(number)) + b">"


def _slice(body: bytes, start: float, end: float) -> bytes:
    first, last = sorted((int(start * len(body)), int(end * len(body))))
    return body[first:last]


def _insert(place: float, piece: bytes) -> Edit:
    return lambda body: body[: (at := int(place * len(body)))] + piece + body[at:]


def _flip(place: float, bits: int) -> Edit:
    def edit(body: bytes) -> bytes:
        at = int(place * (len(body) - 1))
        return body[:at] + bytes((body[at] ^ bits,)) + body[at + 1 :] if body else body

    return edit


def _cut(place: float) -> Edit:
    return lambda body: body[: int(place * len(body))]


def _delete(start: float, end: float) -> Edit:
    return lambda body: body.replace(_slice(body, start, start + (end - start) / 20), b"", 1)


def _repeat(start: float, end: float, times: int) -> Edit:
    return lambda body: body + _slice(body, start, end)[:20_000] * times


def _swap_tags(one: float, other: float) -> Edit:
    def edit(body: bytes) -> bytes:
        tags = list(_TAG.finditer(body))
        if not tags:
            return body
        a, b = sorted((tags[int(one * (len(tags) - 1))].span(), tags[int(other * (len(tags) - 1))].span()))
        return body if a == b else body[: a[0]] + body[slice(*b)] + body[a[1] : b[0]] + body[slice(*a)] + body[b[1] :]

    return edit


def _drop_tag(place: float) -> Edit:
    def edit(body: bytes) -> bytes:
        tags = list(_TAG.finditer(body))
        return body.replace(tags[int(place * (len(tags) - 1))][0], b"", 1) if tags else body

    return edit


def _recode(codec: str) -> Edit:
    return lambda body: body.decode("utf-8", "replace").encode(codec, "replace")


def _misread(body: bytes) -> bytes:
    """UTF-8 that was taken for windows-1252 and encoded again."""
    return body.decode("cp1252", "replace").encode()
