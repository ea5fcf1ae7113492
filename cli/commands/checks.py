"""`checks`: every look, with how it ended."""

from __future__ import annotations

import click

from cli import document
from cli.asking import known_watch
from cli.main import Context
from cli.moments import short
from cli.options import json_option, pass_context, watch_option
from cli.terminal import print_table
from cli.wiring import opened, zone
from storage.history import History


@click.command()
@watch_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the newest N.")
@json_option
@pass_context
def checks(context: Context, watch: str | None, limit: int | None, as_json: bool) -> None:
    """Every look at a page, the unchanged and failed ones too, newest first."""
    with opened(context.settings) as database:
        history = History(database)
        found = history.checks(known_watch(context, history, watch), limit)
    if as_json:
        document.print_json({"checks": [document.check(check) for check in found]})
        return
    zoned = zone(context.settings)
    rows = [
        (
            str(check.id),
            check.watch,
            short(check.started_at, zoned),
            check.source,
            check.outcome,
            str(check.http_status or "–"),
            f"{check.duration_ms} ms",
            check.reason or "",
        )
        for check in found
    ]
    columns = ("Check", "Watch", "Started", "Source", "Outcome", "HTTP", "Took", "Reason")
    print_table(columns, rows, "Nothing was checked yet: `hmicfrs-monitor check` does.")
