"""The fault table: each way in which a mail server fails, crossed with a kill at every point of the delivery it spoils.

A cell is one of three recipients' change, a faulty round in a process that is killed, and rounds with the server well.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from domain.alert import Alert, AlertState
from domain.recipient import Role
from storage.database import Database
from storage.outbox import LEASE
from tests.delivery.points import Point
from tests.delivery.servers import Conduct, Mail, PostOffice, Server, nobody, serving, silent
from tests.delivery.setting import Monitor, london, smtp, url_of
from tests.delivery.workers import Fate, Forge, Order, forging
from tests.notifier.smtp_servers import PASSWORD

READERS = ("one@example.org", "two@example.org", "three@example.org")
ADMIN = "ops@example.org"
NO_SUCH_USER = {READERS[1]: "550 5.1.1 no such user"}
BEGIN = london("2026-03-02", "09:00")
LATER = LEASE + timedelta(minutes=1)
"""How long a killed process's claim, or a greylisting server, is waited for."""

MOST_ROUNDS = 3

_CLAIM = (Point.CLAIM, Point.CLAIM_COMMIT, Point.CLAIMED)
_MARK = (Point.MARK, Point.MARK_COMMIT, Point.MARKED)
_BEGIN = (*_CLAIM, Point.COMPOSE, Point.SEND)
_CALL = (Point.CONNECT, Point.GREET, Point.STARTTLS, Point.GREET, Point.LOGIN)
_ASK = (Point.MAIL, Point.RCPT)
_UNANSWERED = (*_ASK, Point.DATA, Point.MESSAGE, Point.HALF, Point.WRITTEN, Point.UNREAD)
_HAND_OVER = (*_UNANSWERED, Point.ANSWERED)
_SENT = (*_BEGIN, *_HAND_OVER, *_MARK)
_FIRST_SENT = (*_BEGIN, *_CALL, *_HAND_OVER, *_MARK)
_REFUSED = (*_BEGIN, *_ASK, Point.RSET, *_MARK)
_END = (*_CLAIM, Point.QUIT, Point.LEFT)
_NOTICES = (
    *_CLAIM,
    Point.NOTIFY,
    Point.NOTIFY_COMMIT,
    Point.NOTIFIED,
    *_SENT,
    *_CLAIM,
    Point.COMPOSE,
    Point.RENAME,
    Point.RENAMED,
    *_MARK,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A mail server that fails, and the points that a delivery to it comes by when nobody kills it.

    `answers_lost` is whether the server reads messages and does not answer, whether or not it takes them.
    `refused` is whether it refuses one of the three for ever, `greylisting` whether it does so at first with each.
    """

    name: str
    server: Conduct | Literal["down", "silent"]
    points: tuple[Point, ...]
    refused: bool = False
    greylisting: bool = False
    answers_lost: bool = False
    timeout: float = 10
    patience: float = 10

    @property
    def can_come_twice(self) -> bool:
        """Whether there is a point at which the server has a message that is not marked."""
        return Point.UNREAD in self.points and isinstance(self.server, Conduct) and self.server.kept


FAULTS = (
    Fault("well", Conduct(), (*_FIRST_SENT, *_SENT, *_SENT, *_END)),
    Fault("down", "down", (*_BEGIN, Point.CONNECT, *_MARK, *_CLAIM)),
    Fault("silent", "silent", (*_BEGIN, Point.CONNECT, *_MARK, *_CLAIM), timeout=0.1),
    Fault(
        "silent after a message",
        Conduct(message="silence"),
        (*(*_BEGIN, *_CALL, *_UNANSWERED, *_MARK) * 3, *_CLAIM),
        answers_lost=True,
        patience=0.03,
    ),
    Fault(
        "drops after a message",
        Conduct(message="dropped"),
        (*(*_BEGIN, *_CALL, *_UNANSWERED, *_MARK) * 3, *_CLAIM),
        answers_lost=True,
    ),
    Fault(
        "drops and forgets",
        Conduct(message="dropped", kept=False),
        (*(*_BEGIN, *_CALL, *_UNANSWERED, *_MARK) * 3, *_CLAIM),
        answers_lost=True,
    ),
    Fault("no STARTTLS", Conduct(encrypts=False), (*_BEGIN, Point.CONNECT, Point.GREET, *_MARK, *_CLAIM)),
    Fault("login refused", Conduct(logs_in=False), (*_BEGIN, *_CALL, *_MARK, *_CLAIM)),
    Fault(
        "4xx for one",
        Conduct(deferred={READERS[1]: "452 4.2.2 mailbox full"}),
        (*_FIRST_SENT, *_REFUSED, *_SENT, *_END),
    ),
    Fault("5xx for one", Conduct(), (*_FIRST_SENT, *_REFUSED, *_SENT, *_NOTICES, *_END), refused=True),
    Fault(
        "greylisting",
        Conduct(),
        (*_BEGIN, *_CALL, *_ASK, Point.RSET, *_MARK, *_REFUSED, *_REFUSED, *_END),
        greylisting=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one fault and one kill. `at_first` is how many mails the server took before it was well.

    `local_mails` are those in the Maildir.
    """

    fault: Fault
    fate: Fate
    at_first: int
    mails: tuple[Mail, ...]
    local_mails: tuple[bytes, ...]
    alerts: tuple[Alert, ...]

    @property
    def point(self) -> Point:
        return self.fate.points[-1]

    def copies(self, address: str) -> list[Mail]:
        return [mail for mail in self.mails if mail.recipient == address]

    @property
    def lost(self) -> int:
        """How many alerts were neither sent nor refused, or are said to be sent and did not arrive."""
        return sum(
            alert.state is not AlertState.FAILED and not self.copies(alert.recipient.address)
            for alert in self.alerts
            if alert.recipient.channel == "smtp"
        ) + sum(alert.state is AlertState.PENDING for alert in self.alerts)

    @property
    def twice(self) -> int:
        """How many mails came beside those that were due."""
        return len(self.mails) - len({mail.recipient for mail in self.mails})

    @property
    def unlike(self) -> int:
        """How many recipients had copies that differ, in their Message-ID or in any byte."""
        addresses = {mail.recipient for mail in self.mails}
        return sum(len({mail.content for mail in self.copies(address)}) > 1 for address in addresses)

    def may_come_twice(self) -> range:
        """How many may: what a server took without a word, or what was not marked when the kill came.

        Where the process was killed before the answer was there, the server may have noticed that first.
        """
        if self.fault.answers_lost:
            return range(self.at_first, self.at_first + 1)
        points = self.fate.points
        marks = [number for number, point in enumerate(points) if point is Point.MARKED]
        unmarked = points[max(marks, default=-1) + 1 :]
        return range(unmarked.count(Point.UNREAD), unmarked.count(Point.WRITTEN) + 1)


class Table:
    """The cells of one fault, made one after the other on one database, with servers that outlive them."""

    def __init__(self, fault: Fault, database: Database, office: PostOffice, bad: Server, good: Server) -> None:
        self.fault = fault
        self._database = database
        self._office = office
        self._bad = bad
        self._good = good
        self._owing = database.path.with_name("owing.db")
        _owe(self._monitor())
        database.close()
        shutil.copy(database.path, self._owing)

    def rehearsal(self) -> Order:
        """A round that nothing spoils."""
        return self._order(self._good, None)

    def cells(self, forge: Forge) -> Iterator[Cell]:
        """One with no kill, then one for each of the points that it comes by."""
        yield self._cell(forge, None)
        for fatal in range(len(self.fault.points)):
            yield self._cell(forge, fatal)

    def _cell(self, forge: Forge, fatal: int | None) -> Cell:
        """A faulty round, killed at the point with that number, from 0, and rounds with a server that is well."""
        self._begin_anew()
        fate = forge.deliver(self._order(self._bad, fatal))
        self._bad.settled()
        at_first = len(self._office.taken)
        monitor = self._monitor()
        with self._database:
            for _ in range(MOST_ROUNDS):
                monitor.now += LATER
                delivery = monitor.round()
                if not (delivery.sent or delivery.undelivered):
                    break  # after a round with nothing to do
            alerts = monitor.outbox.alerts()
        local = tuple(mail.read_bytes() for mail in monitor.maildir.glob("new/*"))
        return Cell(self.fault, fate, at_first, tuple(self._office.taken), local, alerts)

    def _begin_anew(self) -> None:
        path = self._database.path
        for part in path.parent.glob(f"{path.name}-*"):
            part.unlink()
        shutil.copy(self._owing, path)
        shutil.rmtree(self._monitor().maildir, ignore_errors=True)
        self._office.forget()

    def _monitor(self) -> Monitor:
        return Monitor(self._database, smtp(self._good.port, "starttls", PASSWORD), BEGIN)

    def _order(self, server: Server, fatal: int | None) -> Order:
        return Order(
            path=str(self._database.path),
            now=BEGIN.isoformat(),
            port=server.port,
            security="starttls",
            password=PASSWORD,
            timeout=self.fault.timeout,
            patience=self.fault.patience,
            fatal=fatal,
        )


def cells(fault: Fault, folder: Path) -> Iterator[Cell]:
    """All cells of a fault, made in a folder; the first has no kill."""
    office = PostOffice(refused=NO_SUCH_USER if fault.refused else {}, greylisting=fault.greylisting)
    with (
        Database.open(url_of(folder / "monitor.db")) as database,
        serving(office, Conduct()) as good,
        _at_fault(fault, office) as bad,
    ):
        table = Table(fault, database, office, bad, good)
        with forging(table.rehearsal()) as forge:
            yield from table.cells(forge)


@contextmanager
def _at_fault(fault: Fault, office: PostOffice) -> Iterator[Server]:
    match fault.server:
        case "down":
            yield nobody()
        case "silent":
            with silent() as server:
                yield server
        case conduct:
            with serving(office, conduct) as server:
                yield server


def _owe(monitor: Monitor) -> None:
    monitor.check("a")
    for reader in READERS:
        monitor.subscribe(reader)
    monitor.subscribe(ADMIN, role=Role.ADMIN)
    assert monitor.check("a", "b").queued == len(READERS)
