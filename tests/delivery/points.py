"""The named points of a delivery, each between two of its steps, and the way to be killed at one of them."""

from __future__ import annotations

import os
import select
import signal
import smtplib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import event

from notifier.mail import SmtpChannel
from storage.database import Database
from storage.outbox import Outbox
from tests.delivery import setting


class Point(StrEnum):
    """Where a delivery may be killed, in the order in which an alert comes by; each is before what it names."""

    CLAIM = "an alert is claimed"
    CLAIM_COMMIT = "the claim is committed"
    CLAIMED = "the claim has come back"
    COMPOSE = "the mail is written"
    SEND = "the mail is sent"
    CONNECT = "the server is called"
    GREET = "EHLO"
    STARTTLS = "STARTTLS"
    LOGIN = "AUTH"
    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"
    DATA = "DATA"
    MESSAGE = "the message's first half"
    HALF = "the message's second half"
    WRITTEN = "the server's answer"
    UNREAD = "the answer is read"
    ANSWERED = "the answer has come back"
    RSET = "RSET"
    RENAME = "the file is seen"
    RENAMED = "the folder is synced"
    MARK = "the alert is marked"
    MARK_COMMIT = "the mark is committed"
    MARKED = "the next alert"
    NOTIFY = "a notice is stored"
    NOTIFY_COMMIT = "the notice is committed"
    NOTIFIED = "the notice is delivered"
    QUIT = "QUIT"
    LEFT = "the end"


@dataclass(frozen=True, slots=True)
class Step:
    """A method that is a step: the points before it, before a commit in it, and after it."""

    owner: object
    method: str
    before: str
    commit: str | None = None
    after: str | None = None


_MARK = Point.MARK, Point.MARK_COMMIT, Point.MARKED
_STEPS = (
    Step(Outbox, "claim", Point.CLAIM, Point.CLAIM_COMMIT, Point.CLAIMED),
    Step(Outbox, "sent", *_MARK),
    Step(Outbox, "deferred", *_MARK),
    Step(Outbox, "refused", *_MARK),
    Step(Outbox, "notify", Point.NOTIFY, Point.NOTIFY_COMMIT, Point.NOTIFIED),
    Step(SmtpChannel, "send", Point.SEND),
    Step(smtplib.SMTP, "connect", Point.CONNECT),
    Step(smtplib.SMTP, "ehlo", Point.GREET),
    Step(smtplib.SMTP, "starttls", Point.STARTTLS),
    Step(smtplib.SMTP, "login", Point.LOGIN),
    Step(smtplib.SMTP, "mail", Point.MAIL),
    Step(smtplib.SMTP, "rcpt", Point.RCPT),
    Step(smtplib.SMTP, "data", Point.DATA, None, Point.ANSWERED),
    Step(smtplib.SMTP, "rset", Point.RSET),
    Step(smtplib.SMTP, "quit", Point.QUIT, None, Point.LEFT),
    Step(Path, "rename", Point.RENAME, None, Point.RENAMED),
)


class Walk:
    """This process's way through a delivery: each point is noted, and at the so-many-th, from 0, it is killed.

    The answer to a message is waited for `patience` seconds.
    """

    def __init__(self, note: Callable[[str], None], fatal: int | None, patience: float) -> None:
        self._note = note
        self._patience = patience
        self._left = -1 if fatal is None else fatal
        self._commit: str | None = None

    def begin(self, database: Database) -> None:
        """From here on the steps are watched. There is no way back: this process is there for it."""
        event.listen(database._writing, "commit", self._committing)
        for step in _STEPS:
            self._watch(step)
        _replace(setting, "written", lambda real: self._told(real, Point.COMPOSE))
        _replace(smtplib.SMTP, "send", self._in_halves)

    def at(self, point: str) -> None:
        self._note(point)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def _committing(self, *_given: object) -> None:
        if self._commit is not None:
            self.at(self._commit)

    def _watch(self, step: Step) -> None:
        def watched(real: Callable[..., Any]) -> Callable[..., Any]:
            return self._told(real, step.before, step.commit, step.after)

        _replace(step.owner, step.method, watched)

    def _told(
        self, real: Callable[..., Any], before: str, commit: str | None = None, after: str | None = None
    ) -> Callable[..., Any]:
        @wraps(real)
        def telling(*given: Any, **named: Any) -> Any:
            self.at(before)
            self._commit = commit
            answer = real(*given, **named)
            self._commit = None
            if after is not None:
                self.at(after)
            return answer

        return telling

    def _in_halves(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """A message that is sent in two halves, and whose answer is left unread for a moment when it is there."""

        def sending(server: smtplib.SMTP, sent: Any) -> None:
            if not (isinstance(sent, bytes) and sent.endswith(b"\r\n.\r\n")):
                real(server, sent)
                return
            self.at(Point.MESSAGE)
            assert server.sock is not None
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or the second half waits for an ACK
            half = len(sent) // 2
            real(server, sent[:half])
            self.at(Point.HALF)
            real(server, sent[half:])
            self.at(Point.WRITTEN)
            server.sock.settimeout(self._patience)
            select.select([server.sock], [], [], self._patience)
            self.at(Point.UNREAD)

        return sending


def _replace(owner: object, name: str, made: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    setattr(owner, name, made(getattr(owner, name)))
