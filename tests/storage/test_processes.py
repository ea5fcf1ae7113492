"""Several processes and threads at one database, and processes that are killed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from domain.alert import AlertState
from storage.database import Database
from storage.history import History
from storage.outbox import Outbox
from tests.domain.records import page, report
from tests.storage.pages import Story, url_of
from tests.storage.workers import output_of, started


def test_many_processes_may_open_a_new_database_at_the_same_moment(tmp_path: Path) -> None:
    moment = str(time.time() + 3)
    with ExitStack() as all_of_them:
        opening = [
            all_of_them.enter_context(started("open_at_once", tmp_path / "monitor.db", moment)) for _ in range(4)
        ]
        assert [output_of(process) for process in opening] == [""] * 4


def test_two_processes_store_while_two_others_deliver_each_alert_once(tmp_path: Path) -> None:
    path, each = tmp_path / "monitor.db", 30
    with Database.open(url_of(path)) as database, ExitStack() as all_of_them:
        storing = [
            all_of_them.enter_context(started("store_changes", path, watch, str(each))) for watch in ("one", "two")
        ]
        delivering = [all_of_them.enter_context(started("deliver", path, str(2 * each))) for _ in range(2)]
        sent = [int(number) for process in delivering for number in output_of(process).split()]
        assert [output_of(process) for process in storing] == ["", ""]
        alerts = 2 * 2 * (each - 1)
        assert sorted(sent) == list(range(1, alerts + 1))
        assert {alert.attempts for alert in Outbox(database).alerts(AlertState.SENT)} == {1}
        assert len(History(database).changes()) == 2 * (each - 1)


def test_threads_share_a_database(database: Database) -> None:
    def store(watch: str) -> int:
        story = Story.of(database, watch)
        for number in range(20):
            story.reads(page(report("a", text=f"Edit {number} of {watch}.")), number)
        return len(History(database).changes(watch=watch))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(store, "abcdefgh")) == [19] * 8
    assert len(History(database).checks()) == 160


def test_a_check_that_is_killed_at_any_step_of_its_storing_leaves_nothing(tmp_path: Path) -> None:
    with started("be_killed_at_every_step", tmp_path / "monitor.db") as killed:
        killings, *found = output_of(killed).split()
    assert int(killings) > 10
    checks, snapshots, report_versions, changes, alerts, bodies, integrity = found
    assert (checks, snapshots, report_versions, alerts, bodies, integrity) == ("2", "2", "4", "2", "2", "ok")
    assert int(changes) == 3
