"""`diff`: what changed between two states."""

from __future__ import annotations

from typing import Any

import click

from cli import document
from cli.asking import moment, one_watch
from cli.errors import CommandError
from cli.main import Context
from cli.moments import short
from cli.options import json_option, one_watch_option, pass_context
from cli.sentences import print_changes
from cli.wiring import opened, utc_now, zone
from domain.change import Bounds, RecordedChange
from domain.check import Snapshot
from domain.compare import compare
from domain.document import change as change_document
from notifier.worddiff import word_diff
from storage.history import History


@click.command()
@one_watch_option
@click.argument("begin", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--quiet-changes", is_flag=True, help="Also type-setting, order and the like.")
@json_option
@pass_context
def diff(context: Context, watch: str | None, begin: str, end: str, quiet_changes: bool, as_json: bool) -> None:
    """What changed between two snapshots (by number) or dates (of a bare day, its end), word by word."""
    with opened(context.settings) as database:
        history = History(database)
        name = one_watch(context, history, watch)
        one, two = (_snapshot(context, history, name, text) for text in (begin, end))
        if one.captured_at > two.captured_at:
            raise CommandError(f"{begin} is later than {end}: exchange them")
        changes = compare(history.page(one.id), history.page(two.id))
    bounds = Bounds(one.confirmed_until, two.captured_at)
    told = [
        RecordedChange(None, name, change, bounds, one.id, two.id)
        for change in changes
        if quiet_changes or as_json or not change.quiet
    ]
    if as_json:
        sides = {"from": document.snapshot(one), "to": document.snapshot(two)}
        document.print_json(sides | {"changes": [_with_words(change) for change in told]})
        return
    zoned = zone(context.settings)
    click.echo(f"Snapshot {one.id}, last seen {short(one.confirmed_until, zoned)}")
    click.echo(f"Snapshot {two.id}, first seen {short(two.captured_at, zoned)}")
    print_changes(told, zoned, empty="Nothing changed between them.")


def _snapshot(context: Context, history: History, watch: str, text: str) -> Snapshot:
    if text.isascii() and text.isdigit():
        snapshot = history.snapshot(int(text))
        if snapshot.watch != watch:
            raise CommandError(f"snapshot {text} is of {snapshot.watch}, not of {watch}")
        return snapshot
    return history.snapshot_at(watch, moment(context, text, end=True) or utc_now())


def _with_words(change: RecordedChange) -> dict[str, Any]:
    """The change's document and, where its text was edited, the difference word by word."""
    found = change_document(change)
    text = change.change.text
    if text and isinstance(text.before, str) and isinstance(text.after, str):
        difference = word_diff(text.before, text.after)
        found["words"] = [{"kind": piece.kind, "text": piece.text} for piece in difference.pieces]
        found["words_cut"] = difference.cut
    return found
