"""`restore`: a backup in the place of the database."""

from __future__ import annotations

from pathlib import Path

import click

from cli import document
from cli.main import Context
from cli.options import json_option, pass_context
from cli.terminal import plain
from cli.version import VERSION
from cli.wiring import database_url, opened, utc_now
from storage.database import BUSY_TIMEOUT, Database
from storage.restore import restore as put_back


@click.command()
@click.argument("file")
@json_option
@pass_context
def restore(context: Context, file: str, as_json: bool) -> None:
    """Put the backup FILE in the place of the database, which is kept beside it under another name.

    Asks nothing. A file that is damaged, no database of this program or written by a newer version is refused; any is
    while a run of checks is under way (exit code 6). A backup of an older version is upgraded. FILE stays as it is.
    """
    path = Database.path_of(database_url(context.settings))
    done = put_back(Path(file), path, utc_now(), VERSION, BUSY_TIMEOUT)
    with opened(context.settings):
        pass  # which upgrades it
    if as_json:
        kept = str(done.kept) if done.kept else None
        held = {"checks": done.inside.checks, "snapshots": done.inside.snapshots}
        document.print_json({"file": file, "database": str(done.path), "kept": kept, **held})
    elif not context.quiet:
        held_here = f"{done.inside.checks} checks, {done.inside.snapshots} snapshots"
        click.echo(plain(f"{done.path}: restored from {file}, {held_here}"))
        if done.kept:
            click.echo(plain(f"The database that was there: {done.kept}"))
