"""The main job, whole: the recorded revisions one after another, what is mailed, and what can be asked after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Installation, Told

REVISIONS = (
    "2022-06-child-protection",
    "2024-02-child-protection",
    "2025-01-child-protection",
    "2025-10-child-protection",
)


def only_check(told: Told) -> dict[str, Any]:
    (check,) = told.json["checks"]
    assert isinstance(check, dict)
    return check


def loud(check: dict[str, Any]) -> list[tuple[str, str]]:
    return [(change["kind"], change["title"]) for change in check["changes"] if not change["quiet"]]


def test_a_first_reading_is_a_baseline_and_mails_nobody(monitor: Installation) -> None:
    told = monitor("check", "--json")
    check = only_check(told)
    assert (told.code, told.err) == (0, "")
    assert (check["watch"], check["outcome"], check["changes"]) == ("child-protection", "baseline", [])
    assert check["alerts"] == {"queued": 0, "sent": 0, "undelivered": 0}
    assert monitor.mails() == []


def test_an_unchanged_page_is_asked_for_with_its_validator(monitor: Installation) -> None:
    monitor("check")
    told = monitor("check", "--json")
    assert only_check(told)["outcome"] == "unchanged"
    assert monitor.site.requests[0].get("if-none-match") is None
    assert monitor.site.requests[1]["if-none-match"] == monitor.site.etag
    assert monitor("checks", "--json").json["checks"][0]["http_status"] == 304


def test_a_page_that_only_changes_its_nonce_is_unchanged(monitor: Installation) -> None:
    monitor("check")
    monitor.site.body = monitor.site.body.replace(b'nonce="102"', b'nonce="977"')
    assert only_check(monitor("check", "--json"))["outcome"] == "unchanged"
    assert len(monitor("snapshots", "--json").json["snapshots"]) == 1


def test_from_2022_to_2024_a_report_keeps_its_identity_and_its_date_becomes_precise(monitor: Installation) -> None:
    monitor.serve(REVISIONS[0])
    monitor("check")
    monitor.serve(REVISIONS[1])
    check = only_check(monitor("check", "--json"))
    harm = [change for change in check["changes"] if change["title"].startswith("In harm’s way")]
    assert {change["kind"] for change in harm} <= {"report-changed", "report-moved"}
    (precise,) = [change for change in harm if "published" in change["fields"]]
    assert precise["quiet"] is True
    assert precise["fields"]["published"] == {"before": "2015", "after": "2015-07-02"}
    assert "report-removed" not in {change["kind"] for change in check["changes"]}


def test_from_2024_to_january_2025_exactly_one_report_is_new(monitor: Installation) -> None:
    monitor("check")
    monitor.serve(REVISIONS[2])
    check = only_check(monitor("check", "--json"))
    assert check["outcome"] == "changed"
    assert [change["kind"] for change in check["changes"]] == ["report-added"]
    assert loud(check) == [("report-added", "Cleveland Police: National child protection inspection")]
    assert check["alerts"] == {"queued": 1, "sent": 1, "undelivered": 0}
    (mail,) = monitor.mails()
    assert mail["Subject"] == "New HMICFRS report: Cleveland Police: National child protection inspection"


def test_from_january_to_october_2025_a_report_is_new_and_a_word_is_gone(monitor: Installation) -> None:
    monitor.serve(REVISIONS[2])
    monitor("check")
    monitor.serve(REVISIONS[3])
    check = only_check(monitor("check", "--json"))
    added, edited = check["changes"]
    assert (added["kind"], added["title"]) == (
        "report-added",
        "Group-based child sexual exploitation: A progress report",
    )
    assert (edited["kind"], edited["quiet"]) == ("report-changed", False)
    assert "far outweighed" in edited["text"]["before"]
    assert "far outweighed" not in edited["text"]["after"]
    listed = monitor("reports", "--json").json["reports"]
    assert listed[0]["recommendations"] == 6
    (mail,) = monitor.mails()
    body = mail.get_body(("plain",))
    assert body is not None
    assert "[-far" in body.get_content()


@pytest.mark.parametrize(
    ("page", "status", "outcome", "code"),
    [
        ("error-maintenance-200", 200, "suspect", 4),
        ("error-blocked-403", 403, "failed", 3),
        ("error-rate-limited-429", 429, "failed", 3),
        ("error-blocked-403", 200, "suspect", 4),
    ],
)
def test_a_page_that_is_not_the_page_changes_nothing_and_alerts_no_reader(
    monitor: Installation, page: str, status: int, outcome: str, code: int
) -> None:
    monitor("check")
    before = monitor("show", "--json").json
    monitor.serve(page, status)
    told = monitor("check", "--json")
    check = only_check(told)
    assert (told.code, check["outcome"], check["changes"], check["snapshot"]) == (code, outcome, [], None)
    assert check["reason"]
    monitor.serve("2024-02-child-protection")
    assert only_check(monitor("check", "--json"))["outcome"] == "unchanged"
    after = monitor("show", "--json").json
    assert (after["snapshot"], after["reports"]) == (before["snapshot"], before["reports"])
    assert monitor.mails() == []


def without_reports(page: bytes) -> bytes:
    """The page with its list of reports gone, and all else there."""
    start = page.index(b'<h3 class="wp-block-heading"><a href')
    return page[:start] + page[page.index(b'<h2 class="wp-block-heading" id="h-future') :]


def test_a_collapse_of_the_list_is_suspect_and_believed_when_it_lasts(monitor: Installation) -> None:
    monitor("check")
    monitor.site.body = without_reports(monitor.site.body)
    told = monitor("check", "--json")
    assert (told.code, only_check(told)["outcome"]) == (4, "suspect")
    assert "reports" in only_check(told)["reason"]
    monitor.site.body = monitor.site.body.replace(b'nonce="102"', b'nonce="733"')
    again = only_check(monitor("check", "--json"))
    assert again["outcome"] == "changed"
    assert [kind for kind, _ in loud(again)] == ["report-removed"] * 7
    (mail,) = monitor.mails()
    assert mail["Subject"].startswith("7 reports no longer listed")


def test_a_collapse_that_is_not_the_same_twice_is_not_believed(monitor: Installation) -> None:
    monitor("check")
    whole = monitor.site.body
    monitor.site.body = without_reports(whole)
    assert monitor("check").code == 4
    monitor.site.body = without_reports(whole).replace(b"are continually developing", b"are seldom developing")
    assert monitor("check").code == 4
    monitor.site.body = whole
    assert only_check(monitor("check", "--json"))["outcome"] == "unchanged"


@pytest.mark.parametrize("page", ["error-maintenance-200", "error-blocked-403"])
def test_a_stand_in_for_the_page_is_never_believed(monitor: Installation, page: str) -> None:
    monitor("check")
    monitor.serve(page)
    assert [monitor("check").code for _ in range(4)] == [4, 4, 4, 4]


def test_a_change_and_its_reversal_are_both_told_and_the_report_is_listed_again(monitor: Installation) -> None:
    monitor.serve(REVISIONS[2])
    monitor("check")
    monitor.serve(REVISIONS[1])
    assert loud(only_check(monitor("check", "--json")))[0][0] == "report-removed"
    monitor.serve(REVISIONS[2])
    (change,) = only_check(monitor("check", "--json"))["changes"]
    assert (change["kind"], change["first_seen"][:16]) == ("report-added", "2025-11-03T09:30")
    assert {mail["Subject"] for mail in monitor.mails()} == {
        "HMICFRS report no longer listed: Cleveland Police: National child protection…",
        "HMICFRS report listed again: Cleveland Police: National child protection…",
    }
    kinds = [change["kind"] for change in monitor("history", "--json").json["changes"]]
    assert kinds == ["report-added", "report-removed"]
    (cleveland,) = [
        entry for entry in monitor("reports", "--json").json["reports"] if entry["title"].startswith("Cleveland")
    ]
    assert (cleveland["listed"], cleveland["first_seen"]) == (True, change["first_seen"])


def test_the_history_is_answered_from_what_was_stored(monitor: Installation) -> None:
    for name in REVISIONS:
        monitor.serve(name)
        assert monitor("check").code == 0
    changes = monitor("history", "--json").json["changes"]
    assert changes[0]["kind"] in {"report-added", "report-changed"}
    assert all(not change["quiet"] for change in changes)
    assert len(monitor("history", "--json", "--quiet-changes").json["changes"]) > len(changes)
    added = monitor("history", "--json", "--kind", "report-added").json["changes"]
    assert "Cleveland Police: National child protection inspection" in {change["title"] for change in added}
    assert monitor("history", "--json", "--until", "2024-01-01").json["changes"] == []
    assert len(monitor("snapshots", "--json").json["snapshots"]) == 4
    shown = monitor("show", "--json").json
    assert len(shown["reports"]) == 9
    assert shown["confirmed_until"] == shown["captured_at"]
    difference = monitor("diff", "3", "4", "--json").json
    assert [change["kind"] for change in difference["changes"]] == ["report-added", "report-changed"]
    words = difference["changes"][1]["words"]
    assert {"kind": "removed", "text": "far "} in words or {"kind": "removed", "text": " far"} in words


def test_before_the_first_check_the_history_says_so(monitor: Installation) -> None:
    assert monitor("history", "--json").json == {"changes": []}
    told = monitor("show")
    assert (told.code, told.out) == (2, "")
    assert "child-protection" in told.err
    assert monitor("status").code == 7
