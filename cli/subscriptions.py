"""What the settings say of recipients, as subscriptions, and what is wrong with it. Where they are is `office`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from email.utils import parseaddr
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from domain.change import ChangeKind
from domain.page import Programme
from domain.recipient import Cadence, Recipient, Role, Subscription, Wants
from domain.typography import folded_title
from notifier.channels import BY_ADDRESS, CHANNELS

if TYPE_CHECKING:
    from cli.settings import MailSettings, RecipientSettings, Settings

LOCAL_READER = "reader@localhost"
"""Whom a mail in the Maildir is addressed to where no recipient is set."""

E = TypeVar("E", bound=StrEnum)


def mail_channel(mail: MailSettings) -> str:
    """The channel by which mails leave: into the Maildir where no mail server is set."""
    return "smtp" if mail.host else "maildir"


def subscriptions(settings: Settings) -> tuple[Subscription, ...]:
    """Everybody whom the settings name; without a mail server or any reader, one who reads the Maildir."""
    mail = mail_channel(settings.mail)
    named = [subscription(one, mail) for one in settings.recipients]
    readers = [Subscription(by_mail(address, mail)) for address in settings.mail.to or ()]
    if not settings.mail.host and not readers and not any(one.role is Role.READER for one in named):
        readers = [Subscription(Recipient(LOCAL_READER, mail))]
    admins = [Subscription(by_mail(address, mail), Role.ADMIN) for address in settings.mail.admin]
    return (*readers, *named, *admins)


def subscription(one: RecipientSettings, mail: str) -> Subscription:
    """One recipient of the settings; `mail` is the channel of those that name none."""
    role = Role.ADMIN if one.admin else Role.READER
    asked = wants(one.watches, one.kinds, one.programmes, one.areas, one.words)
    return Subscription(recipient_of(one, mail), role, asked, Cadence(one.when), one.heartbeat)


def recipient_of(one: RecipientSettings, mail: str) -> Recipient:
    """By what a recipient of the settings is known: its name, or its mail address."""
    if one.channel is None or one.channel in BY_ADDRESS:
        return by_mail(one.address or "", one.channel or mail)
    return Recipient(one.name or "", one.channel)


def by_mail(address: str, channel: str) -> Recipient:
    """A recipient by mail; a name before the address is left out, so that one address is one recipient."""
    return Recipient(parseaddr(address)[1] or address, channel)


def wants(
    watches: Iterable[str],
    kinds: Iterable[str],
    programmes: Iterable[str],
    areas: Iterable[str],
    words: Iterable[str],
) -> Wants:
    """What a reader asked for, as typed. Raises ValueError, which names the choices, for what is none."""
    for phrase in (*areas, *words):
        if not folded_title(phrase):
            raise ValueError(f"{phrase!r} has no word in it")
    chosen = tuple(_chosen(ChangeKind, kind) for kind in kinds), tuple(_chosen(Programme, one) for one in programmes)
    return Wants(tuple(watches), *chosen, tuple(areas), tuple(words))


def recipient_faults(settings: Settings) -> Iterator[str]:
    """A line for each fault in the tables of recipients."""
    known = {watch.name for watch in settings.watches}
    for number, one in enumerate(settings.recipients, 1):
        place = f"recipient {one.name or one.address or number}"
        yield from (f"{place}: {fault}" for fault in _faults(one, known))
    mail = mail_channel(settings.mail)
    everybody = [(recipient_of(one, mail), one.admin) for one in settings.recipients]
    everybody += [(by_mail(address, mail), False) for address in settings.mail.to or ()]
    everybody += [(by_mail(address, mail), True) for address in settings.mail.admin]
    times = Counter((one.address.casefold(), one.channel, admin) for one, admin in everybody)
    yield from (f"recipient {name}: is named {count} times" for (name, *_), count in times.items() if count > 1)


def _faults(one: RecipientSettings, known: set[str]) -> Iterator[str]:
    if one.channel is not None and one.channel not in CHANNELS:
        yield f"channel: {one.channel!r} is none of {', '.join(CHANNELS)}"
        return
    by_mail = one.channel is None or one.channel in BY_ADDRESS
    if one.address and one.address_file:
        yield "address: stands beside address_file; keep one of them"
    if one.secret and one.secret_file:
        yield "secret: stands beside secret_file; keep one of them"
    if by_mail and not one.address:
        yield "address: is missing"
    if by_mail and (one.name or one.address_file or one.secret or one.secret_file):
        yield "name, address_file and secret are not for mail"
    if not by_mail and not one.name:
        yield f"name: is missing; a {one.channel} is known by one"
    if not by_mail and not (one.address or one.address_file):
        yield "address: is missing"
    if one.channel == "feed":
        yield from (f"{key}: a feed is for changes alone" for key in ("admin", "heartbeat") if getattr(one, key))
    yield from (f"watches: {watch!r} is no watch" for watch in one.watches if watch not in known)
    try:
        wants(one.watches, one.kinds, one.programmes, one.areas, one.words)
    except ValueError as error:
        yield str(error)


def _chosen(choices: type[E], typed: str) -> E:
    """The choice that was typed, whatever its case."""
    found = next((choice for choice in choices if choice.value.casefold() == typed.strip().casefold()), None)
    if found is None:
        raise ValueError(f"{typed!r} is none of {', '.join(choice.value for choice in choices)}")
    return found
