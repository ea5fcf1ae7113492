"""`history`: the changes."""

from __future__ import annotations

import click

from cli import document
from cli.asking import known_watch, moment
from cli.main import Context
from cli.options import json_option, pass_context, watch_option
from cli.sentences import print_changes
from cli.wiring import opened, zone
from domain.change import ChangeKind
from domain.document import change as change_document
from storage.history import History


@click.command()
@watch_option
@click.option("--since", metavar="D", help="Seen at this time or later; of a bare day, its beginning.")
@click.option("--until", metavar="D", help="Seen by this time; of a bare day, its end.")
@click.option("--kind", type=click.Choice([kind.value for kind in ChangeKind]), help="Only this kind.")
@click.option("--quiet-changes", is_flag=True, help="Also those that alerted nobody.")
@json_option
@pass_context
def history(
    context: Context,
    watch: str | None,
    since: str | None,
    until: str | None,
    kind: str | None,
    quiet_changes: bool,
    as_json: bool,
) -> None:
    """The changes, newest first."""
    begin, end = moment(context, since), moment(context, until, end=True)
    with opened(context.settings) as database:
        asked = History(database)
        changes = asked.changes(
            watch=known_watch(context, asked, watch),
            since=begin,
            until=end,
            kind=ChangeKind(kind) if kind else None,
            quiet=quiet_changes,
        )
    if as_json:
        document.print_json({"changes": [change_document(change) for change in changes]})
        return
    print_changes(changes, zone(context.settings), empty="No such change is recorded.")
