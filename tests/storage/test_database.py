"""The file: made, recognised, and every way in which it can be the wrong one or out of reach."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from storage.database import Database
from storage.errors import Busy, NotADatabase, StorageError, Unwritable
from storage.history import History
from tests.domain.records import page, report
from tests.storage.pages import Story, url_of
from tests.storage.workers import output_of, started

SHORT = timedelta(seconds=0.05)


def test_a_database_is_made_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "50% of’it" / "new" / "monitor.db"
    with Database.open(url_of(path)) as database:
        assert database.path == path
        assert path.exists()


def test_every_connection_writes_ahead_in_full_and_holds_to_foreign_keys(database: Database) -> None:
    with database.read() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 2, 1, 10_000]


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.touch()
    with Database.open(url_of(path)) as database:
        assert History(database).watches() == ()


def _other_program(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE alembic_version (version_num TEXT)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")
    other.close()


def _marked_by_another(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA application_id = 7")
    other.close()


def _text(path: Path) -> None:
    path.write_text("Dear colleagues, " * 400)


def _short(path: Path) -> None:
    path.write_bytes(b"no")


@pytest.mark.parametrize("make", [_other_program, _marked_by_another, _text, _short])
def test_a_file_of_another_kind_or_program_is_refused_and_untouched(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "monitor.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(NotADatabase, match=r"monitor\.db: is .*database.*name another file in storage\.url"):
        Database.open(url_of(path))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["monitor.db"]


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotADatabase, match=r"is a folder; name a file in storage\.url"):
        Database.open(url_of(tmp_path))


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with Database.open(url_of(path)) as database:
        Story.of(database).reads(page(report("a", text="text " * 5000)), 0)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    expected = r"monitor\.db: is damaged \(.*malformed\); put a backup in its place"
    with pytest.raises(NotADatabase, match=expected), Database.open(url_of(path)) as database:
        History(database).snapshots()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://user:secret@db/monitor", "storage.url: postgresql is not supported"),
        ("monitor.db", "storage.url: is not an address"),
        ("sqlite://host:port/monitor.db", "storage.url: is not an address"),
        ("sqlite://", "storage.url: must name a file"),
        ("sqlite:///:memory:", "storage.url: must name a file"),
        ("sqlite:////tmp/monitor.db?mode=ro", "storage.url: must name a file and no options"),
    ],
)
def test_an_address_that_is_no_file_is_told_without_its_secrets(url: str, message: str) -> None:
    with pytest.raises(StorageError, match=message) as told:
        Database.open(url)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("path", ["/proc/monitor.db", "/proc/none/monitor.db", "/dev/null/monitor.db"])
def test_a_place_where_nothing_can_be_made_is_told(path: str) -> None:
    with pytest.raises(Unwritable, match=rf"^{path}: .*(permissions|storage\.url)$"):
        Database.open(f"sqlite:///{path}")


def test_a_database_that_another_program_holds_is_told_after_the_wait(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    Database.open(url_of(path)).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Database.open(url_of(path), busy_timeout=SHORT) as database:
        assert History(database).watches() == ()
        with pytest.raises(Busy, match=r"monitor\.db: another program holds the database"), database.write():
            pass
    other.execute("ROLLBACK")
    other.close()


def test_a_new_database_that_another_program_holds_is_told(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Busy):
        Database.open(url_of(path), busy_timeout=SHORT)
    other.close()


def test_a_full_disk_is_told_and_loses_nothing(database: Database) -> None:
    story, history = Story.of(database), History(database)
    story.reads(page(report("a")), 0)
    with database.read() as connection:
        connection.exec_driver_sql(
            "PRAGMA max_page_count = 1"
        )  # no fewer than there are: every further page is refused
    with pytest.raises(Unwritable, match=r"no room to write \(database or disk is full\); free some space"):
        story.reads(page(report("b")), 1, body=Random(1).randbytes(100_000))  # noqa: S311 - it does not pack
    assert [check.started_at for check in history.checks()] == [history.snapshots()[0].captured_at]


def test_a_database_that_may_only_be_read_answers_and_refuses_to_be_written(database: Database) -> None:
    story = Story.of(database)
    with database.read() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(Unwritable, match=r"cannot be read and written \(attempt to write a readonly database\)"):
        story.fails(0)
    assert History(database).checks() == ()


def test_a_file_that_may_grow_no_further_keeps_all_that_was_stored(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with started("fill_the_disk", path) as filling:
        number, _, message = output_of(filling).partition(" ")
    assert message.startswith(f"{path}: ")
    with Database.open(url_of(path)) as database:
        history = History(database)
        assert len(history.checks()) == int(number)
        assert [one.text[:1] for one in history.page(int(number)).reports] == [str(int(number) - 1)[:1]]
        with database.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
