"""Disks, folders and files that fail: each command says so in one line with the promised code, and the data stays."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cli.commands import restore
from storage.database import Database
from tests.cli.conftest import Installation

COMMANDS = {
    "check": ["check"],
    "status": ["status"],
    "history": ["history"],
    "backup": ["backup", "{folder}/new.db"],
    "verify": ["verify"],
    "restore": ["restore", "{folder}/backup.db"],
    "prune": ["prune", "--checks-older-than", "0d", "--apply"],
}
LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from cli.main import main
main(sys.argv[2:])
"""

# Root may write wherever it likes, but for this: with the capability out of the bounding set, the next exec is without
# it. Another user would not do, as it may not be able to read this Python.
UNPRIVILEGED = """
import ctypes, os, sys
if os.geteuid() == 0:
    PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1
    assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) == 0
os.execv(sys.executable, [sys.executable, "-m", "cli", *sys.argv[1:]])
"""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def says_it_in_one_line(self) -> bool:
        lines = self.err.splitlines()
        return len(lines) == 1 and lines[0].startswith("hmicfrs-monitor: ")


@pytest.fixture
def data(monitor: Installation) -> Installation:
    """An installation with its database in a folder of its own, a backup beside that, and a change to be found."""
    folder = monitor.folder / "data"
    text = monitor.config.read_text(encoding="utf-8")
    monitor.config.write_text(text.replace(f"{monitor.folder}/monitor.db", f"{folder}/monitor.db"), encoding="utf-8")
    assert monitor("check").code == 0
    monitor.serve("2025-01-child-protection")
    assert monitor("check").code == 0
    assert monitor("backup", str(monitor.folder / "backup.db")).code == 0
    monitor.serve("2025-10-child-protection")
    return monitor


def place(monitor: Installation) -> Path:
    return monitor.folder / "data" / "monitor.db"


def run(monitor: Installation, command: str, *start: str) -> Ended:
    """A command in a process of its own, which begins with a script and its words."""
    words = [word.format(folder=monitor.folder) for word in COMMANDS[command]]
    ended = subprocess.run(
        [sys.executable, "-c", *start, "--config", str(monitor.config), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "robots"')]


@pytest.mark.parametrize(("command", "code"), [("check", 3), ("backup", 2), ("restore", 2), ("prune", 2)])
def test_a_full_disk_is_told_and_the_data_stays(data: Installation, command: str, code: int) -> None:
    before = dumped(place(data))
    ended = run(data, command, LIMITED, str(40_000))
    assert ended.code == code, ended
    assert ended.says_it_in_one_line, ended.err
    assert str(data.folder) in ended.err
    assert dumped(place(data)) == before
    assert not list(data.folder.glob("**/*.part*"))
    assert not (data.folder / "new.db").exists()
    assert data("check").code == 0
    assert data("verify").code == 0


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder of the data, and what is in it, may be read and not written."""
    modes = {file: file.stat().st_mode for file in (folder, *folder.iterdir())}
    for file, mode in modes.items():
        file.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for file, mode in modes.items():
            file.chmod(mode)


@pytest.mark.parametrize(
    ("command", "code"),
    [("check", 3), ("status", 2), ("history", 2), ("backup", 2), ("verify", 2), ("restore", 2), ("prune", 2)],
)
def test_a_folder_that_may_not_be_written_is_told_and_the_data_stays(
    data: Installation, command: str, code: int
) -> None:
    before = place(data).read_bytes()
    with read_only(place(data).parent):
        ended = run(data, command, UNPRIVILEGED)
    assert (ended.code, ended.says_it_in_one_line) == (code, True), ended
    assert ended.err.startswith(f"hmicfrs-monitor: {place(data)}")
    assert place(data).read_bytes() == before
    assert data("check").code == 0


@pytest.mark.parametrize(
    ("command", "code"), [("check", 3), ("restore", 2), ("prune", 2), ("status", 0), ("backup", 0)]
)
def test_a_database_that_another_program_holds_is_told_or_read_beside_it(
    data: Installation, command: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = timedelta(seconds=0.2)
    opened: Any = Database.open
    monkeypatch.setattr(Database, "open", partial(opened, busy_timeout=soon))
    monkeypatch.setattr(restore, "BUSY_TIMEOUT", soon)
    with closing(sqlite3.connect(place(data), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        told = data(*[word.format(folder=data.folder) for word in COMMANDS[command]])
        other.execute("ROLLBACK")
    assert told.code == code
    if code:
        assert "another program holds the database" in told.err
        assert len(told.err.splitlines()) == 1
    assert data("verify").code == 0


def _letter(path: Path) -> None:
    path.write_bytes(b"Dear colleagues, " * 9000)


def _headless(path: Path) -> None:
    path.write_bytes(b"\xaa" * 100 + path.read_bytes()[100:])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def _garbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:-4096] = b"\xaa" * (len(content) - 12288)
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [_letter, _headless, _cut, _garbled])
@pytest.mark.parametrize("command", ["check", "status", "history", "backup", "verify", "prune"])
def test_a_damaged_database_is_told_and_left_as_it_is(
    data: Installation, command: str, spoil: Callable[[Path], None]
) -> None:
    spoil(place(data))
    before = place(data).read_bytes()
    told = data(*[word.format(folder=data.folder) for word in COMMANDS[command]])
    assert told.code == 2
    assert "Traceback" not in told.err + told.out
    if command != "verify":
        assert len(told.err.splitlines()) == 1, told.err
        assert told.err.startswith(f"hmicfrs-monitor: {place(data)}: is ")
    else:
        assert str(place(data)) in told.err + told.out
    assert place(data).read_bytes() == before
    assert not (data.folder / "new.db").exists()
    assert data("restore", str(data.folder / "backup.db")).code == 0
    (kept,) = place(data).parent.glob("*.before-restore-*")
    assert kept.read_bytes() == before
    assert data("verify").code == 0


@pytest.mark.parametrize("spoil", [_letter, _headless, _cut, _garbled])
def test_a_damaged_backup_is_told_and_the_database_stays(data: Installation, spoil: Callable[[Path], None]) -> None:
    before = dumped(place(data))
    damaged = Path(shutil.copy(data.folder / "backup.db", data.folder / "damaged.db"))
    spoil(damaged)
    told = data("restore", str(damaged))
    assert (told.code, told.out) == (2, "")
    assert len(told.err.splitlines()) == 1
    assert told.err.startswith(f"hmicfrs-monitor: {damaged}: is ")
    assert dumped(place(data)) == before
    assert data("verify").code == 0
