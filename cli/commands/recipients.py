"""`recipients`: who is told, of what and when; those of the settings, and those added here."""

from __future__ import annotations

import click

from cli import document
from cli.errors import CommandError
from cli.main import Context
from cli.moments import short
from cli.office import registered
from cli.options import json_option, pass_context
from cli.subscriptions import by_mail, mail_channel, wants
from cli.terminal import plain, print_table
from cli.validation import mail_address_fault
from cli.wiring import opened, utc_now, zone
from domain.change import ChangeKind
from domain.page import Programme
from domain.recipient import Cadence, Role, Subscriber, Subscription
from notifier.wording import asked_for
from storage.recipients import Recipients


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def recipients(ctx: click.Context, as_json: bool) -> None:
    """Who is told, of what, and when: those of the settings and those added here, as `recipients list` has them."""
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Context), gone=False, as_json=as_json)


@recipients.command(name="list")
@click.option("--gone", is_flag=True, help="Those too who have left.")
@json_option
@pass_context
def list_recipients(context: Context, gone: bool, as_json: bool) -> None:
    """Everybody who is told: readers of changes, administrators of trouble."""
    _list(context, gone=gone, as_json=as_json)


@recipients.command()
@click.argument("address", metavar="ADDRESS")
@click.option("--when", type=click.Choice([cadence.value for cadence in Cadence]), default=Cadence.IMMEDIATELY.value)
@click.option("--watch", "watches", multiple=True, metavar="W", help="Only changes of this watch.")
@click.option("--kind", "kinds", multiple=True, metavar="K", help=f"One of {', '.join(ChangeKind)}.")
@click.option("--programme", "programmes", multiple=True, metavar="P", help=f"One of {', '.join(Programme)}.")
@click.option("--area", "areas", multiple=True, metavar="A", help='A force or area; "national" for reports on none.')
@click.option("--word", "words", multiple=True, metavar="W", help="A word or words that the change has.")
@click.option("--heartbeat", is_flag=True, help="A sign of life too, once a week.")
@json_option
@pass_context
def add(
    context: Context,
    address: str,
    when: str,
    watches: tuple[str, ...],
    kinds: tuple[str, ...],
    programmes: tuple[str, ...],
    areas: tuple[str, ...],
    words: tuple[str, ...],
    heartbeat: bool,
    as_json: bool,
) -> None:
    """Add a reader by mail. An option may stand several times for one or the other; different options must all hold."""
    if fault := mail_address_fault(address):
        raise CommandError(fault)
    known = [watch.name for watch in context.settings.watches]
    if unknown := [watch for watch in watches if watch not in known]:
        raise CommandError(f"unknown watch {unknown[0]!r}; the settings have {', '.join(known)}")
    try:
        asked = wants(watches, kinds, programmes, areas, words)
    except ValueError as error:
        raise CommandError(str(error)) from error
    recipient = by_mail(address, mail_channel(context.settings.mail))
    subscription = Subscription(recipient, Role.READER, asked, Cadence(when), heartbeat)
    with opened(context.settings) as database:
        registered(context.settings, database)
        added = Recipients(database).add(subscription, utc_now())
    _tell(context, added, "added", as_json=as_json)


@recipients.command()
@click.argument("name", metavar="RECIPIENT")
@json_option
@pass_context
def remove(context: Context, name: str, as_json: bool) -> None:
    """End the subscription of an address, number or token; what was not sent yet is called off."""
    with opened(context.settings) as database:
        registered(context.settings, database)
        removed = Recipients(database).remove(name, utc_now())
    _tell(context, removed, "removed", as_json=as_json)


@recipients.command()
@click.argument("name", metavar="RECIPIENT")
@json_option
@pass_context
def pause(context: Context, name: str, as_json: bool) -> None:
    """Tell a recipient of no more changes until `resume`; what is pending waits that long."""
    _pause(context, name, paused=True, as_json=as_json)


@recipients.command()
@click.argument("name", metavar="RECIPIENT")
@json_option
@pass_context
def resume(context: Context, name: str, as_json: bool) -> None:
    """Tell a paused recipient of changes again; not of those that came in between."""
    _pause(context, name, paused=False, as_json=as_json)


@recipients.command()
@click.argument("name", metavar="RECIPIENT")
@json_option
@pass_context
def show(context: Context, name: str, as_json: bool) -> None:
    """One recipient, by address, number or token, also one who has left."""
    with opened(context.settings) as database:
        registered(context.settings, database)
        found = Recipients(database).find(name, gone=True)
    if as_json:
        document.print_json(document.subscriber(found))
        return
    zoned = zone(context.settings)
    asked = found.subscription
    for label, said in (
        ("Recipient", f"{asked.recipient.address} ({asked.recipient.channel}), number {found.id}"),
        ("Role", asked.role.value),
        ("Told of", _told_of(asked)),
        ("When", asked.cadence.value),
        ("State", _state(found)),
        ("Named in", found.origin.value),
        ("Since", short(found.added_at, zoned)),
        ("Left", short(found.left_at, zoned)),
        ("Token", found.token),
    ):
        click.echo(plain(f"{label}: {said}"))


def _list(context: Context, *, gone: bool, as_json: bool) -> None:
    with opened(context.settings) as database:
        registered(context.settings, database)
        found = Recipients(database).subscribers(gone=gone)
    if as_json:
        document.print_json({"recipients": [document.subscriber(one) for one in found]})
        return
    rows = [
        (
            str(one.id),
            one.subscription.recipient.address,
            one.subscription.recipient.channel,
            one.subscription.role.value,
            _told_of(one.subscription),
            one.subscription.cadence.value,
            _state(one),
            one.origin.value,
        )
        for one in found
    ]
    columns = ("Number", "Recipient", "Channel", "Role", "Told of", "When", "State", "Named in")
    print_table(columns, rows, "Nobody is told of anything; `recipients add` names a reader.")


def _pause(context: Context, name: str, *, paused: bool, as_json: bool) -> None:
    with opened(context.settings) as database:
        registered(context.settings, database)
        people = Recipients(database)
        found = people.pause(name) if paused else people.resume(name, utc_now())
    _tell(context, found, "paused" if paused else "told again from now on", as_json=as_json)


def _tell(context: Context, subscriber: Subscriber, what: str, *, as_json: bool) -> None:
    if as_json:
        document.print_json(document.subscriber(subscriber))
    elif not context.quiet:
        asked = subscriber.subscription
        click.echo(plain(f"{asked.recipient.address} ({asked.recipient.channel}): {what}, {_told_of(asked)}"))


def _told_of(asked: Subscription) -> str:
    told = asked_for(asked.wants) if asked.role is Role.READER else "trouble"
    return f"{told}; once a week a heartbeat" if asked.heartbeat else told


def _state(one: Subscriber) -> str:
    return "gone" if one.left_at else "paused" if one.paused else "told"
