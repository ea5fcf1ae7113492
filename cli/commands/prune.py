"""`prune`: old rows that nothing stands on, counted or taken away."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import click

from cli import document
from cli.asking import moment
from cli.errors import CommandError
from cli.main import Context
from cli.options import json_option, pass_context
from cli.terminal import plain
from cli.wiring import existing, utc_now
from storage.backup import back_up, stamp
from storage.database import Database
from storage.errors import StorageError
from storage.lock import run_lock
from storage.prune import Limits, Pruned, give_back, prunable
from storage.prune import prune as take_away


@click.command()
@click.option("--checks-older-than", "checks", metavar="D", help="Checks that found nothing new: 365d, or a date.")
@click.option(
    "--alerts-older-than", "alerts", metavar="D", help="Alerts that were sent or called off: 365d, or a date."
)
@click.option("--apply", is_flag=True, help="Do it; no run of checks may be under way.")
@click.option("--no-backup", is_flag=True, help="Make no copy of the database before.")
@click.option("--vacuum", is_flag=True, help="Let the file be smaller, too; needs as much room again for a moment.")
@json_option
@pass_context
def prune(
    context: Context, checks: str | None, alerts: str | None, apply: bool, no_backup: bool, vacuum: bool, as_json: bool
) -> None:
    """Say which old rows nothing stands on and what they take; with --apply take them away, after a backup.

    Of checks that is those which failed, were suspect or found nothing new, with answers that only they had. Snapshots,
    their bytes, records and changes are never taken away, nor the checks that prove when they were seen, nor the first
    and the last of a run of trouble, nor what an alert tells.
    """
    if checks is None and alerts is None:
        raise click.UsageError("say what is old: --checks-older-than, --alerts-older-than")
    if (no_backup or vacuum) and not apply:
        raise click.UsageError("--no-backup and --vacuum go with --apply")
    now = utc_now()
    limits = Limits(_limit(context, checks, now), _limit(context, alerts, now))
    copy = None
    with existing(context.settings) as database:
        if not apply:
            pruned = prunable(database, limits, now)
        else:
            with run_lock(database.path, "hmicfrs-monitor prune", now):
                copy = None if no_backup else _copied(database, now)
                pruned = take_away(database, limits, now)
                if vacuum:
                    _give_back(database)
    if as_json:
        document.print_json(_document(pruned, copy, applied=apply, vacuumed=vacuum))
    elif not context.quiet:
        click.echo(plain(_told(pruned, copy, applied=apply)))


def _limit(context: Context, text: str | None, now: datetime) -> datetime | None:
    """A number of days, or a date. Raises CommandError, also for a time to come."""
    if text is None:
        return None
    days = re.fullmatch(r"(\d{1,5})d", text.strip())
    limit = now - timedelta(days=int(days[1])) if days else moment(context, text)
    if limit is None or limit > now:
        raise CommandError(f"{text!r} is no time that is past")
    return limit


def _copied(database: Database, now: datetime) -> Path:
    place = database.path.with_name(f"{database.path.name}.before-prune-{stamp(now)}")
    return back_up(database.path, place, database.busy_timeout).path


def _give_back(database: Database) -> None:
    try:
        give_back(database)
    except StorageError as error:
        raise CommandError(f"the rows are gone, but the file is as large as before: {error}") from error


def _told(pruned: Pruned, copy: Path | None, *, applied: bool) -> str:
    what = f"{pruned.checks} checks, {pruned.bodies} answers, {pruned.alerts} alerts, about {pruned.size} bytes"
    if not applied:
        return f"{what} could go; --apply takes them away"
    return f"{what}: gone" + (f"; {copy} is as it was before" if copy else "")


def _document(pruned: Pruned, copy: Path | None, *, applied: bool, vacuumed: bool) -> dict[str, object]:
    return {
        "applied": applied,
        "checks": pruned.checks,
        "bodies": pruned.bodies,
        "alerts": pruned.alerts,
        "bytes": pruned.size,
        "backup": str(copy) if copy else None,
        "vacuumed": vacuumed,
    }
