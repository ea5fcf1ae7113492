"""The service as a process, as a supervisor starts it: its settings, its log, and what it tells the supervisor."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Self

from domain.check import Check
from storage.database import Database
from storage.history import History

PATIENCE = 30.0


@dataclass
class Told:
    """A socket of systemd's protocol, and all that was told to it: the lines of each datagram."""

    address: str
    datagrams: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + self.address[1:] if self.address.startswith("@") else self.address)
        self._socket.settimeout(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def next(self) -> list[str]:
        """What is told next; fails where nothing comes for long."""
        self.datagrams.append(self._socket.recv(4096).decode().splitlines())
        return self.datagrams[-1]

    def until(self, line: str) -> list[str]:
        """The next datagram that has this line."""
        while line not in (told := self.next()):
            pass
        return told

    def rest(self) -> list[list[str]]:
        """All that was told and not asked for yet."""
        self._socket.setblocking(False)
        try:
            while True:
                self.next()
        except BlockingIOError:
            return self.datagrams


@dataclass
class Served:
    """A service under way."""

    process: subprocess.Popen[str]
    log_file: Path

    @property
    def log(self) -> list[str]:
        return self.log_file.read_text(encoding="utf-8").splitlines()

    def logs(self, text: str) -> str:
        """Wait for a line of the log with this text, and give it."""
        deadline = monotonic() + PATIENCE
        while monotonic() < deadline:
            if found := [line for line in self.log if text in line]:
                return found[-1]
            assert self.process.poll() is None or text in "\n".join(self.log), "\n".join(self.log)
            Event().wait(0.05)
        raise AssertionError(f"{text!r} was never logged:\n" + "\n".join(self.log))

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, and give its exit code."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@dataclass
class House:
    """A folder with settings, a database and logs."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "settings.toml"

    def configure(self, *urls: str, top: str = "", schedules: str = "", database: str = "monitor.db") -> None:
        """Write settings that watch these addresses, as `watch-1` and so on."""
        watches = "".join(f'[[watch]]\nname = "watch-{number}"\nurl = "{url}"\n' for number, url in enumerate(urls, 1))
        self.config.write_text(
            f"""\
{top}
[scraper]
allow_private_addresses = true
respect_robots = false
min_delay_seconds = 0
attempts = 1
[storage]
url = "sqlite:///{self.folder}/{database}"
[schedules]
jitter_seconds = 0
{schedules}
{watches}""",
            encoding="utf-8",
        )

    @contextmanager
    def serving(self, **environment: str) -> Iterator[Served]:
        """The service, with more in its environment; it is killed where the block has not ended it."""
        log_file = self.folder / "log"
        command = [sys.executable, "-m", "cli", "--config", str(self.config), "run"]
        with (
            log_file.open("w", encoding="utf-8") as log,
            subprocess.Popen(command, stderr=log, text=True, env={**os.environ, **environment}) as process,
        ):
            try:
                yield Served(process, log_file)
            finally:
                process.kill()

    def checks(self) -> list[Check]:
        """Every look that is stored, oldest first; opening the database finds it well."""
        with Database.open(f"sqlite:///{self.folder}/monitor.db") as database:
            return list(reversed(History(database).checks()))
