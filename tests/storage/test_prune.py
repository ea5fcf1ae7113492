"""What pruning takes away, what it never touches, and that all which is asked afterwards is answered as before."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from domain.alert import AlertKind, AlertState
from domain.check import Unchanged
from schedules.replay import replay
from storage.auditor import audited
from storage.database import Database
from storage.errors import Busy
from storage.history import History
from storage.outbox import Outbox
from storage.prune import ASKED_AGAIN_WITHIN, Limits, Pruned, give_back, prunable, prune
from storage.replay import Replays
from tests.domain.records import page, report
from tests.storage.histories import tell
from tests.storage.pages import ADDRESS, READER, Story, answer, digests, hour, owed, url_of
from tests.storage.rereading import READER_2, REVISIONS, short_sighted
from tests.storage.rereading import told as told_by_one_who_sees_less
from tests.storage.workers import output_of, started

EVER = hour(10_000)
NOTHING = Pruned(0, 0, 0, 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "monitor.db"
    with Database.open(url_of(path)) as database:
        tell(database)
    return path


@pytest.fixture
def told(made: Path, tmp_path: Path) -> Iterator[Database]:
    with Database.open(url_of(Path(shutil.copy(made, tmp_path / "told.db")))) as database:
        yield database


def checks_of(database: Database) -> list[int]:
    return sorted(check.id for check in History(database).checks())


def dumped(database: Database) -> list[str]:
    with closing(sqlite3.connect(database.path)) as connection:
        return list(connection.iterdump())


def is_well(database: Database) -> bool:
    return all(part.faults == () for part in audited(database))


def test_what_proves_nothing_goes_and_all_else_stays(told: Database) -> None:
    history, outbox = History(told), Outbox(told)
    before = history.changes(quiet=True), history.snapshots(), history.standings(), outbox.alerts()
    pages = [history.page(one.id) for one in history.snapshots()], [history.body(one.id) for one in history.snapshots()]
    reports = [history.reports(ADDRESS), history.reports("other")]
    letters = [outbox.letter(alert.id) for alert in outbox.alerts()]
    pruned = prune(told, Limits(EVER, None), EVER)
    # Gone: confirmations between the first and the last, and of runs of trouble what is neither end nor told of.
    assert (pruned.checks, pruned.alerts) == (5, 0)
    assert checks_of(told) == [1, 2, 3, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24]
    assert (history.changes(quiet=True), history.snapshots(), history.standings(), outbox.alerts()) == before
    assert ([history.page(one.id) for one in history.snapshots()], pages[1]) == pages
    assert [history.body(one.id) for one in history.snapshots()] == pages[1]
    assert [history.reports(ADDRESS), history.reports("other")] == reports
    assert [outbox.letter(alert.id) for alert in outbox.alerts()] == letters
    assert is_well(told)


def test_what_would_go_is_counted_and_left(told: Database) -> None:
    before = dumped(told)
    counted = prunable(told, Limits(EVER, EVER), EVER)
    assert dumped(told) == before
    assert counted == prune(told, Limits(EVER, EVER), EVER)
    assert counted.size > 0
    assert prunable(told, Limits(EVER, EVER), EVER) == prune(told, Limits(EVER, EVER), EVER) == NOTHING


def test_nothing_goes_where_nothing_is_said_to_be_old(told: Database) -> None:
    before = dumped(told)
    assert prune(told, Limits(None, None), EVER) == NOTHING
    assert dumped(told) == before


@pytest.mark.parametrize("at", range(0, 24, 3))
def test_whatever_is_old_the_rest_is_well_and_the_history_goes_on(told: Database, at: int) -> None:
    recent = {check.id for check in History(told).checks() if check.started_at >= hour(at)}
    prune(told, Limits(hour(at), hour(at)), EVER)
    assert is_well(told)
    assert recent <= set(checks_of(told))
    story = Story.of(told)
    story.reads(page(report("a"), report("new")), 30)
    story.fails(31)
    assert is_well(told)


def test_the_checks_of_trouble_that_is_not_over_all_stay(database: Database) -> None:
    story = Story.of(database)
    story.reads(page(report("a")), 0)
    for at in range(1, 9):
        story.fails(at)
    assert prune(database, Limits(EVER, None), EVER) == NOTHING
    story.sees_the_same(9)
    assert prune(database, Limits(EVER, None), EVER).checks == 6
    assert checks_of(database) == [1, 2, 9, 10]
    assert is_well(database)


def test_the_answers_that_only_old_checks_had_go_and_those_that_others_lean_on_stay(database: Database) -> None:
    story = Story.of(database)
    text = "We inspected. " * 400
    story.reads(page(report("a")), 0, body=text.encode())
    for at in range(1, 6):
        story.finds(Unchanged(answer(f"{text}{at}".encode())), at)
    story.reads(page(report("b")), 6, body=f"{text}new".encode())
    pruned = prune(database, Limits(EVER, None), EVER)
    assert (pruned.checks, pruned.bodies) == (3, 3)
    with database.read() as connection:
        kept = connection.exec_driver_sql("SELECT size - ?, base FROM body ORDER BY id", (len(text),)).all()
    assert kept == [(0, None), (1, 1), (1, 1), (3, 1)]
    assert is_well(database)


def test_alerts_that_are_done_with_go_and_their_checks_may(database: Database) -> None:
    story, outbox = Story.of(database), Outbox(database)
    story.reads(page(report("a")), 0)
    for at in range(1, 7):
        story.reads(page(report("a", text=f"Edit {at}.")), at, owed=owed(AlertKind.CHANGES, READER))
    outbox.sent(1, hour(6))
    outbox.refused(2, hour(6), "550 no such user")
    outbox.cancel([3], "called off")
    outbox.sent(4, hour(2000))
    outbox.cancel([6], "called off")
    pruned = prune(database, Limits(None, hour(1000)), EVER)
    assert pruned.alerts == 2
    left = {alert.id: alert.state for alert in outbox.alerts()}
    pending, sent, failed, cancelled = AlertState.PENDING, AlertState.SENT, AlertState.FAILED, AlertState.CANCELLED
    assert left == {
        2: failed,
        4: sent,
        5: pending,
        6: cancelled,
    }  # the last one keeps its number from being given again
    assert is_well(database)
    assert outbox.letter(5).follows == (outbox.letter(2).alert.message_id,)


def test_a_digest_goes_only_when_its_day_is_long_past(database: Database) -> None:
    story, outbox = Story.of(database), Outbox(database)
    story.reads(page(report("a")), 0)
    for at in (1, 2):
        story.reads(page(report("a", text=f"{at}")), at, owed=owed(AlertKind.CHANGES, READER, slots=digests(at + 20)))
    for alert in (1, 2):
        outbox.sent(alert, hour(30))
    soon, late = hour(30) + ASKED_AGAIN_WITHIN, hour(31) + ASKED_AGAIN_WITHIN
    assert prunable(database, Limits(None, soon), soon).alerts == 0
    assert prunable(database, Limits(None, late), late).alerts == 1


def test_a_digest_that_waits_tells_after_it_what_it_told_before(database: Database) -> None:
    story, outbox = Story.of(database), Outbox(database)
    story.reads(page(report("a")), 0)
    story.reads(page(report("b")), 1, owed=owed(AlertKind.CHANGES, READER, slots=digests(4.5)))
    for at in range(2, 9):
        story.sees_the_same(at)
    before = outbox.letter(1)
    assert prune(database, Limits(EVER, None), EVER).checks == 3
    assert outbox.letter(1) == before


def test_a_pruned_history_can_be_read_again(database: Database) -> None:
    told = told_by_one_who_sees_less(database, short_sighted)
    for at in range(10, 20):
        told.finds(Unchanged(answer(REVISIONS[-1] + b"<!-- %d -->" % at)), at)
    assert prune(database, Limits(EVER, None), EVER).checks == 8
    replay(ADDRESS, replays=Replays(database), reader=READER_2, apply=True, note=lambda _: None)
    assert is_well(database)
    assert History(database).snapshots()[0].confirmed_until == hour(19)


def test_the_file_gets_smaller_on_request(told: Database) -> None:
    prune(told, Limits(EVER, EVER), EVER)
    give_back(told)
    with told.read() as connection:
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert is_well(told)


def test_a_file_that_another_writes_to_is_not_made_smaller(told: Database) -> None:
    with (
        Database.open(url_of(told.path)) as other,
        Database.open(url_of(told.path), busy_timeout=timedelta(0)) as mine,
        other.write(),
        pytest.raises(Busy),
    ):
        give_back(mine)


def test_a_pruning_that_is_killed_at_any_step_takes_nothing_away(made: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(made, tmp_path / "monitor.db"))
    with started("be_killed_while_pruning", path) as killed:
        killings, checks = output_of(killed).split()
    assert int(killings) >= 8
    assert checks == "19"
