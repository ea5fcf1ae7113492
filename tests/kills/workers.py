"""A process that forks whole checks of an installation, `hmicfrs-monitor check` each, to be killed on the way."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

import time_machine

from cli import main as front
from tests.delivery.workers import say, told_by
from tests.kills.points import CheckWalk

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Order:
    """A check at a time, killed at the point with the number `fatal`, or after so many seconds, or not."""

    now: str
    fatal: int | None = None
    after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """How a check ended, the points that it came by where it was to be killed at one, and how long it took."""

    code: int
    points: tuple[str, ...]
    seconds: float

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Forge:
    """The process, as seen by who started it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def check(self, order: Order) -> Fate:
        say(self._process, asdict(order))
        told = told_by(self._process)
        return Fate(told["code"], tuple(told["points"]), told["seconds"])


@contextmanager
def forging(config: Path, first: datetime) -> Iterator[Forge]:
    """A forge for an installation, which looks at its page a first time by itself, so that each fork is warm."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.kills.workers", str(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        forge = Forge(process)
        assert forge.check(Order(first.isoformat())).code == 0
        yield forge
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def serve(config: str) -> None:
    """Do the first order of standard input in this process, and fork a check for each other."""
    first = Order(**json.loads(sys.stdin.readline()))
    with redirect_stdout(StringIO()):
        code = _check(config, first)
    gc.collect()
    gc.freeze()  # what a fork does not write to, it need not copy
    _tell(Fate(code, (), 0))
    for line in sys.stdin:
        _tell(_forked(config, Order(**json.loads(line))))


def _forked(config: str, order: Order) -> Fate:
    mine, its = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(mine)
        _check_or_die(config, order, its)
    os.close(its)
    if order.after_seconds is not None:
        time.sleep(order.after_seconds)
        os.kill(child, signal.SIGKILL)  # of a child that has ended, nobody has heard yet: its number is its own
    with os.fdopen(mine, encoding="utf-8") as noted:
        points = noted.read().splitlines()
    _, status = os.waitpid(child, 0)
    return Fate(os.waitstatus_to_exitcode(status), tuple(points), time.monotonic() - began)


def _check_or_die(config: str, order: Order, notes: int) -> None:
    """All that a fork does; it never returns into the forge."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if order.after_seconds is None:
            CheckWalk(lambda point: _note(notes, point), order.fatal, 1).watch()
        code = _check(config, order)
    finally:
        os._exit(code)


def _check(config: str, order: Order) -> int:
    with time_machine.travel(datetime.fromisoformat(order.now)):
        try:
            front.main(["--config", config, "check"])
        except SystemExit as stop:
            return int(stop.code or 0)


def _note(notes: int, point: str) -> None:
    os.write(notes, f"{point}\n".encode())


def _tell(fate: Fate) -> None:
    sys.stdout.write(json.dumps(asdict(fate)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve(sys.argv[1])
