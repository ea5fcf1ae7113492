"""Bounds of what is told: the looks next to it that saw the page otherwise."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.errors import UnknownSnapshot
from storage.history import History
from tests.domain.records import page, report
from tests.storage.pages import ADDRESS, Story, hour
from tests.storage.renumbered import renumber

A, B, C = report("a"), report("b"), report("c")
EDITED = report("b", text="We made a promise.")


@pytest.fixture
def past(story: Story, history: History) -> History:
    """A and B at 0 and 5; a failure at 7; the edited B alone at 10; a maintenance page at 12; A again at 20 and 25."""
    story.reads(page(A, B), 0)
    story.sees_the_same(5)
    story.fails(7)
    story.reads(page(EDITED), 10)
    story.suspects(12)
    story.reads(page(EDITED, A), 20)
    story.sees_the_same(25)
    return history


def bounds(history: History, at: float | None = None) -> dict[str, tuple[datetime | None, ...]]:
    listed = history.reports(ADDRESS, None if at is None else hour(at))
    return {one.report.key[-2]: (one.absent_until, one.first_seen, one.last_seen, one.absent_from) for one in listed}


def test_a_report_of_the_first_page_ever_seen_has_no_look_before_it(past: History) -> None:
    assert bounds(past, 6) == {"a": (None, hour(0), hour(5), None), "b": (None, hour(0), hour(5), None)}


def test_a_report_that_is_gone_is_bounded_by_the_first_look_without_it(past: History) -> None:
    assert bounds(past, 15)["a"] == (None, hour(0), hour(5), hour(10))


def test_a_report_that_came_back_is_there_again(past: History) -> None:
    assert bounds(past)["a"] == (None, hour(0), hour(25), None)


def test_a_new_report_is_bounded_by_the_last_good_look_without_it(story: Story, history: History) -> None:
    story.reads(page(A), 0)
    story.sees_the_same(3)
    story.fails(4)
    story.suspects(5)
    story.reads(page(B, A), 6)
    assert bounds(history)["b"] == (hour(3), hour(6), hour(6), None)


@pytest.mark.parametrize(
    ("at", "before", "after", "same"),
    [
        (0, 0, 5, True),
        (4.9, 0, 5, True),
        (5, 5, 10, False),
        (8, 5, 10, False),
        (13, 10, 20, False),
        (21, 20, 25, True),
        (99, 25, None, None),
    ],
)
def test_a_time_lies_between_two_looks(
    past: History, at: float, before: float, after: float | None, same: bool | None
) -> None:
    known = past.known_at(ADDRESS, hour(at))
    assert known.snapshot == past.snapshot_at(ADDRESS, hour(at))
    assert (known.last_look_before, known.next_look_after) == (hour(before), None if after is None else hour(after))
    assert known.next_same is same


def test_before_the_first_look_nothing_is_known(past: History) -> None:
    with pytest.raises(UnknownSnapshot, match="its history begins at"):
        past.known_at(ADDRESS, hour(-1))


def test_a_look_that_a_newer_reader_takes_for_another_state_is_no_sight_of_this_one(
    past: History, database: Database
) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE snapshot SET confirmed_until = captured_at WHERE place = 1"))
    known = past.known_at(ADDRESS, hour(6))
    assert (known.last_look_before, known.next_look_after, known.next_same) == (hour(0), hour(10), False)
    known = past.known_at(ADDRESS, hour(4))
    assert (known.last_look_before, known.next_look_after, known.next_same) == (hour(0), hour(5), False)


def test_snapshots_are_placed_by_time_whatever_their_numbers(past: History, database: Database) -> None:
    renumber(database)
    assert bounds(past, 15) == {"b": (None, hour(0), hour(10), None), "a": (None, hour(0), hour(5), hour(10))}
    assert bounds(past)["a"] == (None, hour(0), hour(25), None)
