"""Two states of a page and what changed between them, as it is told to people; how it looks is not decided here."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain.capture import Source
from domain.change import RecordedChange
from domain.check import Snapshot
from domain.page import Report
from notifier.columns import Line, Row, rows
from notifier.facts import Fact, facts, what_happened
from notifier.worddiff import TOO_LARGE, word_diff
from notifier.wording import counted, followable, inline, moment, sentence_case

ONLY_SPACES = "The text differs in nothing but spaces."
HASH = "SHA-256 of the bytes"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two snapshots of a watch and the changes to be told, in the order of `compare`.

    `title` and `url` are the later page's own. `hidden` is how many quiet changes there are that are not to be told.
    """

    watch: str
    title: str
    url: str
    before: Snapshot
    after: Snapshot
    changes: tuple[RecordedChange, ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two states, named; both have the same facts in the same order."""

    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One change. `rows` is the text, () where it did not change; `note` is what there is to say of it beside that."""

    happened: str
    title: str
    url: str | None
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Telling:
    """All there is to say, from top to bottom; its text is fit to be shown. `notes` stand below the summary."""

    title: str
    facts: tuple[Fact, ...]
    sides: tuple[Side, Side]
    summary: str
    notes: tuple[str, ...]
    loud: tuple[Told, ...]
    quiet: tuple[Told, ...]


def telling(comparison: Comparison, zone: ZoneInfo) -> Telling:
    """What there is to say of a comparison, with times in the zone."""
    one, two = comparison.before, comparison.after
    page = Fact("Page", inline(comparison.url), url=followable(comparison.url))
    loud = [change for change in comparison.changes if not change.change.quiet]
    quiet = [change for change in comparison.changes if change.change.quiet]
    bounds = (
        f"last seen as it was {moment(one.confirmed_until, zone)}, first seen changed {moment(two.captured_at, zone)}"
    )
    when = (Fact("When", bounds),) if loud or quiet else ()
    sources = any(snapshot.source != Source.LIVE for snapshot in (one, two))
    return Telling(
        title=inline(comparison.title) or inline(comparison.watch),
        facts=(page, Fact("Watch", inline(comparison.watch)), *when),
        sides=(_side("Before", one, zone, source=sources), _side("After", two, zone, source=sources)),
        summary=_summary(len(loud), len(quiet), comparison.hidden),
        notes=(hidden_note(comparison.hidden),) if comparison.hidden else (),
        loud=tuple(_told(change, zone) for change in loud),
        quiet=tuple(_told(change, zone) for change in quiet),
    )


def hidden_note(count: int) -> str:
    """That there are quiet changes, one at least, and how to see them."""
    are = sentence_case(counted(count, "quiet change is", "quiet changes are"))
    return f"{are} not shown (type-setting, order and the like): --quiet-changes shows them."


def _side(name: str, snapshot: Snapshot, zone: ZoneInfo, *, source: bool) -> Side:
    told = [
        Fact("Snapshot", str(snapshot.id)),
        Fact("First seen", moment(snapshot.captured_at, zone)),
        Fact("Last seen", moment(snapshot.confirmed_until, zone)),
        *([Fact("Source", inline(snapshot.source))] if source else []),
        Fact(HASH, snapshot.sha256),
    ]
    return Side(name, tuple(told))


def _summary(loud: int, quiet: int, hidden: int) -> str:
    parts = [counted(loud, "change", "changes")] if loud else []
    parts += [counted(quiet, "quiet change", "quiet changes")] if quiet else []
    if parts:
        return f"{sentence_case(' and '.join(parts))} between the two."
    return "Nothing changed between the two, but for quiet changes." if hidden else "Nothing changed between the two."


def _told(recorded: RecordedChange, zone: ZoneInfo) -> Told:
    change = recorded.change
    text: tuple[Row, ...] = ()
    note = None
    if change.text is not None:
        before, after = (side if isinstance(side, str) else "" for side in (change.text.before, change.text.after))
        diff = word_diff(before, after)
        text = rows(diff)
        note = TOO_LARGE if diff.cut else None if any(map(_shows_something, text)) else ONLY_SPACES
    return Told(
        happened=what_happened(recorded),
        title=inline(change.title),
        url=followable(change.record.url) if isinstance(change.record, Report) else None,
        facts=facts(recorded, zone, alone=False),
        rows=text,
        note=note,
    )


def _shows_something(row: Row) -> bool:
    return isinstance(row, Line) and any(piece.kind != "same" for piece in row.together)
