"""Letters made up to be looked at, or sent on trial, and how one is shown on the terminal."""

from __future__ import annotations

import secrets
import sys
from datetime import datetime
from email.message import EmailMessage

import click

from cli.errors import CommandError
from cli.office import message_domain
from cli.settings import Settings
from cli.terminal import plain
from domain.alert import Alert, AlertKind, AlertState, ChangesFound, Letter, PageChanges, Trial
from domain.recipient import EVERYTHING, Cadence, Recipient, Wants
from domain.subject import changes_subject
from storage.history import History

TEST_SUBJECT = "[Test] hmicfrs-monitor: this is a test, no page has changed"


def changes_letter(history: History, number: int | None, recipient: Recipient, wants: Wants) -> Letter:
    """The letter that a recipient was or would be sent about a snapshot, the last one with loud changes by default.

    Raises CommandError where there is none.
    """
    if number is None:
        latest = history.changes(limit=1)
        if not latest:
            raise CommandError("no change that alerts anybody is recorded yet")
        number = latest[0].to_snapshot
    snapshot = history.snapshot(number)
    loud = [recorded for recorded in history.changes_of_snapshot(number) if not recorded.change.quiet]
    if not loud:
        raise CommandError(f"snapshot {number} brought no change that alerts anybody")
    told = tuple(recorded for recorded in loud if wants.include(recorded.watch, recorded.change))
    if not told:
        raise CommandError(f"{recipient.address} wants no change of snapshot {number}")
    page = history.page(number)
    subject = changes_subject([recorded.change for recorded in told], snapshot.captured_at)
    alert = _alert(AlertKind.CHANGES, recipient, wants, (snapshot.watch,), subject, snapshot.captured_at)
    return Letter(alert, ChangesFound((PageChanges(snapshot.watch, page.url, page.title, snapshot.captured_at, told),)))


def trial_letter(history: History, settings: Settings, recipient: Recipient, now: datetime) -> Letter:
    """A marked test for a recipient, with how the watches stand."""
    alert = _alert(AlertKind.TEST, recipient, EVERYTHING, (), TEST_SUBJECT, now, message_domain(settings))
    return Letter(alert, Trial(tuple((standing.watch, standing.last_good) for standing in history.standings())))


def show_message(message: EmailMessage, form: str) -> None:
    """Print a mail: "text" for its headers and plain text, "html" for that part, "eml" for the bytes as sent."""
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


def _alert(
    kind: AlertKind,
    recipient: Recipient,
    wants: Wants,
    watches: tuple[str, ...],
    subject: str,
    at: datetime,
    domain: str = "localhost",
) -> Alert:
    """An alert that no outbox has."""
    return Alert(
        id=0,
        kind=kind,
        recipient=recipient,
        wants=wants,
        cadence=Cadence.IMMEDIATELY,
        watches=watches,
        subject=subject,
        message_id=f"<{kind}.{secrets.token_hex(8)}@{domain}>",
        created_at=at,
        due_at=at,
        state=AlertState.PENDING,
        attempts=0,
        next_attempt_at=at,
        last_error=None,
    )
