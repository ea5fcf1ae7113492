"""`check`: one look at each page, and the delivery of what it makes due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain, zip_longest
from typing import Any
from urllib.parse import urlsplit

import click

from cli import document
from cli.errors import CommandError, Exit, worst
from cli.main import Context
from cli.monitoring import pinged, round_line, write_textfile
from cli.office import deliver_all, registered
from cli.options import allow_only_option, json_option, pass_context
from cli.progress import progress
from cli.sentences import check_lines
from cli.settings import Settings
from cli.terminal import plain
from cli.wiring import due_watches, fetcher, judge, opened, renewed_standings, utc_now, watches
from domain.check import Outcome, Stored
from domain.document import change as change_document
from domain.owed import Audience
from domain.watch import Watch
from schedules.check import check as look
from schedules.deliver import Delivery
from storage.archive import Archive
from storage.database import Database
from storage.errors import Busy, Unwritable
from storage.lock import run_lock

_CODES = {Outcome.FAILED: Exit.UNCHECKED, Outcome.SUSPECT: Exit.SUSPECT}


@click.command()
@click.argument("names", metavar="[WATCH…]", nargs=-1)
@click.option(
    "--due", "due_only", is_flag=True, help="Only pages that are due by their schedule; others are left alone."
)
@allow_only_option
@json_option
@pass_context
def check(context: Context, names: tuple[str, ...], due_only: bool, as_json: bool) -> int:
    """Look at each page now: fetch, read, compare, store, and send the alerts that are due.

    For cron: with -q it says nothing unless something changed or went wrong. With --due, pages that keep failing, are
    fresh by their server's word, or whose server wants to be left alone, wait as with `run`, and what fell due while
    the machine was off is made up for. A second run beside it exits 6.
    """
    settings = context.settings
    chosen = watches(settings, names)
    try:
        with opened(settings) as database:
            stored, delivery = _run(context, chosen, database, due_only=due_only, bar=not (context.quiet or as_json))
            if fault := write_textfile(settings, database, utc_now()):
                _say(fault)
    except (Unwritable, Busy) as error:
        raise CommandError(str(error), Exit.UNCHECKED) from error
    if as_json:
        document.print_json({"checks": [_document(result, delivery) for result in stored]})
    else:
        _tell(context, stored, delivery)
    return _code(stored, delivery)


def _run(
    context: Context, chosen: tuple[Watch, ...], database: Database, *, due_only: bool, bar: bool
) -> tuple[list[Stored], Delivery]:
    """The looks, alone among all runs, and the delivery, pinged as one; what another run keeps out pings nothing."""
    settings = context.settings
    with ExitStack() as alone:
        alone.enter_context(run_lock(database.path, "hmicfrs-monitor check", utc_now()))
        with pinged(settings.monitoring, _say) as ended:
            audience = registered(settings, database)
            stored = _look_at_all(settings, chosen, database, audience, due_only=due_only, bar=bar)
            alone.close()
            delivery = deliver_all(settings, database, due_only=False, audience=audience)
            looks = [result.check for result in stored]
            said = round_line(looks, sent=len(delivery.sent), undelivered=len(delivery.undelivered))
            ended(said, well=_code(stored, delivery) is Exit.WELL)
    return stored, delivery


def _code(stored: Iterable[Stored], delivery: Delivery) -> Exit:
    codes = [_CODES.get(result.check.outcome, Exit.WELL) for result in stored]
    return worst([*codes, Exit.UNDELIVERED if delivery.undelivered else Exit.WELL])


def _say(fault: str) -> None:
    click.echo(plain(fault), err=True)


def _look_at_all(
    settings: Settings,
    chosen: tuple[Watch, ...],
    database: Database,
    audience: Callable[[], Audience],
    *,
    due_only: bool,
    bar: bool,
) -> list[Stored]:
    """A look at each page, in the order in which they were chosen."""
    archive = Archive(database)
    archive.register(chosen)
    standings = renewed_standings(database, archive, chosen)
    with fetcher(settings.scraper, database) as polite:
        due = tuple(due_watches(settings, standings, polite, chosen)) if due_only else chosen
        with progress("checking", len(due), wanted=bar) as step:

            def one(watch: Watch) -> Stored:
                result = look(
                    watch,
                    clock=utc_now,
                    fetcher=polite,
                    judge=judge,
                    archive=archive,
                    audience=audience,
                    standing=standings[watch.name],
                )
                step(f"checked {watch.name}")
                return result

            if len(due) == 1:
                return [one(due[0])]
            from cli.heaps import share_heaps

            share_heaps()
            in_turn = _hosts_in_turn(due)
            with ThreadPoolExecutor(settings.schedules.workers) as pool:
                stored = dict(zip(in_turn, pool.map(one, in_turn), strict=True))
            return [stored[watch] for watch in due]


def _hosts_in_turn(chosen: Iterable[Watch]) -> list[Watch]:
    """The watches dealt out by host, so that the pages of one do not keep those of the others waiting."""
    by_host: defaultdict[str | None, list[Watch]] = defaultdict(list)
    for watch in chosen:
        by_host[urlsplit(watch.url).hostname].append(watch)
    return [watch for watch in chain.from_iterable(zip_longest(*by_host.values())) if watch is not None]


def _document(result: Stored, delivery: Delivery) -> dict[str, Any]:
    watch = result.check.watch
    return {
        "watch": watch,
        "outcome": result.check.outcome,
        "reason": result.check.reason,
        "snapshot": result.check.snapshot,
        "changes": [change_document(change) for change in result.changes],
        "alerts": {
            "queued": result.queued,
            "sent": sum(watch in alert.watches for alert in delivery.sent),
            "undelivered": sum(watch in alert.watches for alert in delivery.undelivered),
        },
    }


def _tell(context: Context, stored: list[Stored], delivery: Delivery) -> None:
    """Bad news goes to standard error, so that a pipe of the good does not hide it."""
    if not stored and not context.quiet:
        click.echo("no page is due; `schedule show` tells when")
    for result in stored:
        bad = result.check.outcome in _CODES
        if context.quiet and not bad and all(change.change.quiet for change in result.changes):
            continue
        for line in check_lines(result):
            click.echo(line, err=bad)
    if delivery.sent and not context.quiet:
        click.echo(f"{len(delivery.sent)} sent")
    for alert in delivery.undelivered:
        error = f": {alert.last_error}" if alert.last_error else ""
        click.echo(f"undelivered: {alert.recipient.address}: {alert.subject}{error}", err=True)
