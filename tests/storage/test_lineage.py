"""Versions as intervals: what stays open, what closes, and which states are one record's."""

from __future__ import annotations

from dataclasses import replace

from domain.page import Page, PublicationDate
from storage.database import Database
from tests.domain.records import HOME, page, report, section
from tests.storage.pages import Story


def lives(database: Database, table: str = "report_version") -> list[tuple[int, int, int | None]]:
    """Lineage, first and last snapshot of each version, in the order in which they were opened."""
    statement = f"SELECT lineage, first_snapshot, last_snapshot FROM {table} ORDER BY id"  # noqa: S608
    with database.read() as connection:
        return [(lineage, first, last) for lineage, first, last in connection.exec_driver_sql(statement)]


def told(story: Story, *pages: Page) -> None:
    for at, state in enumerate(pages):
        story.reads(state, at)


def test_an_unchanged_record_keeps_its_version_wherever_it_stands(database: Database, story: Story) -> None:
    told(story, page(report("a"), report("b")), page(report("b"), report("a")), page(report("b"), report("a")))
    assert lives(database) == [(1, 1, None), (2, 1, None)]


def test_an_edit_closes_one_version_and_opens_the_next_of_the_same_record(database: Database, story: Story) -> None:
    told(story, page(report("a", text="One.")), page(report("a", text="Two.")))
    assert lives(database) == [(1, 1, 1), (1, 2, None)]


def test_there_and_back_again_is_three_states_of_one_record(database: Database, story: Story) -> None:
    one, two = page(report("a", text="One.")), page(report("a", text="Two."))
    told(story, one, two, one)
    assert lives(database) == [(1, 1, 1), (1, 2, 2), (1, 3, None)]


def test_a_new_slug_is_the_same_record(database: Database, story: Story) -> None:
    old = report("a", title="Cleveland Police", published=PublicationDate(2024, 2, 9))
    new = replace(old, key="new-slug", url=f"{HOME}/publications/new-slug/")
    told(story, page(report("b"), old), page(report("b"), new))
    assert lives(database) == [(1, 1, None), (2, 1, 1), (2, 2, None)]


def test_a_report_that_is_listed_again_takes_up_its_record(database: Database, story: Story) -> None:
    told(story, page(report("a"), report("b")), page(report("b")), page(report("b"), report("a")))
    assert lives(database) == [(1, 1, 1), (2, 1, None), (1, 3, None)]


def test_an_old_key_given_to_another_report_does_not_join_the_two(database: Database, story: Story) -> None:
    first = report("a", title="Cleveland Police", published=PublicationDate(2024, 2, 9))
    moved = replace(first, key="moved", url=f"{HOME}/publications/moved/")
    other = report("a", title="Dyfed-Powys Police: a revisit", published=PublicationDate(2025, 1, 1))
    told(story, page(first), page(moved), page(other, moved))
    assert lives(database) == [(1, 1, 1), (1, 2, None), (3, 3, None)]


def test_a_renamed_section_is_the_same_record(database: Database, story: Story) -> None:
    text = "The inspectorate publishes thematic reviews of child protection."
    told(
        story,
        page(sections=(section("Reviews", text=text),)),
        page(sections=(section("All our reviews", text=text),)),
        page(),
    )
    assert lives(database, "section_version") == [(1, 1, 1), (1, 2, 2)]
    assert lives(database, "page_version") == [(1, 1, None)]


def test_a_page_emptied_of_records_closes_them_all(database: Database, story: Story) -> None:
    told(story, page(report("a"), report("b")), page())
    assert lives(database) == [(1, 1, 1), (2, 1, 1)]


def test_two_records_alike_in_everything_are_both_kept_and_both_closed(database: Database, story: Story) -> None:
    twice = page(report("a"), report("a"))
    told(story, twice, replace(twice, title="New title"), page())
    assert [last for _, _, last in lives(database)] == [2, 2]


def test_watches_do_not_share_versions(database: Database) -> None:
    for name in ("one", "two"):
        Story.of(database, name).reads(page(report("a")), 0)
    assert lives(database) == [(1, 1, None), (2, 2, None)]
