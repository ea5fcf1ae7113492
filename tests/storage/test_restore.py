"""Backups put back: what is refused, what is kept, and that a kill leaves one database or the other."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage.auditor import PARTS, audited
from storage.backup import back_up
from storage.database import Database
from storage.errors import Busy, LockHeld, NewerDatabase, NotADatabase, StorageError, Unwritable
from storage.history import History
from storage.lock import run_lock
from storage.restore import Restored, restore
from tests.domain.records import page, report
from tests.storage.histories import tell
from tests.storage.pages import START, Story, hour, url_of
from tests.storage.workers import output_of, started

WAIT = timedelta(seconds=0.1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup."""
    folder = tmp_path_factory.mktemp("made")
    with Database.open(url_of(folder / "monitor.db")) as database:
        tell(database)
    return back_up(folder / "monitor.db", folder / "backup.db", WAIT).path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database that has one check."""
    folder = tmp_path / "data"
    with Database.open(url_of(folder / "monitor.db")) as database:
        Story.of(database).reads(page(report("mine")), 0)
    return folder / "monitor.db"


def put_back(file: Path, path: Path, *, at: float = 0) -> Restored:
    return restore(file, path, hour(at), "0.5.0", WAIT)


def dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def files(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()}


def test_the_backup_is_the_database_and_the_old_one_is_beside_it(made: Path, path: Path) -> None:
    before, new, bytes_of_backup = dumped(path), dumped(made), made.read_bytes()
    path.chmod(0o640)
    done = put_back(made, path)
    assert done.kept == path.with_name("monitor.db.before-restore-20240209T090000Z")
    assert (dumped(path), dumped(done.kept)) == (new, before)
    assert path.stat().st_mode & 0o777 == 0o640
    assert files(path) == {"monitor.db", "monitor.db.lock", done.kept.name}
    assert made.read_bytes() == bytes_of_backup
    assert (done.inside.checks, done.inside.snapshots) == (24, 7)
    with Database.open(url_of(path)) as database:
        assert [part.faults for part in audited(database)] == [()] * len(PARTS)
        Story.of(database).sees_the_same(50)


def test_a_restore_can_be_undone(made: Path, path: Path) -> None:
    before = dumped(path)
    kept = put_back(made, path).kept
    assert kept is not None
    put_back(kept, path, at=1)
    assert dumped(path) == before


def test_what_was_still_in_the_wal_is_kept(made: Path, path: Path, tmp_path: Path) -> None:
    """As after a kill: nobody has it open, and its last transactions are in the -wal alone."""
    with Database.open(url_of(path)) as database:
        Story.of(database).fails(1)
        shutil.copytree(path.parent, tmp_path / "killed")
    killed = tmp_path / "killed" / "monitor.db"
    assert Path(f"{killed}-wal").stat().st_size
    kept = put_back(made, killed).kept
    assert kept is not None
    assert dumped(kept) == dumped(path)
    assert not Path(f"{killed}-wal").exists()


def test_on_a_new_machine_the_folder_is_made(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "data" / "monitor.db"
    done = put_back(made, path)
    assert done.kept is None
    assert dumped(path) == dumped(made)
    assert files(path) == {"monitor.db", "monitor.db.lock"}


def test_a_database_copied_with_its_wal_is_a_backup_too(path: Path, tmp_path: Path) -> None:
    with Database.open(url_of(path)) as database:
        Story.of(database).fails(1)
        shutil.copy(path, tmp_path / "copy.db")
        shutil.copy(f"{path}-wal", tmp_path / "copy.db-wal")
    done = put_back(tmp_path / "copy.db", path)
    assert done.inside.checks == 2


def test_a_backup_of_an_older_program_is_upgraded_when_it_is_opened(old: Path, path: Path) -> None:
    done = put_back(old, path)
    assert done.inside.revision == "0001"
    with Database.open(url_of(path)) as database:
        assert database.backup_made is not None
        assert len(History(database).checks()) == done.inside.checks


def test_while_a_run_of_checks_is_under_way_nothing_is_restored(made: Path, path: Path) -> None:
    before = dumped(path)
    with run_lock(path, "hmicfrs-monitor run", START), pytest.raises(LockHeld, match="hmicfrs-monitor run"):
        put_back(made, path)
    assert dumped(path) == before


def test_who_has_the_database_open_is_waited_for_and_then_told(made: Path, path: Path) -> None:
    before = dumped(path)
    with Database.open(url_of(path)) as other:
        History(other).watches()
        with pytest.raises(Busy, match=r"monitor\.db: another program holds the database"):
            put_back(made, path)
    assert dumped(path) == before
    assert not list(path.parent.glob("*.part")) + list(path.parent.glob("*before*"))
    put_back(made, path)


def _nothing(_backup: Path, _made: Path) -> None:
    """No such file."""


def _letter(backup: Path, _made: Path) -> None:
    backup.write_text("Dear colleagues, " * 4000)


def _empty(backup: Path, _made: Path) -> None:
    backup.touch()


def _foreign(backup: Path, _made: Path) -> None:
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")


def _cut(backup: Path, made: Path) -> None:
    backup.write_bytes(made.read_bytes()[: made.stat().st_size // 2])


def _garbled(backup: Path, made: Path) -> None:
    content = bytearray(made.read_bytes())
    content[len(content) // 2 :] = b"\xaa" * (len(content) - len(content) // 2)
    backup.write_bytes(content)


def _headless(backup: Path, made: Path) -> None:
    backup.write_bytes(b"\xaa" * 100 + made.read_bytes()[100:])


def _index_astray(backup: Path, made: Path) -> None:
    shutil.copy(made, backup)
    with closing(sqlite3.connect(backup, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'started_at', 'duration_ms') WHERE name LIKE 'ix_check_w%'"
        )


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_nothing, "there is no such file"),
        (_letter, "is not a database; name another backup"),
        (_empty, "is not a database of this program"),
        (_foreign, "is not a database of this program"),
        (_cut, "is damaged"),
        (_garbled, "is damaged"),
        (_headless, "is not a database"),
        (_index_astray, "is damaged"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_the_database_stays(
    made: Path, path: Path, tmp_path: Path, spoil: Callable[[Path, Path], None], told: str
) -> None:
    backup, before = tmp_path / "backup.db", path.read_bytes()
    spoil(backup, made)
    with pytest.raises(StorageError, match=rf"^{backup}: {told}") as error:
        put_back(backup, path)
    assert len(str(error.value).splitlines()) == 1
    assert path.read_bytes() == before
    assert files(path) == {"monitor.db", "monitor.db.lock"}


def test_a_backup_of_a_newer_program_is_refused(made: Path, path: Path, tmp_path: Path) -> None:
    newer, before = tmp_path / "newer.db", dumped(path)
    shutil.copy(made, newer)
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
        connection.execute("INSERT INTO upgrade VALUES ('0099', '0.7.0')")
        connection.commit()
    with pytest.raises(NewerDatabase, match=r"newer\.db: version 0\.7\.0 of the program .* this is version 0\.5\.0"):
        put_back(newer, path)
    assert dumped(path) == before


def test_the_database_itself_and_a_folder_are_no_backups(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="is the database itself"):
        put_back(path, path)
    with pytest.raises(StorageError, match="is a folder"):
        put_back(tmp_path, path)


@pytest.mark.parametrize("content", [b"\xaa" * 9000, b"no"])
def test_a_damaged_database_is_replaced_and_kept_byte_for_byte(made: Path, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    Path(f"{path}-wal").write_bytes(b"what is left of it")
    kept = put_back(made, path).kept
    assert kept is not None
    assert kept.read_bytes() == content
    assert Path(f"{kept}-wal").read_bytes() == b"what is left of it"
    assert dumped(path) == dumped(made)


def test_the_database_of_another_program_is_left_alone(made: Path, path: Path) -> None:
    path.unlink()
    _foreign(path, made)
    before = path.read_bytes()
    with pytest.raises(NotADatabase, match="is the database of another program"):
        put_back(made, path)
    assert path.read_bytes() == before


def test_a_newer_database_can_be_replaced_by_an_older_backup(made: Path, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
        connection.commit()
    put_back(made, path)
    assert dumped(path) == dumped(made)


def test_where_files_have_one_name_only_the_old_database_is_copied(
    made: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: object) -> None:
        raise OSError(95, "Operation not supported")

    before = dumped(path)
    monkeypatch.setattr(Path, "hardlink_to", refused)
    kept = put_back(made, path).kept
    assert kept is not None
    assert (dumped(kept), dumped(path)) == (before, dumped(made))


def test_a_link_to_the_database_is_followed(made: Path, path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    done = put_back(made, link)
    assert link.is_symlink()
    assert dumped(path) == dumped(made)
    assert done.kept is not None
    assert done.kept.parent == path.parent


def test_a_full_disk_leaves_the_database_as_it_was(made: Path, path: Path) -> None:
    before = path.read_bytes()
    with started("restore_on_a_full_disk", path, str(made)) as restoring:
        told = output_of(restoring)
    assert len(told.splitlines()) == 1
    assert "cannot be written" in told
    assert path.read_bytes() == before
    assert files(path) == {"monitor.db", "monitor.db.lock"}


def test_a_kill_at_any_step_leaves_the_old_database_or_the_new_one(made: Path, path: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with Database.open(url_of(path)) as database:
        Story.of(database).fails(1)
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{old}{suffix}")
    with started("be_killed_while_restoring", path, str(made), str(old)) as killed:
        killings, last = output_of(killed).split()
    assert int(killings) > 15
    assert last == "1"


def test_a_name_that_a_killed_restore_left_is_taken_away(made: Path, path: Path) -> None:
    os.link(path, path.with_name("monitor.db.before-restore-20240101T000000Z"))
    kept = put_back(made, path).kept
    assert kept is not None
    assert files(path) == {"monitor.db", "monitor.db.lock", kept.name}


def test_a_folder_that_cannot_be_made_is_told(made: Path) -> None:
    with pytest.raises(Unwritable, match=r"^/proc/"):
        put_back(made, Path("/proc/none/monitor.db"))
