"""What became of a page since a time, as it is told to people; how it looks is not decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from domain.change import ChangeKind, RecordedChange
from domain.page import RecordKind
from domain.since import Entry, Group, Interlude, Looks, News, Stretch, headline
from notifier.facts import Fact, differences, facts, what_happened, when_seen
from notifier.worddiff import TOO_LARGE, Piece, excerpt, word_diff
from notifier.wording import followable, inline, moment

_HEADINGS = {
    Group.NEW: "New reports",
    Group.AGAIN: "Reports listed again",
    Group.OLDER: "Older reports newly listed",
    Group.EDITED: "Reports edited",
    Group.REMOVED: "Reports no longer listed",
    Group.TEXT: "The page’s text",
}
_MEANWHILE = "Came and went meanwhile"


@dataclass(frozen=True, slots=True)
class Item:
    """One record; its text is fit to be shown. `words` are what differs of its text, () for nothing."""

    title: str
    facts: tuple[Fact, ...]
    words: tuple[Piece, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """All there is to say of a page, from top to bottom; `url` is None where it cannot be followed safely."""

    title: str
    url: str | None
    summary: str
    notes: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Item, ...]], ...]


def telling(news: News, zone: ZoneInfo) -> Told:
    """What there is to say of a page, with times in the zone."""
    groups = [(_HEADINGS[group], tuple(_item(entry, zone) for entry in news.of(group))) for group in Group]
    groups.append((_MEANWHILE, tuple(_meanwhile(interlude, zone) for interlude in news.interludes)))
    return Told(
        title=inline(news.title),
        url=followable(news.url),
        summary=_summary(news, zone),
        notes=tuple(_notes(news, zone)),
        groups=tuple((heading, items) for heading, items in groups if items),
    )


def lasting(span: timedelta) -> str:
    """How long a time is, in the largest unit that it has two of: "3 days", "26 hours", "90 minutes"."""
    for unit, one in (("day", timedelta(days=1)), ("hour", timedelta(hours=1))):
        if span >= 2 * one:
            return f"{round(span / one)} {unit}s"
    minutes = max(1, round(span / timedelta(minutes=1)))
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def _summary(news: News, zone: ZoneInfo) -> str:
    since, last = moment(news.since, zone), news.looks.last
    counted = headline(news.entries)
    if counted:
        return f"Since {since}: {counted}"
    if news.interludes:
        return f"Since {since}: nothing that is still so; what came and went is below"
    if last is None:
        return f"Nothing new since {since}; never looked at with success"
    return f"Nothing new since {since}; last looked at {moment(last, zone)}"


def _notes(news: News, zone: ZoneInfo) -> list[str]:
    notes = []
    if news.before is not None and news.begins_later:
        notes.append(
            f"What is known of it begins later, {moment(news.before.captured_at, zone)}: told is what came after."
        )
    return [*notes, *_looked(news.looks, zone)]


def _looked(looks: Looks, zone: ZoneInfo) -> list[str]:
    """How often it was looked at, and what was not seen."""
    if not looks.checks:
        return ["Not looked at since then."]
    if looks.seen is None:
        told = [f"Checked {looks.checks:,} times since then."]
    else:
        failed = looks.checks - looks.seen
        missed = f", and {failed:,} more that failed or were not believed" if failed else ""
        told = [f"Looked at {looks.seen:,} time{'' if looks.seen == 1 else 's'} since then{missed}."]
    if looks.longest is None:
        told.append(f"It was never left unseen for longer than {lasting(looks.at_least)}.")
    else:
        told.append(_unseen(looks.longest, zone))
    return told if looks.last is None else [*told, f"Last look: {moment(looks.last, zone)}."]


def _unseen(stretch: Stretch, zone: ZoneInfo) -> str:
    begin = moment(stretch.begin, zone)
    if stretch.end is None:
        return f"The longest time in which it was not seen began {begin}, and goes on."
    return (
        f"The longest time in which it was not seen: {lasting(stretch.end - stretch.begin)}, from {begin} "
        f"to {moment(stretch.end, zone)}."
    )


def _item(entry: Entry, zone: ZoneInfo) -> Item:
    first = entry.changes[0] if entry.changes else None
    title = inline(entry.record.title)
    if entry.group is Group.TEXT:
        what = what_happened(first) if first else "Section edited"
        title = f"{what}: {title}"
    edits = (Fact("Edited", f"{entry.edits} time{'' if entry.edits == 1 else 's'}"),) if entry.edits else ()
    if first is None:
        return Item(title, (*edits, Fact("In the end", "it is again as it was"), _when(entry, zone)))
    if first.change.before is None or first.change.after is None:
        return Item(title, (*facts(first, zone), *edits))
    differing = tuple(fact for change in entry.changes for fact in differences(change, zone))
    words, cut = _words(entry.changes)
    return Item(title, (*differing, *edits, _when(entry, zone)), words, TOO_LARGE if cut else None)


def _when(entry: Entry, zone: ZoneInfo) -> Fact:
    earlier, later = moment(entry.bounds.last_seen_before, zone), moment(entry.bounds.first_seen_after, zone)
    return Fact("When", f"last seen as it was {earlier}, first seen as it is now {later}")


def _words(changes: tuple[RecordedChange, ...]) -> tuple[tuple[Piece, ...], bool]:
    for recorded in changes:
        text = recorded.change.text
        if text and isinstance(text.before, str) and isinstance(text.after, str):
            difference = word_diff(text.before, text.after)
            return excerpt(difference), difference.cut
    return (), False


def _meanwhile(interlude: Interlude, zone: ZoneInfo) -> Item:
    what = "Section: " if interlude.kind is RecordKind.SECTION else ""
    told = [
        Fact("Came", when_seen(ChangeKind.REPORT_ADDED, passage.bounds, zone))
        if passage.came
        else Fact("Went", when_seen(ChangeKind.REPORT_REMOVED, passage.bounds, zone))
        for passage in interlude.passages
    ]
    link = [Fact("Link", inline(interlude.url), url=followable(interlude.url))] if interlude.url else []
    return Item(what + inline(interlude.title), (*link, *told))
