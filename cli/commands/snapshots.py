"""`snapshots`: the accepted states."""

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
@json_option
@pass_context
def snapshots(context: Context, watch: str | None, as_json: bool) -> None:
    """The accepted states of a page, newest first."""
    with opened(context.settings) as database:
        history = History(database)
        found = history.snapshots(known_watch(context, history, watch))
    if as_json:
        document.print_json({"snapshots": [document.snapshot(snapshot) for snapshot in found]})
        return
    zoned = zone(context.settings)
    rows = [
        (
            str(snapshot.id),
            snapshot.watch,
            short(snapshot.captured_at, zoned),
            short(snapshot.confirmed_until, zoned),
            snapshot.source,
            f"{snapshot.sections}",
            f"{snapshot.reports}",
            snapshot.sha256[:12],
        )
        for snapshot in found
    ]
    columns = ("Snapshot", "Watch", "First seen", "Last seen", "Source", "Sections", "Reports", "SHA-256")
    print_table(columns, rows, "No snapshot yet: `hmicfrs-monitor check` makes the first.")
