"""A letter as a mail message: headers and MIME parts. What it says is `content`'s business, its looks `render`'s."""

from __future__ import annotations

import re
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from hashlib import sha256
from zoneinfo import ZoneInfo

from domain.alert import SUBJECT_LENGTH, ChangesFound, Letter
from notifier.content import Sender, content
from notifier.errors import Refused
from notifier.render import as_html, as_plain_text
from notifier.wording import inline

__all__ = ["Sender", "compose"]

# A header is never folded: Python folds a long address by encoding it, which makes it another address.
_POLICY = policy.SMTP.clone(max_line_length=998)


def compose(letter: Letter, sender: Sender, zone: ZoneInfo) -> EmailMessage:
    """The message to the alert's recipient; times in the zone. The same letter gives the same bytes at every try.

    Raises Refused for one that has nothing left to tell since a replay.
    """
    alert = letter.alert
    if isinstance(letter.news, ChangesFound) and not letter.news.changes:
        raise Refused("nothing is left to tell: a newer reader finds no such change in the page's bytes")
    subject = inline(alert.subject, SUBJECT_LENGTH)
    told = content(letter, sender, zone)
    name, address = parseaddr(sender.address)
    message = EmailMessage(_POLICY.clone(utf8=not (alert.recipient.address + address).isascii()))
    message["From"] = _address(name, address)
    message["To"] = _address("", alert.recipient.address)
    message["Subject"] = subject
    message["Date"] = alert.created_at.astimezone(zone)
    message["Message-ID"] = alert.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = _list_id(alert.watch, address)
    # Quoted-printable is seven bits in lines of 76: every server takes it, and no page text makes a line too long.
    message.set_content(as_plain_text(told), cte="quoted-printable")
    message.add_alternative(as_html(told, subject), subtype="html", cte="quoted-printable")
    # "=_" never occurs in quoted-printable text, so no part can hold the boundary.
    message.set_boundary(f"=_{sha256(alert.message_id.encode()).hexdigest()[:32]}")
    return message


def _address(name: str, address: str) -> Address:
    """In its two halves, because Python refuses a local part outside ASCII (RFC 6531) in a whole address."""
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def _list_id(watch: str, address: str) -> str:
    """RFC 2919: a name for the messages of one watch, under the sender's domain."""
    label = re.sub(r"[^a-z0-9-]+", "-", watch.lower()).strip("-") or "watch"
    return f"<{label}.hmicfrs-monitor.{address.rpartition('@')[2] or 'localhost'}>"
