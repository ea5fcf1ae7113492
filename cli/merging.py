"""Captures of others brought into the history of the watches that they are of, and what became of them told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import click

from cli import document
from cli.errors import CommandError
from cli.main import Context
from cli.progress import Step, progress
from cli.terminal import plain
from cli.wiring import judge, reader, renewed_standings, utc_now, watches
from domain.capture import Capture, CaptureState, Source
from domain.former import is_address_of
from domain.watch import Watch
from schedules.merging import Merged, merge
from scraper.captures.unusable import Found, Unusable
from scraper.errors import SourceError
from storage.archive import Archive
from storage.captures import Captures
from storage.database import Database
from storage.lock import run_lock
from storage.past import Past
from storage.replay import Replays

_AT_ONCE = 50
"""How many captures are kept in one transaction: others wait for it, and a kill costs so much work at most."""

MOST_NAMED = 20


@dataclass
class Brought:
    """What an import brought. `found` counts what was there of the watch, `new` what was not known before.

    `aside` counts what was set aside, `aside_before` what already was.
    """

    watch: Watch
    aside_before: int
    found: int = 0
    new: int = 0
    aside: int = 0
    merged: Merged | None = None
    more: dict[str, int] = field(default_factory=dict)


@dataclass
class Lot:
    """What a source gave to each watch, by name, what is of no use, and where the source could not be read further."""

    brought: dict[str, Brought]
    unusable: list[Unusable] = field(default_factory=list)
    broken: SourceError | None = None


def brought_to(database: Database, watch: Watch) -> Brought:
    """What an import is to bring to a watch, before it did."""
    return Brought(watch, _set_aside(database, watch))


def registered(context: Context, database: Database, name: str | None) -> tuple[Watch, ...]:
    """The watches that captures may be of: the named one or all of the settings; the database knows them then."""
    chosen = watches(context.settings, (name,) if name else ())
    Archive(database).register(chosen)
    return chosen


def bring(
    database: Database, source: Source, found: Iterable[Found], chosen: Sequence[Watch], *, named: bool, step: Step
) -> Lot:
    """Keep what was found, each with the watch that it is of. With `named` there is one, and everything is of it."""
    captures, lot = Captures(database), Lot({watch.name: brought_to(database, watch) for watch in chosen})
    pending: dict[str, list[Capture]] = {watch.name: [] for watch in chosen}
    for one in _readable(found, lot):
        if isinstance(one, Unusable):
            lot.unusable.append(one)
            continue
        step(f"reading {one.listed.captured_at:%Y-%m-%d}")
        watch = chosen[0] if named else _watch_of(one, chosen)
        if watch is None or one.listed.captured_at > utc_now():
            why = "it is of no page under watch" if watch is None else "it is dated in the future"
            lot.unusable.append(Unusable(one.listed.key, why, one.listed.address))
            continue
        pending[watch.name].append(one)
        lot.brought[watch.name].found += 1
        if len(pending[watch.name]) == _AT_ONCE:
            lot.brought[watch.name].new += captures.bring(watch.name, source, pending[watch.name])
            pending[watch.name].clear()
    for name, rest in pending.items():
        lot.brought[name].new += captures.bring(name, source, rest) if rest else 0
    return lot


def merged(context: Context, database: Database, brought: Iterable[Brought], *, bar: bool) -> None:
    """Put what waits into the history of each watch, read by today's reader as all that is there."""
    past, replays = Past(database), Replays(database)
    for one in brought:
        _read_anew(database, one.watch)
        waiting = len(past.waiting(one.watch.name))
        with progress("putting in", waiting, wanted=bar and not context.quiet) as step:
            note: Callable[[str], None] = step
            one.merged = merge(one.watch, past=past, replays=replays, judge=judge, reader=reader(), note=note)
        one.aside = _set_aside(database, one.watch) - one.aside_before


def tell(context: Context, brought: Sequence[Brought], unusable: Sequence[Unusable], *, as_json: bool) -> None:
    """Say what became of everything: on standard output what is in, on standard error what is not."""
    if as_json:
        told = [_document(one) for one in brought]
        left_out = [{"name": one.name, "reason": one.reason, "address": one.address} for one in unusable]
        document.print_json({"watches": told, "unusable": left_out})
        return
    for one in islice(unusable, MOST_NAMED):
        click.echo(plain(f"left out: {one.name}: {one.reason}"), err=True)
    if len(unusable) > MOST_NAMED:
        click.echo(f"left out: {len(unusable) - MOST_NAMED} more; --json has them all", err=True)
    if not context.quiet:
        lines = [line for got in brought for line in _lines(got)]
        for line in lines or ["nothing was found that can be imported"]:
            click.echo(plain(line))


def _readable(found: Iterable[Found], lot: Lot) -> Iterator[Found]:
    """What can be read, up to where the source is damaged."""
    try:
        yield from found
    except SourceError as error:
        lot.broken = error


def _set_aside(database: Database, watch: Watch) -> int:
    return len(Captures(database).known(watch.name, CaptureState.ASIDE))


def _watch_of(capture: Capture, chosen: Sequence[Watch]) -> Watch | None:
    """The watch that the capture says it is of, or else that whose page it is of."""
    by_name = next((watch for watch in chosen if watch.name == capture.watch), None)
    return by_name or next((watch for watch in chosen if is_address_of(capture.listed.address, watch.url)), None)


def _read_anew(database: Database, watch: Watch) -> None:
    """Where an older reader read the history, read it again first: two readings compared would differ by themselves."""
    from scraper.version import READER_VERSION

    archive = Archive(database)
    latest = archive.standing(watch.name).snapshot
    if latest is not None and latest.reader != READER_VERSION:
        with run_lock(database.path, "hmicfrs-monitor import", utc_now()):
            renewed_standings(database, archive, (watch,))


def _document(one: Brought) -> dict[str, Any]:
    made = one.merged or Merged(0, 0, 0, 0, None)
    return {
        "watch": one.watch.name,
        "found": one.found,
        "new": one.new,
        **one.more,
        "merged": made.placed,
        "states": made.states,
        "aside": one.aside,
        "waiting": made.left,
        "why_waiting": made.why_left,
    }


def _lines(one: Brought) -> Iterator[str]:
    if not one.found and not (one.merged and one.merged.placed):
        return
    made = one.merged or Merged(0, 0, 0, 0, None)
    fetched = "".join(f", {count} {what}" for what, count in one.more.items())
    yield f"{one.watch.name}: {_counted(one.found, 'capture')}, {one.new} new{fetched}"
    yield f"  {made.placed} put into the history, which has {_counted(made.states, 'new state')}; nobody was alerted"
    if one.aside:
        yield f"  {one.aside} set aside as no state of the page: `import list --state aside` says why"
    if made.left:
        yield f"  {made.left} wait: {made.why_left}; then start the import again"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def one_watch_of(chosen: Sequence[Watch], name: str | None) -> Watch:
    """The one watch that is meant. Raises CommandError where that is not clear."""
    if len(chosen) > 1 and name is None:
        raise CommandError(f"which watch? say --watch with one of {', '.join(watch.name for watch in chosen)}")
    return chosen[0]
