"""What users script against: the JSON's keys, the README's commands and codes, the options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.errors import Exit, worst
from cli.main import cli
from cli.settings import load_settings
from tests.cli.conftest import Installation

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")

REPORT = {
    "key", "title", "url", "published", "published_precision", "published_text", "programme", "kind", "recommendations",
    "causes_of_concern", "section", "text",
}  # fmt: skip
PAGE = {"url", "title", "topics", "sections", "reports", "related", "contacts"}
CHANGE = {
    "id", "watch", "kind", "key", "title", "section", "quiet", "fields", "text", "last_seen_before", "first_seen_after",
    "from_snapshot", "to_snapshot",
}  # fmt: skip
SIGHTING = {"first_seen", "last_seen", "absent_until", "absent_from"}
EVENT = {"event", "last_seen_before", "first_seen_after", "change", "differs", "from_snapshot", "to_snapshot"}
NEWS = {
    "watch", "url", "title", "headline", "begins_later", "from_snapshot", "to_snapshot", "new", "listed_again",
    "older_newly_listed", "edited", "removed", "text_edited", "meanwhile", "looks",
}  # fmt: skip
RESULT = {
    "watch", "record", "key", "title", "url", "published", "section", "stands", "versions", "first_snapshot",
    "last_snapshot", "headline", "snippet",
}  # fmt: skip
SNAPSHOT = {"id", "watch", "captured_at", "source", "sha256", "sections", "reports"}
CHECK = {"id", "watch", "started_at", "outcome", "reason", "http_status", "duration_ms", "snapshot"}
ALERT = {"id", "watch", "recipient", "channel", "state", "attempts", "next_attempt_at", "last_error", "subject"}
STANDING = {"name", "last_good_check", "last_outcome", "late", "consecutive_failures"}
UTC = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


@pytest.mark.parametrize(
    ("arguments", "entries", "keys"),
    [
        (["history"], "changes", CHANGE),
        (["diff", "1", "2"], "changes", CHANGE),
        (["snapshots"], "snapshots", SNAPSHOT),
        (["checks"], "checks", CHECK),
        (["reports"], "reports", REPORT | SIGHTING | {"watch", "listed"}),
        (["timeline", "Metropolitan Police"], "events", EVENT),
        (["since", "2025-01-01"], "pages", NEWS),
        (["search", "police"], "results", RESULT | SIGHTING),
        (["alerts"], "alerts", ALERT),
        (["status"], "watches", STANDING),
        (["show"], "reports", REPORT),
        (["show"], "sections", {"key", "level", "path", "title", "text", "links"}),
        (["replay"], "watches", {"watch", "snapshots", "applied"}),
        (["verify", "--reread"], "parts", {"part", "checked", "faults"}),
        (["check"], "checks", {"watch", "outcome", "reason", "snapshot", "changes", "alerts"}),
    ],
)
def test_each_document_has_the_promised_keys(
    changed: Installation, arguments: list[str], entries: str, keys: set[str]
) -> None:
    told = changed(*arguments, "--json")
    assert (told.code, told.err) == (0, "")
    assert told.json[entries]
    for entry in told.json[entries]:
        assert keys <= entry.keys()
        for name, value in entry.items():
            if (
                name.endswith(("_at", "_seen", "_before", "_after", "_check", "absent_until", "absent_from"))
                and value is not None
            ):
                assert UTC.fullmatch(value), name


def test_show_and_parse_give_a_page_and_show_its_proof(changed: Installation, tmp_path: Path) -> None:
    shown = changed("show", "--json").json
    assert PAGE | {"snapshot", "captured_at", "as_of", "confirmed_until", "source"} <= shown.keys()
    assert {"last_look_before", "next_look_after", "next_same"} <= shown.keys()
    path = tmp_path / "page.html"
    path.write_bytes(changed.site.body)
    parsed = changed("parse", str(path), "--url", changed.site.url, "--json").json
    assert parsed == {name: shown[name] for name in PAGE}


def test_parse_reads_the_revision_of_2024(monitor: Installation, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(monitor.site.body)
    page = monitor("parse", str(path), "--json").json
    assert [report["recommendations"] for report in page["reports"]] == [11, 9, 17, None, None, None, None]
    assert [report["published"] for report in page["reports"]] == [
        "2024-02-09", "2023-12-08", "2023-04-05", "2020-02-27", "2015-07-02", "2015-07-02", "2013-03-12",
    ]  # fmt: skip
    assert len(page["topics"]) == 3
    assert [entry["title"] for entry in page["related"]] == [
        "Knife crime: safeguarding children and young people in education"
    ]
    assert page["contacts"] == [{"kind": "email", "value": "contact@hmicfrs.gov.uk"}]


def test_backup_tells_what_it_made(changed: Installation, tmp_path: Path) -> None:
    made = changed("backup", str(tmp_path / "copy.db"), "--json").json
    assert made.keys() == {"file", "bytes", "sha256", "checks", "snapshots"}
    assert (made["file"], made["checks"], made["snapshots"]) == (str(tmp_path / "copy.db"), 2, 2)


def test_verify_says_whether_all_is_well(changed: Installation) -> None:
    told = changed("verify", "--json").json
    assert told["well"] is True
    names = ["file", "bodies", "versions", "changes", "checks", "chain", "captures", "alerts"]
    assert [part["part"] for part in told["parts"]] == names


def test_status_counts_what_is_undelivered(changed: Installation) -> None:
    assert changed("status", "--json").json["undelivered"] == 0


def commands_of(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, by the words with which they are called."""
    yield name, command
    if isinstance(command, click.Group):
        for word, below in command.commands.items():
            yield from commands_of(f"{name} {word}", below)


def test_the_readme_and_the_help_name_the_same_commands_and_options() -> None:
    with click.Context(cli) as ctx:
        top = [(name, cli.get_command(ctx, name)) for name in cli.list_commands(ctx)]
    called = {words: found for name, command in top if command for words, found in commands_of(name, command)}
    table = README.partition("## Commands")[2].partition("### Exit codes")[0]
    cells = [
        cell for row in re.findall(r"^\| (`.*?`) \| ", table, re.MULTILINE) for cell in re.findall(r"`(.+?)`", row)
    ]
    named = {re.match(r"[a-z]+( [a-z]+)?", cell)[0]: cell for cell in cells}  # type: ignore[index]
    assert set(named) == set(called)
    for words, cell in named.items():
        options = {option for parameter in called[words].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", cell)) <= options, words


def test_the_readme_and_the_help_name_the_same_exit_codes() -> None:
    table = README.partition("### Exit codes")[2].partition("## How it decides")[0]
    assert [int(code) for code in re.findall(r"^\| (\d) \|", table, re.MULTILINE)] == list(Exit)
    told = " ".join((cli.help or "").split())
    assert all(re.search(rf"\b{code:d} [a-z]", told) for code in Exit)


def test_the_lowest_code_is_given_where_several_hold() -> None:
    assert worst([]) == Exit.WELL
    assert worst([Exit.UNDELIVERED, Exit.WELL, Exit.SUSPECT]) == Exit.SUSPECT


def test_the_settings_in_the_readme_are_good(tmp_path: Path) -> None:
    example = README.partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "settings.toml"
    path.write_text(example, encoding="utf-8")
    settings = load_settings(path, {})
    assert settings.mail.to == ("team@example.org",)
    assert settings.watches[0].name == "child-protection"
