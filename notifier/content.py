"""A letter's content, before it takes the form of text or HTML: what it says, in which order, to whom."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import assert_never
from zoneinfo import ZoneInfo

from domain.alert import ChangesFound, Letter, TroubleFound, TroubleOver, is_newly_listed
from domain.change import ChangeKind, RecordedChange
from domain.check import Outcome
from domain.page import Report
from notifier.facts import Fact, facts, what_happened
from notifier.worddiff import Piece, excerpt, word_diff
from notifier.wording import ADDRESS_LENGTH, counted, followable, inline, joined, moment, sentence_case, visible

MOST_CHANGES = 100
"""How many changes one letter tells in full; a page that changed more has changed as a whole."""

_COUNTED = {
    ChangeKind.REPORT_ADDED: ("new report is listed", "new reports are listed"),
    ChangeKind.REPORT_REMOVED: ("report is no longer listed", "reports are no longer listed"),
    ChangeKind.REPORT_CHANGED: ("report was edited", "reports were edited"),
    ChangeKind.REPORT_MOVED: ("report was moved", "reports were moved"),
    ChangeKind.SECTION_ADDED: ("section was added", "sections were added"),
    ChangeKind.SECTION_REMOVED: ("section was removed", "sections were removed"),
    ChangeKind.SECTION_CHANGED: ("section was edited", "sections were edited"),
    ChangeKind.SECTION_RENAMED: ("section was renamed", "sections were renamed"),
    ChangeKind.SECTION_MOVED: ("section was moved", "sections were moved"),
}
_LISTED_AGAIN = ("report is listed again", "reports are listed again")
_NEWLY_LISTED = ("older report is newly listed", "older reports are newly listed")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: `address` as "Name <address>", the program's version, and the installation's name if it has one."""

    address: str
    version: str
    host: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as a letter tells it; `words` is the excerpt of an edited text, `cut` whether that was too long."""

    happened: str
    title: str
    url: str | None
    facts: tuple[Fact, ...]
    words: tuple[Piece, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter says, from the first line to the last. Its text is fit to be shown, except that of `words`."""

    opening: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    entries: tuple[Entry, ...]
    page: Fact
    footer: tuple[str, ...]


def content(letter: Letter, sender: Sender, zone: ZoneInfo) -> Content:
    """What the letter has to say, with times in the zone."""
    watch = inline(letter.alert.watch)
    page = Fact("The page", inline(letter.page_url, ADDRESS_LENGTH), url=followable(letter.page_url))
    match letter.news:
        case ChangesFound() as news:
            return _changes(news, watch, page, sender, zone)
        case TroubleFound() as news:
            return _trouble(news, watch, page, sender, zone)
        case TroubleOver(since=since, seen_at=seen_at):
            return Content(
                opening=f"The page of the watch “{watch}” is well again.",
                facts=(Fact("Trouble since", moment(since, zone)), Fact("Well again", moment(seen_at, zone))),
                notes=("It is being checked as before, and readers are told of what changed. There is nothing to do.",),
                entries=(),
                page=page,
                footer=_footer(sender, f"you are an administrator of the watch “{watch}”"),
            )
        case _ as unreachable:
            assert_never(unreachable)


def _changes(news: ChangesFound, watch: str, page: Fact, sender: Sender, zone: ZoneInfo) -> Content:
    told = sorted(news.changes, key=lambda one: one.change.kind is not ChangeKind.REPORT_ADDED)
    notes = []
    if len(told) > MOST_CHANGES:
        more = len(told) - MOST_CHANGES
        notes.append(f"{more} further changes are not told here. To see them all: {_command('history', watch)}")
    return Content(
        opening=_opening(news.page_title, told),
        facts=(),
        notes=tuple(notes),
        entries=tuple(_entry(change, zone) for change in told[:MOST_CHANGES]),
        page=page,
        footer=_footer(sender, f"your address is on the list of readers of the watch “{watch}”"),
    )


def _opening(page_title: str, told: Sequence[RecordedChange]) -> str:
    """The first line: how many of which changes, in plain English."""
    counts: dict[tuple[str, str], int] = {}
    for recorded in told:
        words = _counted_as(recorded)
        if words:
            counts[words] = counts.get(words, 0) + 1
    parts = [counted(count, *words) for words, count in counts.items()]
    if any(recorded.change.kind is ChangeKind.PAGE_CHANGED for recorded in told):
        parts.append("the title, topics or contacts were edited")
    return f"{sentence_case(joined(parts))} on the HMICFRS page “{inline(page_title)}”."


def _counted_as(recorded: RecordedChange) -> tuple[str, str] | None:
    change = recorded.change
    if change.first_seen:
        return _LISTED_AGAIN
    return _NEWLY_LISTED if is_newly_listed(change, recorded.bounds.first_seen_after) else _COUNTED.get(change.kind)


def _entry(recorded: RecordedChange, zone: ZoneInfo) -> Entry:
    change = recorded.change
    words: tuple[Piece, ...] = ()
    cut = False
    if change.text and isinstance(change.text.before, str) and isinstance(change.text.after, str):
        diff = word_diff(change.text.before, change.text.after)
        words, cut = excerpt(diff), diff.cut
    return Entry(
        happened=what_happened(recorded),
        title=inline(change.title),
        url=followable(change.record.url) if isinstance(change.record, Report) else None,
        facts=facts(recorded, zone),
        words=tuple(Piece(piece.kind, visible(piece.text)) for piece in words),
        cut=cut,
    )


def _trouble(news: TroubleFound, watch: str, page: Fact, sender: Sender, zone: ZoneInfo) -> Content:
    if news.outcome == Outcome.SUSPECT:
        opening = f"An answer came for the watch “{watch}”, but it does not look like the page, so it was not accepted."
    else:
        opening = f"The page of the watch “{watch}” cannot be had."
    return Content(
        opening=opening,
        facts=(
            Fact("What happened", inline(news.outcome)),
            Fact("Reason", inline(news.reason, ADDRESS_LENGTH)),
            Fact("Since", moment(news.since, zone)),
            Fact("Last good check", moment(news.last_good, zone) if news.last_good else "never"),
        ),
        notes=(
            "The monitor keeps its last snapshot and tries again at the next check. Readers are not told.",
            "You will hear of this once more: when the page is well again.",
            f"To look at it: {_command('checks', watch)}",
        ),
        entries=(),
        page=page,
        footer=_footer(sender, f"you are an administrator of the watch “{watch}”"),
    )


def _command(name: str, watch: str) -> str:
    return f"hmicfrs-monitor {name} --watch {shlex.quote(watch)}"


def _footer(sender: Sender, why: str) -> tuple[str, ...]:
    installation = f" on {inline(sender.host)}" if sender.host else ""
    return (
        f"You get this because {why}.",
        f"Sent by hmicfrs-monitor {sender.version}{installation}. It has no tie to HMICFRS.",
        f"To get no more of these, ask {parseaddr(sender.address)[1]}.",
    )
