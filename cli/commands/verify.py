"""`verify`: whether all that is stored is what was stored, and agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from cli import document
from cli.errors import CommandError, Exit
from cli.main import Context
from cli.options import json_option, pass_context
from cli.progress import progress
from cli.terminal import plain
from cli.wiring import existing, reader
from domain.audit import Part
from schedules.verify import verify as look_through
from storage.auditor import PARTS
from storage.chain import Seal, head, seal_of
from storage.database import Database

WAY_OUT = "The database is damaged: `hmicfrs-monitor restore FILE` puts a backup in its place, and keeps this one."
_NOTED = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@click.command()
@click.option("--reread", is_flag=True, help="Read each body again, too, and compare with the stored page.")
@click.option("--chain", is_flag=True, help="Only the chain of checks, and what its newest seal is.")
@click.option("--seal", "noted", metavar="CHECK:SEAL", help="A seal noted earlier: is it still that check's?")
@json_option
@pass_context
def verify(context: Context, reread: bool, chain: bool, noted: str | None, as_json: bool) -> int:
    """Look through the whole database, beside whatever is at work; changes nothing.

    The file, the bytes of every answer, the states of records, that the changes make each page of the one before, that
    watches, checks, snapshots and alerts agree, and that each check is sealed with the one before it. Exits 2 where
    anything is wrong. Who can write the database can make the chain anew: a seal that was noted elsewhere, in a mail or
    on paper, shows that.
    """
    if chain and reread:
        raise CommandError("--chain and --reread exclude each other")
    seal = _noted(noted) if noted else None
    well, entries = True, []
    with existing(context.settings) as database:
        for part in _parts(database, reread=reread, chain=chain, bar=not (context.quiet or as_json)):
            well = well and not part.faults
            entries.append({"part": part.name, "checked": part.checked, "faults": part.faults})
            if not as_json and (part.faults or not context.quiet):
                _tell(part)
        newest, fault = head(database), _other_than_noted(database, seal)
    if as_json:
        sealed = {"check": newest.check, "seal": newest.seal} if newest else None
        document.print_json({"well": well and not fault, "parts": entries, "head": sealed, "seal": fault})
        return Exit.USAGE if fault or not well else Exit.WELL
    if fault:
        click.echo(fault)
    elif not context.quiet and newest:
        click.echo(f"Newest seal, to be noted elsewhere: {newest}" + (f"; {noted} holds" if noted else ""))
    if not well:
        click.echo(WAY_OUT)
    return Exit.USAGE if fault or not well else Exit.WELL


def _noted(text: str) -> Seal:
    found = _NOTED.fullmatch(text.strip().lower())
    if not found:
        raise CommandError(f"--seal {text}: is no seal; `verify --chain` gives one, as 123:4f5a… with 64 digits")
    return Seal(int(found[1]), found[2])


def _other_than_noted(database: Database, noted: Seal | None) -> str | None:
    """What is wrong with the seal of a check that was noted earlier; None where it holds."""
    if noted is None or (stored := seal_of(database, noted.check)) == noted:
        return None
    if stored is None:
        return f"check {noted.check} is not there: it was pruned, or this is another database"
    return f"check {noted.check} has another seal than was noted: it or a check before it was altered"


def _parts(database: Database, *, reread: bool, chain: bool, bar: bool) -> Iterator[Part]:
    total = 1 if chain else len(PARTS) + reread
    with progress("looking through", total, wanted=bar) as step:
        for part in look_through(database, reader() if reread else None, only="chain" if chain else None):
            step(part.name)
            yield part


def _tell(part: Part) -> None:
    counted = f"{part.name}: {part.checked} {part.things}"
    click.echo(f"{counted}, well" if not part.faults else counted)
    for fault in part.faults:
        click.echo(plain(f"  {fault}"))
