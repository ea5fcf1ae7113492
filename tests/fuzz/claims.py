"""What must hold of any body whatever: a page or a named error, in time, and nothing in a page that is no text."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import TypeVar

import msgspec
from selectolax.lexbor import LexborHTMLParser

from domain import document
from domain.check import Answer, Good, Suspect
from domain.compare import compare
from domain.page import Page
from domain.rebuild import rebuild
from domain.watch import Watch
from scraper.charset import decode
from scraper.errors import NotUnderstood
from scraper.read import read
from scraper.verdict import verdict
from tests.fuzz.bodies import ROOT, SECRET

URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
WATCH = Watch("any", URL, "0 * * * *")
SECONDS = 1.0
SECONDS_A_MEGABYTE = 4.0
"""What a reading or a judgment may take of the processor's time; a true page takes some milliseconds."""

T = TypeVar("T")

_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LONGEST_REASON = 500


def hold(body: bytes, content_type: str | None) -> None:
    """Raise AssertionError, or whatever the reader raises that it must not, where a claim does not hold."""
    page = _in_time(body, lambda: _read(body, content_type))
    if page is not None:
        _is_sound(page)
        assert SECRET not in repr(page) or SECRET in _outside_scripts(decode(body, content_type)), "a script was read"
        changes = _in_time(body, lambda: compare(_standing(), page))
        assert rebuild(_standing(), changes) == page
    headers = (("content-type", content_type),) if content_type else ()
    for before in (None, _standing()):
        judged = _in_time(body, partial(verdict, Answer(200, (URL,), headers, body), WATCH, before))
        match judged:
            case Good():
                assert judged.page == page
            case Suspect():
                _is_one_line(judged.reason)


def _read(body: bytes, content_type: str | None) -> Page | None:
    try:
        return read(body, URL, content_type)
    except NotUnderstood as error:
        told = str(error)
    _is_one_line(told)
    assert told.startswith(URL)
    return None


def _in_time(body: bytes, act: Callable[[], T]) -> T:
    began = time.thread_time()
    result = act()
    took, most = time.thread_time() - began, SECONDS + SECONDS_A_MEGABYTE * len(body) / 1e6
    assert took <= most, f"{took:.1f} s for {len(body):,} bytes, of at most {most:.1f}"
    return result


def _is_sound(page: Page) -> None:
    assert compare(page, page) == ()
    assert page.title
    for keys in ([section.key for section in page.sections], [report.key for report in page.reports]):
        assert len(set(keys)) == len(keys)
    shown = document.page(page)
    msgspec.json.encode(shown)
    for text in _texts(shown):
        assert not _NO_TEXT.search(text), f"a control character or half a surrogate in {text!r:.200}"
        assert text == text.strip()


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for entry in value.values():
                yield from _texts(entry)
        case list() | tuple():
            for entry in value:
                yield from _texts(entry)


def _outside_scripts(html: str) -> str:
    """What is left of a page without what no reader sees: a mistyped script can leave its words outside."""
    tree = LexborHTMLParser(html, scripting=True)
    tree.strip_tags(["script", "style", "noscript", "template"])
    return tree.html or ""


def _is_one_line(reason: str) -> None:
    assert reason.isprintable(), f"a reason that is no plain line: {reason!r:.200}"
    assert len(reason) <= _LONGEST_REASON


@cache
def _standing() -> Page:
    return read((ROOT / "cli" / "demo_pages" / "2025-01-child-protection.html").read_bytes(), URL, None)
