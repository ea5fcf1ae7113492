"""A comparison as Markdown, for a ticket, a chat or a wiki."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from notifier.columns import Line, Row
from notifier.comparison import HASH, Comparison, Side, Told, telling
from notifier.facts import Fact
from notifier.markdown import broken, escaped, line_of
from notifier.worddiff import Piece

_LEGEND = "The text, with ~~words taken out~~ and **words put in**:"


def as_markdown(comparison: Comparison, zone: ZoneInfo, version: str) -> str:
    """The whole document, with a newline at its end. `version` is the program's."""
    told = telling(comparison, zone)
    blocks = [f"# What changed: {_titled(told.title)}"]
    blocks += [_list([fact_line(fact) for fact in told.facts] + [_side(side) for side in told.sides])]
    blocks += [f"**{told.summary}**", *(escaped(note) for note in told.notes)]
    for entry in told.loud:
        blocks += _change(entry, "##")
    if told.quiet:
        blocks += ["## Quiet changes", "Type-setting, order and the like, of which nobody is alerted."]
    for entry in told.quiet:
        blocks += _change(entry, "###")
    made = f"Made by hmicfrs-monitor {escaped(version)}, which has no tie to HMICFRS, from what it recorded."
    blocks += ["---", f"{made} Times are those of {escaped(zone.key)}."]
    return "\n\n".join(blocks) + "\n"


def fact_line(fact: Fact) -> str:
    """A fact as an item of a list has it; an address can be followed where that is safe."""
    if fact.was is not None:
        return f"{fact.label}: {line_of([Piece('removed', fact.was)])} → {line_of([Piece('added', fact.value)])}"
    return (
        f"{fact.label}: <{fact.url}>" if fact.url and fact.url == fact.value else f"{fact.label}: {escaped(fact.value)}"
    )


def _change(entry: Told, heading: str) -> Iterator[str]:
    yield f"{heading} {entry.happened}: {_titled(entry.title)}"
    if entry.facts:
        yield _list(map(fact_line, entry.facts))
    if entry.note:
        yield entry.note
    if entry.rows:
        yield _LEGEND
        yield "\n>\n".join(f"> {line}" for line in _quoted(entry.rows))


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _side(side: Side) -> str:
    return f"{side.name}: " + ", ".join(_inner(fact) for fact in side.facts)


def _inner(fact: Fact) -> str:
    label = fact.label if fact.label == HASH else fact.label.lower()
    return f"{label} `{fact.value}`" if fact.label == HASH else f"{label} {escaped(fact.value)}"


def _titled(title: str) -> str:
    return escaped(title) or "(no title)"


def _quoted(rows: Sequence[Row]) -> Iterator[str]:
    """Each row a paragraph of its own, with the breaks within it as such."""
    for row in rows:
        if not isinstance(row, Line):
            yield f"*… {row.count} unchanged line{'' if row.count == 1 else 's'} …*"
            continue
        lines = [line_of(pieces) for pieces in broken(row.together)]
        yield "\\\n> ".join(filter(None, lines))
