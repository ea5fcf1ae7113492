"""`evidence`: what shows a change, in a file of its own."""

from __future__ import annotations

from dataclasses import replace

import click

from cli.main import Context
from cli.options import pass_context
from cli.output import written
from cli.terminal import plain
from cli.version import VERSION
from cli.wiring import existing, zone
from domain.evidence import Evidence
from storage.database import Database
from storage.evidence import evidence_of
from storage.history import History


@click.command()
@click.argument("change", metavar="CHANGE", type=click.IntRange(1, 2**63 - 1))
@click.option("-o", "--output", required=True, metavar="FILE.zip", help="Write to this file; - is standard output.")
@pass_context
def evidence(context: Context, change: int, output: str) -> None:
    """Pack what shows a change, by its number in `history`: both pages as received, headers, times, sealed checks.

    STATEMENT.txt in it says in plain English what it shows and how to check it, with `sha256sum -c SHA256SUMS` alone.
    """
    from exports.evidence import write_evidence

    with existing(context.settings) as database:
        found = evidence_of(database, change, f"hmicfrs-monitor {VERSION}")
        found = replace(found, comparison=_comparison(context, database, found))
    with written(output) as file:
        names = write_evidence(file, found)
    if output != "-" and not context.quiet:
        click.echo(plain(f"{output}: the evidence of change {change} in {len(names)} files"))


def _comparison(context: Context, database: Database, found: Evidence) -> str:
    from notifier.comparison import Comparison
    from notifier.comparison_html import as_html

    page = History(database).page(found.after.snapshot.id)
    sides = found.before.snapshot, found.after.snapshot
    comparison = Comparison(found.change.watch, page.title, page.url, *sides, (found.change,), hidden=0)
    return as_html(comparison, zone(context.settings), VERSION, 2)
