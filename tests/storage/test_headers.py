"""Headers as a column holds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from storage.archive import Archive
from storage.database import Database
from storage.errors import NotADatabase
from storage.headers import PackedHeaders, packed_headers
from storage.versions import Outline
from tests.domain.records import page, report
from tests.storage.pages import ADDRESS, Story

LATIN = st.text(st.characters(max_codepoint=255))


@given(st.lists(st.tuples(LATIN, LATIN).map(list), max_size=20))
def test_pairs_come_back_exactly(pairs: list[list[str]]) -> None:
    column, dialect = PackedHeaders(), sqlite.dialect()
    assert column.process_result_value(column.process_bind_param(pairs, dialect), dialect) == pairs
    assert column.process_bind_param(None, dialect) is None
    assert column.process_result_value(None, dialect) is None


def test_what_servers_usually_send_takes_a_third_or_less() -> None:
    pairs = [
        ["server", "nginx"],
        ["date", "Sun, 22 Feb 2026 07:11:52 GMT"],
        ["content-type", "text/html; charset=UTF-8"],
        ["connection", "keep-alive"],
        ["vary", "Accept-Encoding"],
        ["cache-control", "public, max-age=600"],
        ["etag", 'W/"9f31-c80d2b11e7"'],
        ["strict-transport-security", "max-age=31536000; includeSubDomains"],
    ]
    assert len(packed_headers(pairs)) * 3 < len(repr(pairs))


def test_damage_is_told_with_the_file(story: Story, database: Database) -> None:
    story.reads(page(report("a")), 0)
    story.suspects(1)
    last = story.archive.standing(ADDRESS).last_check
    assert last is not None
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE \"check\" SET headers = x'00ff'")
    with pytest.raises(NotADatabase, match=r"monitor\.db: is damaged \(a packed column cannot be unpacked\)"):
        Archive(database).suspect_answer(last)


@given(st.integers(1), st.lists(st.integers(1), max_size=30), st.lists(st.integers(1, 40), max_size=30))
def test_outlines_come_back_exactly_and_in_order(number: int, sections: list[int], reports: list[int]) -> None:
    outline = Outline(number, tuple(sections), tuple(reports))
    assert Outline.of(outline.stored()) == outline


def test_an_outline_of_neighbours_is_short_and_an_old_one_is_understood() -> None:
    outline = Outline(1, (2, 3, 4), (9, 31, 11, 12))
    assert outline.stored() == "1;2-4;9,31,11-12"
    assert Outline.of({"page": 1, "sections": [2, 3, 4], "reports": [9, 31, 11, 12]}) == outline
    assert Outline.of(Outline(7, (), ()).stored()) == Outline(7, (), ())
