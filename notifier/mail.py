"""Messages out over SMTP, one connection for many. What becomes of a message that is not taken, its error tells."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from types import TracebackType
from typing import Literal, Self, TypeAlias

from domain.alert import Letter
from domain.recipient import Recipient
from notifier.channels import Office
from notifier.errors import ChannelDown, Deferred, NotifierError, Refused
from notifier.signature import Signer
from notifier.wording import inline

Security: TypeAlias = Literal["starttls", "tls", "none"]

_REPLY_LENGTH = 200
_OK, _TEMPORARY, _PERMANENT = range(200, 300), range(400, 500), range(500, 600)
_NOT_JUST_NOW = {421, 530}
"""The server closes, or wants a login (RFC 5321, RFC 4954): about the connection, whichever command they answer."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """A mail server. `starttls` never falls back to plain text; the server's certificate is always verified.

    `signer` signs each message for DKIM, None where the mail server does, or nobody.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30
    signer: Signer | None = field(default=None, repr=False)


class SmtpChannel:
    """A way to a mail server: connected at the first message, and again when the server hung up between two."""

    def __init__(self, settings: SmtpSettings, compose: Callable[[Letter], EmailMessage]) -> None:
        self._settings = settings
        self._compose = compose
        self._name = f"{settings.host}:{settings.port}"
        self._server: smtplib.SMTP | None = None

    @classmethod
    def open(cls, office: Office) -> Self:
        """The office's mail server. Raises ChannelDown where it has none."""
        if office.smtp is None:
            raise ChannelDown("mail.host is not set any more, and this alert is meant for a mail server")
        return cls(office.smtp, office.compose)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take leave of the server; the channel may be used again."""
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except OSError:
            server.close()

    def deliver(self, letter: Letter) -> None:
        """Write a letter as a mail and send it, as `send` does."""
        self.send(self._compose(letter), letter.alert.recipient.address)

    def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand a message over for one recipient; returns once the server has taken it.

        Raises ChannelDown, Deferred or Refused. After Deferred the server may have taken it all the same.
        """
        written = message.as_bytes()
        if self._settings.signer:
            written = self._settings.signer.sign(written)
        server = self._begin(parseaddr(str(message["From"]))[1], recipient)
        try:
            code, reply = server.rcpt(recipient)
        except OSError as error:
            raise self._down(error) from error
        if code not in _OK:
            raise self._not_taken(recipient, code, reply)
        try:
            code, reply = server.data(written)
        except smtplib.SMTPDataError as error:
            raise self._not_taken(recipient, error.smtp_code, error.smtp_error) from error
        except OSError as error:
            self._drop()
            reason = _reason(error)
            raise Deferred(f"{recipient}: {self._name} did not say whether it took the message: {reason}") from error
        if code not in _OK:
            raise self._not_taken(recipient, code, reply)

    def probe(self, recipient: Recipient | None = None) -> str:  # noqa: ARG002 - one server serves all recipients
        """Connect, log in, say NOOP, sign nothing, and tell in a line how it went; raises ChannelDown."""
        signer = self._settings.signer
        if signer:
            signer.sign(b"From: nobody@localhost\r\n\r\n")  # a key that is no key shows here, and not at the first mail
        server = self._connected()
        try:
            code, reply = server.noop()
        except OSError as error:
            raise self._down(error) from error
        if code not in _OK:
            raise self._down(smtplib.SMTPResponseException(code, reply))
        tls = server.sock.version() if isinstance(server.sock, ssl.SSLSocket) else None
        login = f"logged in as {self._settings.username}" if self._settings.username else "no login"
        signed = f", mails are signed for {signer.domain}" if signer else ""
        return f"{self._name} answers, {f'encrypted with {tls}' if tls else 'not encrypted'}, {login}{signed}"

    def _begin(self, sender: str, recipient: str) -> smtplib.SMTP:
        """MAIL FROM, on a new connection where the one at hand turns out to be gone.

        A sender that is not taken would not be taken for any message: ChannelDown.
        """
        while True:
            fresh = self._server is None
            server = self._connected()
            options = []
            if not (sender + recipient).isascii():
                if not server.has_extn("smtputf8"):
                    raise Refused(f"{recipient}: {self._name} takes no address outside ASCII (SMTPUTF8)")
                options = ["SMTPUTF8", "BODY=8BITMIME"]
            try:
                code, reply = server.mail(sender, options)
            except OSError as error:
                down = self._down(error)
                if fresh:
                    raise down from error
                continue
            if code in _OK:
                return server
            down = self._down(smtplib.SMTPSenderRefused(code, _as_bytes(reply), sender))
            if fresh or code not in _NOT_JUST_NOW:
                raise down

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._dial()
                self._introduce(self._server)
            except UnicodeEncodeError:
                self._drop()
                raise ChannelDown(f"{self._name}: the username or password is not in ASCII") from None
            except OSError as error:
                raise self._down(error) from error
        return self._server

    def _dial(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout_seconds, context=context)
        return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_seconds)

    def _introduce(self, server: smtplib.SMTP) -> None:
        """EHLO, encryption and login, as the settings ask."""
        server.ehlo_or_helo_if_needed()
        if self._settings.security == "starttls":
            if not server.has_extn("starttls"):
                raise smtplib.SMTPNotSupportedError("it offers no encryption (STARTTLS), and none is sent without")
            server.starttls(context=ssl.create_default_context())
            server.ehlo()
        if self._settings.username:
            server.login(self._settings.username, self._settings.password or "")

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _down(self, error: OSError) -> ChannelDown:
        self._drop()
        if isinstance(error, smtplib.SMTPAuthenticationError):
            # The server's own words are left out: some repeat what they were sent.
            return ChannelDown(f"{self._name}: login as {self._settings.username} refused ({error.smtp_code})")
        return ChannelDown(f"{self._name}: {_reason(error)}")

    def _not_taken(self, recipient: str, code: int, reply: bytes | str) -> NotifierError:
        """What an answer to RCPT or DATA other than 2xx means for the message; the connection is ready for the next."""
        answer = f"{recipient}: {self._name} answered {code} {_text(reply)}"
        if code in _NOT_JUST_NOW or code not in (*_TEMPORARY, *_PERMANENT):
            self._drop()
            return ChannelDown(answer)
        if self._server is not None:
            try:
                self._server.rset()
            except OSError:
                self._drop()
        return Deferred(answer) if code in _TEMPORARY else Refused(answer)


def _reason(error: OSError) -> str:
    match error:
        case smtplib.SMTPSenderRefused():
            return f"sender {error.sender} refused: {error.smtp_code} {_text(error.smtp_error)}"
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {_text(error.smtp_error)}"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}"
        case _:
            return inline(error.strerror or str(error) or type(error).__name__, _REPLY_LENGTH)


def _text(reply: bytes | str) -> str:
    return inline(_as_bytes(reply).decode(errors="replace"), _REPLY_LENGTH)


def _as_bytes(reply: bytes | str) -> bytes:
    return reply.encode() if isinstance(reply, str) else reply
