"""A watched page, the service that watches it on a fast clock, and what came of it."""

from __future__ import annotations

import mailbox
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from threading import Event
from time import monotonic
from typing import IO
from zoneinfo import ZoneInfo

from cli.demo_site import Site
from domain.check import Check
from storage.database import Database
from storage.history import History
from tests.delivery.setting import html

LONDON = ZoneInfo("Europe/London")


def london(text: str, fold: int = 0) -> datetime:
    """A time on the clocks of London, the second of its name with `fold` 1."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


@dataclass
class Days:
    """An installation whose service lives through days."""

    folder: Path
    site: Site
    now: datetime
    reports: int = 0
    services: list[subprocess.Popen[str]] = field(default_factory=list)

    def configure(self, *, schedule: str = "0 * * * *", digest_at: str = "08:30") -> None:
        (self.folder / "settings.toml").write_text(
            f"""\
[scraper]
allow_private_addresses = true
respect_robots = false
min_delay_seconds = 0
[storage]
url = "sqlite:///{self.folder}/monitor.db"
[mail]
to = ["at-once@example.org"]
[alerts]
digest_at = "{digest_at}"
[[recipient]]
address = "daily@example.org"
when = "daily"
[[watch]]
name = "child-protection"
url = "{self.site.url}"
schedule = "{schedule}"
""",
            encoding="utf-8",
        )

    def publish(self) -> None:
        """List one more report on the page."""
        self.reports += 1
        self.site.body = html(*(f"r{number}" for number in range(self.reports)))

    @contextmanager
    def service(self) -> Iterator[subprocess.Popen[str]]:
        """The service, from now on; it is killed where the block has not ended it."""
        command = [sys.executable, "-m", "tests.service.fast", self.now.isoformat()]
        command += ["--config", str(self.folder / "settings.toml"), "run"]
        with (
            (self.folder / "log").open("a", encoding="utf-8") as log,
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=Path.cwd()
            ) as process,
        ):
            self.services.append(process)
            try:
                yield process
            finally:
                process.kill()

    def until(self, when: datetime) -> None:
        """Let the clock go on to a time."""
        self._order("until", when)

    def sleep(self, when: datetime) -> None:
        """Let the machine sleep until a time: the service finds that its clock has jumped."""
        self._order("jump", when)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the service."""
        self.services[-1].send_signal(how)
        self.services[-1].wait(30)

    def checks(self) -> list[Check]:
        """Every look, oldest first."""
        with Database.open(f"sqlite:///{self.folder}/monitor.db") as database:
            return list(reversed(History(database).checks()))

    def looks(self) -> list[str]:
        """The hours of the looks on the clocks of London, with the zone."""
        return [check.started_at.astimezone(LONDON).strftime("%d %H %Z") for check in self.checks()]

    def looks_come_to(self, count: int) -> None:
        """Wait for so many looks; what never comes fails the test that asserts it."""
        deadline = monotonic() + 30
        while len(self.checks()) < count and monotonic() < deadline:
            Event().wait(0.05)

    def mails(self, to: str) -> list[Message]:
        """What one recipient got, each file."""
        folder = self.folder / "monitor.mail"
        found: Iterable[Message] = mailbox.Maildir(folder, create=False) if folder.exists() else []
        return [mail for mail in found if to in str(mail["To"])]

    def told(self, to: str) -> list[str]:
        """The reports that one recipient was told of, in all mails; a report told twice stands twice."""
        bodies = [
            str(part) for mail in self.mails(to) for part in mail.walk() if part.get_content_type() == "text/plain"
        ]
        names = [f"r{number}" for number in range(self.reports)]
        return sorted(name for body in bodies for name in names if f"/publications/{name}/" in body)

    def _order(self, order: str, when: datetime) -> None:
        process = self.services[-1]
        assert process.stdin is not None
        assert process.stdout is not None
        print(f"{order} {when.isoformat()}", file=process.stdin, flush=True)
        assert _line(process.stdout) == f"{order} done", (self.folder / "log").read_text(encoding="utf-8")
        self.now = when


def _line(stream: IO[str]) -> str:
    return stream.readline().strip()
