"""The history as a SQLite file for others: all of it, readable, and searched by Datasette."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.document import change as change_document
from domain.document import utc_text
from storage.database import Database
from storage.datasette import write_datasette
from storage.errors import Unwritable
from storage.history import History
from storage.prune import Limits, prune
from tests.schedules.past import WATCH, Scene, at, capture, page
from tests.storage.histories import tell

TABLES = ("watch", "snapshot", "report_version", "section_version", "change", "check")
VIEWS = ("reports_now", "report_versions", "changes")
SEARCHED = (*VIEWS, "report_version", "section_version")


def made(database: Database, folder: Path) -> sqlite3.Connection:
    place = folder / "export.db"
    counts = write_datasette(database, place)
    connection = sqlite3.connect(place)
    connection.row_factory = sqlite3.Row
    assert tuple(counts) == TABLES
    for table, count in counts.items():
        assert rows(connection, f'SELECT count(*) AS n FROM "{table}"') == [{"n": count}]  # noqa: S608
    assert rows(connection, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert rows(connection, "PRAGMA foreign_key_check") == []
    return connection


def rows(connection: sqlite3.Connection, query: str, *values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query, values)]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene.of(tmp_path / "monitor.db")
    for hour, body in enumerate([page(1, without=[0]), b"", page(1), None, page(2, without=[1]), b"", page(2)]):
        scene.looks(hour, body)
    yield scene
    scene.database.close()


def test_checks_snapshots_and_changes_are_those_of_the_history(database: Database, tmp_path: Path) -> None:
    tell(database)
    history = History(database)
    with closing(made(database, tmp_path)) as out:
        told = rows(out, 'SELECT * FROM "check" ORDER BY id DESC')
        assert [(row["id"], row["started_at"], row["outcome"], row["snapshot"], row["sha256"]) for row in told] == [
            (one.id, utc_text(one.started_at), one.outcome, one.snapshot, one.sha256)
            for one in sorted(history.checks(), key=lambda one: one.id, reverse=True)
        ]
        assert {row["source"] for row in told} == {"live"}
        assert {row["id"]: row["sha256"] for row in rows(out, "SELECT * FROM snapshot")} == {
            one.id: one.sha256 for one in history.snapshots()
        }
        changes = {one["id"]: one for one in map(change_document, history.changes(quiet=True))}
        for row in rows(out, "SELECT * FROM change"):
            one = changes.pop(row["id"])
            assert (row["title"], row["kind"], row["quiet"]) == (one["title"], one["kind"], one["quiet"])
            assert (json.loads(row["fields"]), row["text_before"]) == (one["fields"], one["text"]["before"])
        assert not changes


def test_the_reports_now_are_those_listed_with_their_bounds(scene: Scene, tmp_path: Path) -> None:
    scene.brings(capture(-5, page(0, without=[2])), capture(4.5, page(1)))
    with closing(made(scene.database, tmp_path)) as out:
        listed = {one.report.title: one for one in scene.history.reports(WATCH.name) if one.listed}
        now = rows(out, "SELECT * FROM reports_now")
        assert {row["title"]: (row["came_after"], row["came_by"]) for row in now} == {
            title: (utc_text(one.absent_until), utc_text(one.first_seen)) for title, one in listed.items()
        }
        assert [row["published"] for row in now] == sorted((row["published"] for row in now), reverse=True)


def test_a_report_that_went_and_came_back_has_a_row_for_each_state(scene: Scene, tmp_path: Path) -> None:
    with closing(made(scene.database, tmp_path)) as out:
        life = rows(out, "SELECT * FROM report_versions WHERE title = 'Cleveland Police'")
        moments = ("absent_until", "first_seen", "last_seen", "absent_from")
        assert [[row[name] for name in moments] for row in life] == [
            [None, utc_text(at(0)), utc_text(at(2)), utc_text(at(4))],
            [utc_text(at(5)), utc_text(at(6)), None, None],
        ]


def test_the_view_of_changes_leaves_quiet_ones_out_and_has_the_newest_first(database: Database, tmp_path: Path) -> None:
    tell(database)
    with closing(made(database, tmp_path)) as out:
        told = rows(out, "SELECT * FROM changes")
        assert {row["rowid"] for row in told} == {one.id for one in History(database).changes()}
        assert [row["seen"] for row in told] == sorted((row["seen"] for row in told), reverse=True)


@pytest.mark.parametrize("name", SEARCHED)
def test_datasette_finds_the_index_of_each_table_and_view(scene: Scene, tmp_path: Path, name: str) -> None:
    with closing(made(scene.database, tmp_path)) as out:
        # As datasette.utils.detect_fts and TableView ask; other quotes around the name are no match.
        (index,) = rows(
            out,
            "SELECT name FROM sqlite_master WHERE rootpage = 0 AND sql LIKE ?",
            f'%VIRTUAL TABLE%USING FTS%content="{name}"%',
        )
        matching = f"SELECT rowid FROM {index['name']} WHERE {index['name']} MATCH ?"  # noqa: S608
        found = rows(out, f"SELECT * FROM {name} WHERE rowid IN ({matching})", "inspect")  # noqa: S608
        assert found
        assert all("nspect" in str(row) for row in found)


def test_views_and_tables_say_what_they_are(scene: Scene, tmp_path: Path) -> None:
    with closing(made(scene.database, tmp_path)) as out:
        told = {row["name"]: row["sql"] for row in rows(out, "SELECT name, sql FROM sqlite_master WHERE sql NOTNULL")}
        assert all(re.search(r"^ +-- \w", told[name], re.MULTILINE) for name in (*TABLES, *VIEWS))


def test_an_empty_and_a_pruned_history_are_written_too(database: Database, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with closing(made(database, tmp_path / "empty")) as out:
        assert rows(out, "SELECT * FROM reports_now") == []
    tell(database)
    later = at(0) + timedelta(days=4000)
    assert prune(database, Limits(later, None), later).checks
    with closing(made(database, tmp_path)) as out:
        assert rows(out, "SELECT * FROM changes")


def test_it_says_how_far_it_came(scene: Scene, tmp_path: Path) -> None:
    noted: list[int] = []
    write_datasette(scene.database, tmp_path / "export.db", noted.append)
    assert sum(noted) == 7


def test_text_of_the_page_is_text_whatever_is_in_it(tmp_path: Path) -> None:
    scene = Scene.of(tmp_path / "monitor.db")
    hostile = "'); DROP TABLE report_version; --"
    scene.looks(0, page(1).replace(b"Introduction.", f"{hostile} &#0; \u202eabc <b>=1+1</b>".encode()))
    with closing(made(scene.database, tmp_path)) as out:
        assert any(hostile in row["text"] for row in rows(out, "SELECT text FROM section_version"))
    scene.database.close()


def test_it_holds_nobody_s_address(database: Database, tmp_path: Path) -> None:
    tell(database)
    made(database, tmp_path).close()
    written = (tmp_path / "export.db").read_bytes()
    assert b"reader@" not in written
    assert b"admin@" not in written


def test_a_place_that_cannot_be_written_is_told(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(Unwritable, match=r"export\.db: cannot be written"):
        write_datasette(scene.database, tmp_path / "none" / "export.db")
