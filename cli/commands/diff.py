"""`diff`: what changed between two states, for the terminal or as a document of its own."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import click

from cli import document
from cli.asking import moment, one_watch
from cli.errors import CommandError
from cli.main import Context
from cli.moments import short
from cli.options import json_option, one_watch_option, pass_context
from cli.output import output_option, written
from cli.sentences import print_changes
from cli.telling import change_with_words
from cli.terminal import console
from cli.version import VERSION
from cli.wiring import opened, utc_now, zone
from domain.change import Bounds, RecordedChange
from domain.check import Snapshot
from domain.compare import compare
from notifier.comparison import Comparison, hidden_note
from storage.history import History

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rich.console import Console

FORMS = ("text", "html", "md", "json")


@click.command()
@one_watch_option
@click.argument("begin", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--quiet-changes", is_flag=True, help="Also type-setting, order and the like.")
@click.option("--format", "form", type=click.Choice(FORMS), help="html is one page to open or print. Default: text.")
@click.option("--columns", type=click.Choice(["1", "2"]), help="Of html: 2, before and after side by side (default).")
@output_option
@json_option
@pass_context
def diff(
    context: Context,
    watch: str | None,
    begin: str,
    end: str,
    quiet_changes: bool,
    form: str | None,
    columns: str | None,
    output: str | None,
    as_json: bool,
) -> None:
    """What changed between two snapshots (by number) or dates (of a bare day, its end), word by word."""
    form = _form(form, columns, as_json=as_json)
    with opened(context.settings) as database:
        history = History(database)
        name = one_watch(context, history, watch)
        one, two = (_snapshot(context, history, name, text) for text in (begin, end))
        if one.captured_at > two.captured_at:
            raise CommandError(f"{begin} is later than {end}: exchange them")
        found = _compared(history, one, two, quiet=quiet_changes or form == "json")
    zoned = zone(context.settings)
    if form == "text" and output is None:
        _print(found, zoned, console())
        return
    with written(output) as file:
        file.write(_document(found, zoned, form, columns).encode())


def _form(form: str | None, columns: str | None, *, as_json: bool) -> str:
    """Which form is meant. Raises UsageError where the options contradict each other."""
    if as_json and form not in {None, "json"}:
        raise click.UsageError(f"--json and --format {form} exclude each other")
    form = "json" if as_json else form or "text"
    if columns and form != "html":
        raise click.UsageError("--columns is for --format html")
    return form


def _snapshot(context: Context, history: History, watch: str, text: str) -> Snapshot:
    if text.isascii() and text.isdigit():
        snapshot = history.snapshot(int(text))
        if snapshot.watch != watch:
            raise CommandError(f"snapshot {text} is of {snapshot.watch}, not of {watch}")
        return snapshot
    return history.snapshot_at(watch, moment(context, text, end=True) or utc_now())


def _compared(history: History, one: Snapshot, two: Snapshot, *, quiet: bool) -> Comparison:
    page = history.page(two.id)
    changes = compare(history.page(one.id), page)
    bounds = Bounds(one.confirmed_until, two.captured_at)
    told = tuple(
        RecordedChange(None, two.watch, change, bounds, one.id, two.id)
        for change in changes
        if quiet or not change.quiet
    )
    return Comparison(two.watch, page.title, page.url, one, two, told, hidden=len(changes) - len(told))


def _document(found: Comparison, zoned: ZoneInfo, form: str, columns: str | None) -> str:
    match form:
        case "json":
            sides = {"from": document.snapshot(found.before), "to": document.snapshot(found.after)}
            return document.json_text(sides | {"changes": [change_with_words(change) for change in found.changes]})
        case "html":
            from notifier.comparison_html import as_html

            return as_html(found, zoned, VERSION, 1 if columns == "1" else 2)
        case "md":
            from notifier.comparison_markdown import as_markdown

            return as_markdown(found, zoned, VERSION)
        case _:
            text = io.StringIO()
            _print(found, zoned, console(into=text))
            return text.getvalue()


def _print(found: Comparison, zoned: ZoneInfo, out: Console) -> None:
    out.print(f"Snapshot {found.before.id}, last seen {short(found.before.confirmed_until, zoned)}")
    out.print(f"Snapshot {found.after.id}, first seen {short(found.after.captured_at, zoned)}")
    print_changes(found.changes, zoned, empty="Nothing changed between them.", out=out)
    if found.hidden:
        out.print(f"\n{hidden_note(found.hidden)}", soft_wrap=True)
