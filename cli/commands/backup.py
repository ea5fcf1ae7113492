"""`backup`: a copy of the database in one file, made while others are at work."""

from __future__ import annotations

from pathlib import Path

import click

from cli import document
from cli.main import Context
from cli.options import json_option, pass_context
from cli.terminal import plain
from cli.wiring import existing, utc_now
from storage.backup import Backup, back_up, stamp


@click.command()
@click.argument("file")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@json_option
@pass_context
def backup(context: Context, file: str, force: bool, as_json: bool) -> None:
    """Copy the database into FILE, or into a file of a folder that is named for the time.

    It is whole, whatever is at work meanwhile, and needs nothing beside it. Mails in the Maildir, the settings and the
    files that they name are not part of it.
    """
    place, now = Path(file).absolute(), utc_now()
    if place.is_dir():
        place /= f"monitor-{stamp(now)}.db"
    with existing(context.settings) as database:
        made = back_up(database.path, place, database.busy_timeout, force=force)
    if as_json:
        document.print_json(_document(made))
    elif not context.quiet:
        held = f"{made.inside.checks} checks, {made.inside.snapshots} snapshots"
        click.echo(plain(f"{made.path}: {made.size} bytes, {held}, SHA-256 {made.sha256}"))


def _document(made: Backup) -> dict[str, object]:
    return {
        "file": str(made.path),
        "bytes": made.size,
        "sha256": made.sha256,
        "checks": made.inside.checks,
        "snapshots": made.inside.snapshots,
    }
