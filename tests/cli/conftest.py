"""An installation under test: settings, database and Maildir in a folder, and a site on loopback to watch."""

from __future__ import annotations

import json
import mailbox
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import time_machine

from cli import main as front
from cli.demo_site import Site, serving


def revision(name: str) -> bytes:
    """A recorded revision of the page, or an error page."""
    return files("cli").joinpath("demo_pages", f"{name}.html").read_bytes()


@dataclass(frozen=True)
class Told:
    """What a command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


@dataclass
class Installation:
    folder: Path
    site: Site
    capture: pytest.CaptureFixture[str]

    @property
    def config(self) -> Path:
        return self.folder / "settings.toml"

    def configure(self, more: str = "", *, scraper: str = "", watch: str = "") -> None:
        self.config.write_text(
            f"""\
[scraper]
allow_private_addresses = true
min_delay_seconds = 0
attempts = 1
{scraper}
[storage]
url = "sqlite:///{self.folder}/monitor.db"
{more}
[[watch]]
name = "child-protection"
url = "{self.site.url}"
{watch}
""",
            encoding="utf-8",
        )

    def __call__(self, *arguments: str) -> Told:
        """Run a command in this process, as its entry point does."""
        self.capture.readouterr()
        with pytest.raises(SystemExit) as stop:
            front.main(["--config", str(self.config), *arguments])
        captured = self.capture.readouterr()
        assert isinstance(stop.value.code, int)
        return Told(stop.value.code, captured.out, captured.err)

    def serve(self, name: str, status: int = 200) -> None:
        self.site.body, self.site.status = revision(name), status

    def mails(self) -> list[EmailMessage]:
        folder = self.folder / "monitor.mail"
        if not folder.exists():
            return []
        parser = BytesParser(policy=policy.default)
        found = [parser.parsebytes(bytes(mail)) for mail in mailbox.Maildir(folder, create=False)]
        return [mail for mail in found if isinstance(mail, EmailMessage)]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as served:
        yield served


@pytest.fixture
def monitor(tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]) -> Iterator[Installation]:
    """An installation in late 2025, when the newest of the recorded revisions is new."""
    installation = Installation(tmp_path, site, capsys)
    installation.configure()
    installation.serve("2024-02-child-protection")
    with time_machine.travel(datetime(2025, 11, 3, 9, 30, tzinfo=UTC)):
        yield installation


@pytest.fixture
def changed(monitor: Installation) -> Installation:
    """One that has seen the page change once, and told its reader, in the Maildir."""
    monitor("check")
    monitor.serve("2025-01-child-protection")
    assert monitor("check").code == 0
    return monitor
