"""`since` on the command line: for people, for a paper and for scripts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from tests.cli.conftest import Installation


@pytest.fixture
def past(monitor: Installation) -> Installation:
    """One that saw a revision a month in 2025, from September on, and that failed in between."""
    for month, name in ((9, "2024-02"), (10, "2025-01"), (11, "2025-10")):
        with time_machine.travel(datetime(2025, month, 1, 9, tzinfo=UTC)):
            monitor.serve(f"{name}-child-protection")
            assert monitor("check").code == 0
        with time_machine.travel(datetime(2025, month, 2, 9, tzinfo=UTC)):
            monitor.serve("error-blocked-403", 403)
            assert monitor("check").code == 3
    return monitor


def test_it_is_told_by_group_with_a_headline(past: Installation) -> None:
    told = past("since", "15 September 2025")
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[0] == "Child abuse and child protection issues (child-protection)"
    assert lines[1] == "Since 15 September 2025, 00:00 BST: 2 new reports, 1 report edited"
    headings = [line for line in lines if line in {"New reports", "Reports edited", "Reports no longer listed"}]
    assert headings == ["New reports", "Reports edited"]
    assert "    Recommendations: 6" in lines
    assert "Looked at 2 times since then, and 2 more that failed or were not believed." in lines
    assert "[-far-]" in told.out


def test_nothing_new_says_when_it_was_last_looked_at(past: Installation) -> None:
    told = past("since", "2 November 2025")
    assert "Nothing new since 2 November 2025, 00:00 GMT; last looked at 1 November 2025, 09:00 GMT" in told.out


def test_it_makes_markdown_for_a_paper(past: Installation) -> None:
    told = past("since", "2025-09-15", "--format", "md").out
    assert told.startswith("## Child abuse and child protection issues\n\n")
    assert "**Since 15 September 2025, 00:00 BST: 2 new reports, 1 report edited**" in told
    assert "- **Cleveland Police: National child protection inspection**" in told
    assert "~~far~~" in told


def test_json_has_the_groups_and_the_looks(past: Installation) -> None:
    told = past("since", "2025-09-15", "--json").json
    assert told["since"] == "2025-09-14T23:00:00Z"
    (page,) = told["pages"]
    assert page["headline"] == "2 new reports, 1 report edited"
    assert {"watch", "url", "title", "begins_later", "from_snapshot", "to_snapshot", "meanwhile"} <= page.keys()
    groups = ("new", "listed_again", "older_newly_listed", "edited", "removed", "text_edited")
    assert [len(page[group]) for group in groups] == [2, 0, 0, 1, 0, 0]
    entry = page["edited"][0]
    assert {"key", "title", "published", "recommendations", "edits", "changes"} <= entry.keys()
    assert {"last_seen_before", "first_seen_after", "from_snapshot", "to_snapshot"} <= entry.keys()
    looks = page["looks"]
    assert looks.keys() == {"checks", "seen", "longest_unseen", "looked_for_seconds", "last"}
    assert (looks["checks"], looks["seen"], looks["last"]) == (4, 2, "2025-11-01T09:00:00Z")
    assert looks["longest_unseen"] == {"from": "2025-10-01T09:00:00Z", "to": "2025-11-01T09:00:00Z"}
    assert past("since", "2025-09-15", "--format", "json").json == told


def test_what_cannot_be_meant_is_told_and_exits_2(past: Installation) -> None:
    assert past("since").code == 2
    assert "'soon' is no date" in past("since", "soon").err
    assert past("since", "2025-09-15", "--watch", "elsewhere").code == 2
    assert past("since", "2025-09-15", "--json", "--format", "md").code == 2


def test_before_the_first_check_it_says_so(monitor: Installation) -> None:
    told = monitor("since", "yesterday")
    assert (told.code, told.out) == (0, "No page was looked at yet: `hmicfrs-monitor check` looks.\n")
    assert monitor("since", "yesterday", "--json").json["pages"] == []
