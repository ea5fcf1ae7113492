"""The programs compared: how each is told what to watch, run, and asked what it found.

Peers run at their defaults but for a text filter, plain output, and no look for a newer version of themselves.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

PEERS = Path(__file__).parents[2] / ".venv-peers"

NEW, CHANGED = "new", "changed"
"""The two findings that all programs tell; what is neither was unchanged."""


class Program(ABC):
    """A program with its settings and its database in a folder of its own.

    `files` is the pattern of its database's files. No program sees the user's own environment: proxies, for one.
    """

    name: str
    files: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"
        self.environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    @abstractmethod
    def set_up(self, urls: Sequence[str]) -> None:
        """Write settings that name these pages, the first of which is page 1."""

    @abstractmethod
    def command(self) -> list[str]:
        """One check of all pages."""

    @abstractmethod
    def found(self) -> Mapping[str, int]:
        """How many pages the last check called new and how many changed; what it printed is in the file `output`."""

    def database_size(self) -> int:
        """Bytes of the database, what is written ahead of it among them."""
        return sum(file.stat().st_size for file in self.folder.glob(self.files))


class Ours(Program):
    """This project, with the limits for each host lifted: all pages are on one, and the peers have no such limits."""

    name = "hmicfrs-monitor"
    files = "monitor.db*"

    def set_up(self, urls: Sequence[str]) -> None:
        """Watch the pages, with mail into the Maildir beside the database."""
        self._pages = len(urls)
        watches = (f'[[watch]]\nname = "watch-{at:04d}"\nurl = "{url}"\n' for at, url in enumerate(urls, 1))
        (self.folder / "settings.toml").write_text(
            "[scraper]\nallow_private_addresses = true\nmin_delay_seconds = 0\nmax_per_host = 64\n"
            f'[storage]\nurl = "sqlite:///{self.folder}/monitor.db"\n{"".join(watches)}',
            encoding="utf-8",
        )

    def command(self) -> list[str]:
        """`check`, as cron runs it."""
        return [*self._monitor(), "-q", "check"]

    def found(self) -> Mapping[str, int]:
        """Told by the database: printed is only what changed."""
        command = [*self._monitor(), "checks", "--json", "--limit", str(self._pages)]
        told = json.loads(subprocess.check_output(command, env=self.environment))
        outcomes = Counter(check["outcome"] for check in told["checks"])
        return {NEW: outcomes["baseline"], CHANGED: outcomes["changed"]}

    def _monitor(self) -> list[str]:
        script = Path(sys.executable).with_name("hmicfrs-monitor")
        return [str(script), "--config", str(self.folder / "settings.toml")]


class Peer(Program):
    """A program of urlwatch's family; the options that the two name differently are the subclass's."""

    files = "cache.db*"
    jobs_option: str
    database_option: str
    settings = "report:\n  stdout:\n    enabled: true\n    color: false\n"

    def set_up(self, urls: Sequence[str]) -> None:
        """Watch the text of the pages' main parts, without their menus, and tell of it on standard output."""
        filters = "filter:\n  - css: main\n  - html2text\n"
        jobs = (f"name: page {at}\nurl: {url}\n{filters}" for at, url in enumerate(urls, 1))
        (self.folder / "jobs.yaml").write_text("---\n".join(jobs), encoding="utf-8")
        (self.folder / "settings.yaml").write_text(self.settings, encoding="utf-8")
        (self.folder / "hooks.py").touch()

    def command(self) -> list[str]:
        """The program without an action, which is a check of all."""
        files = {"--config": "settings.yaml", "--hooks": "hooks.py"}
        files |= {self.jobs_option: "jobs.yaml", self.database_option: "cache.db"}
        options = (text for option, file in files.items() for text in (option, str(self.folder / file)))
        return [str(PEERS / self.name / "bin" / self.name), *options]

    def found(self) -> Mapping[str, int]:
        """Told by the headings of the report, each of which names its page's address."""
        output = self.output.read_text(encoding="utf-8", errors="replace")
        told = Counter(re.findall(r"^(NEW|CHANGED): page [0-9]+ \( ?http://", output, re.MULTILINE))
        return {NEW: told["NEW"], CHANGED: told["CHANGED"]}


class Urlwatch(Peer):
    """The older of the two, with its plain regular expression for html2text and ten workers."""

    name = "urlwatch"
    jobs_option = "--urls"
    database_option = "--cache"


class Webchanges(Peer):
    """The younger, which converts with the package html2text."""

    name = "webchanges"
    jobs_option = "--jobs"
    database_option = "--database"
    settings = Peer.settings + "version_check:\n  enabled: false\n"


PROGRAMS: dict[str, type[Program]] = {program.name: program for program in (Ours, Urlwatch, Webchanges)}
