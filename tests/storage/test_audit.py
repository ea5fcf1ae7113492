"""The look through a database: nothing to say of a good one, and each thing that can be wrong is named with its row."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.audit import MOST_OF_A_SORT, Findings
from storage.auditor import PARTS, audited
from storage.database import Database
from storage.errors import Busy
from tests.storage.histories import tell
from tests.storage.pages import Story, url_of
from tests.storage.rereading import today, told


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "monitor.db"
    with Database.open(url_of(path)) as database:
        tell(database)
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "monitor.db"))


def found(path: Path) -> dict[str, tuple[str, ...]]:
    """The faults by part."""
    with Database.open(url_of(path)) as database:
        return {part.name: part.faults for part in audited(database) if part.faults}


def spoil(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            assert connection.execute(statement).rowcount
        connection.commit()


def test_a_good_database_is_well_and_looked_at_as_a_whole(path: Path) -> None:
    with Database.open(url_of(path)) as database:
        parts = {part.name: (part.checked, part.faults) for part in audited(database)}
    with closing(sqlite3.connect(path)) as connection:
        counts = {
            name: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for name, table in (("bodies", "body"), ("changes", "change"), ("checks", '"check"'), ("alerts", "alert"))
        }
    assert {name: faults for name, (_, faults) in parts.items() if faults} == {}
    assert {name: parts[name][0] for name in counts} == counts
    assert list(parts) == ["file", "bodies", "versions", "changes", "checks", "chain", "captures", "alerts"]


def test_the_recorded_revisions_are_well(database: Database) -> None:
    told(database, today)
    assert [part.faults for part in audited(database)] == [()] * len(PARTS)


def test_an_empty_database_is_well(database: Database) -> None:
    Story.of(database)
    assert [part.faults for part in audited(database)] == [()] * len(PARTS)


@pytest.mark.parametrize(
    ("statement", "part", "fault"),
    [
        ("UPDATE body SET bytes = x'00' WHERE id = 1", "bodies", "body 1: cannot be unpacked"),
        ("UPDATE body SET sha256 = x'11' WHERE id = 2", "bodies", "body 2: is not the one that its hash is of"),
        ("UPDATE body SET size = 7 WHERE id = 2", "bodies", "body 2: is of another size: 591 bytes, not 7"),
        ("UPDATE body SET depth = 9 WHERE id = 3", "bodies", "body 3: counts the bodies below it wrongly"),
        ("UPDATE snapshot SET outline = '{}' WHERE id = 3", "versions", "snapshot 3: has an outline that cannot be"),
        ("UPDATE snapshot SET reports = 7 WHERE id = 3", "versions", "snapshot 3: counts its sections or reports"),
        (
            "UPDATE report_version SET last_snapshot = 1 WHERE id = 1",
            "versions",
            "report_version 1: stands on a page at which it does not hold: snapshot",
        ),
        (
            "UPDATE section_version SET last_snapshot = NULL WHERE last_snapshot IS NOT NULL",
            "versions",
            "section_version 1: holds at a snapshot whose page has it not: snapshot 3",
        ),
        (
            "UPDATE report_version SET first_snapshot = 2 WHERE id = 1",
            "versions",
            "report_version 1: begins with what is no snapshot of its watch",
        ),
        (
            "UPDATE report_version SET last_snapshot = 99 WHERE id = (SELECT max(id) FROM report_version)",
            "versions",
            "report_version 8: ends with what is no snapshot of its watch",
        ),
        (
            "UPDATE report_version SET lineage = 1 WHERE id = 3",
            "versions",
            "report_version 3: is of a lineage that did not begin before it",
        ),
        (
            "DELETE FROM change WHERE id = 4",
            "changes",
            "snapshot 3: is not what its changes make of the one before",
        ),
        ("DELETE FROM change WHERE id = 2", "changes", "change 3: is not in its place among"),
        ("UPDATE change SET from_snapshot = 2 WHERE id = 1", "changes", "change 1: does not lead from a snapshot"),
        ("UPDATE change SET first_seen_after = 7 WHERE id = 1", "changes", "change 1: has other bounds than its"),
        ("UPDATE change SET after_version = 1 WHERE id = 1", "changes", "change 1: has records that are not on"),
        ("UPDATE change SET place_after = 77 WHERE id = 1", "changes", "change 1: has records that are not on"),
        ('UPDATE change SET "check" = 1, position = 9 WHERE id = 1', "changes", "change 1: leads to the first"),
        ("UPDATE watch SET last_check = 1 WHERE id = 1", "checks", "watch 1: last_check is not what the checks say: 1"),
        ("UPDATE watch SET latest_snapshot = 1 WHERE id = 1", "checks", "watch 1: latest_snapshot is not what"),
        ("UPDATE watch SET last_good_at = 1 WHERE id = 1", "checks", "watch 1: last_good_at is not what"),
        ("UPDATE watch SET consecutive_failures = 9 WHERE id = 1", "checks", "watch 1: consecutive_failures is not"),
        ("UPDATE watch SET trouble_since = NULL WHERE id = 1", "checks", "watch 1: trouble_since is not"),
        ("UPDATE snapshot SET captured_at = 1 WHERE id = 1", "checks", "snapshot 1: was captured at another time"),
        ("UPDATE snapshot SET confirmed_until = confirmed_until + 1 WHERE id = 1", "checks", "snapshot 1: is said to"),
        ("UPDATE snapshot SET body = 2 WHERE id = 1", "checks", "snapshot 1: has other bytes than its check"),
        ("""UPDATE "check" SET snapshot = 2 WHERE id = 1""", "checks", "snapshot 1: is not what its check found"),
        ("""UPDATE "check" SET outcome = 'changed' WHERE id = 1""", "checks", "snapshot 1: is a baseline and not"),
        ("""UPDATE "check" SET snapshot = 5 WHERE id = 3""", "checks", "check 3: saw another snapshot than the last"),
        ("""UPDATE "check" SET snapshot = NULL WHERE id = 3""", "checks", "check 3: is good and saw no snapshot"),
        ("""UPDATE "check" SET reason = NULL WHERE outcome = 'failed'""", "checks", "check 9: is bad and does not say"),
        ("""UPDATE "check" SET body = NULL WHERE outcome = 'suspect'""", "checks", "check 14: was suspect and kept no"),
        ("DELETE FROM alert_check WHERE alert = 4", "alerts", "alert 4: tells of no check"),
        ('UPDATE alert_check SET "check" = 1 WHERE alert = 1', "alerts", "alert 1: tells of a check that found"),
        ("UPDATE alert SET next_attempt_at = NULL WHERE id = 4", "alerts", "alert 4: is pending without a next try"),
        ("UPDATE alert SET attempts = 0 WHERE id = 1", "alerts", "alert 1: was sent or has failed without a try"),
        ("UPDATE alert SET claimed_until = 9 WHERE id = 1", "alerts", "alert 1: is claimed and not pending"),
        ("UPDATE alert SET kind = 'late' WHERE id = 1", "alerts", "alert 1: has no notice to tell"),
        ('INSERT INTO alert_check SELECT 2, "check" FROM alert_check WHERE alert = 1', "alerts", "alert 2: tells of s"),
        ('DELETE FROM "check" WHERE id = 1', "file", "snapshot 1: refers to what is not there: a row of check"),
        (
            "UPDATE alert SET state = 'unheard of' WHERE id = 1",
            "file",
            "file: fails SQLite's own check: CHECK constraint failed",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_table_and_row(path: Path, statement: str, part: str, fault: str) -> None:
    spoil(path, statement)
    faults = found(path)[part]
    assert any(line.startswith(fault) for line in faults), faults


def test_a_value_of_no_kind_that_we_store_is_a_fault_and_no_defect(path: Path) -> None:
    spoil(path, "UPDATE report_version SET programme = 'unheard of', section = '{' WHERE id = 1")
    spoil(path, "UPDATE change SET kind = 'unheard of' WHERE id = 2")
    spoil(path, """UPDATE "check" SET started_at = 'noon' WHERE id = 22""")
    faults = found(path)
    assert any(line.startswith("snapshot 1: has records that cannot be read (") for line in faults["changes"])
    assert set(faults) >= {"file", "changes", "checks"}


def test_of_many_faults_of_a_sort_twenty_are_told() -> None:
    findings = Findings("bodies", "bodies")
    for number in range(MOST_OF_A_SORT + 7):
        findings.fault("body", number, "cannot be unpacked")
    findings.fault("body", 3, "is of another size", ": 7 bytes, not 8")
    lines = findings.part().faults
    assert len(lines) == MOST_OF_A_SORT + 2
    assert lines[MOST_OF_A_SORT] == "body: cannot be unpacked – and 7 more"
    assert lines[-1] == "body 3: is of another size: 7 bytes, not 8"


def test_pages_of_the_file_that_are_damaged_are_told_and_the_rest_is_looked_at(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'change'").fetchone()
    with closing(sqlite3.connect(copy)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'change'").fetchone()
    content = bytearray(copy.read_bytes())
    content[(root - 1) * 4096 : root * 4096] = b"\xaa" * 4096
    copy.write_bytes(content)
    faults = found(copy)
    assert "file" in faults
    assert any(line.startswith("changes: cannot be read any further: ") for line in faults["changes"])
    assert "bodies" not in faults


def test_another_program_that_holds_the_database_is_no_fault_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_given: object) -> None:
        raise Busy("monitor.db: another program holds the database")

    monkeypatch.setattr("storage.auditor._AUDITS", (("file", "pages", busy),))
    with pytest.raises(Busy), Database.open(url_of(path)) as database:
        list(audited(database))
