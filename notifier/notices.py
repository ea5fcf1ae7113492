"""What a notice says that is no reader's news: trouble and its end, alerts that do not arrive, signs of life, tests."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, assert_never
from zoneinfo import ZoneInfo

from domain.alert import Heartbeat, Seen, Stuck, Trial, TroubleFound, TroubleOver, Undelivered, WatchLate
from domain.check import Outcome
from notifier.facts import Fact
from notifier.wording import ADDRESS_LENGTH, counted, followable, inline, joined, moment, sentence_case

NoticeNews: TypeAlias = TroubleFound | TroubleOver | Undelivered | WatchLate | Heartbeat | Trial


@dataclass(frozen=True, slots=True)
class Told:
    """A notice's first line, its facts and what follows from them."""

    opening: str
    facts: tuple[Fact, ...]
    notes: tuple[str, ...]


def notice(news: NoticeNews, name: str, zone: ZoneInfo) -> Told:
    """What a notice to somebody of that name has to say, with times in the zone."""
    match news:
        case TroubleFound():
            return _trouble(news, zone)
        case TroubleOver():
            return _over(news, zone)
        case Undelivered():
            return _undelivered(news, zone)
        case WatchLate():
            return _late(news, zone)
        case Heartbeat():
            return _heartbeat(news, zone)
        case Trial():
            return _trial(news, name, zone)
        case _ as unreachable:
            assert_never(unreachable)


def _trouble(news: TroubleFound, zone: ZoneInfo) -> Told:
    watch = inline(news.watch)
    if news.outcome == Outcome.SUSPECT:
        opening = f"An answer came for the watch “{watch}”, but it does not look like the page, so it was not accepted."
    else:
        opening = f"The page of the watch “{watch}” could not be checked."
    found = (
        Fact("Outcome", inline(news.outcome)),
        Fact("Reason", inline(news.reason, ADDRESS_LENGTH)),
        Fact("Since", moment(news.since, zone)),
        last_good(news.last_good, zone),
    )
    notes = (
        "The monitor keeps its last snapshot and tries again at the next check. Readers are not told.",
        "You will hear of this once more: when the page is well again.",
        f"To look at it: {command('checks', news.watch)}",
    )
    return Told(opening, found, notes)


def _over(news: TroubleOver, zone: ZoneInfo) -> Told:
    opening = f"The page of the watch “{inline(news.watch)}” is well again."
    when = Fact("Trouble since", moment(news.since, zone)), Fact("Well again", moment(news.seen_at, zone))
    return Told(opening, when, ("It is being checked as before, and readers are told of what changed.",))


def _undelivered(news: Undelivered, zone: ZoneInfo) -> Told:
    opening = f"{sentence_case(counted(news.count, 'alert does', 'alerts do'))} not arrive."
    found = tuple(Fact(f"Alert {one.alert}", _stuck(one, zone)) for one in news.alerts)
    notes = []
    if news.count > len(news.alerts):
        notes.append(f"{news.count - len(news.alerts)} more are not named here.")
    notes += [
        "What is pending is tried again by itself; what failed waits for you.",
        "To see them: hmicfrs-monitor alerts list --state failed",
        "To try them again, once their cause is gone: hmicfrs-monitor alerts retry",
    ]
    return Told(opening, found, tuple(notes))


def _stuck(one: Stuck, zone: ZoneInfo) -> str:
    state = "given up" if one.failed else "still being tried"
    tries = counted(one.attempts, "try", "tries")
    said = f"; {inline(one.last_error, ADDRESS_LENGTH)}" if one.last_error else ""
    subject = f"“{inline(one.subject)}” to {inline(one.recipient.address)} ({one.recipient.channel})"
    return f"{subject}, due {moment(one.since, zone)}, {state} after {tries}{said}"


def _late(news: WatchLate, zone: ZoneInfo) -> Told:
    opening = f"Nothing has looked at the page of the watch “{inline(news.watch)}” for too long."
    notes = (
        "Its checks are not run as its schedule says: is cron, or the service, still there?",
        f"To look at it: {command('checks', news.watch)}",
    )
    found = (Fact("Last check", moment(news.last_check, zone)), last_good(news.last_good, zone))
    return Told(opening, found, notes)


def _heartbeat(news: Heartbeat, zone: ZoneInfo) -> Told:
    week = news.week
    found = [
        Fact("The week", f"{moment(week.since, zone)}, to {moment(week.until, zone)}"),
        Fact("Checks", f"{week.checks:,} ({week.failed:,} failed, {week.suspect:,} suspect)"),
        Fact("Changes", f"{week.changes:,} (and {week.quiet:,} quiet)"),
        Fact("Messages to you", f"{news.sent:,}"),
        Fact("Alerts that do not arrive", f"{news.undelivered:,}"),
        *(Fact(f"Last good check of {inline(seen.watch)}", _seen(seen, zone)) for seen in news.watches),
    ]
    if more := news.count - len(news.watches):
        late = news.late - sum(seen.late for seen in news.watches)
        found.append(Fact("And", f"{more:,} more, {f'{late:,} of them late' if late else 'all well'}"))
    found.append(Fact("Version", f"hmicfrs-monitor {inline(news.version)}"))
    notes = ["This comes once a week. If it does not come, the monitor may have stopped: look whether it runs."]
    if news.seal:
        found.append(Fact("Newest seal of the checks", news.seal))
        notes.append("Keep it: by its seal, hmicfrs-monitor verify --seal shows later that no check was altered.")
    if not news.well:
        notes.append("To look at it: hmicfrs-monitor status")
    return Told(_state(news), tuple(found), tuple(notes))


def _state(news: Heartbeat) -> str:
    """The first line: what needs a look, or that all is well."""
    if news.well:
        return f"All is well: {counted(news.count, 'page is', 'pages are')} being watched."
    parts = [counted(news.late, "page needs a look", "pages need a look")] if news.late else []
    if news.undelivered:
        parts.append(counted(news.undelivered, "alert does not arrive", "alerts do not arrive"))
    return f"{sentence_case(joined(parts))}."


def _seen(seen: Seen, zone: ZoneInfo) -> str:
    """When a page was last seen, and what is wrong with it."""
    failures = counted(seen.failures, "check since did", "checks since did") if seen.failures else ""
    wrong = [*(["late"] if seen.late else []), *([f"{failures} not see it"] if failures else [])]
    return "; ".join([_moment(seen.last_good, zone), *wrong])


def _trial(news: Trial, name: str, zone: ZoneInfo) -> Told:
    opening = f"This is a test: alerts for {name} arrive where you read this."
    found = tuple(Fact(f"Last good check of {inline(watch)}", _moment(seen, zone)) for watch, seen in news.watches)
    return Told(opening, found, ("No page has changed, and there is nothing to do.",))


def page_at(url: str) -> Fact:
    """Where a page is."""
    return Fact("The page", inline(url, ADDRESS_LENGTH), url=followable(url))


def last_good(when: datetime | None, zone: ZoneInfo) -> Fact:
    """When a page was last seen, None for never."""
    return Fact("Last good check", _moment(when, zone))


def command(name: str, watch: str) -> str:
    """What to type for a look at a watch."""
    return f"hmicfrs-monitor {name} --watch {shlex.quote(inline(watch))}"


def _moment(when: datetime | None, zone: ZoneInfo) -> str:
    return moment(when, zone) if when else "never"
