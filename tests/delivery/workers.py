"""What other processes do in the delivery tests. A `Forge` is a process that forks deliveries, to be killed."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from notifier.mail import Security
from storage.database import Database
from tests.delivery import setting
from tests.delivery.points import Point, Walk
from tests.notifier.smtp_servers import CERTIFICATE

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Order:
    """A round of delivery in a process of its own, at a time, killed at the point with the number `fatal`.

    `timeout` is for all that the mail server is asked but the answer to a message, which `patience` is for.
    """

    path: str
    now: str
    port: int
    security: Security = "none"
    password: str | None = None
    timeout: float = 10
    patience: float = 10
    fatal: int | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """How such a process ended, and the points that it came by."""

    killed: bool
    points: tuple[Point, ...]


class Forge:
    """The process, as seen by who started it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def deliver(self, order: Order) -> Fate:
        say(self._process, asdict(order))
        told = told_by(self._process)
        assert told["code"] in {0, -9}, f"a delivery ended with {told['code']}; see what it wrote to stderr"
        return Fate(told["code"] == -9, tuple(map(Point, told["points"])))


@contextmanager
def forging(rehearsal: Order) -> Iterator[Forge]:
    """A forge for a database, which first does a round itself, so that each fork finds all statements compiled."""
    with started("forge", stdin=subprocess.PIPE) as process:
        forge = Forge(process)
        assert not forge.deliver(rehearsal).killed
        yield forge
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def started(worker: str, *words: str, stdin: int | None = None) -> subprocess.Popen[str]:
    """A process that runs a function of this module, and trusts the tests' own certificate."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.delivery.workers", worker, *words],
        stdin=stdin,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "SSL_CERT_FILE": str(CERTIFICATE)},
    )


def say(process: subprocess.Popen[str], words: object) -> None:
    """Say a line to a worker."""
    assert process.stdin is not None
    process.stdin.write(json.dumps(words) + "\n")
    process.stdin.flush()


def told_by(process: subprocess.Popen[str]) -> Any:
    """The next line that a worker tells; waited for."""
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def forge() -> None:
    """Deliver the first order on standard input, fork a delivery for each other, and tell of their fates."""
    first = Order(**json.loads(sys.stdin.readline()))
    database = Database.open(setting.url_of(Path(first.path)))
    _deliver(first, database)
    gc.collect()
    gc.freeze()  # what a fork does not write to, it need not copy
    _tell({"code": 0, "points": []})
    for line in sys.stdin:
        order = Order(**json.loads(line))
        mine, its = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(mine)
            _deliver_or_die(order, database, its)
        os.close(its)
        with os.fdopen(mine, encoding="utf-8") as noted:
            points = noted.read().splitlines()
        _, status = os.waitpid(child, 0)
        _tell({"code": os.waitstatus_to_exitcode(status), "points": points})


def _deliver(order: Order, database: Database) -> None:
    with database:
        server = setting.smtp(order.port, order.security, order.password, order.timeout)
        setting.Monitor(database, server, datetime.fromisoformat(order.now)).round()


def _deliver_or_die(order: Order, database: Database, notes: int) -> None:
    """All that a fork does; it never returns into the forge."""
    code = 1
    try:
        Walk(lambda point: _note(notes, point), order.fatal, order.patience).begin(database)
        _deliver(order, database)
        code = 0
    finally:
        if code:
            sys.excepthook(*sys.exc_info())
        os._exit(code)


def deliver(path: str, now: str, port: str) -> None:
    """One round of delivery beside others, begun on a word; tells how many alerts it sent."""
    with Database.open(setting.url_of(Path(path))) as database:
        monitor = setting.Monitor(database, setting.smtp(int(port)), datetime.fromisoformat(now))
        _tell("ready")
        sys.stdin.readline()
        _tell(len(monitor.round().sent))


def _note(notes: int, point: str) -> None:
    os.write(notes, f"{point}\n".encode())


def _tell(answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
