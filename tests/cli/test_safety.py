"""The data kept safe: backups, the way back from one, and what is said of a database that is not well."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
import time_machine

from storage.inspection import APPLICATION_ID
from storage.lock import run_lock
from tests.cli.conftest import Installation


def spoil(monitor: Installation, statement: str) -> None:
    with closing(sqlite3.connect(monitor.folder / "monitor.db")) as connection:
        assert connection.execute(statement).rowcount
        connection.commit()


def test_a_backup_in_a_folder_is_named_for_the_time(changed: Installation) -> None:
    folder = changed.folder / "backups"
    folder.mkdir()
    told = changed("backup", str(folder))
    assert (told.code, told.err) == (0, "")
    (made,) = folder.iterdir()
    assert made.name.startswith("monitor-20251103T0930")
    assert told.out.startswith(f"{made}: {made.stat().st_size} bytes, 2 checks, 2 snapshots, SHA-256 ")
    again = changed("-q", "backup", str(made))
    assert (again.code, again.out) == (2, "")
    assert "is there already" in again.err
    assert changed("-q", "backup", str(made), "--force").out == ""


def test_a_backup_is_put_back_and_what_was_there_is_named(changed: Installation, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    changed("backup", str(copy))
    spoil(changed, "UPDATE body SET bytes = x'00' WHERE id = 1")
    told = changed("restore", str(copy))
    kept = next(tmp_path.glob("monitor.db.before-restore-20251103T0930*"))
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        f"{tmp_path}/monitor.db: restored from {copy}, 2 checks, 2 snapshots",
        f"The database that was there: {kept}",
    ]
    assert changed("verify").code == 0
    assert changed("check").code == 0
    document = changed("restore", str(kept), "--json").json
    assert document.keys() == {"file", "database", "kept", "checks", "snapshots"}
    assert changed("verify").code == 2


def test_a_restore_on_a_new_machine_and_one_that_is_refused(changed: Installation, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    changed("backup", str(copy))
    (tmp_path / "monitor.db").unlink()
    told = changed("-q", "restore", str(copy))
    assert (told.code, told.out + told.err) == (0, "")
    assert len(changed("snapshots", "--json").json["snapshots"]) == 2
    refused = changed("restore", str(tmp_path / "settings.toml"))
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"hmicfrs-monitor: {tmp_path}/settings.toml: is not a database; name another backup\n"
    with run_lock(tmp_path / "monitor.db", "hmicfrs-monitor run", datetime.now(UTC)):
        assert changed("restore", str(copy)).code == 6


def test_an_upgrade_says_where_the_database_of_before_is(monitor: Installation, tmp_path: Path) -> None:
    dump = files("tests.storage").joinpath("revision_0001.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as connection:
        connection.executescript(dump)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    told = monitor("status", "--json")
    assert told.json["watches"]
    copy = tmp_path / "monitor.db.revision-0001.backup"
    assert told.err.startswith(f"{tmp_path}/monitor.db: upgraded to revision ")
    assert told.err.endswith(f"; {copy} is as it was before\n")
    assert copy.exists()
    assert monitor("status", "--json").err == ""


@pytest.mark.parametrize("arguments", [["backup", "copy.db"], ["verify"]])
def test_what_is_asked_of_no_database_makes_none(
    monitor: Installation, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(monitor.folder)
    told = monitor(*arguments)
    assert (told.code, told.out) == (2, "")
    assert "there is no database yet" in told.err
    assert not (monitor.folder / "monitor.db").exists()


def test_verify_tells_each_part_in_a_line(changed: Installation) -> None:
    told = changed("verify", "--reread")
    assert (told.code, told.err) == (0, "")
    *parts, newest = told.out.splitlines()
    assert [line.partition(":")[0] for line in parts] == [
        "file", "bodies", "versions", "changes", "checks", "chain", "captures", "alerts", "readings",
    ]  # fmt: skip
    assert all(line.endswith(", well") for line in parts)
    assert re.fullmatch(r"Newest seal, to be noted elsewhere: \d+:[0-9a-f]{64}", newest)
    assert changed("-q", "verify").out == ""


def test_a_seal_that_was_noted_is_held_against_the_chain(changed: Installation) -> None:
    noted = changed("verify", "--chain").out.splitlines()[-1].removeprefix("Newest seal, to be noted elsewhere: ")
    changed("check")
    well = changed("verify", "--chain", "--seal", noted)
    assert (well.code, well.out.splitlines()[-1].endswith(f"; {noted} holds")) == (0, True)
    number, _, seal = noted.partition(":")
    other = changed("verify", "--chain", "--seal", f"{number}:{seal[::-1]}")
    assert (other.code, other.out.splitlines()[-1]) == (
        2,
        f"check {number} has another seal than was noted: it or a check before it was altered",
    )
    assert "check 9999 is not there" in changed("verify", "--seal", f"9999:{seal}").out
    document = changed("verify", "--chain", "--seal", f"9999:{seal}", "--json")
    assert (document.code, document.json["well"], document.json["head"]["check"]) == (2, False, int(number) + 1)
    mistyped = changed("verify", "--seal", "12")
    assert (mistyped.code, mistyped.out) == (2, "")
    assert "`verify --chain` gives one" in mistyped.err


def test_verify_names_what_is_wrong_and_the_way_out(changed: Installation) -> None:
    spoil(changed, "UPDATE body SET bytes = x'00' WHERE id = 1")
    told = changed("-q", "verify")
    assert (told.code, told.err) == (2, "")
    assert told.out.splitlines()[1] == "  body 1: cannot be unpacked"
    assert "restore FILE" in told.out.splitlines()[-1]
    document = changed("verify", "--json")
    assert (document.code, document.json["well"]) == (2, False)
    assert document.json["parts"][1]["faults"][0] == "body 1: cannot be unpacked"


def test_a_text_that_is_not_the_page_s_is_found_by_reading_again(changed: Installation) -> None:
    spoil(changed, "UPDATE section_version SET texts = NULL WHERE id = 1")
    assert changed("verify").code == 0
    told = changed("verify", "--reread")
    assert told.code == 2
    assert "snapshot 1: is not what its bytes say" in told.out


def test_verify_reads_again_what_cannot_be_read(changed: Installation) -> None:
    spoil(changed, "UPDATE body SET bytes = x'00' WHERE id = 1")
    told = changed("verify", "--reread")
    assert "snapshot 1: cannot be read again: " in told.out
    assert "Traceback" not in told.err


@pytest.fixture
def grown(changed: Installation) -> Iterator[Installation]:
    """One that has looked nine times more, two years later."""
    for _ in range(9):
        assert changed("check").code == 0
    with time_machine.travel(datetime(2027, 11, 3, tzinfo=UTC)):
        assert changed("check").code == 0
        yield changed


def test_prune_says_what_could_go_and_takes_it_away_on_request(grown: Installation, tmp_path: Path) -> None:
    told = grown("prune", "--checks-older-than", "365d")
    assert told.code == 0
    assert told.out.startswith("8 checks, 0 answers, 0 alerts, about ")
    assert told.out.endswith(" could go; --apply takes them away\n")
    assert len(grown("checks", "--json").json["checks"]) == 12
    done = grown("prune", "--checks-older-than", "1 January 2027", "--apply", "--vacuum", "--json").json
    assert done.keys() == {"applied", "checks", "bodies", "alerts", "bytes", "backup", "vacuumed"}
    assert (done["applied"], done["checks"], done["vacuumed"]) == (True, 8, True)
    assert len(grown("checks", "--json").json["checks"]) == 4
    assert grown("verify").code == 0
    assert grown("restore", done["backup"]).code == 0
    assert len(grown("checks", "--json").json["checks"]) == 12
    assert grown("prune", "--checks-older-than", "365d", "--apply", "--no-backup", "--json").json["backup"] is None
    assert len(list(tmp_path.glob("monitor.db.before-prune-*"))) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "say what is old"),
        (["--checks-older-than", "365d", "--vacuum"], "go with --apply"),
        (["--checks-older-than", "soon"], "'soon' is no date"),
        (["--alerts-older-than", "2099-01-01"], "is no time that is past"),
    ],
)
def test_a_pruning_that_is_not_meant_so_is_refused(changed: Installation, arguments: list[str], told: str) -> None:
    answer = changed("prune", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_nothing_is_pruned_while_a_run_is_under_way(changed: Installation, tmp_path: Path) -> None:
    with run_lock(tmp_path / "monitor.db", "hmicfrs-monitor run", datetime.now(UTC)):
        assert changed("prune", "--checks-older-than", "0d", "--apply").code == 6
        assert changed("prune", "--checks-older-than", "0d").code == 0
    assert not list(tmp_path.glob("*before-prune*"))
