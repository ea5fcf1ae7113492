"""What is asked of a history into which captures were put: it goes by time, whatever the numbers of snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.since import headline
from tests.schedules.past import WATCH, Scene, at, capture, page

KENT = "Kent Police"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Kent stands on the page from the first check at 10 on, but not at 30; captures of 0, 5 and 20 come later.

    None of them has it, but the last says what the checks around it say.
    """
    scene = Scene.of(tmp_path / "monitor.db")
    scene.looks(10, page(1))
    scene.looks(25, page(1))
    scene.looks(30, page(1, without=[2]))
    scene.looks(40, page(2))
    assert scene.history.search("kent").total == 2
    scene.brings(capture(0, page(1, without=[2])), capture(5, page(1, without=[2])), capture(20, page(1)))
    yield scene
    scene.database.close()


def test_the_numbers_do_not_follow_time(scene: Scene) -> None:
    numbers = [snapshot.id for snapshot in reversed(scene.history.snapshots(WATCH.name))]
    assert numbers != sorted(numbers)
    assert scene.faults() == []


def test_sightings_are_bounded_by_the_captures(scene: Scene) -> None:
    (kent,) = [listed for listed in scene.history.reports(WATCH.name) if listed.report.title == KENT]
    assert (kent.absent_until, kent.first_seen, kent.last_seen, kent.absent_from) == (at(5), at(10), at(40), None)
    (kent,) = [listed for listed in scene.history.reports(WATCH.name, at(35)) if listed.report.title == KENT]
    assert (kent.absent_until, kent.first_seen, kent.last_seen, kent.absent_from) == (at(5), at(10), at(25), at(30))


def test_a_life_goes_by_time(scene: Scene) -> None:
    events = scene.history.timeline(KENT).events
    assert [(event.kind.value, event.last_seen_before, event.first_seen_after) for event in events] == [
        ("first-seen", at(5), at(10)),
        ("removed", at(25), at(30)),
        ("returned", at(30), at(40)),
    ]


def test_what_is_new_goes_by_time(scene: Scene) -> None:
    (news,) = scene.history.since(at(1), until=at(41))
    assert headline(news.entries) == "1 new report, 4 edits of the page’s text"
    assert (news.of(news.entries[0].group)[0].bounds.first_seen_after, news.begins_later) == (at(40), False)
    assert [passage.bounds.first_seen_after for passage in news.interludes[0].passages] == [at(10), at(30), at(40)]
    assert (news.looks.checks, news.looks.seen) == (6, 6)


def test_what_was_indexed_before_leads_to_what_is_now(scene: Scene) -> None:
    whole, again = sorted(scene.history.search("kent").hits, key=lambda hit: hit.sighting.first_seen)
    assert whole.sighting.absent_until == at(5)
    assert (whole.sighting.first_seen, whole.sighting.last_seen, whole.sighting.absent_from) == (at(10), at(25), at(30))
    assert (again.sighting.first_seen, again.sighting.absent_until, again.stands) == (at(40), at(30), True)
    assert [hit.sighting.first_seen for hit in scene.history.search("kent", at=at(21)).hits] == [at(10)]
    assert scene.history.search("kent", at=at(5)).total == 0


@pytest.mark.parametrize(
    ("when", "before", "after", "same"), [(3, 0, 5, True), (7, 5, 10, False), (15, 10, 20, True), (22, 20, 25, True)]
)
def test_captures_are_looks(scene: Scene, when: float, before: float, after: float, same: bool) -> None:
    known = scene.history.known_at(WATCH.name, at(when))
    assert (known.last_look_before, known.next_look_after, known.next_same) == (at(before), at(after), same)


def test_two_snapshots_that_follow_each_other_may_be_one_state(tmp_path: Path) -> None:
    scene = Scene.of(tmp_path / "monitor.db")
    scene.looks(10, page(1))
    scene.brings(capture(0, page(1)))
    assert len(scene.history.snapshots()) == 2
    known = scene.history.known_at(WATCH.name, at(5))
    assert (known.last_look_before, known.next_look_after, known.next_same) == (at(0), at(10), True)
    scene.database.close()
