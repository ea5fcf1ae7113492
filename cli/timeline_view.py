"""A record's life on the terminal: one table, an event a row, with all that differs."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.moments import first_seen, short
from cli.sentences import words_told
from cli.terminal import console, plain
from domain.change import RecordedChange
from domain.page import Report
from domain.timeline import Event, EventKind, Timeline
from notifier.facts import Fact, differences
from notifier.wording import inline, long_date, stated

_NAMES = {
    EventKind.FIRST_SEEN: "first seen",
    EventKind.CHANGED: "edited",
    EventKind.MOVED: "moved",
    EventKind.RENAMED: "renamed",
    EventKind.REMOVED: "removed",
    EventKind.RETURNED: "returned",
}


def print_timeline(timeline: Timeline, zone: ZoneInfo) -> None:
    """Print what the record is, how long it is known, and the table."""
    out = console()
    record = timeline.record
    out.print(Text(plain(inline(record.title)), style="bold"))
    out.print(plain(f"{timeline.kind} {inline(record.key)}, watch {timeline.watch}"), soft_wrap=True)
    seen = timeline.sighting
    still = "on the page" if timeline.listed else f"on the page no more since {short(seen.absent_from, zone)}"
    out.print(f"Seen from {short(seen.first_seen, zone)} to {short(seen.last_seen, zone)}; {still}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in ("Seen", "Event", "What differs", "Snapshots"):
        table.add_column(column, overflow="fold")
    for event in timeline.events:
        table.add_row(*_row(event, timeline, zone, out))
    out.print(table)


def _row(event: Event, timeline: Timeline, zone: ZoneInfo, out: Console) -> tuple[str, str, Text, str]:
    """A returned record is told with what differs from what it was; a first sighting with what it was."""
    quiet = " (quiet)" if event.change and event.change.change.quiet else ""
    sides = (
        [str(event.to_snapshot)] if event.from_snapshot is None else [f"{event.from_snapshot}", f"{event.to_snapshot}"]
    )
    seen = first_seen(event.first_seen_after, event.last_seen_before, zone)
    return seen, _NAMES[event.kind] + quiet, _told(event, timeline, zone, out), " → ".join(sides)


def _told(event: Event, timeline: Timeline, zone: ZoneInfo, out: Console) -> Text:
    lines: list[Text] = []
    if event.kind is EventKind.FIRST_SEEN:
        lines = _as_first_seen(event, timeline)
    elif event.kind is EventKind.RETURNED:
        lines = [line for differing in event.differs for line in _differing(differing, zone, out)]
        lines = lines or [Text("as it was")]
    elif event.change and event.kind is not EventKind.REMOVED:
        lines = _differing(event.change, zone, out) or [_place(event.change)]
    return Text("\n").join(lines)


def _as_first_seen(event: Event, timeline: Timeline) -> list[Text]:
    """What a record was when it came."""
    record = event.record
    said = [("Title", inline(record.title))] if record.title != timeline.record.title else []
    if isinstance(record, Report):
        said += [("Published", long_date(record.published)), ("Recommendations", stated(record.recommendations))]
    return [Text(plain(f"{label}: {value}")) for label, value in said]


def _differing(recorded: RecordedChange, zone: ZoneInfo, out: Console) -> list[Text]:
    lines = [Text(plain(f"{fact.label}: {_sides(fact)}")) for fact in differences(recorded, zone)]
    words = words_told(recorded.change, out)
    return lines if words is None else [*lines, words]


def _sides(fact: Fact) -> str:
    return fact.value if fact.was is None else f"{fact.was} → {fact.value}"


def _place(recorded: RecordedChange) -> Text:
    """A move that no field tells: within the list."""
    places = recorded.change.places
    if places.before is None or places.after is None:
        return Text("")
    return Text(f"place {places.before + 1} → {places.after + 1} on the page")
