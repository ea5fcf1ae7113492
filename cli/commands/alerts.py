"""`alerts`: the outbox, another try, and a look at a mail before it is sent."""

from __future__ import annotations

import sys

import click

from cli import document
from cli.errors import CommandError, Exit
from cli.main import Context
from cli.moments import short
from cli.options import json_option, pass_context
from cli.terminal import plain, print_table
from cli.validation import LOCAL_READER
from cli.wiring import deliver_all, opened, sender, utc_now, zone
from domain.alert import Alert, AlertKind, AlertState, ChangesFound, Letter, Recipient, changes_subject
from storage.history import History
from storage.outbox import Outbox


@click.group(invoke_without_command=True)
@click.option("--state", type=click.Choice([state.value for state in AlertState]), help="Only these.")
@json_option
@click.pass_context
def alerts(ctx: click.Context, state: str | None, as_json: bool) -> None:
    """The outbox, newest first; `retry` tries the undelivered again, `preview` shows a mail without sending it."""
    if ctx.invoked_subcommand is not None:
        return
    context = ctx.ensure_object(Context)
    with opened(context.settings) as database:
        found = Outbox(database).alerts(AlertState(state) if state else None)
    if as_json:
        document.print_json({"alerts": [document.alert(alert) for alert in found]})
        return
    zoned = zone(context.settings)
    rows = [
        (
            str(alert.id),
            alert.watch,
            f"{alert.recipient.address} ({alert.recipient.channel})",
            alert.state,
            str(alert.attempts),
            short(alert.next_attempt_at, zoned),
            alert.subject,
            alert.last_error or "",
        )
        for alert in found
    ]
    columns = ("Alert", "Watch", "Recipient", "State", "Tries", "Next try", "Subject", "Last error")
    print_table(columns, rows, "No alert so far.")


@alerts.command()
@click.argument("alert", type=int, required=False, metavar="[ALERT]")
@json_option
@pass_context
def retry(context: Context, alert: int | None, as_json: bool) -> int:
    """Try the undelivered again now, those that were given up too; or just the one with this number."""
    with opened(context.settings) as database:
        outbox = Outbox(database)
        again = outbox.retry(utc_now(), alert)
        if alert is not None and not again:
            raise CommandError(f"alert {alert} is not among the undelivered; `hmicfrs-monitor alerts` lists them")
        delivery = deliver_all(context.settings, database, due_only=False)
    if as_json:
        document.print_json({"alerts": [document.alert(left) for left in delivery.undelivered]})
    elif not context.quiet:
        click.echo(f"{len(delivery.sent)} sent, {len(delivery.undelivered)} undelivered")
    return Exit.UNDELIVERED if delivery.undelivered else Exit.WELL


@alerts.command()
@click.argument("snapshot", type=int, required=False, metavar="[SNAPSHOT]")
@click.option("--format", "form", type=click.Choice(["text", "html", "eml"]), default="text", help="Default: text.")
@pass_context
def preview(context: Context, snapshot: int | None, form: str) -> None:
    """Show the mail about the changes of a snapshot, the last one that alerted anybody by default; sends nothing."""
    from notifier.message import compose

    with opened(context.settings) as database:
        letter = _letter(History(database), snapshot)
    message = compose(letter, sender(context.settings), zone(context.settings))
    if form == "eml":
        sys.stdout.buffer.write(message.as_bytes())
        return
    body = message.get_body((form.replace("text", "plain"),))
    if body is None:
        raise CommandError(f"the mail has no part in {form}")
    if form == "text":
        for name in ("From", "To", "Subject", "Date"):
            click.echo(plain(f"{name}: {message[name]}"))
        click.echo()
    text = str(body.get_content())
    click.echo(plain(text) if form == "text" else text)


def _letter(history: History, number: int | None) -> Letter:
    """The letter that a first reader was or would be sent."""
    changes = history.changes()
    wanted = number if number is not None else (changes[0].to_snapshot if changes else None)
    if wanted is None:
        raise CommandError("no change that alerts anybody is recorded yet")
    snapshot = history.snapshot(wanted)
    found = tuple(change for change in history.changes_of_snapshot(wanted) if not change.change.quiet)
    if not found:
        raise CommandError(f"snapshot {wanted} brought no change that alerts anybody")
    page = history.page(wanted)
    alert = Alert(
        id=0,
        watch=snapshot.watch,
        kind=AlertKind.CHANGES,
        recipient=Recipient(LOCAL_READER, "preview"),
        subject=changes_subject([change.change for change in found], snapshot.captured_at),
        message_id=f"<preview-{wanted}@localhost>",
        created_at=snapshot.captured_at,
        state=AlertState.PENDING,
        attempts=0,
        next_attempt_at=None,
        last_error=None,
    )
    return Letter(alert, page.url, ChangesFound(page.title, found))
