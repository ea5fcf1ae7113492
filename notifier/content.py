"""A letter's content, before it takes the form of text or HTML: what it says, in which order, to whom."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.alert import ChangesFound, Heartbeat, Letter, PageChanges, Trial, TroubleFound, TroubleOver, WatchLate
from domain.change import ChangeKind, RecordedChange
from domain.page import Report
from domain.recipient import Cadence
from domain.subject import is_newly_listed
from notifier.facts import Fact, facts, what_happened
from notifier.notices import command, last_good, notice, page_at
from notifier.sender import Sender
from notifier.worddiff import Piece, excerpt, word_diff
from notifier.wording import asked_for, counted, followable, inline, joined, sentence_case, visible

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


_HOW_OFTEN = {Cadence.IMMEDIATELY: "at once", Cadence.DAILY: "once a day", Cadence.WEEKLY: "once a week"}


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
class Part:
    """What a letter says of one page. `heading` names it where there are several; `facts` stand below the entries."""

    heading: str | None
    entries: tuple[Entry, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter says, from the first line to the last. Its text is fit to be shown, except that of `words`."""

    opening: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    links: tuple[Fact, ...]
    footer: tuple[Fact, ...]


def content(letter: Letter, sender: Sender, zone: ZoneInfo) -> Content:
    """What the letter has to say, with times in the zone."""
    match letter.news:
        case ChangesFound() as news:
            return _changes(news, letter, sender, zone)
        case news:
            told = notice(news, _name(letter), zone)
    page = (page_at(news.page_url),) if isinstance(news, TroubleFound | TroubleOver | WatchLate) else ()
    links, footer = (*page, *_dashboard(sender)), _footer(letter, sender, _role(letter))
    return Content(told.opening, told.facts, told.notes, (), links, footer)


@dataclass(frozen=True, slots=True)
class _Key:
    """A change for a cache: equal where all of it is. Its fields are a mapping, which has no hash."""

    recorded: RecordedChange

    def __hash__(self) -> int:
        return hash((self.recorded.id, self.recorded.change.kind, self.recorded.change.title))


def entry(recorded: RecordedChange, zone: ZoneInfo) -> Entry:
    """One change as every channel tells it, with times in the zone; what many are told is worked out once."""
    return _entry(_Key(recorded), zone)


@lru_cache(maxsize=128)
def _entry(key: _Key, zone: ZoneInfo) -> Entry:
    recorded, change = key.recorded, key.recorded.change
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


def _changes(news: ChangesFound, letter: Letter, sender: Sender, zone: ZoneInfo) -> Content:
    left, notes, parts = MOST_CHANGES, [], []
    for page in news.pages:
        told = _new_reports_first(page)[:left]
        left -= len(told)
        if len(told) < len(page.changes):
            more = counted(len(page.changes) - len(told), "further change is", "further changes are")
            see = command("history", page.watch)
            notes.append(f"{sentence_case(more)} not told here. To see them all: {see}")
        entries = tuple(entry(change, zone) for change in told)
        heading = f"On the page “{inline(page.title)}”" if len(news.pages) > 1 else None
        parts.append(Part(heading, entries, (page_at(page.url), last_good(page.last_good, zone))))
    why = asked_for(letter.alert.wants)
    how_often = _HOW_OFTEN[letter.alert.cadence]
    footer = _footer(letter, sender, f"{_name(letter)} is told {how_often} of {why}")
    return Content(_opening(news), (), tuple(notes), tuple(parts), _dashboard(sender), footer)


def _new_reports_first(page: PageChanges) -> list[RecordedChange]:
    return sorted(page.changes, key=lambda one: one.change.kind is not ChangeKind.REPORT_ADDED)


def _opening(news: ChangesFound) -> str:
    """The first line: how many of which changes, in plain English."""
    told = [change for page in news.pages for change in _new_reports_first(page)]
    counts: dict[tuple[str, str], int] = {}
    for recorded in told:
        words = _counted_as(recorded)
        if words:
            counts[words] = counts.get(words, 0) + 1
    parts = [counted(count, *words) for words, count in counts.items()]
    if any(recorded.change.kind is ChangeKind.PAGE_CHANGED for recorded in told):
        parts.append("the title, topics or contacts were edited")
    where = f"the HMICFRS page “{inline(news.pages[0].title)}”"
    if len(news.pages) > 1:
        where = counted(len(news.pages), "HMICFRS page", "HMICFRS pages")
    return f"{sentence_case(joined(parts))} on {where}."


def _counted_as(recorded: RecordedChange) -> tuple[str, str] | None:
    change = recorded.change
    if change.first_seen:
        return _LISTED_AGAIN
    return _NEWLY_LISTED if is_newly_listed(change, recorded.bounds.first_seen_after) else _COUNTED.get(change.kind)


def _dashboard(sender: Sender) -> tuple[Fact, ...]:
    return (Fact("Dashboard", sender.dashboard, url=followable(sender.dashboard)),) if sender.dashboard else ()


def _name(letter: Letter) -> str:
    return inline(letter.alert.recipient.address)


def _role(letter: Letter) -> str:
    if isinstance(letter.news, Trial):
        return "somebody asked for a test"
    if isinstance(letter.news, Heartbeat):
        return f"{_name(letter)} is to have a sign of life once a week"
    return f"{_name(letter)} is an administrator of this installation"


def _footer(letter: Letter, sender: Sender, why: str) -> tuple[Fact, ...]:
    installation = f" on {inline(sender.host)}" if sender.host else ""
    ways = sender.ways_out(letter.alert.recipient, letter.token)
    ask = f"ask {parseaddr(sender.address)[1]}"
    web = min(ways, key=lambda way: not way.lower().startswith("https:"), default=None)
    return (
        Fact("Why you get this", why),
        Fact("Sent by", f"hmicfrs-monitor {sender.version}{installation}, which has no tie to HMICFRS"),
        Fact("To get no more of these", web or ask, url=web),
    )
