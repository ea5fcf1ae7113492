"""Texts of records beside the bytes that they come from."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from storage.bodies import keep_body
from storage.database import Database
from storage.errors import NotADatabase
from storage.history import History
from storage.tables import texts
from storage.texts import keep_texts, with_texts
from tests.domain.records import page, report
from tests.storage.pages import Story, url_of

PROSE = " ".join(f"We inspected force {number} and found {number * 7 % 40} causes of concern." for number in range(60))


def texts_of(connection: Connection, number: int, count: int) -> list[str]:
    rows = with_texts(connection, [{"texts": number, "text_place": place} for place in range(count)])
    return [row["text"] for row in rows]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(), max_size=5), st.binary(max_size=40))
def test_texts_come_back_exactly_whatever_bytes_they_lean_on(found: list[str], content: bytes) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Database.open(url_of(Path(folder) / "m.db")) as database,
        database.write() as connection,
    ):
        body = keep_body(connection, content, None, database.path)
        number = keep_texts(connection, found, body, content)
        assert texts_of(connection, number, len(found)) == found


def test_texts_cost_little_beside_the_bytes_that_hold_them(database: Database) -> None:
    content = f"<h2>A report</h2><p>{PROSE}</p>".encode()
    with database.write() as connection:
        keep_texts(connection, [PROSE], keep_body(connection, content, None, database.path), content)
        kept = connection.execute(select(texts.c.bytes)).scalar_one()
    assert len(kept) * 50 < len(PROSE)


def test_damaged_texts_are_told_with_the_file(story: Story, database: Database) -> None:
    story.reads(page(report("a", text=PROSE)), 0)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE text SET bytes = x'00ff'")
    with pytest.raises(NotADatabase, match=r"monitor\.db: is damaged \(text 1 cannot be unpacked\); put a backup"):
        History(database).page(1)


def test_texts_that_another_body_would_turn_into_nonsense_are_damaged(story: Story, database: Database) -> None:
    story.reads(page(report("a", text=PROSE)), 0, body=PROSE.encode())
    with database.write() as connection:
        other = keep_body(connection, b"x" * 100, None, database.path)
        connection.exec_driver_sql("UPDATE text SET base = ?", (other,))
    with pytest.raises(NotADatabase, match="text 1 cannot be unpacked"):
        History(database).page(1)


def test_a_record_without_text_has_no_text(story: Story, database: Database) -> None:
    story.reads(page(report("a", text="")), 0)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM text").scalar() == 0
    assert [one.text for one in History(database).page(1).reports] == [""]


def test_many_texts_are_read_in_parts(database: Database) -> None:
    with database.write() as connection:
        body = keep_body(connection, PROSE.encode(), None, database.path)
        numbers = [keep_texts(connection, [f"text {number}"], body, PROSE.encode()) for number in range(120)]
        rows = with_texts(connection, [{"texts": number, "text_place": 0} for number in reversed(numbers)])
    assert [row["text"] for row in rows] == [f"text {number}" for number in reversed(range(120))]
