"""`search`: full text over all that the pages ever said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Literal

import click

from cli import document, telling
from cli.asking import known_watch, moment
from cli.errors import CommandError
from cli.main import Context
from cli.options import json_option, pass_context, watch_option
from cli.progress import progress
from cli.terminal import plain
from cli.wiring import opened, zone
from domain.query import QueryError
from storage.history import History

if TYPE_CHECKING:
    from cli.progress import Step


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--at", metavar="D", help="What stood at this time; of a bare day, at its end.")
@click.option("--since", metavar="D", help="What was first seen at this time or later; of a bare day, its beginning.")
@click.option("--until", metavar="D", help="What was first seen by this time; of a bare day, its end.")
@click.option("--in", "within", type=click.Choice(["reports", "sections"]), help="Only these.")
@watch_option
@click.option("--limit", type=click.IntRange(min=1), default=20, metavar="N", help="So many, the best. Default: 20.")
@json_option
@pass_context
def search(
    context: Context,
    words: tuple[str, ...],
    at: str | None,
    since: str | None,
    until: str | None,
    within: Literal["reports", "sections"] | None,
    watch: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """Full text over titles and texts of every report and section that there ever was, the best first.

    All WORDS must occur, in any form: inspected finds inspection. Within quotes of their own, which the shell must
    leave, they stand together in this order; -word must not occur; word* is the beginning of one; OR stands between
    words of which one is enough. A result is a stretch of time in which a text said it, with the looks around it.
    """
    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(word)
    times = moment(context, at, end=True), moment(context, since), moment(context, until, end=True)
    with opened(context.settings) as database, _indexing(wanted=not (context.quiet or as_json)) as told:
        history = History(database)
        named = known_watch(context, history, watch)
        try:
            found = history.search(
                " ".join(words),
                within=within,
                watch=named,
                at=times[0],
                since=times[1],
                until=times[2],
                limit=limit,
                told=told,
            )
        except QueryError as error:
            raise CommandError(str(error)) from error
    if found.fault:
        told_why = f"{found.unread:,} texts are not in the index yet, and were not looked through: {found.fault}"
        click.echo(plain(f"hmicfrs-monitor: {told_why}"), err=True)
    if as_json:
        document.print_json(telling.found(found))
        return
    from cli.search_view import print_found

    print_found(found, zone(context.settings))


@contextmanager
def _indexing(*, wanted: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar that comes up when there is something to index, and is gone before anything is printed."""
    with ExitStack() as stack:
        bars: list[Step] = []
        before = 0

        def told(done: int, total: int) -> None:
            nonlocal before
            if not bars:
                bars.append(stack.enter_context(progress("indexing", total, wanted=wanted)))
            bars[0](by=done - before)
            before = done

        yield told
