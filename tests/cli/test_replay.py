"""`replay` as a person and a script meet it, on a history that the real checks stored."""

from __future__ import annotations

from dataclasses import replace

import pytest
from selectolax.lexbor import LexborHTMLParser

from domain.page import Page
from schedules.replay import Reader
from scraper import read as real
from scraper.errors import NotUnderstood
from storage.lock import run_lock
from tests.cli.conftest import Installation
from tests.storage.pages import START


def newer(body: bytes, url: str, content_type: str | None) -> Page:
    """The reading of a reader to come, which does not take the last report for one."""
    page = real.read(body, url, content_type)
    return replace(page, reports=page.reports[:-1])


def blind(_body: bytes, url: str, _content_type: str | None) -> Page:
    raise NotUnderstood(f"{url}: the page shows no title")


def upgrade(monkeypatch: pytest.MonkeyPatch, read: object = newer) -> None:
    monkeypatch.setattr("cli.commands.replay.reader", lambda: Reader(99, read))  # type: ignore[arg-type]


def test_there_is_nothing_to_apply_where_today_s_reader_read_everything(changed: Installation) -> None:
    told = changed("replay")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines() == [
        "child-protection: 2 snapshots read again, 0 read otherwise",
        "The history is what today's reader would make of it; there is nothing to apply.",
    ]
    assert changed("replay", "--apply", "--json").json["watches"][0]["applied"] is False


def test_it_shows_what_would_be_and_then_does_it(changed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(monkeypatch)
    before = changed("reports", "--json").out
    shown = changed("replay")
    assert shown.code == 0
    assert "  snapshot 1 (reader 1 → 99): 7 sections, 7 → 6 reports, 0 changes, 1 record read otherwise" in shown.out
    assert shown.out.splitlines()[-1].startswith("Nothing is rewritten yet: `hmicfrs-monitor replay --apply`")
    assert changed("reports", "--json").out == before
    applied = changed("replay", "--apply")
    assert applied.code == 0
    assert applied.out.splitlines()[-1] == "The history is rewritten; nobody was alerted."
    assert len(changed("reports", "--json").json["reports"]) == 7
    assert changed("show", "--at", "now", "--json").json["snapshot"] == 2
    assert changed("replay").out.splitlines()[-1].endswith("there is nothing to apply.")
    assert len(changed.mails()) == len(changed("alerts", "--json").json["alerts"]) == 1


def test_the_json_is_as_promised(changed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(monkeypatch)
    for apply in ([], ["--apply"]):
        told = changed("replay", "--json", *apply)
        assert (told.code, told.err) == (0, "")
        (watch,) = told.json["watches"]
        assert (watch["watch"], watch["applied"], watch["refused"]) == ("child-protection", bool(apply), None)
        assert [entry.pop("changes_before") > 0 for entry in watch["snapshots"]] == [False, True]
        assert [entry.pop("changes_after") > 0 for entry in watch["snapshots"]] == [False, True]
        read = {"reader_before": 1, "reader_after": 99, "records_changed": 1, "changed": True}
        assert watch["snapshots"] == [{"snapshot": 1, **read}, {"snapshot": 2, **read}]


def test_a_page_that_is_not_understood_any_more_leaves_the_history(
    changed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(monkeypatch, blind)
    before = changed("history", "--quiet-changes", "--json").out
    told = changed("replay", "--apply")
    assert told.code == 4
    assert "child-protection: snapshot 1 cannot be read by reader 99, and nothing is rewritten: http" in told.err
    assert told.out == "Nothing was rewritten.\n"
    assert changed("history", "--quiet-changes", "--json").out == before
    refused = changed("replay", "--json")
    assert refused.code == 4
    assert "snapshot 1" in refused.json["watches"][0]["refused"]


def test_only_one_may_rewrite_and_everybody_may_ask(changed: Installation) -> None:
    with run_lock(changed.folder / "monitor.db", "`hmicfrs-monitor run`", START):
        held = changed("replay", "--apply")
        assert held.code == 6
        assert "`hmicfrs-monitor run`" in held.err
        assert changed("replay").code == 0


def test_an_unknown_watch_is_a_mistake_and_an_empty_history_is_none(monitor: Installation) -> None:
    assert monitor("replay", "--watch", "elsewhere").code == 2
    told = monitor("replay", "--apply", "--json")
    assert (told.code, told.json) == (0, {"watches": []})


def test_quiet_says_nothing_but_what_went_wrong(changed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert changed("-q", "replay", "--apply").out == ""
    upgrade(monkeypatch, blind)
    assert changed("-q", "replay").err.startswith("child-protection: snapshot 1 cannot be read")


def test_an_alert_with_nothing_left_to_tell_is_not_sent(changed: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    changed.configure('[mail]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nto = ["team@example.org"]')
    changed.serve("2024-02-child-protection")
    assert changed("check").code == 5
    upgrade(monkeypatch, _always_the_same)
    changed("replay", "--apply")
    assert changed("deliver").code == 0
    called_off = changed("alerts", "list", "--state", "cancelled", "--json").json["alerts"]
    assert [alert["last_error"].partition(":")[0] for alert in called_off] == ["nothing is left to tell"]
    assert changed("status").code == 0
    assert len(changed.mails()) == 1


def _always_the_same(_body: bytes, url: str, _content_type: str | None) -> Page:
    return Page(url, "Child abuse and child protection issues")


def test_a_check_after_an_upgrade_of_the_reader_tells_the_pages_edits_and_not_the_readers(
    monitor: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shortsighted(tree: LexborHTMLParser, url: str) -> Page:
        page = real.read_tree(tree, url)
        return replace(page, sections=page.sections[:3])

    with monkeypatch.context() as older:
        older.setattr("scraper.verdict.read_tree", shortsighted)
        older.setattr("scraper.verdict.READER_VERSION", 0)
        monitor("check")
    assert len(monitor("show", "--json").json["sections"]) == 3
    monitor.serve("2025-01-child-protection")
    (check,) = monitor("check", "--json").json["checks"]
    assert [change["kind"] for change in check["changes"]] == ["report-added"]
