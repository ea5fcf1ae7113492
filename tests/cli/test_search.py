"""`search` on the command line: results for people and scripts, and one line for what cannot be looked for."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine

from storage.database import Database
from tests.cli.conftest import Installation


@pytest.fixture
def past(monitor: Installation) -> Installation:
    """One that saw a revision a month in 2025, from September on."""
    for month, name in ((9, "2024-02"), (10, "2025-01"), (11, "2025-10")):
        with time_machine.travel(datetime(2025, month, 1, 9, tzinfo=UTC)):
            monitor.serve(f"{name}-child-protection")
            assert monitor("check").code == 0
    return monitor


def test_results_have_the_words_marked_and_the_looks_around_them(past: Installation) -> None:
    told = past("search", "far", "outweighed")
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[0] == "1 result"
    assert lines[2] == (
        "1. The Metropolitan Police Service’s handling of the sexual and criminal exploitation of children"
    )
    assert "evidence «far» «outweighed»" in " ".join(told.out.split())
    assert (
        "   first seen 2025-09-01 10:00 BST on the first page seen, last seen 2025-10-01 10:00 BST "
        "(gone 2025-11-01 09:00 GMT)"
    ) in lines
    assert "snapshots 1 to 2; hmicfrs.justiceinspectorates.gov.uk/publications/metropolitan" in told.out
    assert "still there" in past("search", "outweighed").out
    assert "in 2 versions" in past("search", "outweighed").out


def test_json_has_what_was_found_in_pieces(past: Installation) -> None:
    told = past("search", "far", "--json").json
    assert set(told) == {"results", "total", "unread"}
    assert (told["total"], told["unread"]) == (1, 0)
    (result,) = told["results"]
    assert {"watch", "record", "key", "title", "url", "published", "section", "versions"} <= result.keys()
    assert result["absent_until"] is None
    assert result["first_seen"] == "2025-09-01T09:00:00Z"
    assert result["last_seen"] == "2025-10-01T09:00:00Z"
    assert result["absent_from"] == "2025-11-01T09:00:00Z"
    assert (result["stands"], result["first_snapshot"], result["last_snapshot"]) == (False, 1, 2)
    assert [part["text"] for part in result["snippet"] if part["match"]] == ["far"]
    assert [part["text"] for part in result["headline"]] == [result["title"]]
    page = past("search", "abuse", "issues", "--in", "sections", "--json").json["results"][0]
    assert (page["record"], page["key"], page["title"]) == ("page", past.site.url, page["title"])
    assert page["section"] == []
    section = past("search", "thematic", "--in", "sections", "--json").json["results"][0]
    assert (section["record"], section["url"], section["section"]) == ("section", None, ["Thematic reviews"])


@pytest.mark.parametrize(
    ("arguments", "total"),
    [
        (["far", "--at", "2025-09-15"], 1),
        (["far", "--at", "2025-11-02"], 0),
        (["Cleveland", "--since", "2025-09-15"], 1),
        (["Cleveland", "--until", "2025-09-15"], 0),
        (["exploitation", "--limit", "1"], 8),
        (["exploitation", "--in", "reports", "-online"], 3),
        (["-online", "exploitation", "--in", "reports"], 3),
        (["-h*", "far"], 0),
        (['"causes of concern"'], 1),
        (["Cleveland", "OR", "Savile"], 2),
        (["commission*", "police"], 2),
    ],
)
def test_questions_are_put_as_people_put_them(past: Installation, arguments: list[str], total: int) -> None:
    assert past("search", *arguments, "--json").json["total"] == total


def test_the_best_of_many_are_shown(past: Installation) -> None:
    assert past("search", "exploitation", "--limit", "2").out.startswith("8 results; the best 2\n")


def test_nothing_found_says_so(past: Installation) -> None:
    told = past("search", "zebra")
    assert (told.code, told.out) == (0, "Nothing was found.\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Missing argument 'WORDS...'"),
        (["-zebra"], "name at least one word to look for"),
        (['""'], "name at least one word to look for"),
        (["a " * 40], "more than 32 words"),
        (["far", "--limt", "2"], "No such option '--limt'"),
        (["far", "--in", "pages"], "pages"),
        (["far", "--limit", "0"], "0"),
        (["far", "--at", "someday"], "'someday' is no date"),
        (["far", "--watch", "elsewhere"], "unknown watch 'elsewhere'"),
    ],
)
def test_what_cannot_be_looked_for_is_told_in_a_line_and_exits_2(
    past: Installation, arguments: list[str], told: str
) -> None:
    answer = past("search", *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert answer.err.startswith("hmicfrs-monitor: ")


def test_before_the_first_check_nothing_is_found(monitor: Installation) -> None:
    assert monitor("search", "police").out == "Nothing was found.\n"


def test_page_text_cannot_steer_the_terminal(monitor: Installation) -> None:
    twist = "\x1b[2J\u202e[bold]far[/bold] \x01\x02 «x»"
    monitor.site.body = monitor.site.body.replace(b"negative evidence far", f"negative evidence {twist} far".encode())
    assert monitor("check").code == 0
    told = monitor("search", "far")
    assert not {"\x1b", "\u202e", "\x01", "\x02"} & set(told.out)
    assert "«far»" in told.out


def test_where_it_cannot_be_indexed_that_is_told(past: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "open", partial(Database.open, busy_timeout=timedelta(milliseconds=20)))
    assert past("search", "cleveland").code == 0
    past.serve("2024-02-child-protection")
    past("check")
    past.serve("2025-10-child-protection")
    past("check")
    with closing(sqlite3.connect(past.folder / "monitor.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = past("search", "cleveland")
    assert (told.code, told.out.splitlines()[0]) == (0, "1 result")
    assert "texts are not in the index yet, and were not looked through: " in told.err
    assert "another program holds the database" in told.err
    assert past("search", "cleveland").out.splitlines()[0] == "2 results"
