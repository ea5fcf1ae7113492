"""What became of a page since a time, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from rich.padding import Padding
from rich.text import Text

from cli.sentences import pieces_told
from cli.terminal import console, plain
from domain.since import News
from notifier.news import Item, telling


def print_news(pages: Iterable[News], zone: ZoneInfo) -> None:
    """Print each page with its headline, what it stands for, and how often it was looked at."""
    out = console()
    for place, news in enumerate(pages):
        told = telling(news, zone)
        if place:
            out.print()
        out.print(Text(plain(f"{told.title} ({news.watch})"), style="bold"))
        out.print(plain(told.summary), soft_wrap=True)
        for heading, items in told.groups:
            out.print()
            out.print(Text(heading, style="bold underline"))
            for item in items:
                _print_item(item)
        out.print()
        for note in told.notes:
            out.print(plain(note), soft_wrap=True)


def _print_item(item: Item) -> None:
    out = console()
    out.print()
    out.print(Text(plain(f"  {item.title}"), style="bold"), soft_wrap=True)
    for fact in item.facts:
        value = fact.value if fact.was is None else f"{fact.was} → {fact.value}"
        out.print(plain(f"    {fact.label}: {value}"), soft_wrap=True)
    if item.note:
        out.print(f"    {item.note}")
    if item.words:
        out.print(Padding(pieces_told(item.words, out), (0, 0, 0, 6)))
