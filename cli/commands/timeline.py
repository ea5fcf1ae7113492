"""`timeline`: one record over its life."""

from __future__ import annotations

import click

from cli import document, telling
from cli.asking import known_watch
from cli.main import Context
from cli.options import json_option, pass_context, watch_option
from cli.wiring import opened, zone
from storage.history import History


@click.command()
@click.argument("record", metavar="REPORT")
@click.option("--section", is_flag=True, help="REPORT is a section: its key, or part of a heading on the way to it.")
@click.option("--quiet-changes", is_flag=True, help="Also those that alerted nobody.")
@watch_option
@json_option
@pass_context
def timeline(
    context: Context, record: str, section: bool, quiet_changes: bool, watch: str | None, as_json: bool
) -> None:
    """A report's life: its first sighting, each edit word by word, moves, removal and return.

    REPORT is its key, its address in any form that it had, or part of a title that it has or had; of several that
    fit, those whose present title does are meant. Below each time stands the last look that saw it otherwise.
    """
    with opened(context.settings) as database:
        history = History(database)
        named = known_watch(context, history, watch)
        found = history.timeline(record, watch=named, section=section, quiet=quiet_changes)
    if as_json:
        document.print_json(telling.timeline(found))
        return
    from cli.timeline_view import print_timeline

    print_timeline(found, zone(context.settings))
