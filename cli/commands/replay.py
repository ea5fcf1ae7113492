"""`replay`: the history as today's reader would have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import click

from cli import document
from cli.asking import known_watch
from cli.errors import Exit
from cli.main import Context
from cli.options import json_option, pass_context, watch_option
from cli.progress import progress
from cli.sentences import change_line
from cli.terminal import plain
from cli.wiring import opened, reader, utc_now
from domain.rereading import Rereading
from schedules.replay import ReplayRefused
from schedules.replay import replay as read_again
from storage.database import Database
from storage.history import History
from storage.lock import run_lock
from storage.replay import Replays


@dataclass
class Account:
    """What became of one watch. `refused` is the reason why it could not be read again, None where it was."""

    watch: str
    snapshots: list[dict[str, Any]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    due: bool = False
    applied: bool = False
    refused: str | None = None


@click.command()
@watch_option
@click.option("--apply", is_flag=True, help="Rewrite the history; no second run may be under way.")
@json_option
@pass_context
def replay(context: Context, watch: str | None, apply: bool, as_json: bool) -> int:
    """Read every stored page again with today's reader, and show what the history would be.

    With --apply the records and changes are rewritten, each watch's in one transaction. Nobody is alerted; a mail that
    was not sent yet tells the new changes. A watch with a page that today's reader does not understand is left as it
    is, and the exit code is 4.
    """
    with opened(context.settings) as database:
        history = History(database)
        named = known_watch(context, history, watch)
        chosen = [name for name in history.watches() if named in {None, name}]
        with run_lock(database.path, "hmicfrs-monitor replay", utc_now()) if apply else nullcontext():
            accounts = _all_read_again(database, chosen, apply=apply, bar=not (context.quiet or as_json))
    if as_json:
        document.print_json({"watches": [_document(account) for account in accounts]})
    else:
        _tell(context, accounts)
    return Exit.SUSPECT if any(account.refused for account in accounts) else Exit.WELL


def _all_read_again(database: Database, chosen: Sequence[str], *, apply: bool, bar: bool) -> list[Account]:
    replays, today = Replays(database), reader()
    total = sum(len(replays.snapshots(name)) for name in chosen)
    accounts = [Account(name) for name in chosen]
    with progress("reading again", total, wanted=bar) as step:
        for account in accounts:

            def note(rereading: Rereading, account: Account = account) -> None:
                account.snapshots.append(_snapshot(rereading))
                account.lines += _lines(rereading)
                step(f"{account.watch}: snapshot {rereading.snapshot.id}")

            try:
                account.due = read_again(account.watch, replays=replays, reader=today, apply=apply, note=note)
                account.applied = account.due and apply
            except ReplayRefused as error:
                account.refused = str(error)
    return accounts


def _lines(rereading: Rereading) -> Iterator[str]:
    """What would differ of a snapshot, in figures and changes; nothing where nothing would."""
    if not rereading.differs:
        return
    snapshot, page = rereading.snapshot, rereading.page
    figures = [
        _figure("section", snapshot.sections, len(page.sections)),
        _figure("report", snapshot.reports, len(page.reports)),
        _figure("change", len(rereading.told), len(rereading.changes)),
        f"{_counted(rereading.records, 'record')} read otherwise",
    ]
    if rereading.confirmed_until < snapshot.confirmed_until:
        figures.append("not seen for as long as was thought")
    yield f"  snapshot {snapshot.id} (reader {snapshot.reader} → {rereading.reader}): {', '.join(figures)}"
    yield from (f"    - {change_line(change)}" for change in rereading.removed)
    yield from (f"    + {change_line(change)}" for change in rereading.added)


def _figure(what: str, before: int, after: int) -> str:
    return _counted(after, what) if before == after else f"{before} → {_counted(after, what)}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _snapshot(rereading: Rereading) -> dict[str, Any]:
    return {
        "snapshot": rereading.snapshot.id,
        "reader_before": rereading.snapshot.reader,
        "reader_after": rereading.reader,
        "changes_before": len(rereading.told),
        "changes_after": len(rereading.changes),
        "records_changed": rereading.records,
        "changed": rereading.differs,
    }


def _document(account: Account) -> dict[str, Any]:
    return {
        "watch": account.watch,
        "snapshots": account.snapshots,
        "applied": account.applied,
        "refused": account.refused,
    }


def _tell(context: Context, accounts: Sequence[Account]) -> None:
    """The last line says whether anything is left to do; a refusal goes to standard error."""
    for account in accounts:
        if account.refused:
            click.echo(plain(account.refused), err=True)
        elif not context.quiet:
            changed = sum(snapshot["changed"] for snapshot in account.snapshots)
            read = _counted(len(account.snapshots), "snapshot")
            click.echo(plain(f"{account.watch}: {read} read again, {changed} read otherwise"))
            for line in account.lines:
                click.echo(line)
    if not context.quiet:
        click.echo(_outcome(accounts))


def _outcome(accounts: Sequence[Account]) -> str:
    if any(account.applied for account in accounts):
        return "The history is rewritten; nobody was alerted."
    if any(account.due for account in accounts):
        return "Nothing is rewritten yet: `hmicfrs-monitor replay --apply` does it, and alerts nobody."
    if any(account.refused for account in accounts):
        return "Nothing was rewritten."
    return "The history is what today's reader would make of it; there is nothing to apply."
