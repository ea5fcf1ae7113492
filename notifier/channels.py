"""The channels by which alerts leave: one module each, and what they are made of. A new one is a line in the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from domain.alert import Letter, PageChanges
from domain.recipient import Recipient

if TYPE_CHECKING:
    from email.message import EmailMessage

    from notifier.mail import SmtpSettings
    from notifier.sender import Sender

CHANNELS: Mapping[str, str] = {
    "smtp": "notifier.mail:SmtpChannel",
    "maildir": "notifier.maildir:MaildirChannel",
    "feed": "notifier.feed:FeedChannel",
    "webhook": "notifier.webhook:WebhookChannel",
    "chat": "notifier.chat:ChatChannel",
}
"""The class of each channel; it is imported when there is something to send by it."""

BY_ADDRESS = frozenset({"smtp", "maildir"})
"""The channels whose recipients are mail addresses. Those of the others have a name, and a `Target`."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a recipient that is known by a name is: an address or a path, and a secret to sign with or None."""

    address: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Office:
    """What channels are made of. `smtp` is None where no mail server is set, `maildir` the installation's own folder.

    `compose` writes a letter as a mail; it is passed in, as what it needs is imported when there is a mail to write.
    `recent` gives the newest changes that a recipient wants, at most so many of each page: what a feed shows.
    `clock` tells the time of sending, aware UTC.
    """

    sender: Sender
    zone: ZoneInfo
    smtp: SmtpSettings | None
    maildir: Path
    compose: Callable[[Letter], EmailMessage]
    targets: Mapping[Recipient, Target]
    recent: Callable[[Recipient, int], tuple[PageChanges, ...]]
    clock: Callable[[], datetime]


class Channel(Protocol):
    """A way for alerts to leave. It may hold a connection from one alert to the next."""

    def deliver(self, letter: Letter) -> None:
        """Send one letter to its recipient; returns once it is taken. Raises ChannelDown, Deferred or Refused.

        The same letter may come again after a try whose outcome is not known.
        """

    def probe(self, recipient: Recipient) -> str:
        """Try the way to a recipient as far as is possible unseen, and tell in a line. Raises a NotifierError."""

    def close(self) -> None:
        """End the connection, if there is one. The channel may be used again."""


def open_channel(name: str, office: Office) -> Channel:
    """The channel of that name in `CHANNELS`. Raises a NotifierError where it cannot be used here."""
    module, _, kind = CHANNELS[name].partition(":")
    channel: Channel = getattr(import_module(module), kind).open(office)
    return channel
