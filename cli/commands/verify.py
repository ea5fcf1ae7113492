"""`verify`: whether all that is stored is what was stored, and agrees."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli import document
from cli.errors import Exit
from cli.main import Context
from cli.options import json_option, pass_context
from cli.progress import progress
from cli.terminal import plain
from cli.wiring import existing, reader
from domain.audit import Part
from schedules.verify import verify as look_through

WAY_OUT = "The database is damaged: `hmicfrs-monitor restore FILE` puts a backup in its place, and keeps this one."


@click.command()
@click.option("--reread", is_flag=True, help="Read each body again, too, and compare with the stored page.")
@json_option
@pass_context
def verify(context: Context, reread: bool, as_json: bool) -> int:
    """Look through the whole database, beside whatever is at work; changes nothing.

    The file, the bytes of every answer, the states of records, that the changes make each page of the one before, and
    that watches, checks, snapshots and alerts agree. Exits 2 where anything is wrong.
    """
    well, entries = True, []
    for part in _parts(context, reread=reread, bar=not (context.quiet or as_json)):
        well = well and not part.faults
        entries.append({"part": part.name, "checked": part.checked, "faults": part.faults})
        if not as_json and (part.faults or not context.quiet):
            _tell(part)
    if as_json:
        document.print_json({"well": well, "parts": entries})
    elif not well:
        click.echo(WAY_OUT)
    return Exit.WELL if well else Exit.USAGE


def _parts(context: Context, *, reread: bool, bar: bool) -> Iterator[Part]:
    with existing(context.settings) as database, progress("looking through", 6 + reread, wanted=bar) as step:
        for part in look_through(database, reader() if reread else None):
            step(part.name)
            yield part


def _tell(part: Part) -> None:
    counted = f"{part.name}: {part.checked} {part.things}"
    click.echo(f"{counted}, well" if not part.faults else counted)
    for fault in part.faults:
        click.echo(plain(f"  {fault}"))
