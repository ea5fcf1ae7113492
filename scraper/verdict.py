"""Whether an answer is the watched page: not something else in its place, and with the landmarks that it must have."""

from __future__ import annotations

from domain.check import Answer, Good, Suspect, Verdict
from domain.page import Page
from domain.subject import one_line
from domain.typography import folded_title
from domain.watch import Watch
from scraper.charset import decode
from scraper.errors import NotUnderstood
from scraper.read import read_tree
from scraper.stand_ins import breaks_off, leaves_open, stand_in_by_address, stand_in_by_looks
from scraper.tree import parse
from scraper.version import READER_VERSION

LEAST_LOST = 2
"""One record fewer is news, however few there were; a collapse takes more with it."""


def verdict(answer: Answer, watch: Watch, before: Page | None) -> Verdict:
    """Judge an answer, and read it where it may be the page. `before` is the last accepted state, None for none yet."""
    try:
        stand_in = stand_in_by_address(answer, watch.url)
        if stand_in is None:
            html = decode(answer.body, answer.header("content-type"))
            tree = parse(html)
            stand_in = stand_in_by_looks(html, tree) or breaks_off(html)
        if stand_in is not None:
            return Suspect(str(stand_in))
        page = read_tree(tree, answer.url)
    except NotUnderstood as error:
        return Suspect(str(error))
    stranger = _empty(page) or _stranger(page, before)
    if stranger:
        return Suspect(stranger)
    reason = _mistitled(page, watch) or (before and (_fallen(page, before, watch) or _cut(html, page, before)))
    return Suspect(reason, page if before else None, READER_VERSION) if reason else Good(page, READER_VERSION)


def _empty(page: Page) -> str | None:
    """A title alone may be anything's."""
    if not page.sections and not page.reports:
        return "a page without content: it has neither sections nor reports"
    return None


def _mistitled(page: Page, watch: Watch) -> str | None:
    """The watch knows the page by its title, until a page with the rest of the landmarks has lastingly another."""
    if watch.expected_title and folded_title(watch.expected_title) not in folded_title(page.title):
        return f"another page: its title is “{one_line(page.title, 120)}”, without “{watch.expected_title}”"
    return None


def _stranger(page: Page, before: Page | None) -> str | None:
    """A page that has nothing of what was there, not a heading and not a report, is another one, and stays one."""
    if before is None or _marks(page) & _marks(before):
        return None
    return f"another page: nothing of the last snapshot is on it, and its title is “{one_line(page.title, 120)}”"


def _marks(page: Page) -> set[str]:
    headings = [section.title for section in page.sections] + [report.title for report in page.reports]
    return {folded_title(title) for title in (page.title, *headings)} | {report.key for report in page.reports}


def _fallen(page: Page, before: Page, watch: Watch) -> str | None:
    """A sharp fall in records is a fault of the site or of ours, until it is seen to last."""
    for name, now, then in (
        ("reports", len(page.reports), len(before.reports)),
        ("sections", len(page.sections), len(before.sections)),
    ):
        if then - now >= LEAST_LOST and now < watch.least_share * then:
            return f"collapse: {now} {name} where the last snapshot had {then}"
    return None


def _cut(html: str, page: Page, before: Page) -> str | None:
    """A page may be carelessly made all its life; one that also says less than it did has lost its end."""
    if leaves_open(html) and _length(page) < _length(before):
        return "truncated page: it ends with parts left open, and says less than the last snapshot"
    return None


def _length(page: Page) -> int:
    texts = [section.text for section in page.sections] + [report.text for report in page.reports]
    return sum(map(len, texts)) + sum(len(report.title) for report in page.related)
