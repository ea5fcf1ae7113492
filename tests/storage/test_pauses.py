"""What is remembered between runs so that servers are asked as they wish."""

from __future__ import annotations

from domain.check import Unchanged
from storage.database import Database
from storage.pauses import PauseShelf
from tests.domain.records import page, report
from tests.storage.pages import ADDRESS, Story, hour


def test_the_last_pause_of_each_host_is_kept(database: Database) -> None:
    shelf = PauseShelf(database)
    for host, until in (("a.example", 1), ("b.example", 2), ("a.example", 3)):
        shelf.put(host, hour(until))
    assert [shelf.get(f"{name}.example") for name in "abc"] == [hour(3), hour(2), None]


def test_freshness_is_that_of_the_last_check_and_trouble_ends_it(story: Story) -> None:
    def fresh_until() -> object:
        return story.archive.standing(ADDRESS).fresh_until

    story.reads(page(report("a")), 0)
    assert fresh_until() is None
    story.finds(Unchanged(None, hour(1.5)), 1)
    assert fresh_until() == hour(1.5)
    story.finds(Unchanged(None), 2)
    assert fresh_until() is None
    story.finds(Unchanged(None, hour(3.5)), 3)
    story.fails(4)
    assert fresh_until() is None
