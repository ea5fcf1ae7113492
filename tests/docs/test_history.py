"""`docs/history.md`: every command that it names gives an answer."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cli import main as front

PAGE = (Path(__file__).parent.parent.parent / "docs" / "history.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("|---|---|\n")[2].partition("\n\n")[0]
SHOWN = [line.removeprefix("hmicfrs-monitor ") for line in re.findall(r"^hmicfrs-monitor .*$", PAGE, re.MULTILINE)]
ASKED = [re.findall(r"`(.+)`", line)[0] for line in TABLE.splitlines()]
TRIED_ELSEWHERE = {"import wayback"}  # which asks the archive


@pytest.mark.parametrize("line", sorted({*ASKED, *SHOWN} - TRIED_ELSEWHERE))
def test_every_command_gives_an_answer(
    demo: Path, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line, comments=True)
    with pytest.raises(SystemExit) as stop:
        front.main(["--config", str(demo / "demo" / "hmicfrs-monitor.toml"), *words])
    told = capsys.readouterr()
    assert (stop.value.code, told.err) == (0, "")
    if "-o" in words:
        assert (tmp_path / words[words.index("-o") + 1]).stat().st_size
        return
    assert told.out.strip()
    assert "Nothing" not in told.out


def test_they_are_many() -> None:
    assert len(ASKED) == 10
    assert set(ASKED) >= TRIED_ELSEWHERE
    assert len(SHOWN) > 10
