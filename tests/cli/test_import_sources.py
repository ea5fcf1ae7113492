"""What cannot be imported, or not to its end: what is said of it, and that nothing is lost or made by the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Installation, revision

REVISIONS = ("2022-06", "2024-02", "2025-01", "2025-10")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    for name in REVISIONS:
        (folder / f"{name}.html").write_bytes(revision(f"{name}-child-protection"))
    return folder


@pytest.fixture
def exported(monitor: Installation, saved: Path) -> Path:
    """A web archive with four captures, and an installation that has no database."""
    file = saved.with_name("history.warc.gz")
    assert monitor("import", "files", str(saved)).code == 0
    assert monitor("export", "--format", "warc", "-o", str(file)).code == 0
    (monitor.folder / "monitor.db").unlink()
    return file


@pytest.mark.parametrize(
    "arguments",
    [
        ("files", "nowhere"),
        ("files", "settings.toml"),
        ("warc", "nowhere.warc"),
        ("warc", "settings.toml"),
        ("jsonl", "settings.toml"),
        ("files", ".", "--watch", "other"),
        ("wayback", "--watch", "other"),
        ("wayback", "--from", "2024-01-01", "--to", "2020-01-01"),
    ],
)
def test_a_name_that_was_mistyped_makes_no_database(
    monitor: Installation, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(monitor.folder)
    told = monitor("import", *arguments)
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
    assert [path.name for path in monitor.folder.iterdir()] == ["settings.toml"]


def test_of_a_file_that_is_damaged_all_that_was_before_it_is_in_the_history(
    monitor: Installation, exported: Path
) -> None:
    exported.write_bytes(exported.read_bytes()[:-2000])
    told = monitor("import", "warc", str(exported))
    assert told.code == 2
    assert "3 put into the history" in told.out
    assert "damaged at byte" in told.err
    assert told.err.endswith("what was read before it is imported\n")
    assert [one["state"] for one in monitor("import", "list", "--json").json["captures"]] == ["merged"] * 3


def test_a_file_that_was_had_again_after_it_was_damaged_adds_the_rest(monitor: Installation, exported: Path) -> None:
    whole = exported.read_bytes()
    exported.write_bytes(whole[:-2000])
    assert monitor("import", "warc", str(exported), "--json").json["watches"][0]["merged"] == 3
    exported.write_bytes(whole)
    (again,) = monitor("import", "warc", str(exported), "--json").json["watches"]
    assert (again["found"], again["new"], again["merged"]) == (4, 1, 1)


def test_a_folder_without_a_file_is_told_as_such(monitor: Installation, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    told = monitor("import", "files", str(tmp_path / "empty"))
    assert (told.code, told.out, told.err) == (0, "nothing was found that can be imported\n", "")


def test_what_the_site_answered_with_another_status_counts_as_set_aside(monitor: Installation, tmp_path: Path) -> None:
    monitor("check")
    monitor.serve("error-blocked-403", 403)
    monitor("check")
    file = tmp_path / "checks.jsonl"
    assert monitor("export", "--format", "jsonl", "--what", "checks", "-o", str(file)).code == 0
    (monitor.folder / "monitor.db").unlink()
    (told,) = monitor("import", "jsonl", str(file), "--json").json["watches"]
    listed = monitor("import", "list", "--state", "aside", "--json").json["captures"]
    assert told["aside"] == len(listed)
    assert told["found"] == told["merged"] + told["aside"]


def test_a_file_of_the_future_is_left_out_and_told(monitor: Installation, saved: Path) -> None:
    (saved / "2031-01-01.html").write_bytes(revision("2025-10-child-protection"))
    told = monitor("import", "files", str(saved))
    assert told.code == 0
    assert told.err == "left out: 2031-01-01.html: it is dated in the future\n"
    assert "4 put into the history" in told.out


def test_a_database_that_cannot_be_written_is_told_in_one_line(monitor: Installation, saved: Path) -> None:
    (monitor.folder / "monitor.db").write_text("no database\n" * 100, encoding="utf-8")
    told = monitor("import", "files", str(saved))
    assert (told.code, told.out, told.err.count("\n")) == (2, "", 1)
