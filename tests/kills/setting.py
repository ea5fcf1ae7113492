"""What the kills are set in: an installation whose page changes with every revision, and what must hold of it."""

from __future__ import annotations

import mailbox
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from cli.demo_site import Site
from domain.alert import Alert, AlertState
from domain.check import Outcome
from storage.auditor import PARTS, audited
from storage.database import Database
from storage.history import History
from storage.outbox import Outbox

_NAMES = ("2024-02", "2025-01", "2025-10", "2025-01")
_PAGES = tuple(files("cli").joinpath("demo_pages", f"{name}-child-protection.html").read_bytes() for name in _NAMES)
_SENTENCE = b"We made 9 recommendations"

BEGIN = datetime(2025, 11, 3, 9, 30, tzinfo=UTC)


def revision(number: int) -> bytes:
    """A page that differs from the one before in a report, and from every other in a sentence."""
    return _PAGES[number % len(_PAGES)].replace(_SENTENCE, b"In round %d we made 9 recommendations" % number)


@dataclass
class Installation:
    """Settings, database and Maildir in a folder; `now` is what its clock says.

    `served` are the revisions that the site had in turn, `seen` those that a check saw which nobody killed.
    """

    folder: Path
    site: Site
    now: datetime = BEGIN
    served: list[bytes] = field(default_factory=list)
    seen: list[bytes] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def path(self) -> Path:
        return self.folder / "monitor.db"

    def configure(self) -> None:
        self.config.write_text(
            f"""\
[scraper]
allow_private_addresses = true
min_delay_seconds = 0
attempts = 1
[storage]
url = "sqlite:///{self.path}"
[[watch]]
name = "child-protection"
url = "{self.site.url}"
""",
            encoding="utf-8",
        )

    def publish(self, number: int) -> None:
        """Let the site serve a revision from now on."""
        self.site.body = revision(number)
        self.served.append(self.site.body)

    def has_been_seen(self) -> None:
        """Note that a check of what the site has now was not killed."""
        self.seen.append(self.site.body)

    def wait(self) -> str:
        """Let an hour go by, after which what a killed process had claimed is free; gives the time."""
        self.now += timedelta(hours=1)
        return self.now.isoformat()

    def mails(self) -> list[str]:
        """The Message-IDs of the mails in the Maildir."""
        folder = self.folder / "monitor.mail"
        return [mail["Message-ID"] for mail in mailbox.Maildir(folder, create=False)] if folder.exists() else []


def all_is_well(installation: Installation) -> tuple[Alert, ...]:
    """Nothing is lost, nothing is told twice, and the database agrees with itself; gives the alerts."""
    with Database.open(f"sqlite:///{installation.path}") as database:
        assert [part.faults for part in audited(database)] == [()] * len(PARTS)
        history, alerts = History(database), Outbox(database).alerts()
        states = history.snapshots()[::-1]
        stored = [history.body(state.id) for state in states]
        assert [body for body in installation.served if body in stored] == stored
        assert set(installation.seen) <= set(stored)
        changed = [check for check in history.checks() if check.outcome is Outcome.CHANGED]
        assert len(changed) == len(states) - 1 == len(alerts)
    assert {alert.state for alert in alerts} <= {AlertState.SENT}
    assert sorted(installation.mails()) == sorted(alert.message_id for alert in alerts)
    return alerts
