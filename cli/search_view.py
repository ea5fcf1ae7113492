"""What a search found, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cli.moments import short
from cli.terminal import console, plain
from domain.page import Page
from domain.search import Found, Fragment, Hit
from domain.sighting import Sighting


def print_found(found: Found, zone: ZoneInfo) -> None:
    """Print each result with what was found in it in bold, and the time in which it stood."""
    out = console()
    if not found.hits:
        out.print("Nothing was found.")
        return
    of_them = f"; the best {len(found.hits)}" if found.total > len(found.hits) else ""
    out.print(f"{found.total:,} result{'' if found.total == 1 else 's'}{of_them}")
    for number, hit in enumerate(found.hits, 1):
        out.print()
        out.print(Text(f"{number}. ").append_text(_marked(hit.title, out)), soft_wrap=True)
        if hit.snippet:
            out.print(Padding(_marked(hit.snippet, out), (0, 0, 0, 3)))
        for line in _lines(hit, zone):
            out.print(plain(f"   {line}"), soft_wrap=True)


def _marked(fragments: Iterable[Fragment], out: Console) -> Text:
    """What was found in bold; «» say the same without."""
    told = Text()
    for fragment in fragments:
        text = plain(fragment.text)
        if fragment.match and not out.is_terminal:
            text = f"«{text}»"
        told.append(text, "bold" if fragment.match else "")
    return told


def _lines(hit: Hit, zone: ZoneInfo) -> Iterable[str]:
    yield _seen(hit.sighting, zone)
    shown = f"snapshot {hit.first_snapshot}"
    if hit.last_snapshot != hit.first_snapshot:
        shown = f"snapshots {hit.first_snapshot} to {hit.last_snapshot}"
    states = f", in {hit.versions} versions" if hit.versions > 1 else ""
    named = f"{hit.kind} of {hit.watch}"
    yield f"{named}, {shown}{states}" if isinstance(hit.record, Page) else f"{named}, {shown}{states}; {hit.record.key}"


def _seen(seen: Sighting, zone: ZoneInfo) -> str:
    """Between which looks it stood."""
    first = f"first seen {short(seen.first_seen, zone)}"
    first += f" (not yet {short(seen.absent_until, zone)})" if seen.absent_until else " on the first page seen"
    last = f"last seen {short(seen.last_seen, zone)}"
    return f"{first}, {last}" + (f" (gone {short(seen.absent_from, zone)})" if seen.absent_from else ", still there")
