"""`diff` in its forms, and where its document goes."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from cli.errors import CommandError
from cli.output import written
from tests.cli.conftest import Installation


@pytest.fixture
def edited(changed: Installation) -> Installation:
    """One that has seen a third revision, with a word taken out of a report's text."""
    changed.serve("2025-10-child-protection")
    assert changed("check").code == 0
    return changed


def test_without_colours_the_words_are_marked(edited: Installation) -> None:
    told = edited("diff", "2", "3")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("Snapshot 2, last seen 2025-11-03 09:30 GMT\nSnapshot 3, first seen")
    assert "negative evidence [-far-] outweighed" in told.out
    assert "\x1b" not in told.out


def test_a_page_and_markdown_are_printed_whole(edited: Installation) -> None:
    html = edited("diff", "2", "3", "--format", "html").out
    assert html.startswith("<!DOCTYPE html>\n")
    assert html.endswith("</html>\n")
    assert "negative evidence <del>far</del> outweighed" in html
    assert '<table role="table" class="text">' in html
    assert 'class="text"' not in edited("diff", "2", "3", "--format", "html", "--columns", "1").out
    markdown = edited("diff", "2", "3", "--format", "md").out
    assert markdown.startswith("# What changed: Child abuse and child protection issues\n")
    assert "negative evidence ~~far~~ outweighed" in markdown


def test_json_is_the_same_by_either_option_and_has_quiet_changes(edited: Installation) -> None:
    one, two = edited("diff", "1", "3", "--json"), edited("diff", "1", "3", "--format", "json")
    assert one.out == two.out
    assert one.json.keys() == {"from", "to", "changes"}


def test_quiet_changes_are_shown_when_asked_for_and_counted_otherwise(monitor: Installation) -> None:
    monitor.serve("2022-06-child-protection")
    monitor("check")
    monitor.serve("2024-02-child-protection")
    monitor("check")
    note = "Two quiet changes are not shown"
    for form in ("text", "html", "md"):
        assert note in monitor("diff", "1", "2", "--format", form).out
        assert note not in monitor("diff", "1", "2", "--format", form, "--quiet-changes").out
    assert "Quiet changes" in monitor("diff", "1", "2", "--format", "html", "--quiet-changes").out


@pytest.mark.parametrize("form", ["text", "html", "md"])
def test_nothing_changed_is_said_in_every_form(changed: Installation, form: str) -> None:
    assert "Nothing changed between " in changed("diff", "2", "2", "--format", form).out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--json", "--format", "html"], "--json and --format html exclude each other"),
        (["--columns", "1"], "--columns is for --format html"),
        (["--format", "html", "--columns", "3"], "'3' is not one of '1', '2'"),
        (["--format", "pdf"], "'pdf' is not one of"),
    ],
)
def test_options_that_contradict_each_other_are_told(changed: Installation, options: list[str], told: str) -> None:
    answer = changed("diff", "1", "2", *options)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


@pytest.mark.parametrize("form", ["text", "html", "md", "json"])
def test_a_file_gets_what_would_be_printed(changed: Installation, tmp_path: Path, form: str) -> None:
    path = tmp_path / "différence"
    told = changed("diff", "1", "2", "--format", form, "-o", str(path))
    assert (told.code, told.out, told.err) == (0, "", "")
    assert path.read_text(encoding="utf-8") == changed("diff", "1", "2", "--format", form).out
    assert changed("diff", "1", "2", "--format", form, "-o", "-").out == path.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_told_in_a_line(changed: Installation, tmp_path: Path) -> None:
    for place in (tmp_path / "missing" / "diff.html", tmp_path):
        told = changed("diff", "1", "2", "--format", "html", "-o", str(place))
        assert (told.code, told.out) == (2, "")
        assert told.err.startswith(f"hmicfrs-monitor: {place}: cannot be written: ")
        assert told.err.count("\n") == 1


def half(path: Path) -> None:
    """Write to a file, and fail before it is whole."""
    with written(str(path)) as file:
        file.write(b"half")
        assert path.read_bytes() == b"old"
        raise ZeroDivisionError


def test_what_was_there_stays_until_the_new_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "diff.html"
    path.write_bytes(b"old")
    path.chmod(0o640)
    with pytest.raises(ZeroDivisionError):
        half(path)
    assert path.read_bytes() == b"old"
    with written(str(path)) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    target, link, pipe = tmp_path / "target", tmp_path / "link", tmp_path / "pipe"
    target.write_bytes(b"old")
    link.symlink_to(target)
    os.mkfifo(pipe)
    with written(str(link)) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with written(str(pipe)) as file:
        file.write(b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()


def test_a_disk_that_is_full_is_told() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    with pytest.raises(CommandError, match="cannot be written: No space left on device"), written(str(full)) as file:
        file.write(b"x" * 100_000)


def test_the_words_of_json_are_as_they_were(edited: Installation) -> None:
    (added, report) = json.loads(edited("diff", "2", "3", "--json").out)["changes"]
    assert "words" not in added
    assert report["words_cut"] is False
    assert {"kind": "removed", "text": "far "} in report["words"] or {"kind": "removed", "text": " far"} in report[
        "words"
    ]
