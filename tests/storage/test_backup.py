"""Backups: one whole file beside whatever is at work, and never in the place of another."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.auditor import PARTS, audited
from storage.backup import Backup, back_up, stamp
from storage.database import Database
from storage.errors import NotADatabase, StorageError, Unwritable
from storage.history import History
from storage.outbox import Outbox
from tests.domain.records import page, report
from tests.storage.histories import tell
from tests.storage.pages import Story, url_of
from tests.storage.workers import output_of, started

WAIT = timedelta(seconds=5)


def dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_a_backup_is_one_file_with_all_that_the_database_has(database: Database, tmp_path: Path) -> None:
    tell(database)
    place = tmp_path / "backups" / "it’s 50%.db"
    place.parent.mkdir()
    made = back_up(database.path, place, WAIT)
    assert database.path.with_name("monitor.db-wal").stat().st_size  # so that not all of it was in the file itself
    assert [file.name for file in place.parent.iterdir()] == [place.name]
    assert (made.path, made.size, made.sha256) == (
        place,
        place.stat().st_size,
        hashlib.sha256(place.read_bytes()).hexdigest(),
    )
    assert (made.inside.checks, made.inside.snapshots) == (len(History(database).checks()), 7)
    assert place.stat().st_mode & 0o777 == 0o600
    assert dumped(place) == dumped(database.path)
    with closing(sqlite3.connect(f"{place.as_uri()}?immutable=1", uri=True)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_backup_in_the_place_of_a_database_is_the_database(database: Database, tmp_path: Path) -> None:
    tell(database)
    copy = tmp_path / "copy" / "monitor.db"
    copy.parent.mkdir()
    back_up(database.path, copy, WAIT)
    with Database.open(url_of(copy)) as other:
        assert History(other).changes(quiet=True) == History(database).changes(quiet=True)
        assert Outbox(other).alerts() == Outbox(database).alerts()
        with other.read() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_a_writer_is_not_held_up_and_what_it_has_not_committed_is_not_there(database: Database, tmp_path: Path) -> None:
    story = Story.of(database)
    story.reads(page(report("a")), 0)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE watch SET url = 'half done'")
        back_up(database.path, tmp_path / "copy.db", WAIT)
    assert "half done" not in "".join(dumped(tmp_path / "copy.db"))
    assert story.sees_the_same(1).check.id == 2


def test_backups_while_another_process_stores_are_each_whole(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    Database.open(url_of(path)).close()
    with started("store_changes", path, "one", "60") as storing:
        made: list[Backup] = []
        while storing.poll() is None:
            made.append(back_up(path, tmp_path / f"{len(made)}.db", WAIT))
        assert output_of(storing) == ""
    checks = [one.inside.checks for one in made]
    assert checks == sorted(checks)
    assert len(set(checks)) > 2
    for one in made[:: max(1, len(made) // 5)]:
        with Database.open(url_of(one.path)) as database:
            assert [part.faults for part in audited(database)] == [()] * len(PARTS)


def test_a_file_that_is_there_is_replaced_only_on_request(database: Database, tmp_path: Path) -> None:
    place = tmp_path / "copy.db"
    place.write_text("a letter")
    with pytest.raises(StorageError, match=r"copy\.db: is there already; .*--force"):
        back_up(database.path, place, WAIT)
    assert place.read_text() == "a letter"
    back_up(database.path, place, WAIT, force=True)
    assert dumped(place) == dumped(database.path)


def test_the_database_itself_and_places_that_are_not_there_are_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is the database itself"):
        back_up(database.path, tmp_path / ".." / tmp_path.name / "monitor.db", WAIT, force=True)
    with pytest.raises(Unwritable, match="there is no such folder; make it, or mount its disk"):
        back_up(database.path, tmp_path / "disk" / "copy.db", WAIT)
    with pytest.raises(Unwritable, match="is a folder"):
        back_up(database.path, tmp_path, WAIT, force=True)
    with pytest.raises(Unwritable, match=r"^/proc/copy\.db: cannot be written"):
        back_up(database.path, Path("/proc/copy.db"), WAIT)


def test_a_damaged_database_is_named_and_leaves_no_backup(database: Database, tmp_path: Path) -> None:
    tell(database)
    damaged = tmp_path / "damaged.db"
    back_up(database.path, damaged, WAIT)
    content = bytearray(damaged.read_bytes())
    content[8192:40960] = b"\xaa" * 32768
    damaged.write_bytes(content)
    with pytest.raises(NotADatabase, match=r"damaged\.db: is damaged"):
        back_up(damaged, tmp_path / "copy.db", WAIT)
    assert not list(tmp_path.glob("copy.db*"))


def test_a_full_disk_leaves_the_backup_of_before_and_nothing_half_done(tmp_path: Path) -> None:
    path, place = tmp_path / "monitor.db", tmp_path / "backups" / "copy.db"
    with Database.open(url_of(path)) as database:
        tell(database)
    place.parent.mkdir()
    shutil.copy(path, place)
    before = place.read_bytes()
    with started("back_up_on_a_full_disk", path, str(place)) as backing_up:
        told = output_of(backing_up)
    assert told.startswith(f"{place}: ")
    assert len(told.splitlines()) == 1
    assert place.read_bytes() == before
    assert os.listdir(place.parent) == ["copy.db"]  # noqa: PTH208 - the names


def test_a_kill_leaves_at_most_a_part_beside_the_place(tmp_path: Path) -> None:
    path, place = tmp_path / "monitor.db", tmp_path / "backups" / "copy.db"
    with Database.open(url_of(path)) as database:
        tell(database)
    place.parent.mkdir()
    with started("be_killed_while_backing_up", path, str(place)) as killed:
        killings = int(output_of(killed))
    assert killings >= 4
    assert dumped(place) == dumped(path)


def test_the_names_of_backups_sort_by_time() -> None:
    assert stamp(datetime(2024, 2, 9, 9, 5, 7, tzinfo=UTC)) == "20240209T090507Z"
