"""One run of checks at a time, also between processes."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.errors import LockHeld, Unwritable
from storage.lock import run_lock
from tests.storage.pages import START
from tests.storage.workers import started


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of `monitor.db`."""
    with started("hold_the_lock", tmp_path / "monitor.db") as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
        other.kill()


def test_the_other_holder_is_named(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    expected = (
        rf"monitor\.db: `hmicfrs-monitor run` \(process {holder.pid}\) since 2024-02-09 09:00:00 UTC holds the lock"
    )
    with pytest.raises(LockHeld, match=expected), run_lock(tmp_path / "monitor.db", "check", START):
        pass


def test_a_killed_holder_frees_the_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with run_lock(tmp_path / "monitor.db", "check", START):
        assert f"check (process {os.getpid()})" in (tmp_path / "monitor.db.lock").read_text()


def test_the_lock_is_free_after_a_run_that_ended_well_or_in_error(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with pytest.raises(KeyError), run_lock(path, "a long holder's name", START):
        raise KeyError
    with run_lock(path, "second", START), pytest.raises(LockHeld, match="second"), run_lock(path, "third", START):
        pass
    assert (tmp_path / "monitor.db.lock").read_text() == ""


def test_a_lock_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "monitor.db.lock").mkdir()
    expected = r"monitor\.db\.lock: cannot be written \(Is a directory\)"
    with pytest.raises(Unwritable, match=expected), run_lock(tmp_path / "monitor.db", "check", START):
        pass
