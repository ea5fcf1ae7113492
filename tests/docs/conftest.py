"""The installation that the pages of `docs` ask: what `demo --keep demo` leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli import main as front


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which `demo` is."""
    folder = tmp_path_factory.mktemp("docs")
    with pytest.raises(SystemExit) as stop:
        front.main(["demo", "--keep", str(folder / "demo")])
    assert stop.value.code == 0
    return folder
