"""`since`: everything that is new since a date."""

from __future__ import annotations

import sys

import click

from cli import document, telling
from cli.asking import known_watch, parsed
from cli.main import Context
from cli.options import json_option, pass_context, watch_option
from cli.wiring import opened, utc_now, zone
from storage.history import History


@click.command()
@click.argument("begin", metavar="D")
@watch_option
@click.option("--format", "form", type=click.Choice(["text", "md", "json"]), help="md is for a paper. Default: text.")
@json_option
@pass_context
def since(context: Context, begin: str, watch: str | None, form: str | None, as_json: bool) -> None:
    """Everything new since a date, for a meeting: of a bare day, since its beginning.

    Told is what it comes to in the end: a report that was edited twice is held, as it is now, against what it was
    then. What came and went meanwhile is told apart, and how often the page was looked at.
    """
    if as_json and form not in {None, "json"}:
        raise click.UsageError(f"--json and --format {form} exclude each other")
    moment = parsed(context, begin)
    with opened(context.settings) as database:
        history = History(database)
        pages = history.since(moment, watch=known_watch(context, history, watch), until=utc_now())
    if as_json or form == "json":
        document.print_json(telling.since(moment, pages))
    elif form == "md":
        from notifier.news_markdown import as_markdown

        sys.stdout.write(as_markdown(pages, zone(context.settings)))
    elif pages:
        from cli.news_view import print_news

        print_news(pages, zone(context.settings))
    else:
        click.echo("No page was looked at yet: `hmicfrs-monitor check` looks.")
