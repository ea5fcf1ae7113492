"""What an upgrade leaves behind: a copy of the database before it, and word of who made it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

import storage.migrate
from storage.database import NEWEST_REVISION, Database
from storage.errors import Busy, MigrationFailed, NewerDatabase, NotADatabase, StorageError
from storage.inspection import look_inside
from tests.storage.pages import url_of
from tests.storage.workers import output_of, started


def dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def copy_of(path: Path) -> Path:
    return path.with_name("monitor.db.revision-0001.backup")


def written_by(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT revision, program FROM upgrade ORDER BY revision").fetchall()


def test_the_database_is_copied_before_it_is_upgraded(old: Path) -> None:
    before = dumped(old)
    with Database.open(url_of(old), program="0.5.0") as database:
        assert database.backup_made == copy_of(old)
    assert dumped(copy_of(old)) == before
    assert copy_of(old).stat().st_mode & 0o777 == 0o600
    with Database.open(url_of(old)) as database:
        assert database.backup_made is None


def test_a_new_database_has_nothing_to_be_copied(tmp_path: Path) -> None:
    with Database.open(url_of(tmp_path / "monitor.db")) as database:
        assert database.backup_made is None
    assert not list(tmp_path.glob("*.backup"))


def test_the_copy_can_be_put_back_and_upgraded_again(old: Path) -> None:
    Database.open(url_of(old)).close()
    upgraded = dumped(old)
    shutil.copy(copy_of(old), old)
    with Database.open(url_of(old)) as database:
        assert database.backup_made == copy_of(old)
    assert dumped(old) == upgraded


def test_processes_that_upgrade_at_once_make_one_copy_of_the_old_state(old: Path) -> None:
    before = dumped(old)
    with ExitStack() as all_of_them:
        opening = [all_of_them.enter_context(started("open_at_once", old, "0")) for _ in range(4)]
        assert [output_of(process) for process in opening] == [""] * 4
    assert dumped(copy_of(old)) == before
    assert not list(old.parent.glob("*.part"))


def test_an_upgrade_that_fails_names_the_copy_and_keeps_it(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("CREATE TABLE alert_check (id INTEGER)")
        connection.commit()
    before = dumped(old)
    expected = (
        rf"monitor\.db: the upgrade from revision 0001 failed \(table .*\); it is as it was, and {copy_of(old)} is"
    )
    for _ in range(2):
        with pytest.raises(MigrationFailed, match=expected) as told:
            Database.open(url_of(old))
        assert len(str(told.value).splitlines()) == 1
        assert dumped(old) == before == dumped(copy_of(old))


def test_another_program_that_holds_the_database_is_no_failed_upgrade(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_connection: Connection) -> None:
        other = sqlite3.connect(old, timeout=0)
        try:
            other.execute("INSERT INTO robots VALUES ('a', 200, '', 0)")
        finally:
            other.close()

    upgrade: Callable[[Connection], None] = storage.migrate.upgrade
    monkeypatch.setattr(storage.migrate, "upgrade", locked)
    with pytest.raises(Busy):
        Database.open(url_of(old))
    monkeypatch.setattr(storage.migrate, "upgrade", upgrade)
    Database.open(url_of(old)).close()


def test_with_no_room_for_the_copy_nothing_is_upgraded(old: Path) -> None:
    before = dumped(old)
    with started("upgrade_on_a_full_disk", old, "40000") as upgrading:
        told = output_of(upgrading)
    assert old.stat().st_size > 40_000
    assert told.startswith(f"{old}: is not upgraded, as no copy of it can be made before: {copy_of(old)}: ")
    assert len(told.splitlines()) == 1
    assert dumped(old) == before
    assert not list(old.parent.glob("*.backup*"))


def test_a_damaged_database_is_not_upgraded(old: Path) -> None:
    content = bytearray(old.read_bytes())
    content[8192:40960] = b"\xaa" * 32768
    old.write_bytes(content)
    with pytest.raises(NotADatabase, match=r"monitor\.db: is damaged"):
        Database.open(url_of(old))


def test_the_database_tells_who_wrote_it(tmp_path: Path, old: Path) -> None:
    Database.open(url_of(tmp_path / "new.db"), program="0.5.0").close()
    Database.open(url_of(old), program="0.5.0").close()
    assert written_by(tmp_path / "new.db") == written_by(old) == [(NEWEST_REVISION, "0.5.0")]
    inside = look_inside(old, "integrity_check")
    assert (inside.revision, inside.program) == (NEWEST_REVISION, "0.5.0")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("INSERT INTO upgrade VALUES ('0099', '0.7.0')", "version 0.7.0 of the program wrote it"),
        ("DELETE FROM upgrade", "a newer version of the program wrote it"),
        ("DROP TABLE upgrade", "a newer version of the program wrote it"),
        ("ALTER TABLE upgrade RENAME COLUMN program TO version", "a newer version of the program wrote it"),
    ],
)
def test_an_older_program_is_told_which_version_wrote_it(tmp_path: Path, statement: str, told: str) -> None:
    path = tmp_path / "monitor.db"
    Database.open(url_of(path), program="0.7.0").close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
        connection.execute(statement)
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(NewerDatabase) as refused:
        Database.open(url_of(path), program="0.5.0")
    way_out = "upgrade the program, or `restore` a backup"
    assert str(refused.value) == f"{path}: {told} (revision 0099), this is version 0.5.0; {way_out}"
    assert path.read_bytes() == before
    assert isinstance(refused.value, StorageError)
