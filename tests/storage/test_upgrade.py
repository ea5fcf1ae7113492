"""A database that the program wrote before it knew recipients, brought up to date: `revision_0001.sql` is its dump.

It has two watches and seven alerts: 1 was sent, 2 refused, 3 is to be tried again, 4 is claimed; 5 is a notice of
trouble that is pending, 6 one that was sent, 7 one of its end.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

import storage.migrate
from domain.alert import AlertKind, AlertState, ChangesFound, TroubleFound, TroubleOver
from domain.recipient import EVERYTHING, Cadence, Recipient
from storage.archive import Archive
from storage.database import Database
from storage.errors import StorageError
from storage.history import History
from storage.outbox import LEASE, Outbox
from storage.replay import Replays
from storage.tables import metadata
from storage.texts import with_texts
from tests.domain.records import page, report
from tests.storage.pages import ADDRESS, ADMIN, READER, URL, Story, digests, hour, owed, url_of

SECOND = Recipient("second@example.org", "maildir")
NEW_COLUMNS = {"watch": ["trouble_told_at", "fresh_until"], "check": ["seal_before"]}
PLACES = {
    "section_version": {"texts", "text_place"},
    "report_version": {"texts", "text_place"},
    "check": {"headers", "seal"},
    "snapshot": {"place"},
}


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid')]  # noqa: S608


def dumped(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def upgraded(path: Path) -> Path:
    Database.open(url_of(path)).close()
    return path


def test_the_upgraded_tables_are_those_of_the_program(old: Path) -> None:
    with Database.open(url_of(old)) as database, database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_an_upgraded_database_has_the_constraints_and_indexes_of_a_new_one(old: Path, tmp_path: Path) -> None:
    def schema(path: Path) -> set[tuple[str, str]]:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            return {(name, " ".join(sql.split())) for name, sql in found}

    assert schema(upgraded(old)) == schema(upgraded(tmp_path / "new.db"))


def test_every_alert_is_kept_as_it_was(old: Path) -> None:
    before = {row["id"]: row for row in rows(old, "alert")}
    after = {row["id"]: row for row in rows(upgraded(old), "alert")}
    assert list(after) == [1, 2, 3, 4, 5, 6, 7]
    watches = {row["id"]: row["name"] for row in rows(old, "watch")}
    for number, was in before.items():
        check, watch = was.pop("check"), watches[was.pop("watch")]
        assert after[number] == was | {
            "subscriber": None,
            "wants": None,
            "cadence": "immediately",
            "occasion": f"{was['kind']} of check {check}",
            "watches": f'["{watch}"]',
            "notice": None,
            "due_at": was["created_at"],
            "told": 0,
        }
        assert {"alert": number, "check": check} in rows(old, "alert_check")
    assert len(rows(old, "alert_check")) == 7


def test_nothing_else_is_changed(old: Path) -> None:
    before = {table: rows(old, table) for table in tables(old) - {"alert", "alembic_version"}}
    assert {"body", "check", "snapshot", "change", "report_version", "watch"} <= before.keys()
    upgraded(old)
    assert tables(old) == before.keys() | {
        "alert",
        "alembic_version",
        "alert_check",
        "recipient",
        "host",
        "upgrade",
        "text",
        "capture",
        "listing",
        "search_document",
        "sqlite_sequence",
    }
    headers = [row.pop("headers") for row in before["check"]]
    texts = {table: [row.pop("text") for row in before[table]] for table in ("section_version", "report_version")}
    for table, was in before.items():
        new = dict.fromkeys(NEW_COLUMNS.get(table, [])) | ({"source": "live"} if table == "check" else {})
        places = PLACES.get(table, set())
        assert [{k: v for k, v in row.items() if k not in places} for row in rows(old, table)] == [
            row | new for row in was
        ]
    for watch in (1, 2):
        in_time = [row["place"] for row in rows(old, "snapshot") if row["watch"] == watch]
        assert in_time == list(range(1, len(in_time) + 1))
    assert rows(old, "recipient") == []
    with Database.open(url_of(old)) as database, database.read() as connection:
        for table, said in texts.items():
            kept = connection.execute(select(metadata.tables[table]).order_by("id")).mappings()
            assert [row["text"] for row in with_texts(connection, kept)] == said
        assert any(texts["report_version"])
        kept_headers = connection.execute(select(metadata.tables["check"].c.headers).order_by("id")).scalars().all()
        assert kept_headers == [said and json.loads(said) for said in headers]
        assert any(kept_headers)


def test_the_alerts_are_those_that_they_were(old: Path) -> None:
    with Database.open(url_of(old)) as database:
        alerts = {alert.id: alert for alert in Outbox(database).alerts()}
    states = [alerts[number].state for number in range(1, 8)]
    pending, sent, failed = AlertState.PENDING, AlertState.SENT, AlertState.FAILED
    assert states == [sent, failed, pending, pending, pending, sent, pending]
    third = alerts[3]
    assert (third.recipient, third.wants, third.cadence, third.watches) == (
        READER,
        EVERYTHING,
        Cadence.IMMEDIATELY,
        (ADDRESS,),
    )
    assert (third.attempts, third.last_error, third.next_attempt_at) == (1, "451 “später”", hour(2.1))
    assert third.message_id == "<5b68b8d2656e77fe5935e7005e1f8642@monitor.example.org>"
    assert (third.created_at, third.due_at) == (hour(2), hour(2))
    assert (alerts[2].last_error, alerts[7].kind, alerts[7].watches) == (
        "550 no such user",
        AlertKind.RECOVERY,
        ("other",),
    )


def test_what_is_pending_is_sent_and_nothing_twice(old: Path) -> None:
    with Database.open(url_of(old)) as database:
        outbox, early, now = Outbox(database), hour(2.2), hour(8)
        letter = outbox.claim(early, early, due_only=True)
        assert letter is not None
        assert letter.alert.id == 3
        outbox.sent(3, early)
        assert early < hour(2.05) + LEASE
        assert outbox.claim(early, early, due_only=True) is None
        letters = [outbox.claim(now, now, due_only=True) for _ in range(4)]
        assert [letter and letter.alert.id for letter in letters] == [5, 7, 4, None]
        outbox.retry(now, 2)
        again = outbox.claim(now, now, due_only=True)
        assert again is not None
        assert (again.alert.id, again.alert.recipient) == (2, SECOND)


def test_their_letters_tell_what_they_told(old: Path) -> None:
    with Database.open(url_of(old)) as database:
        outbox, history = Outbox(database), History(database)
        first, third = outbox.letter(1), outbox.letter(3)
        for letter, at in ((first, 1), (third, 2)):
            assert isinstance(letter.news, ChangesFound)
            (told,) = letter.news.pages
            assert (told.watch, told.url, told.title, told.last_good) == (ADDRESS, URL, "Child abuse", hour(at))
            assert told.changes == history.changes(since=hour(at), until=hour(at))
        assert (first.follows, third.follows, third.token) == ((), (), None)
        assert outbox.letter(5).news == TroubleFound(
            ADDRESS, URL, "failed", "no answer within 20 seconds", hour(3), hour(2)
        )
        assert outbox.letter(7).news == TroubleOver("other", URL, hour(5), hour(7))


def test_the_history_goes_on(old: Path) -> None:
    with Database.open(url_of(old)) as database:
        story, outbox = Story(Archive(database)), Outbox(database)
        standing = story.archive.standing(ADDRESS)
        assert standing.trouble is not None
        assert (standing.trouble.told, standing.trouble_told_at) == (True, None)
        told = owed(AlertKind.CHANGES, READER) + owed(AlertKind.CHANGES, SECOND, slots=digests(29))
        story.reads(page(report("b")), 9, owed=(*told, *owed(AlertKind.RECOVERY, ADMIN)))
        assert [alert.id for alert in outbox.alerts()][:4] == [10, 9, 8, 7]
        assert outbox.letter(8).follows == (outbox.letter(3).alert.message_id,)
        assert Replays(database).page(4) == page(report("z"))


def test_an_upgrade_that_fails_half_way_leaves_the_old_revision(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("CREATE TABLE alert_check (id INTEGER)")  # the last table that the upgrade makes
        connection.commit()
    before = dumped(old)
    with pytest.raises(StorageError, match="table alert_check already exists"):
        Database.open(url_of(old))
    assert dumped(old) == before
    assert rows(old, "alembic_version") == [{"version_num": "0001"}]


def test_an_upgrade_that_is_broken_off_at_its_end_leaves_the_old_revision(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade: Callable[[Connection], None] = storage.migrate.upgrade

    def broken_off(connection: Connection) -> None:
        upgrade(connection)
        raise KeyboardInterrupt

    before = dumped(old)
    monkeypatch.setattr(storage.migrate, "upgrade", broken_off)
    with pytest.raises(KeyboardInterrupt):
        Database.open(url_of(old))
    assert dumped(old) == before
    monkeypatch.undo()
    assert len(rows(upgraded(old), "alert")) == 7
