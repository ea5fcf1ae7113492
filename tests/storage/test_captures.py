"""The ledger of captures: each is known once, its bytes are had once, and what became of it is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.capture import Capture, CaptureState, Listed, Source
from storage.archive import Archive
from storage.auditor import audited
from storage.captures import Captures, Reading
from storage.database import Database
from storage.errors import UnknownWatch
from tests.schedules.past import Scene, capture, page
from tests.storage.pages import ADDRESS, URL, Story, answer, hour

BOUNDS = ".."


@pytest.fixture
def ledger(database: Database) -> Captures:
    Story.of(database)
    return Captures(database)


def listed(number: int, digest: str | None = "AAAA", status: int | None = 200) -> Listed:
    return Listed(f"key {number}", URL, hour(number), digest, status)


def note(ledger: Captures, *found: Listed, resume: str | None = None) -> int:
    return ledger.note(ADDRESS, Source.WAYBACK, found, URL, BOUNDS, Reading(resume, hour(100)))


def states(ledger: Captures) -> list[str]:
    return [one.state.value for one in ledger.known(ADDRESS)]


def test_a_capture_is_noted_once_however_often_the_index_has_it(ledger: Captures) -> None:
    assert note(ledger, listed(1), listed(2)) == 2
    assert note(ledger, listed(2), listed(3)) == 1
    assert [one.listed for one in ledger.known(ADDRESS)] == [listed(1), listed(2), listed(3)]


def test_how_far_the_index_was_read_is_kept_for_each_address_and_time(ledger: Captures) -> None:
    assert ledger.reading(ADDRESS, URL, BOUNDS) is None
    note(ledger, resume="on from here")
    assert ledger.reading(ADDRESS, URL, BOUNDS) == Reading("on from here", hour(100))
    assert ledger.reading(ADDRESS, URL, "2020..") is None
    note(ledger)
    assert ledger.reading(ADDRESS, URL, BOUNDS) == Reading(None, hour(100))


def test_one_of_each_digest_is_wanted_the_oldest_and_those_without_a_digest_all(ledger: Captures) -> None:
    note(ledger, listed(3, "BBBB"), listed(2, "AAAA"), listed(1, "AAAA"), listed(4, None), listed(5, None))
    assert [one.key for _, one in ledger.wanted(ADDRESS)] == ["key 1", "key 3", "key 4", "key 5"]


def test_what_was_kept_is_wanted_no_more_nor_what_has_its_bytes(ledger: Captures) -> None:
    note(ledger, listed(1), listed(2), listed(3, "BBBB"))
    (first, _), _ = ledger.wanted(ADDRESS)
    ledger.keep(first, answer(b"<p>page</p>"))
    assert [one.key for _, one in ledger.wanted(ADDRESS)] == ["key 3"]


def test_where_a_capture_is_gone_the_next_with_its_digest_is_wanted(ledger: Captures) -> None:
    note(ledger, listed(1), listed(2))
    ((first, _),) = ledger.wanted(ADDRESS)
    ledger.set_aside(first, "the archive gives another one")
    assert [one.key for _, one in ledger.wanted(ADDRESS)] == ["key 2"]
    assert [one.reason for one in ledger.known(ADDRESS, CaptureState.ASIDE)] == ["the archive gives another one"]


def test_what_the_site_answered_without_a_page_is_set_aside_and_never_fetched(ledger: Captures) -> None:
    note(ledger, listed(1, status=404), listed(2, "BBBB", 302), listed(3, "CCCC", None))
    assert [one.key for _, one in ledger.wanted(ADDRESS)] == ["key 3"]
    assert states(ledger) == ["aside", "aside", "listed"]
    ((third, _),) = ledger.wanted(ADDRESS)
    ledger.keep(third, answer(b"gone", status=403))
    assert ledger.known(ADDRESS)[-1].reason == "the site answered with status 403"


def test_what_was_refused_before_it_was_exported_is_kept_aside_with_its_reason(ledger: Captures) -> None:
    brought = replace(capture(1, b"<h1>Maintenance</h1>"), refused="a maintenance page")
    assert ledger.bring(ADDRESS, Source.WARC, [brought, brought]) == 1
    (one,) = ledger.known(ADDRESS)
    assert (one.state, one.reason, one.source) == (CaptureState.ASIDE, "a maintenance page", Source.WARC)


def test_the_same_key_of_another_source_is_another_capture(ledger: Captures) -> None:
    found: list[Capture] = [capture(1, page(1))]
    assert ledger.bring(ADDRESS, Source.WARC, found) == 1
    assert ledger.bring(ADDRESS, Source.JSONL, found) == 1


def test_a_watch_that_is_not_known_is_refused(ledger: Captures) -> None:
    with pytest.raises(UnknownWatch):
        ledger.known("other")


def test_captures_lean_on_the_bytes_that_came_before(ledger: Captures, database: Database) -> None:
    long = b"<p>We inspected and we found.</p>" * 200
    ledger.bring(ADDRESS, Source.FILE, [capture(1, long), capture(2, long + b"<p>More.</p>")])
    with database.read() as connection:
        sizes = connection.exec_driver_sql("SELECT length(bytes), base FROM body ORDER BY id").all()
    assert [base for _, base in sizes] == [None, 1]


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ("UPDATE capture SET state = 'kept' WHERE id = 1", "is in the history and became no check, or the reverse"),
        ('UPDATE capture SET "check" = NULL WHERE id = 1', "is in the history and became no check, or the reverse"),
        ("UPDATE capture SET captured_at = captured_at + 1 WHERE id = 1", "became a check that is not of it"),
        ("UPDATE capture SET source = 'warc' WHERE id = 1", "became a check that is not of it"),
        ("UPDATE capture SET body = 2 WHERE id = 1", "became a check that is not of it"),
        ("UPDATE capture SET state = 'aside', \"check\" = NULL WHERE id = 1", "is set aside and nothing says why"),
        ("DELETE FROM capture WHERE id = 1", "is of an import and no capture became it"),
    ],
)
def test_verify_names_a_capture_that_was_altered(tmp_path: Path, spoiled: str, said: str) -> None:
    scene = Scene.of(tmp_path / "monitor.db")
    scene.brings(capture(0, page(1)), capture(1, page(2)))
    scene.database.close()
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as connection:
        assert connection.execute(spoiled).rowcount == 1
        connection.commit()
    with Database.open(f"sqlite:///{tmp_path}/monitor.db") as database:
        faults = [fault for part in audited(database, "captures") for fault in part.faults]
    assert any(said in fault for fault in faults)


def test_a_capture_never_stands_in_for_a_check_of_our_own(tmp_path: Path) -> None:
    scene = Scene.of(tmp_path / "monitor.db")
    scene.brings(capture(0, page(1)))
    standing = Archive(scene.database).standing("child-protection")
    assert (standing.last_check, standing.last_good, standing.trouble) == (None, None, None)
    assert scene.history.week(hour(0) - timedelta(days=9000), hour(9000)).checks == 0
    scene.database.close()
