"""`schedule`: when each page is looked at next."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

import click

from cli import document
from cli.main import Context
from cli.options import json_option, pass_context
from cli.terminal import print_table
from cli.wiring import fetcher, opened, utc_now, watches, zone
from domain.check import Standing
from domain.document import utc_text
from domain.watch import Watch
from schedules.cron import parse_schedule
from schedules.plan import next_look, times
from storage.archive import Archive

FIVE = 5


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def schedule(ctx: click.Context, as_json: bool) -> None:
    """When each page is looked at next: the five next times of each, as `schedule show` has them."""
    if ctx.invoked_subcommand is None:
        _show(ctx.ensure_object(Context), (), FIVE, as_json=as_json)


@schedule.command()
@click.argument("names", metavar="[WATCH…]", nargs=-1)
@click.option("--count", type=click.IntRange(1, 1000), default=FIVE, show_default=True, help="How many times of each.")
@json_option
@pass_context
def show(context: Context, names: tuple[str, ...], count: int, as_json: bool) -> None:
    """The next times of each watch, over changes of the clock too.

    What puts the next look off is told: checks that keep failing, an answer that is fresh by its server's own word, a
    server that wants to be left alone. Where no check was stored yet, an interval counts from now.
    """
    _show(context, names, count, as_json=as_json)


def _show(context: Context, names: tuple[str, ...], count: int, *, as_json: bool) -> None:
    settings = context.settings
    chosen, zoned, now = watches(settings, names), zone(settings), utc_now()
    with opened(settings) as database, fetcher(settings.scraper, database) as polite:
        archive = Archive(database)
        archive.register(chosen)
        standings = archive.standings()
        planned = [
            (watch, *_times(watch, standings[watch.name], polite.paused_until(watch.url), zoned, now, count))
            for watch in chosen
        ]
    if as_json:
        document.print_json({"watches": [_document(*one) for one in planned]})
        return
    rows = [
        (watch.name, watch.schedule, f"{due:%a %d %b %Y %H:%M %Z}", note if not number else "")
        for watch, found, note in planned
        for number, due in enumerate(found)
    ]
    print_table(("Watch", "Schedule", "Look", "Note"), rows, "No watch is set.")


def _times(
    watch: Watch, standing: Standing, paused: datetime | None, zoned: ZoneInfo, now: datetime, count: int
) -> tuple[list[datetime], str]:
    """The next looks, in the zone, and what there is to say of the first."""
    schedule = parse_schedule(watch.schedule)
    first = next_look(schedule, zoned, standing, paused)
    last = standing.last_check
    regular = next(times(schedule, zoned, last.started_at)) if last else None
    if first is None or first <= now:
        note = "due now" if last else "due now: it was never looked at"
        return [now.astimezone(zoned), *islice(times(schedule, zoned, now), count - 1)], note
    note = "put off" if regular and first > regular else ""
    return [first.astimezone(zoned), *islice(times(schedule, zoned, first), count - 1)], note


def _document(watch: Watch, found: list[datetime], note: str) -> dict[str, object]:
    looks = [utc_text(due) for due in found]
    return {"name": watch.name, "schedule": watch.schedule, "looks": looks, "note": note or None}
