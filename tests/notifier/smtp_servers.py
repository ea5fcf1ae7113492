"""Mail servers on loopback: a real one whose answers a test sets, and a scripted one that hangs or hangs up."""

# ruff: noqa: ARG001, ARG002, N802 - aiosmtpd names its hooks and what they are passed

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""A certificate for localhost with its key, made for these tests and trusted by nobody else."""

PASSWORD = "correct horse"


@dataclass
class Taken:
    """A message as the server took it."""

    sender: str
    recipient: str
    content: bytes
    peer: object


@dataclass
class Answers:
    """A handler for aiosmtpd: what it answers to whom, and what it took. None means that all is well."""

    sender: str | None = None
    recipients: Mapping[str, str] = field(default_factory=dict)
    data: str | None = None
    hang_up_after: int | None = None
    taken: list[Taken] = field(default_factory=list)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender:
            return self.sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.recipients:
            return self.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data:
            return self.data
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        self.taken.append(Taken(envelope.mail_from, envelope.rcpt_tos[0], envelope.content, session.peer))
        if len(self.taken) == self.hang_up_after:
            assert server.transport is not None
            asyncio.get_running_loop().call_later(0.05, server.transport.close)
        return "250 taken"


def _login(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@contextmanager
def smtp_server(answers: Answers, *, starttls: bool = False, login: bool = False, utf8: bool = True) -> Iterator[int]:
    """A real server on 127.0.0.1; gives its port."""
    context = None
    if starttls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(CERTIFICATE)
    port = free_port()
    controller = Controller(
        answers,
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        authenticator=_login if login else None,
        auth_required=login,
        enable_SMTPUTF8=utf8,
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def scripted_server(*sessions: Mapping[str, str]) -> Iterator[int]:
    """A server that answers each command with the words of its session, one session a connection; gives its port.

    A command that is not in the session is answered "250 OK"; several answers are parted by " / ", and the last one
    stays. The answer "hang" says nothing more until the client
    leaves; "drop" closes the connection. "banner" and "message" answer the connection and the end of the data.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        for session in sessions:
            client, _ = listener.accept()
            client.settimeout(10)
            with client, client.makefile("rb") as lines:
                _talk(client, lines, {"banner": "220 ready", "DATA": "354 go on", "QUIT": "221 bye", **session})

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        thread.join(timeout=20)
        listener.close()
        assert not thread.is_alive()


def _talk(client: socket.socket, lines: Iterator[bytes], session: Mapping[str, str]) -> None:
    step = "banner"
    while True:
        answer, _, later = session.get(step, "250 OK").partition(" / ")
        session = {**session, step: later or answer}
        if answer == "drop":
            return
        if answer == "hang":
            for _ in lines:
                pass
            return
        client.sendall(f"{answer}\r\n".encode())
        if step == "QUIT":
            return
        if answer.startswith("354"):
            step = "message"
            while next(lines, b".\r\n") != b".\r\n":
                pass
            continue
        line = next(lines, b"")
        if not line:
            return
        step = line.split()[0].decode().upper()


def free_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
