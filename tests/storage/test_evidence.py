"""Evidence out of histories of every kind: the bytes are those of the checks that it names, and the chain holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from domain.capture import Source
from domain.change import ChangeKind
from domain.evidence import Evidence
from schedules.replay import Reader, replay
from schedules.verify import verify
from scraper.read import read
from scraper.version import READER_VERSION
from storage import evidence as module
from storage.database import Database
from storage.errors import UnknownChange
from storage.evidence import evidence_of
from storage.history import History
from storage.prune import Limits, prune
from storage.replay import Replays
from tests.schedules.past import WATCH, Scene, at, capture, page
from tests.storage.histories import tell
from tests.storage.pages import hour

NOT_MODIFIED = b""
READER = Reader(READER_VERSION, read)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene.of(tmp_path / "monitor.db")
    yield made
    made.database.close()


def of(database: Database, change: int) -> Evidence:
    return evidence_of(database, change, "hmicfrs-monitor test")


def of_all(database: Database) -> list[Evidence]:
    found = [of(database, one.id or 0) for one in History(database).changes(quiet=True)]
    with database.read() as connection:
        seals = {row[0]: row[1] for row in connection.exec_driver_sql('SELECT id, seal FROM "check"')}
    for one in found:
        assert [sealed.seal for sealed in one.chain] == [seals[sealed.link.check] for sealed in one.chain]
        assert one.head == (max(seals), seals[max(seals)])
        for state in (one.before, one.after):
            assert one.link_of(state).body == sha256(state.body).hexdigest() == state.snapshot.sha256
    return found


def numbers(evidence: Evidence) -> list[int]:
    return [sealed.link.check for sealed in evidence.chain]


def test_every_change_of_a_history_with_something_of_everything_has_its_evidence(database: Database) -> None:
    tell(database)
    assert len(of_all(database)) == len(History(database).changes(quiet=True)) > 5


def test_a_change_that_is_not_there_is_told(database: Database) -> None:
    with pytest.raises(UnknownChange, match="99: no such change"):
        of(database, 99)


def test_the_chain_leads_from_the_last_sight_before_to_the_first_after(scene: Scene) -> None:
    for hour_, body in enumerate([page(1), NOT_MODIFIED, page(1), None, page(2), NOT_MODIFIED]):
        scene.looks(hour_, body)
    found = of_all(scene.database)[0]
    assert (numbers(found), found.gaps) == ([1, 3, 4, 5], (3,))
    assert (found.before.check, found.after.check) == (1, 5)


def test_of_many_checks_between_only_those_that_are_needed_are_there(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BETWEEN", 3)
    for hour_, body in enumerate([page(1), NOT_MODIFIED, None, None, page(2), None, None, None, page(3)]):
        scene.looks(hour_, body)
    later, *_, earlier = of_all(scene.database)
    assert (numbers(earlier), numbers(later)) == ([1, 2, 3, 4, 5], [5, 9])
    assert later.gaps == (9,)


def _resumed(scene: Scene, second: bytes = NOT_MODIFIED) -> None:
    """A state that two checks saw, between which a capture says that the page was another."""
    for hour_, body in enumerate([page(1), page(2), second, page(3)]):
        scene.looks(hour_, body)
    scene.brings(capture(1.5, page(1)))


def test_of_a_state_that_began_again_the_check_is_named_that_brought_the_bytes(scene: Scene) -> None:
    _resumed(scene)
    again = [one for one in of_all(scene.database) if one.after.snapshot.captured_at == at(2)]
    assert again
    for one in again:
        assert (one.before.check, one.after.check) == (5, 2)
        assert one.link_of(one.before).source is Source.FILE
        assert {2, 3, 5} <= set(numbers(one))  # the bytes, the 304 that saw them again, and the capture between


def test_a_history_in_which_a_state_began_again_is_read_again_and_found_well(scene: Scene) -> None:
    _resumed(scene)
    assert not replay(WATCH.name, replays=Replays(scene.database), reader=READER, apply=True, note=lambda _: None)
    assert [fault for part in verify(scene.database, READER) for fault in part.faults] == []


def test_a_state_that_began_again_with_other_bytes_is_read_with_their_character_set(scene: Scene) -> None:
    _resumed(scene, page(2, noise="other"))
    again = next(one for one in scene.history.snapshots() if one.captured_at == at(2))
    answer = Replays(scene.database).answer(again.id)
    assert (answer.body, answer.header("content-type")) == (page(2, noise="other"), "text/html; charset=utf-8")
    of_all(scene.database)


def test_checks_whose_numbers_are_in_another_order_than_time_are_each_there_once(scene: Scene) -> None:
    scene.looks(10, page(3))
    scene.brings(capture(2, page(2)), capture(1, page(1)))
    scene.brings(capture(0, page(1, without=[2])))
    found = of_all(scene.database)
    assert {(one.before.check, one.after.check) for one in found} == {(4, 2), (2, 3), (3, 1)}
    assert all(numbers(one) == sorted(set(numbers(one))) for one in found)


def test_what_was_pruned_is_missing_from_the_chain_and_told(scene: Scene) -> None:
    for hour_, body in enumerate([page(1), NOT_MODIFIED, NOT_MODIFIED, None, None, page(2), NOT_MODIFIED]):
        scene.looks(hour_, body)
    later = at(0) + timedelta(days=400)
    prune(scene.database, Limits(later, None), later)
    found = of_all(scene.database)[0]
    assert (found.before.check, found.after.check) == (1, 6)
    assert found.gaps


def test_a_pruned_history_of_everything_still_has_its_evidence(database: Database) -> None:
    tell(database)
    before = [(one.change, one.before.body, one.after.body) for one in of_all(database)]
    prune(database, Limits(hour(1000), None), hour(1000))
    assert [(one.change, one.before.body, one.after.body) for one in of_all(database)] == before


def test_removals_and_additions_name_the_same_two_states(scene: Scene) -> None:
    scene.looks(0, page(1, without=[0]))
    scene.looks(1, page(1, without=[1]))
    found = of_all(scene.database)
    kinds = {one.change.change.kind for one in found}
    assert kinds == {ChangeKind.REPORT_ADDED, ChangeKind.REPORT_REMOVED}
    assert {(one.before.check, one.after.check) for one in found} == {(1, 2)}
