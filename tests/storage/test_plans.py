"""How questions are answered: by indexes. Years of hourly checks are never gone through row by row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event

from storage.database import Database
from storage.history import History
from tests.storage.histories import tell
from tests.storage.pages import ADDRESS, hour

QUESTIONS: dict[str, Callable[[History], object]] = {
    "show --at": lambda history: history.page(history.known_at(ADDRESS, hour(4)).snapshot.id),
    "show --at, before a failure": lambda history: history.known_at(ADDRESS, hour(6)),
    "show, now": lambda history: history.known_at(ADDRESS, hour(1000)),
    "history": lambda history: history.changes(),
    "history --since --until": lambda history: history.changes(since=hour(1), until=hour(9)),
    "history --watch": lambda history: history.changes(watch=ADDRESS),
    "reports": lambda history: history.reports(ADDRESS),
    "reports --at": lambda history: history.reports(ADDRESS, hour(4)),
    "timeline": lambda history: history.timeline("report b", watch=ADDRESS),
    "timeline --section": lambda history: history.timeline("two", section=True),
    "since": lambda history: history.since(hour(5), until=hour(30)),
    "search": lambda history: history.search("edited OR retitled OR we"),
    "search --at": lambda history: history.search("edited OR we", at=hour(7), watch=ADDRESS),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_goes_through_the_checks(database: Database, history: History, name: str) -> None:
    tell(database)
    history.search("made before it is counted")
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    event.listen(database._engine, "before_cursor_execute", note)
    QUESTIONS[name](history)
    event.remove(database._engine, "before_cursor_execute", note)
    assert asked
    with closing(sqlite3.connect(database.path)) as connection:
        for statement, values in asked:
            if not statement.lstrip().startswith(("SELECT", "WITH")):
                continue
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values):
                scanned = row[3].removeprefix("SCAN ").split()[0] if row[3].startswith("SCAN ") else ""
                assert scanned not in {"check", "next", "change", "body", "text"} or _is_asked_for(name), statement


def _is_asked_for(name: str) -> bool:
    """All changes are gone through where all of them are asked for."""
    return name == "history"
