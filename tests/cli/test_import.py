"""The past before installation, brought in by command: what is said of it, and the questions that it answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.lock import run_lock
from tests.cli.conftest import Installation, revision
from tests.schedules.past import START

REVISIONS = ("2022-06", "2024-02", "2025-01", "2025-10")
MISSION = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with the four recorded revisions, named with their dates."""
    folder = tmp_path / "saved"
    folder.mkdir()
    for name in REVISIONS:
        (folder / f"{name}-child-protection.html").write_bytes(revision(f"{name}-child-protection"))
    return folder


@pytest.fixture
def past(monitor: Installation, saved: Path) -> Installation:
    """An installation that knows the four revisions, and nothing else."""
    assert monitor("import", "files", str(saved)).code == 0
    return monitor


class TestTheFourRevisions:
    """What was imported answers in one command each."""

    def test_what_was_listed_on_a_day(self, past: Installation) -> None:
        listed = [one for one in past("reports", "--at", "1 March 2024", "--json").json["reports"] if one["listed"]]
        assert len(listed) == 7
        told = past("reports", "--at", "1 March 2024")
        assert told.code == 0
        assert told.out.count(" yes ") == 7
        assert "not yet 2022-06-30 23:59" in told.out

    def test_when_a_report_appeared(self, past: Installation) -> None:
        told = past("timeline", "Cleveland", "--json").json
        assert (told["lineage_absent_until"], told["lineage_first_seen"]) == (
            "2024-02-29T23:59:59Z",
            "2025-01-31T23:59:59Z",
        )
        assert "not yet 2024-02-29 23:59" in past("timeline", "Cleveland").out

    def test_what_was_edited_in_a_report_and_when(self, past: Installation) -> None:
        (edit,) = [
            one for one in past("timeline", "Metropolitan", "--json").json["events"] if one["event"] == "changed"
        ]
        text = edit["change"]["text"]
        assert "negative evidence far outweighed" in text["before"]
        assert "negative evidence outweighed" in text["after"]
        assert (edit["change"]["last_seen_before"], edit["change"]["first_seen_after"]) == (
            "2025-01-31T23:59:59Z",
            "2025-10-31T23:59:59Z",
        )
        assert "[-far-] outweighed" in past("timeline", "Metropolitan").out


def test_what_became_of_everything_is_said_and_all_is_well(monitor: Installation, saved: Path) -> None:
    (saved / "notes.html").write_text("<p>No date.</p>", encoding="utf-8")
    (saved / "2023-01-01.html").write_bytes(revision("error-blocked-403"))
    told = monitor("import", "files", str(saved))
    assert told.code == 0
    assert told.err.startswith("left out: notes.html: no date in its name;")
    assert told.out == (
        "child-protection: 5 captures, 5 new\n"
        "  4 put into the history, which has 4 new states; nobody was alerted\n"
        "  1 set aside as no state of the page: `import list --state aside` says why\n"
    )
    (aside,) = monitor("import", "list", "--state", "aside", "--json").json["captures"]
    assert (aside["key"], aside["source"], aside["check"]) == ("2023-01-01.html", "file", None)
    assert aside["reason"]
    assert monitor("import").out.count(" merged ") == 4
    assert monitor("verify").code == 0
    again = monitor("import", "files", str(saved), "--json").json
    assert [(one["found"], one["new"], one["merged"]) for one in again["watches"]] == [(5, 0, 0)]


def test_nobody_is_told_of_it_then_or_at_the_first_check_and_of_what_changes_after_it_as_ever(
    past: Installation,
) -> None:
    past.site.body = revision("2025-01-child-protection")
    assert "first reading stored" in past("check").out
    assert past.mails() == []
    past.site.body = revision("2025-10-child-protection")
    assert past("check").code == 0
    assert len(past.mails()) == 1
    assert past("verify").code == 0


def test_a_history_exported_as_a_web_archive_or_as_lines_comes_back(past: Installation, tmp_path: Path) -> None:
    before = past("history", "--json").json["changes"]
    for form in ("warc", "jsonl"):
        file = tmp_path / f"history.{form}"
        sort = ["--what", "checks"] if form == "jsonl" else []
        assert past("export", "--format", form, *sort, "-o", str(file)).code == 0
        (past.folder / "monitor.db").unlink()
        told = past("import", form, str(file))
        assert (told.code, told.err) == (0, "")
        assert "4 put into the history" in told.out
        assert [(one["kind"], one["title"], one["fields"], one["text"]) for one in before] == [
            (one["kind"], one["title"], one["fields"], one["text"]) for one in past("history", "--json").json["changes"]
        ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["files", "nowhere"], "nowhere: cannot be read: No such file or directory"),
        (["warc", "nowhere.warc"], "nowhere.warc: cannot be read: No such file or directory"),
        (["jsonl", "settings.toml"], "settings.toml, line 1: it does not begin as an export of checks does"),
        (["warc", "settings.toml"], "settings.toml"),
        (["files", ".", "--watch", "other"], "unknown watch 'other'; the settings have child-protection"),
        (["wayback", "--also", "nonsense"], "--also nonsense: "),
        (["wayback", "--from", "once"], "'once' is no date"),
        (["files"], "Missing argument 'FOLDER'"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    monitor: Installation, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(monitor.folder)
    told = monitor("import", *arguments)
    assert (told.code, told.out) == (2, "")
    assert said in told.err
    assert "Traceback" not in told.err


def test_a_second_import_is_kept_out_and_a_service_at_work_is_not_in_the_way(
    monitor: Installation, saved: Path
) -> None:
    monitor("status")
    database = monitor.folder / "monitor.db"
    with run_lock(database, "hmicfrs-monitor run", START):
        assert monitor("import", "files", str(saved)).code == 0
    with run_lock(database.with_name("monitor.db.import"), "hmicfrs-monitor import", START):
        told = monitor("import", "files", str(saved))
    assert told.code == 6
    assert "hmicfrs-monitor import" in told.err


def test_with_several_watches_files_need_a_name_and_archives_find_their_own(
    monitor: Installation, saved: Path, tmp_path: Path
) -> None:
    monitor("import", "files", str(saved))
    file = tmp_path / "history.warc"
    assert monitor("export", "--format", "warc", "-o", str(file)).code == 0
    (monitor.folder / "monitor.db").unlink()
    monitor.configure('[[watch]]\nname = "other"\nurl = "https://hmicfrs.justiceinspectorates.gov.uk/other/"\n')
    told = monitor("import", "files", str(saved))
    assert told.code == 2
    assert "which watch? say --watch with one of" in told.err
    found = monitor("import", "warc", str(file), "--json").json["watches"]
    assert {one["watch"]: one["merged"] for one in found} == {"child-protection": 4, "other": 0}


def test_an_archive_that_does_not_answer_is_exit_code_3_and_can_be_asked_again(monitor: Installation) -> None:
    monitor.configure('[archive]\nurl = "http://127.0.0.1:9"\n', scraper="timeout_seconds = 1\n")
    told = monitor("import", "wayback", "--json")
    assert told.code == 3
    assert told.json["watches"][0]["merged"] == 0
    assert told.err.count("\n") == 1
