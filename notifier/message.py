"""A letter as a mail message: headers and MIME parts. What it says is `content`'s business, its looks `render`'s."""

from __future__ import annotations

import re
from binascii import b2a_qp
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage, MIMEPart
from email.policy import EmailPolicy, Policy
from email.utils import parseaddr
from hashlib import sha256
from zoneinfo import ZoneInfo

from domain.alert import Letter
from domain.subject import SUBJECT_LENGTH
from notifier.content import content
from notifier.render import as_html, as_plain_text
from notifier.sender import Sender
from notifier.wording import inline

_MOST_REFERENCES = 10


def compose(letter: Letter, sender: Sender, zone: ZoneInfo) -> EmailMessage:
    """The message to the alert's recipient; times in the zone. The same letter gives the same bytes at every try."""
    alert = letter.alert
    # Words of the page that look like an encoded word (RFC 2047) would be decoded, whatever is in them.
    subject = inline(alert.subject.replace("=?", "= ?"), SUBJECT_LENGTH)
    told = content(letter, sender, zone)
    address = parseaddr(sender.address)[1]
    message = EmailMessage(_POLICY.clone(utf8=not (alert.recipient.address + address).isascii()))
    message["From"] = _address(*parseaddr(sender.address))
    message["To"] = _address("", alert.recipient.address)
    message["Subject"] = subject
    message["Date"] = alert.due_at.astimezone(zone)
    message["Message-ID"] = alert.message_id
    if letter.follows:
        message["In-Reply-To"] = letter.follows[0]
        message["References"] = " ".join(letter.follows[:_MOST_REFERENCES])
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = _list_id(alert.watches, address)
    if ways := sender.ways_out(alert.recipient, letter.token):
        message["List-Unsubscribe"] = ", ".join(f"<{way}>" for way in ways)
        if any(way.lower().startswith("https:") for way in ways):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message["MIME-Version"] = "1.0"
    # "=_" never occurs in quoted-printable text, so no part can hold the boundary.
    boundary = f"=_{sha256(alert.message_id.encode()).hexdigest()[:32]}"
    message["Content-Type"] = f'multipart/alternative; boundary="{boundary}"'
    message.set_payload([_part("plain", as_plain_text(told)), _part("html", as_html(told, subject))])
    return message


def _part(subtype: str, text: str) -> MIMEPart:
    """Quoted-printable is seven bits in lines of 76: every server takes it, and no page text makes a line too long."""
    part = MIMEPart(_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    part.set_payload(b2a_qp(text.encode()).decode())
    return part


def _address(name: str, address: str) -> Address:
    """In its two halves, because Python refuses a local part outside ASCII (RFC 6531) in a whole address."""
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def _list_id(watches: tuple[str, ...], address: str) -> str:
    """RFC 2919: a name for the messages of one watch, or of the whole installation, under the sender's domain."""
    label = re.sub(r"[^a-z0-9-]+", "-", watches[0].lower()).strip("-") if len(watches) == 1 else "all"
    return f"<{label or 'watch'}.hmicfrs-monitor.{address.rpartition('@')[2] or 'localhost'}>"


class _Subject(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc] # two types of one `max_count`
    """A subject in encoded words of at most 75 characters (RFC 2047); Python's own folding loses spaces of it."""

    def fold(self, *, policy: Policy) -> str:
        if self.isascii():
            return super().fold(policy=policy)
        encoded = Header(self, "utf-8", maxlinelen=75, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {encoded}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("subject", _Subject)
# A header is folded at a space or not at all: Python folds a long address by encoding it, which makes it another one.
_POLICY = EmailPolicy(linesep="\r\n", max_line_length=998, header_factory=_HEADERS)
