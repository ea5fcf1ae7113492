"""Captures find their places in the history, in the order of time, whenever they come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.capture import Capture, CaptureState, Source
from domain.change import ChangeKind
from domain.check import Outcome
from storage.archive import Archive
from storage.captures import Captures
from tests.schedules.past import WATCH, Scene, at, capture, page


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene.of(tmp_path / "monitor.db")
    yield scene
    scene.database.close()


def test_captures_alone_make_a_history_with_their_own_times(scene: Scene) -> None:
    merged = scene.brings(capture(0, page(1, without=[2])), capture(5, page(1, without=[2])), capture(9, page(1)))
    assert (merged.placed, merged.states, merged.aside, merged.left) == (3, 2, 0, 0)
    assert scene.states() == [(page(1, without=[2]), at(0), at(5)), (page(1), at(9), at(9))]
    (change,) = scene.history.changes()
    assert (change.change.kind, change.change.title) == (ChangeKind.REPORT_ADDED, "Kent Police")
    assert (change.bounds.last_seen_before, change.bounds.first_seen_after) == (at(5), at(9))
    assert [check.outcome for check in scene.history.checks()] == [
        Outcome.CHANGED,
        Outcome.UNCHANGED,
        Outcome.BASELINE,
    ]
    assert {snapshot.source for snapshot in scene.history.snapshots()} == {"file"}
    assert scene.faults() == []


def test_what_was_before_the_first_check_comes_before_it_and_it_keeps_its_number(scene: Scene) -> None:
    first = scene.looks(10, page(2))
    scene.looks(11, page(3))
    found = scene.history.changes()
    base = Archive(scene.database).standing(WATCH.name)
    scene.brings(capture(0, page(1)), capture(4, page(2)))
    assert [bytes_ for bytes_, *_ in scene.states()] == [page(1), page(2), page(2), page(3)]
    changes = scene.history.changes()
    assert changes[: len(found)] == found
    assert {change.bounds.first_seen_after for change in changes[len(found) :]} == {at(4)}
    assert scene.history.snapshot(first.check.snapshot or 0).captured_at == at(10)
    assert Archive(scene.database).standing(WATCH.name) == base
    assert scene.faults() == []


def test_a_state_that_captures_interrupt_ends_before_and_begins_again_after(scene: Scene) -> None:
    for hour in range(0, 10, 2):
        scene.looks(hour, page(1))
    before = Archive(scene.database).standing(WATCH.name)
    scene.brings(capture(3, page(2)))
    assert scene.states() == [(page(1), at(0), at(2)), (page(2), at(3), at(3)), (page(1), at(4), at(8))]
    assert scene.faults() == []
    after = Archive(scene.database).standing(WATCH.name)
    assert before.snapshot is not None
    assert after.snapshot is not None
    assert Archive(scene.database).page(before.snapshot.id) == Archive(scene.database).page(after.snapshot.id)
    assert (after.snapshot.sha256, after.snapshot.validators) == (before.snapshot.sha256, before.snapshot.validators)
    assert after.last_good == before.last_good
    assert after.last_check is not None
    assert before.last_check is not None
    assert after.last_check.id == before.last_check.id
    assert scene.looks(10, page(1)).check.outcome is Outcome.UNCHANGED


def test_the_first_check_after_captures_alone_is_a_baseline_whose_changes_are_in_the_history(scene: Scene) -> None:
    scene.brings(capture(0, page(1, without=[1])))
    stored = scene.looks(5, page(1))
    assert (stored.check.outcome, stored.queued) == (Outcome.BASELINE, 0)
    assert [change.change.title for change in scene.history.changes()] == ["Cleveland Police"]
    assert scene.looks(6, page(2)).check.outcome is Outcome.CHANGED
    assert scene.faults() == []


def test_the_first_check_is_believed_however_much_less_there_is_than_others_captured_years_ago(scene: Scene) -> None:
    scene.brings(capture(0, page(1)))
    stored = scene.looks(30_000, page(3, without=[0, 1, 2]))
    assert stored.check.outcome is Outcome.BASELINE
    assert scene.looks(30_001, page(3, without=[0, 1, 2, 3, 4])).check.outcome is Outcome.SUSPECT
    assert scene.faults() == []


def test_the_first_check_may_find_what_the_last_capture_showed(scene: Scene) -> None:
    scene.brings(capture(0, page(1)))
    assert scene.looks(5, page(1, noise="x")).check.outcome is Outcome.UNCHANGED
    assert scene.looks(6, page(2)).check.outcome is Outcome.CHANGED
    assert scene.faults() == []


def test_captures_after_the_last_good_check_wait_for_the_next_one(scene: Scene) -> None:
    scene.looks(0, page(1))
    scene.looks(5, None)
    merged = scene.brings(capture(3, page(1, without=[0])))
    assert (merged.placed, merged.left) == (0, 1)
    assert "later than the last good check" in (merged.why_left or "")
    assert len(scene.states()) == 1
    scene.looks(6, page(1))
    assert scene.merges().placed == 1
    assert [first for _, first, _ in scene.states()] == [at(0), at(3), at(6)]
    assert scene.faults() == []


def test_a_page_that_stands_in_for_the_page_is_set_aside(scene: Scene) -> None:
    block = b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"
    merged = scene.brings(capture(0, page(1)), capture(1, block), capture(2, page(1)))
    assert (merged.placed, merged.aside) == (2, 1)
    assert scene.states() == [(page(1), at(0), at(2))]
    (aside,) = Captures(scene.database).known(WATCH.name, CaptureState.ASIDE)
    assert (aside.listed.captured_at, aside.check) == (at(1), None)
    assert scene.faults() == []


@pytest.mark.parametrize(("next_too", "aside"), [(True, 0), (False, 1)])
def test_a_sharp_fall_is_believed_where_what_follows_bears_it_out(scene: Scene, next_too: bool, aside: int) -> None:
    few = page(1, without=[0, 1, 2])
    follows = page(2, without=[0, 1, 2]) if next_too else page(2)
    merged = scene.brings(capture(0, page(1)), capture(1, few), capture(2, follows))
    assert merged.aside == aside
    assert [bytes_ for bytes_, *_ in scene.states()] == [page(1), *([few] if next_too else []), follows]
    assert scene.faults() == []


def test_no_capture_comes_twice(scene: Scene) -> None:
    ledger = Captures(scene.database)
    found = [capture(0, page(1)), capture(1, page(2))]
    assert ledger.bring(WATCH.name, Source.FILE, found) == 2
    assert ledger.bring(WATCH.name, Source.FILE, found) == 0
    scene.merges()
    assert ledger.bring(WATCH.name, Source.FILE, found) == 0
    assert scene.merges().placed == 0
    assert len(scene.history.checks()) == 2


_states = st.sampled_from([page(1), page(2), page(2, without=[1]), page(1, without=[0])])
_sights = st.dictionaries(st.integers(0, 40), _states, min_size=1, max_size=12)


@given(live=st.dictionaries(st.integers(0, 40), _states, max_size=8), captured=_sights, parts=st.integers(1, 4))
@settings(deadline=None, max_examples=30)
def test_whatever_comes_when_the_states_are_those_that_were_seen_in_turn(
    live: dict[int, bytes], captured: dict[int, bytes], parts: int
) -> None:
    captured = {hour: body for hour, body in captured.items() if hour not in live}
    if live:
        live[41] = page(2)
    with TemporaryDirectory() as folder:
        scene = Scene.of(Path(folder) / "monitor.db")
        for hour in sorted(live):
            scene.looks(hour, live[hour])
        told = scene.history.changes(quiet=True)
        captures = [capture(hour, body) for hour, body in captured.items()]
        for part in range(parts):
            scene.brings(*captures[part::parts])
        assert _collapsed(scene.states()) == _seen_in_turn(live | captured)
        assert scene.faults() == []
        kept = {change.id: change.change.title for change in scene.history.changes(quiet=True)}
        gone = {change.id for change in told} - kept.keys()
        assert all(_is_cut(captures, change.bounds) for change in told if change.id in gone)
        assert scene.looks(42, page(3)).check.outcome is (Outcome.CHANGED if live else Outcome.BASELINE)
        assert scene.faults() == []
        scene.database.close()


def _is_cut(captures: list[Capture], bounds: object) -> bool:
    """Whether a capture came between the two looks of a change."""
    last, first = bounds.last_seen_before, bounds.first_seen_after  # type: ignore[attr-defined]
    return any(last < one.listed.captured_at < first for one in captures)


def _seen_in_turn(sights: dict[int, bytes]) -> list[tuple[bytes, datetime, datetime]]:
    return _collapsed([(sights[hour], at(hour), at(hour)) for hour in sorted(sights)])


def _collapsed(states: list[tuple[bytes, datetime, datetime]]) -> list[tuple[bytes, datetime, datetime]]:
    """States that follow each other and are the same, as one."""
    collapsed: list[tuple[bytes, datetime, datetime]] = []
    for body, first, last in states:
        if collapsed and collapsed[-1][0] == body:
            collapsed[-1] = body, collapsed[-1][1], last
        else:
            collapsed.append((body, first, last))
    return collapsed
