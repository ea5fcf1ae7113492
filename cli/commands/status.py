"""`status`: is all well? Made for a person's glance and for monitoring."""

from __future__ import annotations

import click

from cli import document
from cli.errors import Exit, worst
from cli.main import Context
from cli.moments import short
from cli.options import json_option, pass_context
from cli.terminal import print_table
from cli.wiring import opened, utc_now, watches, zone
from domain.check import Standing
from schedules.cron import parse_schedule
from schedules.plan import late
from storage.archive import Archive
from storage.database import Database
from storage.outbox import Outbox


@click.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> int:
    """Is all well? Exits 7 when a page's last good check is too old, 5 when alerts are undelivered.

    A page is late when two checks in a row should have seen it and did not, by its own schedule.
    """
    with opened(context.settings) as database:
        standings = _standings(context, database)
        undelivered = Outbox(database).undelivered(utc_now())
    if as_json:
        entries = [document.standing(standing, late=is_late) for standing, is_late in standings]
        document.print_json({"watches": entries, "undelivered": undelivered})
    elif not context.quiet:
        _print(context, standings, undelivered)
    any_late = any(is_late for _, is_late in standings)
    return worst([Exit.LATE if any_late else Exit.WELL, Exit.UNDELIVERED if undelivered else Exit.WELL])


def _standings(context: Context, database: Database) -> list[tuple[Standing, bool]]:
    chosen = watches(context.settings)
    archive = Archive(database)
    archive.register(chosen)
    zoned, now = zone(context.settings), utc_now()
    found = []
    for watch in chosen:
        standing = archive.standing(watch.name)
        found.append((standing, late(parse_schedule(watch.schedule), zoned, standing.last_good, now)))
    return found


def _print(context: Context, standings: list[tuple[Standing, bool]], undelivered: int) -> None:
    zoned = zone(context.settings)
    rows = [
        (
            standing.watch,
            "late" if is_late else "well",
            short(standing.last_good, zoned),
            standing.last_check.outcome if standing.last_check else "never checked",
            str(standing.trouble.failures) if standing.trouble else "0",
            (standing.last_check.reason or "") if standing.last_check else "",
        )
        for standing, is_late in standings
    ]
    columns = ("Watch", "State", "Last good check", "Last outcome", "Failures in a row", "Reason")
    print_table(columns, rows, "No watch is set.")
    click.echo(f"Undelivered alerts: {undelivered}")
