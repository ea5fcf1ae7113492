"""A check that is killed between any two of its steps is made good by the next: nothing lost, nothing told twice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storage.database import Database
from storage.history import History
from tests.kills.points import Point
from tests.kills.setting import Installation, all_is_well
from tests.kills.workers import Fate, Forge, Order, forging

pytestmark = pytest.mark.timeout(300)

TABLES = {
    "insert body", "insert check", "insert snapshot", "update check", "update watch", "update report_version",
    "insert report_version", "insert change", "insert alert", "insert alert_check",
}  # fmt: skip


def test_a_check_may_be_killed_at_every_named_point(installation: Installation, tmp_path: Path) -> None:
    before = tmp_path / "before"
    with forging(installation.config, installation.now) as forge:
        shutil.copytree(installation.folder, before)
        installation.publish(1)
        path = _killed_at(None, installation, before, forge).points
        installation.seen += installation.served
        all_is_well(installation)
        _has_all_points(path)
        for fatal in range(len(path)):
            fate = _killed_at(fatal, installation, before, forge)
            assert (fate.killed, fate.points) == (True, path[: fatal + 1])
            assert _stored(installation) == (2 if Point.COMMITTED in fate.points else 1)
            assert len(installation.mails()) == (1 if Point.RENAMED in fate.points else 0)
            assert forge.check(Order(installation.wait())).code == 0
            all_is_well(installation)


def _killed_at(fatal: int | None, installation: Installation, before: Path, forge: Forge) -> Fate:
    """A check of the changed page, from where all was before it."""
    shutil.rmtree(installation.folder)
    shutil.copytree(before, installation.folder)
    return forge.check(Order(installation.wait(), fatal))


def _has_all_points(path: tuple[str, ...]) -> None:
    named = [point for point in path if point in set(Point)]
    assert [point for number, point in enumerate(named) if point not in named[:number]] == list(Point)
    written = path[path.index(Point.STORE) : path.index(Point.COMMIT)]
    assert set(written) >= TABLES


def _stored(installation: Installation) -> int:
    with Database.open(f"sqlite:///{installation.path}") as database:
        return len(History(database).checks())
