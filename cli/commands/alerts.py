"""`alerts`: the outbox, another try, an end to trying, and letters looked at or sent on trial."""

from __future__ import annotations

import click

from cli import document
from cli.errors import CommandError, Exit
from cli.letters import changes_letter, show_message, trial_letter
from cli.main import Context
from cli.moments import short
from cli.office import deliver_all, outbox, postman, registered, sender
from cli.options import allow_only_option, json_option, pass_context
from cli.subscriptions import LOCAL_READER, by_mail, mail_channel
from cli.terminal import plain, print_table
from cli.validation import mail_address_fault
from cli.wiring import opened, utc_now, zone
from domain.alert import Alert, AlertState
from domain.recipient import EVERYTHING, Recipient, Wants
from storage.database import Database
from storage.errors import UnknownRecipient
from storage.history import History
from storage.recipients import Recipients

state_option = click.option("--state", type=click.Choice([state.value for state in AlertState]), help="Only these.")
limit_option = click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many.")
format_option = click.option(
    "--format", "form", type=click.Choice(["text", "html", "eml"]), default="text", help="Default: text."
)


@click.group(invoke_without_command=True)
@state_option
@limit_option
@json_option
@click.pass_context
def alerts(ctx: click.Context, state: str | None, limit: int | None, as_json: bool) -> None:
    """The outbox, newest first, as `alerts list` has it; and what can be done with the alerts in it."""
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Context), state, limit, as_json=as_json)


@alerts.command(name="list")
@state_option
@limit_option
@json_option
@pass_context
def list_alerts(context: Context, state: str | None, limit: int | None, as_json: bool) -> None:
    """The outbox, newest first: pending, sent, failed and cancelled alerts."""
    _list(context, state, limit, as_json=as_json)


@alerts.command()
@click.argument("alert", type=int, metavar="ALERT")
@format_option
@json_option
@pass_context
def show(context: Context, alert: int, form: str, as_json: bool) -> None:
    """What became of an alert, and the message that it was or will be sent as."""
    from notifier.message import compose

    with opened(context.settings) as database:
        letter = outbox(context.settings, database).letter(alert)
    if as_json:
        document.print_json(document.alert(letter.alert))
        return
    if form == "text":
        _print_standing(context, letter.alert)
    show_message(compose(letter, sender(context.settings), zone(context.settings)), form)


@alerts.command()
@click.argument("alert", type=int, required=False, metavar="[ALERT]")
@allow_only_option
@json_option
@pass_context
def retry(context: Context, alert: int | None, as_json: bool) -> int:
    """Try the undelivered again now, those that were given up too; or just the one with this number."""
    with opened(context.settings) as database:
        again = outbox(context.settings, database).retry(utc_now(), alert)
        if alert is not None and not again:
            raise CommandError(f"alert {alert} is not among the undelivered; `hmicfrs-monitor alerts` lists them")
        delivery = deliver_all(context.settings, database, due_only=False)
    if as_json:
        document.print_json({"alerts": [document.alert(left) for left in delivery.undelivered]})
    elif not context.quiet:
        click.echo(f"{len(delivery.sent)} sent, {len(delivery.undelivered)} undelivered")
    return Exit.UNDELIVERED if delivery.undelivered else Exit.WELL


@alerts.command()
@click.argument("numbers", type=int, nargs=-1, required=True, metavar="ALERT…")
@pass_context
def cancel(context: Context, numbers: tuple[int, ...]) -> None:
    """Call off alerts that are not sent yet; they are kept, and never tried again."""
    with opened(context.settings) as database:
        ended = outbox(context.settings, database).cancel(numbers, "called off by hand")
    left = [str(number) for number in numbers if number not in ended]
    if not context.quiet:
        click.echo(f"{len(ended)} cancelled")
    if left:
        raise CommandError(f"not among the undelivered: {', '.join(left)}; `hmicfrs-monitor alerts` lists them")


@alerts.command()
@click.argument("snapshot", type=int, required=False, metavar="[SNAPSHOT]")
@click.option("--recipient", metavar="R", help="As this recipient gets it, with what they want.")
@format_option
@pass_context
def preview(context: Context, snapshot: int | None, recipient: str | None, form: str) -> None:
    """Show the mail about the changes of a snapshot, the last one that alerted anybody by default; sends nothing."""
    from notifier.message import compose

    with opened(context.settings) as database:
        registered(context.settings, database)
        to, wants = Recipient(LOCAL_READER, mail_channel(context.settings.mail)), EVERYTHING
        if recipient is not None:
            to, wants = _subscribed(database, recipient)
        letter = changes_letter(History(database), snapshot, to, wants)
    show_message(compose(letter, sender(context.settings), zone(context.settings)), form)


@alerts.command()
@click.option("--to", required=True, metavar="A", help="A recipient, or any mail address.")
@allow_only_option
@pass_context
def test(context: Context, to: str) -> None:
    """Send a message that is marked as a test, the way that alerts for this recipient go."""
    from notifier.errors import NotifierError

    settings = context.settings
    with opened(settings) as database, postman(settings, database) as carrying:
        registered(settings, database)
        try:
            recipient, _ = _subscribed(database, to)
        except UnknownRecipient as error:
            if fault := mail_address_fault(to):
                raise CommandError(f"{to!r} is no recipient, and {fault}") from error
            recipient = by_mail(to, mail_channel(settings.mail))
        if not outbox(settings, database).allows(recipient):
            raise CommandError(f"{recipient.address}: is not among those of mail.allow_only, or --allow-only")
        try:
            carrying(trial_letter(History(database), settings, recipient, utc_now()))
        except NotifierError as error:
            raise CommandError(str(error), Exit.UNDELIVERED) from error
    if not context.quiet:
        click.echo(plain(f"a test was sent to {recipient.address} ({recipient.channel})"))


def _list(context: Context, state: str | None, limit: int | None, *, as_json: bool) -> None:
    with opened(context.settings) as database:
        found = outbox(context.settings, database).alerts(AlertState(state) if state else None, limit)
    if as_json:
        document.print_json({"alerts": [document.alert(alert) for alert in found]})
        return
    zoned = zone(context.settings)
    rows = [
        (
            str(alert.id),
            ", ".join(alert.watches),
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
    print_table(columns, rows, f"No {state} alert." if state else "No alert so far.")


def _print_standing(context: Context, alert: Alert) -> None:
    zoned = zone(context.settings)
    tries = f"{alert.attempts} tries, next {short(alert.next_attempt_at, zoned)}"
    for label, said in (
        ("Alert", f"{alert.id}, {alert.state}, {tries}"),
        ("Recipient", f"{alert.recipient.address} ({alert.recipient.channel}), {alert.cadence}"),
        ("Due", short(alert.due_at, zoned)),
        ("Last error", alert.last_error or "none"),
        ("Message-ID", alert.message_id),
    ):
        click.echo(plain(f"{label}: {said}"))
    click.echo()


def _subscribed(database: Database, name: str) -> tuple[Recipient, Wants]:
    asked = Recipients(database).find(name).subscription
    return asked.recipient, asked.wants
