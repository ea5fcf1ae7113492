"""`init`: where the file goes, and what it does not overwrite."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import main as front
from cli.commands.init import TEMPLATE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, of somebody who has no settings yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HMICFRS_MONITOR_CONFIG", raising=False)
    return tmp_path


def init(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        front.main([*arguments])
    assert isinstance(stop.value.code, int)
    return stop.value.code


def test_it_writes_into_the_working_folder_and_overwrites_nothing_unless_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init("init") == 0
    written = folder / "hmicfrs-monitor.toml"
    assert written.read_text(encoding="utf-8") == TEMPLATE
    written.write_text("[mail]\n", encoding="utf-8")
    assert init("init") == 2
    assert "hmicfrs-monitor.toml: is there already; --force overwrites it" in capsys.readouterr().err
    assert written.read_text(encoding="utf-8") == "[mail]\n"
    assert init("init", "--force") == 0
    assert written.read_text(encoding="utf-8") == TEMPLATE


def test_it_writes_the_file_that_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HMICFRS_MONITOR_CONFIG", str(folder / "by-environment.toml"))
    assert init("init") == 0
    assert init("--config", str(folder / "by-flag.toml"), "init") == 0
    assert sorted(path.name for path in folder.iterdir()) == ["by-environment.toml", "by-flag.toml"]


def test_a_place_that_cannot_be_written_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init("--config", str(folder / "none" / "settings.toml"), "init") == 2
    assert "settings.toml: cannot be written: No such file or directory" in capsys.readouterr().err
