"""The import as a process: killed at any moment and started again, beside our own history, without an archive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.history import History
from tests.captures.archive import Archive, Kept, Silence, serving
from tests.imports.test_wayback import PAST, assert_right_history, repeated
from tests.schedules.past import URL, WATCH, Scene, page

ROOT = Path(__file__).parent.parent.parent


@dataclass
class Setting:
    """An installation in a folder, and the archive that it asks."""

    folder: Path
    archive: Archive

    def __post_init__(self) -> None:
        (self.folder / "settings.toml").write_text(
            f"""\
[scraper]
allow_private_addresses = true
attempts = 2
[storage]
url = "sqlite:///{self.database}"
[archive]
url = "{self.archive.base}"
index_per_minute = 6000
fetches_per_minute = 6000
[[watch]]
name = "{WATCH.name}"
url = "{URL}"
""",
            encoding="utf-8",
        )

    @property
    def database(self) -> Path:
        return self.folder / "monitor.db"

    def begun(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "cli", "--config", str(self.folder / "settings.toml"), "import", "wayback"]
        return subprocess.Popen(
            [*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        with self.begun(*arguments) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def killed_when(self, due: Callable[[], bool]) -> None:
        with self.begun() as process:
            deadline = time.monotonic() + 60
            while not due() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        assert process.returncode == -signal.SIGKILL


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    archive = Archive(list(PAST))
    with serving(archive):
        yield Setting(tmp_path, archive)


def assert_well(setting: Setting) -> None:
    with Database.open(f"sqlite:///{setting.database}") as database:
        assert_right_history(Scene(database))


@pytest.mark.parametrize(("endpoint", "number"), [("index", 2), ("capture", 1), ("capture", 3)])
def test_an_import_that_is_killed_goes_on_where_it_stopped(setting: Setting, endpoint: str, number: int) -> None:
    """Killed while the archive is silent: what was kept before is there, what was asked then is asked again."""
    piece = "/cdx/" if endpoint == "index" else f"/web/{('2018', '2019', '2020', '2024')[number - 1]}"
    archive = setting.archive
    if endpoint == "capture":
        archive.always[piece] = Silence(30)
    archive_asked = archive.asked

    def due() -> bool:
        return sum(piece in asked.path for asked in archive_asked) >= (number if endpoint == "index" else 1)

    setting.killed_when(due)
    archive.always.clear()
    code, out, err = setting.run()
    assert (code, err) == (0, "")
    assert "7 put into the history" in out
    assert_well(setting)
    again = repeated(archive)
    assert len(again) <= 1
    assert all(piece in path and count == 2 for path, count in again.items())


def test_an_import_that_is_killed_while_it_writes_the_history_has_written_all_of_it_or_nothing(
    setting: Setting,
) -> None:
    def is_in_the_middle() -> bool:
        return any("/web/2024" in asked.path for asked in setting.archive.asked)

    setting.killed_when(is_in_the_middle)
    with Database.open(f"sqlite:///{setting.database}") as database:
        assert len(History(database).snapshots()) in {0, 4}
        assert Scene(database).faults() == []
    assert setting.run()[0] == 0
    assert_well(setting)


def test_without_an_archive_it_says_so_and_what_was_had_is_in_the_history(setting: Setting) -> None:
    setting.archive.always["/web/2024"] = Silence(0)
    code, out, err = setting.run()
    assert (code, err.count("\n")) == (3, 2)
    assert err.startswith("left out: 20240301120000/")
    assert "cannot be had today; start it again another day" in err
    assert "5 put into the history" in out
    setting.archive.always.clear()
    code, out, err = setting.run()
    assert (code, err) == (0, "")
    assert "2 put into the history" in out
    assert_well(setting)


def test_captures_beside_checks_of_our_own_fit_in_and_later_ones_wait_for_the_next_check(setting: Setting) -> None:
    scene = Scene.of(setting.database)
    hours = (datetime(2023, 6, 1, tzinfo=UTC) - datetime(2024, 1, 1, tzinfo=UTC)).total_seconds() / 3600
    scene.looks(hours, page(1))
    code, out, _ = setting.run()
    assert code == 0
    assert "5 put into the history" in out
    assert "2 wait: they are later than the last good check" in out
    scene.looks(10_000, page(2))
    assert setting.run()[0] == 0
    assert [first.year for _, first, _ in scene.states()] == [2018, 2019, 2021, 2023, 2024, 2025]
    assert scene.faults() == []
    scene.database.close()


def test_times_and_further_addresses_are_taken_from_the_command_line(setting: Setting) -> None:
    setting.archive.kept.append(Kept("20210601120000", "https://elsewhere.example/page/", page(1, without=[2])))
    code, out, _ = setting.run(
        "--from", "2021-01-01", "--to", "2022-12-31", "--also", "https://elsewhere.example/page/"
    )
    assert code == 0
    assert "3 put into the history" in out
