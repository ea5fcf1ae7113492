"""`check`: one look at each page, and the delivery of what it makes due."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import click

from cli import document
from cli.errors import CommandError, Exit, worst
from cli.main import Context
from cli.office import deliver_all, registered
from cli.options import allow_only_option, json_option, pass_context
from cli.progress import progress
from cli.sentences import check_lines
from cli.settings import ScraperSettings
from cli.wiring import fetcher, judge, opened, renew_readings, utc_now, watches
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

AT_ONCE = 8
"""Checks under way together; each host still gets its requests one by one."""

_CODES = {Outcome.FAILED: Exit.UNCHECKED, Outcome.SUSPECT: Exit.SUSPECT}


@click.command()
@click.argument("names", metavar="[WATCH…]", nargs=-1)
@allow_only_option
@json_option
@pass_context
def check(context: Context, names: tuple[str, ...], as_json: bool) -> int:
    """Look at each page now: fetch, read, compare, store, and send the alerts that are due.

    For cron: with -q it says nothing unless something changed or went wrong. A second run beside it exits 6.
    """
    settings = context.settings
    chosen = watches(settings, names)
    try:
        with opened(settings) as database:
            with run_lock(database.path, "hmicfrs-monitor check", utc_now()):
                audience = registered(settings, database)
                bar = not (context.quiet or as_json)
                stored = _look_at_all(context.settings.scraper, chosen, database, audience, bar=bar)
            delivery = deliver_all(settings, database, due_only=False, audience=audience)
    except (Unwritable, Busy) as error:
        raise CommandError(str(error), Exit.UNCHECKED) from error
    if as_json:
        document.print_json({"checks": [_document(result, delivery) for result in stored]})
    else:
        _tell(context, stored, delivery)
    codes = [_CODES.get(result.check.outcome, Exit.WELL) for result in stored]
    return worst([*codes, Exit.UNDELIVERED if delivery.undelivered else Exit.WELL])


def _look_at_all(
    scraper: ScraperSettings,
    chosen: tuple[Watch, ...],
    database: Database,
    audience: Callable[[], Audience],
    *,
    bar: bool,
) -> list[Stored]:
    archive = Archive(database)
    archive.register(chosen)
    renew_readings(database, archive, chosen)
    with (
        fetcher(scraper, database) as polite,
        progress("checking", len(chosen), wanted=bar) as step,
    ):

        def one(watch: Watch) -> Stored:
            result = look(watch, clock=utc_now, fetcher=polite, judge=judge, archive=archive, audience=audience)
            step(f"checked {watch.name}")
            return result

        if len(chosen) == 1:
            return [one(chosen[0])]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(one, chosen))


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
