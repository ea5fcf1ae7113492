"""`deliver`: a round of delivery by hand or from cron."""

from __future__ import annotations

import click

from cli import document
from cli.errors import Exit
from cli.main import Context
from cli.office import deliver_all
from cli.options import allow_only_option, json_option, pass_context
from cli.wiring import opened


@click.command()
@allow_only_option
@json_option
@pass_context
def deliver(context: Context, as_json: bool) -> int:
    """Send what is undelivered, without waiting for the next try that the service would make."""
    with opened(context.settings) as database:
        delivery = deliver_all(context.settings, database, due_only=False)
    if as_json:
        document.print_json(
            {
                "sent": [document.alert(alert) for alert in delivery.sent],
                "undelivered": [document.alert(alert) for alert in delivery.undelivered],
            }
        )
        return _code(undelivered=bool(delivery.undelivered))
    if not context.quiet:
        click.echo(f"{len(delivery.sent)} sent, {len(delivery.undelivered)} undelivered")
    for alert in delivery.undelivered:
        click.echo(f"undelivered: {alert.recipient.address}: {alert.subject}: {alert.last_error}", err=True)
    return _code(undelivered=bool(delivery.undelivered))


def _code(*, undelivered: bool) -> Exit:
    return Exit.UNDELIVERED if undelivered else Exit.WELL
