"""What only real processes show: the lock, the signals, the cost of help, output into a closed pipe."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.main import COMMANDS
from tests.cli.conftest import Installation

HEAVY = ("httpx", "sqlalchemy", "selectolax", "alembic", "apscheduler", "jinja2", "rich", "msgspec", "rapidfuzz")


@contextmanager
def running(monitor: Installation, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "cli", "--config", str(monitor.config), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(path: Path, query: str, seconds: float = 20) -> None:
    """Wait for a query on the database to give a row."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists():
            connection = sqlite3.connect(path)
            try:
                if connection.execute(query).fetchone():
                    return
            except sqlite3.OperationalError:
                pass  # its tables are still being made
            finally:
                connection.close()
        time.sleep(0.05)
    pytest.fail(f"{query}: gave nothing for {seconds} s")


def test_run_checks_what_is_overdue_and_ends_well_on_sigterm(monitor: Installation) -> None:
    with running(monitor, "run") as service:
        wait_until(monitor.folder / "monitor.db", "SELECT 1 FROM snapshot")
        second = monitor("check")
        assert second.code == 6
        assert str(service.pid) in second.err
        assert "hmicfrs-monitor run" in second.err
        assert monitor("run").code == 6
        assert len(monitor("snapshots", "--json").json["snapshots"]) == 1
        assert monitor("deliver").code == 0
        service.send_signal(signal.SIGTERM)
        _, log = service.communicate(timeout=20)
    assert service.returncode == 0
    assert "first reading stored" in log
    assert monitor("check").code == 0


def test_the_lock_of_a_killed_run_is_free(monitor: Installation) -> None:
    with running(monitor, "run") as service:
        wait_until(monitor.folder / "monitor.db", "SELECT 1 FROM snapshot")
        service.send_signal(signal.SIGKILL)
        service.wait(20)
    assert monitor("check").code == 0


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from cli import main\n"
        "try:\n    main.main(sys.argv[1:])\n"
        f"except SystemExit as stop:\n    print(sorted(set({HEAVY!r}) & set(sys.modules)), stop.code)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert told.stdout.splitlines()[-1] == "[] 0"


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_explains_itself(monitor: Installation, command: str) -> None:
    told = monitor(command, "--help")
    assert told.code == 0
    assert told.out.startswith(f"Usage: hmicfrs-monitor {command}")
    assert len(told.out.splitlines()) > 4


def test_a_reader_of_the_output_who_leaves_is_no_error(monitor: Installation) -> None:
    monitor("check")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        told = subprocess.run(
            [sys.executable, "-m", "cli", "--config", str(monitor.config), "show"],
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    assert (told.returncode, told.stderr) == (0, "")


def test_cron_hears_nothing_unless_something_happened(monitor: Installation) -> None:
    first, second = monitor("-q", "check"), monitor("-q", "check")
    assert (first.out + first.err, second.out + second.err) == ("", "")
    monitor.serve("2025-01-child-protection")
    assert "Cleveland" in monitor("-q", "check").out
    monitor.serve("error-blocked-403", 403)
    failed = monitor("-q", "check")
    assert (failed.code, failed.out) == (3, "")
    assert "403" in failed.err
