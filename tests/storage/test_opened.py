"""The history opened from Python: by its file, left as it is, with times that have a zone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import NewerDatabase, NotADatabase, StorageError
from storage.history import History
from tests.domain.records import page, report
from tests.storage.pages import ADDRESS, START, Story, hour, url_of

NAIVE = START.replace(tzinfo=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database whose name no address could hold as it is."""
    place = tmp_path / "who? 100% #1.db"
    made = tmp_path / "monitor.db"
    with Database.open(url_of(made)) as database:
        story = Story.of(database)
        story.reads(page(report("a")), 0)
        story.reads(page(report("a"), report("b")), 1)
    return made.rename(place)


def test_it_is_opened_by_path_or_address(path: Path, tmp_path: Path) -> None:
    for place in (path, str(path)):
        with History.open(place) as history:
            assert history.watches() == (ADDRESS,)
    plain = tmp_path / "plain.db"
    path.rename(plain)
    with History.open(url_of(plain)) as history:
        assert len(history.changes()) == 1
        assert history.page(2).reports == (report("a"), report("b"))
        assert history.body(2) == repr(history.page(2)).encode()


def test_asking_leaves_the_file_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    with History.open(path) as history:
        history.reports(ADDRESS)
        history.timeline("report a")
        history.since(hour(0))
        history.snapshot_at(ADDRESS, hour(1))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_it_may_be_asked_while_others_write(path: Path, tmp_path: Path) -> None:
    plain = path.rename(tmp_path / "plain.db")
    with History.open(plain) as history, Database.open(url_of(plain)) as database:
        Story.of(database).reads(page(report("c")), 2)
        assert len(history.snapshots()) == 3
        with closing(sqlite3.connect(plain, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert len(history.changes()) == 4


@pytest.mark.parametrize("content", [None, b""])
def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "nowhere" / "monitor.db"
    if content is not None:
        path.parent.mkdir()
        path.write_bytes(content)
    with pytest.raises(StorageError, match=r"monitor\.db: there is no database; name the file of storage\.url"):
        History.open(path)
    assert path.exists() is (content is not None)
    with pytest.raises(StorageError, match="there is no database"):
        History.open(tmp_path)


def test_what_is_no_database_of_ours_is_refused(tmp_path: Path) -> None:
    text, other = tmp_path / "diary.txt", tmp_path / "other.db"
    text.write_bytes(b"Dear diary, today nothing was published." * 40)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE note (text)")
    for place in (text, other):
        with pytest.raises(NotADatabase):
            History.open(place)
    with pytest.raises(StorageError, match="postgresql is not supported"):
        History.open("postgresql://localhost/monitor")


def test_an_older_database_is_not_upgraded_but_named(old: Path) -> None:
    before = old.read_bytes()
    with pytest.raises(StorageError, match=r"is of revision 0001, .* `hmicfrs-monitor status` upgrades it"):
        History.open(old)
    assert old.read_bytes() == before


def test_a_newer_database_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
        connection.commit()
    with pytest.raises(NewerDatabase, match="revision 0099"):
        History.open(path)


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("since", lambda history: history.changes(since=NAIVE)),
        ("until", lambda history: history.changes(until=NAIVE)),
        ("at", lambda history: history.snapshot_at(ADDRESS, NAIVE)),
        ("at", lambda history: history.known_at(ADDRESS, NAIVE)),
        ("at", lambda history: history.reports(ADDRESS, NAIVE)),
        ("begin", lambda history: history.since(NAIVE)),
        ("until", lambda history: history.since(START, until=NAIVE)),
        ("at", lambda history: history.search("report", at=NAIVE)),
        ("since", lambda history: history.search("report", since=NAIVE)),
        ("until", lambda history: history.search("report", until=NAIVE)),
    ],
)
def test_a_time_without_a_zone_is_refused_by_its_name(path: Path, name: str, ask: Callable[[History], object]) -> None:
    with (
        History.open(path) as history,
        pytest.raises(ValueError, match=f"^{name}: 2024-02-09 09:00:00 has no time zone"),
    ):
        ask(history)


def test_a_time_of_any_zone_is_the_same_time(path: Path) -> None:
    there: datetime = hour(1).astimezone(timezone(timedelta(hours=-7)))
    with History.open(path) as history:
        assert history.known_at(ADDRESS, there) == history.known_at(ADDRESS, hour(1))
        assert history.changes(since=there) == history.changes(since=hour(1))
        assert history.search("report", since=there) == history.search("report", since=hour(1))
