"""Mail servers under a test's control, which outlive their clients and remember what they took from whom."""

# ruff: noqa: ARG001, ARG002, N802 - aiosmtpd names its hooks and what they are passed

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import Literal, TypeAlias

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.notifier.smtp_servers import CERTIFICATE, PASSWORD

Login: TypeAlias = Callable[[SMTP, Session, Envelope, str, object], AuthResult]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that a server took, and the address that it came from."""

    recipient: str
    message_id: str
    content: bytes
    peer: object

    @property
    def text(self) -> str:
        """Its plain part."""
        body = message_from_bytes(self.content, policy=default).get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@dataclass
class PostOffice:
    """What servers took, and what they always refuse; several may share one.

    With `greylisting` that is the first try of each recipient, for now.
    """

    taken: list[Mail] = field(default_factory=list)
    refused: Mapping[str, str] = field(default_factory=dict)
    greylisting: bool = False
    tried: set[str] = field(default_factory=set)

    def forget(self) -> None:
        self.taken.clear()
        self.tried.clear()

    def of(self, recipient: str) -> list[Mail]:
        return [mail for mail in self.taken if mail.recipient == recipient]


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a server behaves. `deferred` are answers to recipients that it gives beside those of its post office.

    `message` is what becomes of a message that was read to its end: an answer, silence for ever or a closed
    connection; `kept` is whether it was taken all the same.
    """

    deferred: Mapping[str, str] = field(default_factory=dict)
    message: Literal["answered", "silence", "dropped"] = "answered"
    kept: bool = True
    encrypts: bool = True
    logs_in: bool = True


class Server:
    """A server that listens; `port` is where, `settled` waits until all its clients have left."""

    def __init__(self, port: int, open_sessions: set[SMTP]) -> None:
        self.port = port
        self._open = open_sessions

    def settled(self) -> None:
        deadline = time.monotonic() + 10
        while self._open:
            assert time.monotonic() < deadline, "a client did not leave"
            time.sleep(0.001)


class _Clerk:
    """What aiosmtpd asks at each command."""

    def __init__(self, office: PostOffice, conduct: Conduct) -> None:
        self._office = office
        self._conduct = conduct

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._office.refused.get(address) or self._conduct.deferred.get(address)
        if answer:
            return answer
        if self._office.greylisting and address not in self._office.tried:
            self._office.tried.add(address)
            return "451 4.7.1 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        (recipient,) = envelope.rcpt_tos
        if self._conduct.kept:
            message_id = str(message_from_bytes(content)["Message-ID"])
            self._office.taken.append(Mail(recipient, message_id, content, session.peer))
        if self._conduct.message == "silence":
            await asyncio.sleep(3600)
        if self._conduct.message == "dropped":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            await asyncio.sleep(3600)
        return "250 taken"


class _Session(SMTP):
    """A session that is known to be open for as long as it is."""

    sessions: set[SMTP]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.sessions.discard(self)


class _Desk(Controller):
    """What listens. `login` is None where anybody may send, and in the clear."""

    def __init__(self, clerk: _Clerk, login: Login | None) -> None:
        super().__init__(clerk, hostname="127.0.0.1", port=free_port())
        self.sessions: set[SMTP] = set()
        self._login = login

    def factory(self) -> SMTP:
        context = None
        if self._login is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATE)
        session = _Session(
            self.handler,
            hostname="mail.example.org",
            loop=self.loop,
            tls_context=context,
            authenticator=self._login,
            auth_required=self._login is not None,
        )
        session.sessions = self.sessions
        return session


@contextmanager
def serving(office: PostOffice, conduct: Conduct, *, open_to_all: bool = False) -> Iterator[Server]:
    """A real mail server on loopback, with STARTTLS and a login unless it is `open_to_all`."""

    def login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=right and conduct.logs_in, handled=False)

    desk = _Desk(_Clerk(office, conduct), None if open_to_all or not conduct.encrypts else login)
    desk.start()
    try:
        yield Server(desk.port, desk.sessions)
    finally:
        desk.stop()


@contextmanager
def silent() -> Iterator[Server]:
    """A server that takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as listener:
        yield Server(int(listener.getsockname()[1]), set())


def nobody() -> Server:
    """A port where nothing listens."""
    return Server(free_port(), set())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
