"""A database of the revision before heartbeats, with recipients and with alerts of every kind, brought up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection

import storage.migrate
from domain.alert import AlertKind
from domain.digest import Slot
from domain.heartbeat import OwedHeartbeat, heartbeat
from domain.recipient import Recipient, Subscription
from storage import database as opening
from storage.database import Database
from storage.history import History
from storage.outbox import Outbox
from storage.recipients import Recipients
from tests.storage.pages import hour, url_of

BEFORE = "0003"
KINDS = ("changes", "trouble", "recovery", "undelivered", "late", "test")
STATES = (("pending", 1), ("sent", None), ("failed", None), ("cancelled", None))


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the program before, with two recipients, a check, and alerts."""
    path = tmp_path / "monitor.db"

    def only_so_far(connection: Connection) -> None:
        config = storage.migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)

    with monkeypatch.context() as older:
        older.setattr(storage.migrate, "upgrade", only_so_far)
        older.setattr(opening, "NEWEST_REVISION", BEFORE)
        Database.open(url_of(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        _fill(connection)
        connection.commit()
    return path


def _fill(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO watch (id, name, url) VALUES (1, 'ncpi', 'https://example.org/')")
    connection.execute(
        "INSERT INTO \"check\" (id, watch, started_at, duration_ms, outcome) VALUES (1, 1, 1000, 120, 'unchanged')"
    )
    for number in (1, 2):
        connection.execute(
            "INSERT INTO recipient (id, address, channel, role, origin, cadence, added_at, token) "
            "VALUES (?, ?, 'smtp', 'reader', 'database', 'daily', 1000, ?)",
            (number, f"r{number}@example.org", f"token-{number}"),
        )
    for number, kind in enumerate(KINDS, 1):
        state, next_attempt = STATES[number % len(STATES)]
        connection.execute(
            "INSERT INTO alert (id, kind, subscriber, recipient, channel, wants, cadence, occasion, watches, subject,"
            " notice, message_id, created_at, due_at, state, attempts, next_attempt_at, last_error, told)"
            " VALUES (?, ?, 1, 'r1@example.org', 'smtp', '{\"words\":[\"x\"]}', 'daily', ?, '[\"ncpi\"]', 'Subject',"
            " NULL, ?, 1, 2, ?, 3, ?, 'later', 1)",
            (number, kind, f"occasion {number}", f"<{number}@example.org>", state, next_attempt),
        )
        connection.execute('INSERT INTO alert_check (alert, "check") VALUES (?, 1)', (number,))


def rows(path: Path, table: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid')]  # noqa: S608


def schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {(name, " ".join(sql.split())) for name, sql in found}


def test_alerts_keep_their_numbers_and_all_that_they_were(old: Path) -> None:
    before = rows(old, "alert"), rows(old, "alert_check")
    assert len(before[0]) == len(KINDS)
    Database.open(url_of(old)).close()
    assert (rows(old, "alert"), rows(old, "alert_check")) == before


def test_recipients_stay_and_nobody_of_them_asked_for_a_heartbeat(old: Path) -> None:
    before = rows(old, "recipient")
    with Database.open(url_of(old)) as database:
        assert [one.subscription.heartbeat for one in Recipients(database).subscribers()] == [False, False]
    assert rows(old, "recipient") == [row | {"heartbeat_since": None} for row in before]


def test_the_upgraded_schema_is_that_of_a_new_database_and_refers_to_nothing_that_is_gone(
    old: Path, tmp_path: Path
) -> None:
    with Database.open(url_of(old)) as database, database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    Database.open(url_of(tmp_path / "new.db")).close()
    assert schema(old) == schema(tmp_path / "new.db")


def test_a_heartbeat_can_be_stored_then(old: Path) -> None:
    with Database.open(url_of(old)) as database:
        people, outbox = Recipients(database), Outbox(database)
        new = people.add(Subscription(Recipient("new@example.org", "smtp"), heartbeat=True), hour(0))
        told = heartbeat(History(database).week(hour(0), hour(1)), 0, (), 0, "1.0")
        assert outbox.beat([OwedHeartbeat(new, "subject", told)], Slot("heartbeat", hour(1)), hour(1), "m.org") == 1
        assert outbox.letter(7).alert.kind is AlertKind.HEARTBEAT


def test_an_upgrade_that_is_broken_off_leaves_the_old_revision(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade: Callable[[Connection], None] = storage.migrate.upgrade

    def broken_off(connection: Connection) -> None:
        upgrade(connection)
        raise KeyboardInterrupt

    before = schema(old), rows(old, "alert"), rows(old, "recipient")
    monkeypatch.setattr(storage.migrate, "upgrade", broken_off)
    with pytest.raises(KeyboardInterrupt):
        Database.open(url_of(old))
    assert (schema(old), rows(old, "alert"), rows(old, "recipient")) == before
    assert rows(old, "alembic_version") == [{"version_num": BEFORE}]
