"""The index: filled when somebody searches, renewed when the past is rewritten, and in nobody's way."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import event

from domain.search import Found
from schedules.replay import replay
from storage.auditor import audited
from storage.backup import back_up
from storage.database import Database
from storage.errors import NoFullText
from storage.history import History
from storage.inspection import look_inside
from storage.prune import Limits, give_back, prune
from storage.replay import Replays
from storage.restore import restore
from tests.domain.records import page, report
from tests.storage.histories import tell
from tests.storage.pages import ADDRESS, Story, hour, url_of
from tests.storage.rereading import READER_2, short_sighted, today, told

A, B = report("a", title="Cleveland"), report("b", title="Norfolk")
WORDS = ("police", "children", "harm", "thematic", "inspect* -wales", '"child protection"')


def one(database: Database, statement: str) -> int:
    with database.read() as connection:
        return int(connection.exec_driver_sql(statement).scalar_one())


def held(database: Database) -> tuple[int, int]:
    """How many states the index holds, and of how many of them it says which they are."""
    return (
        one(database, "SELECT count(*) FROM search_index_docsize"),
        one(database, "SELECT count(*) FROM search_document"),
    )


def all_found(history: History) -> list[tuple[object, ...]]:
    return [
        (words, hit.record, hit.sighting, hit.stands, hit.versions, hit.title, hit.snippet)
        for words in WORDS
        for hit in sorted(history.search(words, limit=1000).hits, key=lambda hit: (hit.record.title, str(hit.sighting)))
    ]


def test_it_is_made_at_the_first_search_and_filled_before_each(
    database: Database, story: Story, history: History
) -> None:
    story.reads(page(A), 0)
    assert one(database, "SELECT count(*) FROM sqlite_master WHERE name LIKE 'search_index%'") == 0
    steps: list[tuple[int, int]] = []
    assert history.search("cleveland", told=lambda done, total: steps.append((done, total))).total == 1
    assert (held(database), steps) == ((2, 2), [(1, 2), (2, 2)])
    story.reads(page(A, B), 1)
    assert history.search("norfolk").total == 1
    assert held(database) == (3, 3)
    history.search("norfolk", told=lambda done, total: steps.append((done, total)))
    assert len(steps) == 2


def test_many_texts_are_indexed_in_several_transactions(
    database: Database, story: Story, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.reads(page(*(report(f"r{number}", title=f"Force number {number}") for number in range(25))), 0)
    monkeypatch.setattr("storage.search_index._AT_ONCE", 10)
    steps: list[tuple[int, int]] = []
    history.search("force", told=lambda done, total: steps.append((done, total)))
    assert steps == [(10, 26), (20, 26), (25, 26), (26, 26)]
    assert history.search("force", limit=100).total == 25
    assert held(database) == (26, 26)


def test_what_is_written_anew_is_found_as_if_it_had_been_so_from_the_start(
    database: Database, history: History, tmp_path: Path
) -> None:
    told(database, short_sighted)
    told(database, today, watch="other")
    before = all_found(history)
    replay(ADDRESS, replays=Replays(database), reader=READER_2, apply=True, note=lambda _: None)
    with Database.open(url_of(tmp_path / "control.db")) as control:
        told(control, today)
        told(control, today, watch="other")
        assert all_found(history) == all_found(History(control)) != before
    assert history.search("police").unread == 0


def test_numbers_that_are_given_again_lead_to_nothing_of_before(
    database: Database, story: Story, history: History
) -> None:
    story.reads(page(A), 0)
    history.search("cleveland")
    last = one(database, "SELECT max(id) FROM search_document")
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM search_document")
        connection.exec_driver_sql("UPDATE report_version SET title = 'Kent'")
    assert history.search("cleveland").total == 0
    assert history.search("kent").total == 1
    assert one(database, "SELECT min(id) FROM search_document") > last


def test_an_index_that_mostly_leads_nowhere_is_made_anew(database: Database, story: Story, history: History) -> None:
    story.reads(page(A, B), 0)
    for number in range(1, 4):
        history.search("cleveland")
        grown, documents = held(database)
        assert documents == 3
        assert grown <= 2 * documents
        with database.write() as connection:
            connection.exec_driver_sql("DELETE FROM search_document")
        assert history.search(f"norfolk OR x{number}").total == 1
    assert all(found.total == 1 for found in (history.search("cleveland"), history.search("clev*")))


def test_while_others_write_what_was_indexed_before_is_searched(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with Database.open(url_of(path), busy_timeout=timedelta(milliseconds=20)) as database:
        story, history = Story.of(database), History(database)
        story.reads(page(A), 0)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            nothing = history.search("cleveland")
        assert (nothing.hits, nothing.unread) == ((), 2)
        history.search("cleveland")
        story.reads(page(A, B), 1)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            some = history.search("cleveland OR norfolk")
        assert ([hit.record for hit in some.hits], some.unread) == ([A], 1)
        assert some.fault is not None
        assert "another program holds the database" in some.fault
        assert history.search("cleveland OR norfolk").total == 2


def test_where_nothing_may_be_written_what_was_indexed_before_is_searched(
    database: Database, story: Story, history: History
) -> None:
    story.reads(page(A), 0)
    history.search("cleveland")
    story.reads(page(A, B), 1)
    database._engine.dispose()
    event.listen(database._engine, "connect", lambda driver, _: driver.execute("PRAGMA query_only = ON"))
    found = history.search("cleveland OR norfolk")
    assert ([hit.record for hit in found.hits], found.unread) == ([A], 1)
    assert "cannot be read and written (attempt to write a readonly database)" in str(found.fault)


def test_several_may_search_at_once(database: Database, history: History) -> None:
    tell(database)
    found: list[Found] = []
    threads = [Thread(target=lambda: found.append(history.search("inspected OR edited"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len({one.total for one in found}) == 1
    grown, documents = held(database)
    assert grown == documents


def test_without_full_text_search_in_sqlite_only_search_fails(
    story: Story, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.reads(page(A), 0)
    story.reads(page(A, B), 1)
    monkeypatch.setattr("storage.search_index.MODULE", "fts99")
    with pytest.raises(NoFullText, match="the SQLite of this Python has no FTS5, which `search` needs"):
        history.search("cleveland")
    assert len(history.changes()) == 1
    story.reads(page(B), 2)


def test_a_database_that_was_searched_is_sound_and_can_be_copied_pruned_and_packed(
    database: Database, history: History, tmp_path: Path
) -> None:
    tell(database)
    before = [hit.record for hit in history.search("inspected OR edited").hits]
    assert before
    assert [part.faults for part in audited(database) if part.faults] == []
    database.tidy()
    prune(database, Limits(hour(10), hour(10)), hour(10_000))
    give_back(database)
    assert [hit.record for hit in history.search("inspected OR edited").hits] == before
    copy = back_up(database.path, tmp_path / "copy.db", timedelta(seconds=1))
    look_inside(copy.path, "integrity_check")
    place = tmp_path / "restored" / "monitor.db"
    restore(copy.path, place, hour(1), "1.0", timedelta(seconds=1))
    with Database.open(url_of(place)) as restored:
        assert [hit.record for hit in History(restored).search("inspected OR edited").hits] == before
        assert [part.faults for part in audited(restored) if part.faults] == []


def test_an_old_database_can_be_searched(old: Path) -> None:
    with Database.open(url_of(old)) as database:
        assert History(database).search("report").total > 0
