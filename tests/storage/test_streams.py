"""All that is stored, handed out one after another: nothing twice, nothing left out, however much it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from domain.capture import Source
from domain.chain import BEGINNING, seal
from domain.change import RecordedChange
from storage import streams
from storage.database import Database
from storage.errors import UnknownWatch
from storage.history import History
from storage.prune import Limits, prune
from storage.streams import streamed
from tests.domain.records import page as records
from tests.domain.records import report
from tests.schedules.past import WATCH, Scene, at, capture, page
from tests.storage.histories import tell
from tests.storage.pages import ADDRESS, Story, hour

NOT_MODIFIED = b""
MANY = 450
"""More changes than are read at once, twice."""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene.of(tmp_path / "monitor.db")
    yield scene
    scene.database.close()


def changes(database: Database, *, quiet: bool = True, watch: str | None = None) -> list[RecordedChange]:
    with streamed(database, watch=watch) as stream:
        return list(stream.changes(quiet=quiet))


def by_id(found: list[RecordedChange] | tuple[RecordedChange, ...]) -> dict[int | None, RecordedChange]:
    kept = {one.id: one for one in found}
    assert len(kept) == len(found)
    return kept


@pytest.mark.parametrize("watch", [None, ADDRESS, "other"])
def test_it_is_what_the_history_tells(database: Database, watch: str | None) -> None:
    tell(database)
    history = History(database)
    with streamed(database, watch=watch) as stream:
        found = list(stream.snapshots())
        assert [one.captured_at for one in found if one.watch == ADDRESS] == sorted(
            one.captured_at for one in found if one.watch == ADDRESS
        )
        assert sorted(found, key=lambda one: one.id) == sorted(history.snapshots(watch), key=lambda one: one.id)
        assert [looked.check for looked in stream.checks()] == sorted(history.checks(watch), key=lambda one: one.id)
        for quiet in (True, False):
            assert by_id(list(stream.changes(quiet=quiet))) == by_id(history.changes(watch=watch, quiet=quiet))
        assert stream.count("snapshots") == len(found)
        assert stream.count("checks") == len(history.checks(watch))
        assert stream.count("changes") == len(history.changes(watch=watch, quiet=True))
        assert stream.newest() == max(one.started_at for one in history.checks(watch))


@pytest.mark.parametrize("since", [-1, 6, 6.5, 16, 100])
def test_since_a_time_is_what_was_seen_then_or_later(database: Database, since: float) -> None:
    tell(database)
    history, begin = History(database), hour(since)
    with streamed(database, since=begin) as stream:
        assert {one.id for one in stream.snapshots()} == {
            one.id for one in history.snapshots() if one.captured_at >= begin
        }
        looked = [one.check.id for one in stream.checks()]
        assert looked == sorted(one.id for one in history.checks() if one.started_at >= begin)
        assert by_id(list(stream.changes(quiet=True))) == by_id(history.changes(since=begin, quiet=True))
        assert (stream.newest() is None) is (not looked)


def test_a_watch_that_is_not_known_is_told(database: Database) -> None:
    with pytest.raises(UnknownWatch, match="nobody"), streamed(database, watch="nobody"):
        pass


def test_of_more_changes_in_one_check_than_are_read_at_once_none_is_lost(story: Story, database: Database) -> None:
    names = [f"r{number}" for number in range(MANY)]
    story.reads(records(), 0)
    story.reads(records(*map(report, names)), 1)
    found = changes(database)
    assert by_id(found) == by_id(History(database).changes(quiet=True))
    assert [one.change.title for one in found] == [one.change.title for one in History(database).changes(quiet=True)]
    assert len(found) >= MANY > 2 * streams._AT_ONCE


def test_of_more_changes_at_one_time_by_several_checks_none_is_lost(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_AT_ONCE", 2)
    stories = [Story.of(database, f"w{number}") for number in range(5)]
    for story in stories:
        story.reads(records(), 0)
    for story in reversed(stories):
        story.reads(records(report("a"), report("b"), report("c")), 1)
    assert by_id(changes(database)) == by_id(History(database).changes(quiet=True))
    assert len(changes(database, watch="w2")) == 3


def test_changes_go_by_time_also_where_captures_came_in_later(scene: Scene) -> None:
    scene.looks(10, page(3))
    scene.brings(capture(2, page(2)), capture(1, page(1)))
    scene.brings(capture(0, page(1, without=[2])))
    found = changes(scene.database)
    seen = [one.bounds.first_seen_after for one in found]
    assert seen == sorted(seen)
    assert by_id(found) == by_id(scene.history.changes(quiet=True))


def test_each_check_has_its_seal_and_the_bytes_of_what_it_saw(scene: Scene) -> None:
    for hour_, body in enumerate([page(1), NOT_MODIFIED, page(1, noise="x"), None, page(2), NOT_MODIFIED]):
        scene.looks(hour_, body)
    scene.brings(capture(4.5, page(1)))
    before, seen = BEGINNING, []
    with streamed(scene.database) as stream:
        for looked in stream.checks():
            before = seal(looked.sight.link, before)
            assert looked.sight.seal == before
            seen.append(None if looked.seen is None else stream.body(looked.seen))
    assert seen == [page(1), page(1), page(1), None, page(2), page(2), page(1)]


def test_of_other_bytes_for_a_known_state_the_content_type_is_kept_and_no_more(scene: Scene) -> None:
    for hour_, body in enumerate([page(1), page(1), page(1, noise="x"), NOT_MODIFIED]):
        scene.looks(hour_, body)
    scene.brings(capture(2.5, page(1, noise="y")))
    with streamed(scene.database) as stream:
        links = [looked.sight.link for looked in stream.checks()]
    kept = (("content-type", "text/html; charset=utf-8"),)
    assert [one.headers for one in links] == [kept, None, kept, None, kept]
    assert [bool(one.hops) for one in links] == [True, False, False, False, False]


def test_a_pruned_history_is_handed_out_as_it_is(database: Database) -> None:
    tell(database)
    whole = by_id(changes(database))
    later = hour(0) + timedelta(days=4000)
    prune(database, Limits(later, None), later)
    assert by_id(changes(database)) == whole
    with streamed(database) as stream:
        left = [looked.check for looked in stream.checks()]
    assert left == sorted(History(database).checks(), key=lambda one: one.id)
    assert len(left) < 23


def test_what_came_before_is_the_last_good_look_of_our_own_that_had_bytes(scene: Scene) -> None:
    blocked = b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"
    for hour_, body in enumerate([page(1), page(2), page(2, noise="x"), NOT_MODIFIED, None, blocked, NOT_MODIFIED]):
        scene.looks(hour_, body)
    scene.brings(capture(2.5, page(1)))
    with streamed(scene.database, since=at(6)) as stream:
        sight = stream.before()[WATCH.name]
    assert (sight.link.check, sight.link.source) == (3, Source.LIVE)
    assert sight.link.body == sha256(page(2, noise="x")).hexdigest()
    for since, watch, expected in ((at(1), WATCH.name, 1), (at(0), None, None), (None, None, None)):
        with streamed(scene.database, since=since, watch=watch) as stream:
            assert (stream.before() or None) == (None if expected is None else {WATCH.name: _sight(scene, expected)})


def _sight(scene: Scene, number: int) -> object:
    with streamed(scene.database) as stream:
        return replace(next(looked.sight for looked in stream.checks() if looked.check.id == number))
