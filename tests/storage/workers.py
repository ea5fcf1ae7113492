"""What other processes do to a database in the tests: `started` runs one of the functions below in one of its own."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import event, func, select

from domain.alert import AlertKind
from domain.rereading import Rereading
from schedules.replay import Reader, replay
from storage import backup
from storage.backup import back_up
from storage.database import Database
from storage.errors import Unwritable
from storage.history import History
from storage.inspection import look_inside
from storage.lock import run_lock
from storage.outbox import Outbox
from storage.prune import Limits, prune
from storage.replay import Replays
from storage.restore import restore
from storage.tables import alerts, bodies, changes, checks, report_versions, snapshots
from tests.domain.records import page, report
from tests.storage.pages import ADDRESS, ADMIN, READER, START, Story, hour, owed, url_of

ROOT = Path(__file__).parents[2]


def started(worker: str, path: Path, *words: str) -> subprocess.Popen[str]:
    """A process that runs a function of this module on a database."""
    command = [sys.executable, "-W", "error", "-m", "tests.storage.workers", worker, str(path), *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def output_of(process: subprocess.Popen[str]) -> str:
    """All that a worker prints, after it ended well."""
    output, _ = process.communicate()
    assert process.returncode == 0
    return output


def open_and_tell_whether_alembic_came(path: Path) -> None:
    Database.open(url_of(path)).close()
    _tell("alembic" in sys.modules)


def hold_the_lock(path: Path) -> None:
    with run_lock(path, "`hmicfrs-monitor run`", START):
        _tell("held")
        time.sleep(60)


def open_at_once(path: Path, moment: str) -> None:
    while time.time() < float(moment):
        pass
    Database.open(url_of(path)).close()


def fill_the_disk(path: Path) -> None:
    """Store ever more until the file may not grow, and tell how many checks were stored, and the error."""
    story = Story.of(Database.open(url_of(path)))
    story.reads(page(report("a", text="0")), 0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    stored = 1
    try:
        while stored < 100:
            story.reads(page(report("a", text=str(stored) * 20_000)), stored)
            stored += 1
    except Unwritable as error:
        _tell(stored, error)


def upgrade_on_a_full_disk(path: Path, most: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    try:
        Database.open(url_of(path)).close()
    except Unwritable as error:
        _tell(error)


def back_up_on_a_full_disk(path: Path, place: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
    try:
        back_up(path, Path(place), timedelta(seconds=5), force=True)
    except Unwritable as error:
        _tell(error)


def restore_on_a_full_disk(path: Path, file: str) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
    try:
        restore(Path(file), path, START, "0.5.0", timedelta(seconds=5))
    except Unwritable as error:
        _tell(error)


def be_killed_while_backing_up(path: Path, place: str) -> None:
    """Back up in a child that is killed at its first step, then at its second, until one ends well; tells how often.

    Stops at once where a killed child left anything under the place's own name that is no database of ours.
    """

    def dying(step: int) -> None:
        steps = iter(range(1, 100))
        for module, name in ((backup, "_copy"), (backup, "sync"), (backup, "look_inside"), (Path, "rename")):
            _die_before(module, name, lambda: next(steps) == step)
        back_up(path, Path(place), timedelta(seconds=5))

    for step in range(1, 100):
        if _ends_well(partial(dying, step)):
            _tell(step - 1)
            return
        assert not Path(place).exists() or look_inside(Path(place), "integrity_check").snapshots
        Path(place).unlink(missing_ok=True)


def be_killed_while_restoring(path: Path, file: str, old: str) -> None:
    """Restore in a child that is killed at its first step, then at its second, until one ends well; tells how often.

    `old` is the database that is to be replaced, put in its place anew each time. Tells where neither it nor the backup
    is there as a whole afterwards.
    """
    _lay(Path(old), path)
    whole = [_dumped(path), _dumped(Path(file))]

    def dying(step: int) -> None:
        steps = iter(range(1, 100))
        for owner, name in (
            (os, "open"),
            (os, "fsync"),
            (os, "chmod"),
            (shutil, "copyfile"),
            (Path, "hardlink_to"),
            (Path, "rename"),
            (Path, "unlink"),
            (sqlite3, "connect"),
        ):
            _die_before(owner, name, lambda: next(steps) == step)
        restore(Path(file), path, START, "0.5.0", timedelta(seconds=5))

    for step in range(1, 200):
        _lay(Path(old), path)
        ended_well = _ends_well(partial(dying, step))
        found = _dumped(path)
        assert found in whole, step
        if ended_well:
            _tell(step - 1, whole.index(found))
            return


def _lay(old: Path, path: Path) -> None:
    """Put a database in its place as it would lie there while others have it open: with its -wal."""
    for suffix in ("", "-wal"):
        shutil.copy(f"{old}{suffix}", f"{path}{suffix}")
    Path(f"{path}-shm").unlink(missing_ok=True)
    for other in path.parent.glob(f"{path.name}.before-restore-*"):
        other.unlink()


def _dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return list(connection.iterdump())


def be_killed_while_pruning(path: Path) -> None:
    """Prune in a child that is killed at its first statement, then at its second, until one ends well."""
    whole = _dumped(path)
    for step in range(1, 100):
        if _ends_well(partial(_prune_and_die_at, step, path)):
            with Database.open(url_of(path)) as database:
                _tell(step - 1, len(History(database).checks()))
            return
        assert _dumped(path) == whole, step


def _prune_and_die_at(step: int, path: Path) -> None:
    prune(_dying_at(step, path), Limits(hour(10_000), None), hour(10_000))


def _die_before(owner: object, name: str, is_time: Callable[[], bool]) -> None:
    real = getattr(owner, name)

    def dying(*given: object, **named: object) -> object:
        if is_time():
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **named)

    setattr(owner, name, dying)


def _ends_well(action: Callable[[], None]) -> bool:
    """Whether a child that does something is not killed at it."""
    child = os.fork()
    if child == 0:
        action()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in {0, -signal.SIGKILL}
    return os.waitstatus_to_exitcode(status) == 0


def store_changes(path: Path, watch: str, count: str) -> None:
    with Database.open(url_of(path)) as database:
        story = Story.of(database, watch)
        for number in range(int(count)):
            told = owed(AlertKind.CHANGES, READER, ADMIN) if number else ()
            story.reads(page(report("a", text=f"Edit {number}.")), number, owed=told)


def deliver(path: Path, count: str) -> None:
    """Claim and send until so many alerts are sent by all who do so, and tell which were ours."""
    with Database.open(url_of(path)) as database:
        outbox, history = Outbox(database), History(database)
        while outbox.undelivered(hour(10_000)) or len(history.checks()) < int(count):
            letter = outbox.claim(hour(10_000), hour(10_000), due_only=True)
            if letter is not None:
                outbox.sent(letter.alert.id, hour(10_000))
                _tell(letter.alert.id)


def be_killed_at_every_step(path: Path) -> None:
    """Store one check in a child that is killed at its first statement, then at its second, until one ends well.

    Tells how often a child was killed, and stops at once where anything of its check is to be seen afterwards.
    """
    with Database.open(url_of(path)) as database:
        Story.of(database).reads(page(report("a"), report("b")), 0)
    for step in range(1, 100):
        child = os.fork()
        if child == 0:
            _store_and_die_at(step, path)
        _, status = os.waitpid(child, 0)
        with Database.open(url_of(path)) as database:
            found = _counts(database)
        if os.waitstatus_to_exitcode(status) == 0:
            _tell(step - 1, *found)
            return
        assert found == (1, 1, 2, 0, 0, 1, "ok"), (step, found)


def _store_and_die_at(step: int, path: Path) -> None:
    database = _dying_at(step, path)
    told = owed(AlertKind.CHANGES, READER, ADMIN)
    Story.of(database).reads(page(report("c"), report("a", text="Edited.")), 1, owed=told)
    os._exit(0)


def _dying_at(step: int, path: Path) -> Database:
    """A database whose program is killed at its so-many-th statement that may write, or commit."""
    database = Database.open(url_of(path))
    steps = iter(range(1, 1000))

    def die_at_step(*_given: object) -> None:
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database._writing, "before_cursor_execute", die_at_step)
    event.listen(database._writing, "commit", die_at_step)
    return database


def be_killed_while_replaying(path: Path) -> None:
    """Rewrite a history in a child that is killed at its first statement, then at its second, until one ends well.

    Tells how often a child was killed, and stops at once where anything of its replay is to be seen afterwards.
    """
    with Database.open(url_of(path)) as database:
        story = Story.of(database)
        for at in range(3):
            story.reads(page(report("a", text="Cut.")), at, body=b"abc"[: at + 1])
        old = _told_of(database)
        rereadings: list[Rereading] = []
        letter_by_letter = Reader(2, lambda body, _url, _type: page(*map(report, body.decode())))
        replay(ADDRESS, replays=Replays(database), reader=letter_by_letter, apply=False, note=rereadings.append)
    assert all(rereading.differs for rereading in rereadings)
    for step in range(1, 1000):
        child = os.fork()
        if child == 0:
            Replays(_dying_at(step, path)).rewrite(ADDRESS, rereadings)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        with Database.open(url_of(path)) as database:
            found = _told_of(database)
            if os.waitstatus_to_exitcode(status) == 0:
                (reader,) = {snapshot.reader for snapshot in History(database).snapshots()}
                _tell(step - 1, reader, _integrity(database))
                return
        assert found == old, step


def _told_of(database: Database) -> tuple[object, ...]:
    history = History(database)
    changes, states = history.changes(quiet=True), history.snapshots()
    return changes, states, [history.page(state.id) for state in states], history.reports(ADDRESS)


def _integrity(database: Database) -> object:
    with database.read() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar()


def _counts(database: Database) -> tuple[object, ...]:
    tables = (checks, snapshots, report_versions, changes, alerts, bodies)
    with database.read() as connection:
        counts = [connection.scalar(select(func.count()).select_from(table)) for table in tables]
        return (*counts, connection.exec_driver_sql("PRAGMA integrity_check").scalar())


def _tell(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
