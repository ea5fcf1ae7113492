"""`doctor`: tries everything that a check needs, and says what is wrong and with what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import click

from cli import document
from cli.errors import CommandError, Exit, worst
from cli.main import Context
from cli.office import Postman, postman, registered
from cli.options import json_option, pass_context
from cli.subscriptions import mail_channel
from cli.terminal import plain
from cli.wiring import fetcher, judge, opened, watches
from domain.check import Suspect, Validators
from domain.recipient import Recipient, Role
from domain.watch import Watch
from notifier.channels import BY_ADDRESS
from notifier.errors import NotifierError
from scraper.errors import FetchError
from scraper.fetch import NotModified
from storage.errors import StorageError
from storage.history import History


@dataclass(frozen=True, slots=True)
class Finding:
    """What one trial showed. `code` is 0 where all is well."""

    subject: str
    code: Exit
    said: str


@click.command()
@json_option
@pass_context
def doctor(context: Context, as_json: bool) -> int:
    """Test settings, database, mail server and each page, one line each; stores no check and sends nothing."""
    findings = []
    for finding in _trials(context):
        findings.append(finding)
        if not as_json:
            mark = click.style("ok  ", fg="green") if finding.code is Exit.WELL else click.style("FAIL", fg="red")
            click.echo(f"{mark} {plain(finding.subject)}: {plain(finding.said)}")
    if as_json:
        entries = [{"subject": one.subject, "ok": not one.code, "said": one.said} for one in findings]
        document.print_json({"findings": entries})
    return worst([finding.code for finding in findings])


def _trials(context: Context) -> Iterator[Finding]:
    try:
        settings = context.settings
    except CommandError as error:
        yield from (Finding("settings", Exit.USAGE, line) for line in str(error).splitlines())
        return
    yield Finding("settings", Exit.WELL, str(settings.source or "defaults, no file"))
    yield _trial("database", Exit.USAGE, lambda: _database(context))
    yield _trial("recipients", Exit.USAGE, lambda: _readers(context))
    yield from _channels(context)
    for watch in watches(settings):
        yield _page(context, watch)


def _trial(subject: str, code: Exit, trial: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, Exit.WELL, trial())
    except (CommandError, StorageError, NotifierError) as error:
        return Finding(subject, code, str(error))


def _database(context: Context) -> str:
    with opened(context.settings) as database:
        count = len(History(database).snapshots())
        return f"{database.path}, {count} snapshots"


def _readers(context: Context) -> str:
    with opened(context.settings) as database:
        audience = registered(context.settings, database)()
    readers, admins = len(audience.of(Role.READER)), len(audience.of(Role.ADMIN))
    if not readers:
        raise CommandError("nobody is told of changes; name readers in mail.to, or `recipients add` them")
    return f"readers: {readers}, administrators: {admins}"


def _channels(context: Context) -> Iterator[Finding]:
    """One trial for each mail server or folder, and one for each recipient that is somewhere by itself."""
    try:
        with opened(context.settings) as database, postman(context.settings, database) as carrying:
            told = [one.subscription.recipient for one in registered(context.settings, database)().subscribers]
            mail = Recipient("", mail_channel(context.settings.mail))
            for recipient in (mail, *(one for one in told if one.channel not in BY_ADDRESS)):
                subject = f"{recipient.channel} {recipient.address}" if recipient.address else "mail"
                yield _trial(subject, Exit.UNDELIVERED, partial(_probe, carrying, recipient))
    except StorageError:
        return  # told of already


def _probe(carrying: Postman, recipient: Recipient) -> str:
    return carrying.channel(recipient).probe(recipient)


def _page(context: Context, watch: Watch) -> Finding:
    subject = f"page {watch.name}"
    try:
        with fetcher(context.settings.scraper, None) as polite:
            fetched = polite.fetch(watch.url, Validators())
    except FetchError as error:
        return Finding(subject, Exit.UNCHECKED, str(error))
    if isinstance(fetched, NotModified):
        return Finding(subject, Exit.UNCHECKED, f"{watch.url}: answered 304 to a question without conditions")
    judged = judge(fetched.answer, watch, None)
    if isinstance(judged, Suspect):
        return Finding(subject, Exit.SUSPECT, judged.reason)
    page = judged.page
    counts = f"{len(page.sections)} sections, {len(page.reports)} reports"
    return Finding(subject, Exit.WELL, f"HTTP {fetched.answer.status}, “{page.title}”, {counts}")
