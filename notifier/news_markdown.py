"""What became of pages since a time as Markdown, to be pasted into a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from domain.since import News
from notifier.comparison_markdown import fact_line
from notifier.markdown import broken, escaped, line_of
from notifier.news import Item, Told, telling
from notifier.worddiff import Piece


def as_markdown(pages: Iterable[News], zone: ZoneInfo) -> str:
    """The whole document, with a newline at its end."""
    blocks = [block for news in pages for block in _page(telling(news, zone))]
    return "\n\n".join(blocks) + "\n"


def _page(told: Told) -> Iterator[str]:
    yield f"## {line_of([Piece('same', told.title)]) or '(no title)'}"
    if told.url:
        yield f"<{told.url}>"
    yield f"**{escaped(told.summary)}**"
    for heading, items in told.groups:
        yield f"### {heading}"
        yield "\n".join(line for item in items for line in _item(item))
    yield " ".join(escaped(note) for note in told.notes)


def _item(item: Item) -> Iterator[str]:
    yield f"- **{escaped(item.title) or '(no title)'}**"
    for fact in item.facts:
        yield f"    - {fact_line(fact)}"
    if item.note:
        yield f"    - {item.note}"
    lines = [line for line in map(line_of, broken(item.words)) if line]
    if lines:
        yield "    - Text: " + " / ".join(lines)
