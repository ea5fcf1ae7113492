"""`timeline` on the command line: one table, JSON, and what is said where no one record is meant."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Installation

MET = "Metropolitan"


@pytest.fixture
def past(monitor: Installation) -> Installation:
    """One that has seen all four revisions, the third of them twice."""
    revisions = ("2022-06", "2024-02", "2025-01", "2025-10", "2025-01")
    for name in revisions:
        monitor.serve(f"{name}-child-protection")
        assert monitor("check").code == 0
    return monitor


def test_a_life_is_one_table_with_bounds_words_and_snapshots(past: Installation) -> None:
    told = past("timeline", MET)
    assert (told.code, told.err) == (0, "")
    lines = " ".join(told.out.split())
    assert told.out.startswith("The Metropolitan Police Service’s handling")
    assert "first seen" in lines
    assert "not yet 2025-11-03 09:30" in lines
    assert "Recommendations: 11" in lines
    assert "[-far-]" in lines
    assert "{+far+}" in lines
    assert "3 → 4" in lines


def test_json_has_the_life_and_each_change_with_its_words(past: Installation) -> None:
    told = past("timeline", MET, "--json").json
    assert told["record"] == "report"
    assert {"watch", "key", "title", "listed", "lineage_first_seen", "lineage_last_seen", "state"} <= told.keys()
    assert [event["event"] for event in told["events"]] == ["first-seen", "changed", "changed"]
    event = told["events"][1]
    assert {"last_seen_before", "first_seen_after", "change", "from_snapshot", "to_snapshot"} <= event.keys()
    assert event["change"]["kind"] == "report-changed"
    assert any(piece["kind"] == "removed" for piece in event["change"]["words"])


def test_a_report_that_was_gone_is_told_as_returned(past: Installation) -> None:
    past.serve("2025-10-child-protection")
    past("check")
    told = past("timeline", "Group-based child sexual exploitation: A progress report", "--json").json
    assert [event["event"] for event in told["events"]] == ["first-seen", "removed", "returned"]
    assert told["events"][2]["differs"] == []
    assert "as it was" in past("timeline", "A progress report").out


def test_a_section_is_asked_for_as_such(past: Installation) -> None:
    assert past("timeline", "Thematic reviews").code == 2
    told = past("timeline", "Thematic reviews", "--section", "--json").json
    assert (told["record"], told["title"]) == ("section", "Thematic reviews")


def test_quiet_changes_are_marked(past: Installation) -> None:
    assert "quiet" not in past("timeline", "in harm's way").out
    assert "edited (quiet)" in " ".join(past("timeline", "in harm's way", "--quiet-changes").out.split())


def test_several_and_none_are_told_in_lines_and_exit_2(past: Installation) -> None:
    several = past("timeline", "police")
    assert (several.code, several.out) == (2, "")
    lines = several.err.splitlines()
    assert all(line.startswith("hmicfrs-monitor: ") for line in lines)
    assert len(lines) == 4
    none = past("timeline", "Clevland")
    assert none.code == 2
    assert "near it are" in none.err
    assert "Cleveland Police" in none.err
    assert past("timeline", MET, "--watch", "elsewhere").code == 2


def test_page_text_cannot_steer_the_terminal(monitor: Installation) -> None:
    for twist in ("\x1b[2J\u202e", "\x1b[2J\u202e[red]edited[/red] "):
        monitor.serve("2024-02-child-protection")
        monitor.site.body = monitor.site.body.replace(b"Metropolitan Police", f"Metro{twist}politan Police".encode())
        assert monitor("check").code == 0
    told = monitor("timeline", "politan", "--quiet-changes")
    assert told.code == 0
    assert not {"\x1b", "\u202e"} & set(told.out)
    assert "[red]edited[/red]" in told.out
    assert not {"\x1b", "\u202e"} & set(monitor("timeline", "police").err)
