"""`status`: is all well? Made for a person's glance and for monitoring."""

from __future__ import annotations

import click

from cli import document
from cli.errors import Exit, worst
from cli.main import Context
from cli.moments import short
from cli.monitoring import vitals
from cli.options import json_option, pass_context
from cli.terminal import print_table
from cli.wiring import opened, utc_now, zone
from schedules.vitals import Vitals


@click.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> int:
    """Is all well? Exits 7 when a page's last good check is too old, 5 when alerts are undelivered.

    A page is late when two checks in a row should have seen it and did not, by its own schedule.
    """
    with opened(context.settings) as database:
        found = vitals(context.settings, database, utc_now())
    if as_json:
        entries = [document.standing(one.standing, late=one.late) for one in found.watches]
        document.print_json({"watches": entries, "undelivered": found.undelivered})
    elif not context.quiet:
        _print(context, found)
    return worst([Exit.LATE if found.late else Exit.WELL, Exit.UNDELIVERED if found.undelivered else Exit.WELL])


def _print(context: Context, found: Vitals) -> None:
    zoned = zone(context.settings)
    rows = []
    for one in found.watches:
        standing, last = one.standing, one.standing.last_check
        rows.append(
            (
                standing.watch,
                "late" if one.late else "well",
                short(standing.last_good, zoned),
                last.outcome if last else "never checked",
                str(standing.trouble.failures) if standing.trouble else "0",
                (last.reason or "") if last else "",
            )
        )
    columns = ("Watch", "State", "Last good check", "Last outcome", "Failures in a row", "Reason")
    print_table(columns, rows, "No watch is set.")
    click.echo(f"Undelivered alerts: {found.undelivered}")
