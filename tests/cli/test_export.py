"""`export`: the same documents as the other commands give, in every form, whole or not at all, in little memory."""

from __future__ import annotations

import csv
import io
import json
import signal
import sqlite3
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import feedparser
import pytest
from warcio.archiveiterator import ArchiveIterator

from cli.commands.export import FORMATS, SORTS
from storage.database import Database
from tests.cli.conftest import Installation
from tests.domain.records import page
from tests.storage.histories import tell
from tests.storage.pages import Story

FULL = Path("/dev/full")
MIB = 2**20


@pytest.fixture
def told(monitor: Installation) -> Installation:
    """An installation with a history of everything, of two watches."""
    with Database.open(f"sqlite:///{monitor.folder}/monitor.db") as database:
        tell(database)
    return monitor


@pytest.fixture
def long(monitor: Installation) -> Installation:
    """One that looked 20,000 times."""
    with Database.open(f"sqlite:///{monitor.folder}/monitor.db") as database:
        Story.of(database).reads(page(), 0)
        rows = [(number, 1, 60_000_000 * number) for number in range(2, 20_001)]
        with database.write() as connection:
            connection.exec_driver_sql(
                'INSERT INTO "check" (id, watch, started_at, duration_ms, outcome, http_status, snapshot, source, seal)'
                " VALUES (?, ?, ?, 5, 'unchanged', 304, 1, 'live', zeroblob(32))",
                rows,
            )
    return monitor


def asked(monitor: Installation, sort: str, *arguments: str) -> list[dict[str, Any]]:
    """What the command that asks for a sort gives."""
    command = "history" if sort == "changes" else sort
    found: list[dict[str, Any]] = monitor(command, "--json", *arguments).json[sort]
    return found


def alike(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(documents, key=lambda one: (one["watch"], str(one.get("id")), one.get("key", "")))


def process(monitor: Installation, *arguments: str, stdout: Any = subprocess.PIPE) -> subprocess.Popen[bytes]:
    # Whoever runs the tests in the background may have had SIGINT ignored, which every process below inherits.
    begun = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from cli.main import start; start()"
    )
    command = [sys.executable, "-c", begun, "--config", str(monitor.config), *arguments]
    return subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE)


def records(data: bytes) -> Iterator[Any]:
    for record in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        record.raw_stream.read()
        yield record


@pytest.mark.parametrize("sort", SORTS)
def test_json_is_what_the_command_that_asks_gives(told: Installation, sort: str) -> None:
    document = told("export", "--format", "json", "--what", sort)
    assert (document.code, document.err) == (0, "")
    assert list(document.json) == [sort]
    assert document.json[sort]
    assert alike(document.json[sort]) == alike(asked(told, sort))


@pytest.mark.parametrize("sort", ["reports", "changes", "snapshots"])
def test_json_lines_are_the_same_documents(told: Installation, sort: str) -> None:
    lines = told("export", "--format", "jsonl", "--what", sort).out.splitlines()
    assert alike([json.loads(line) for line in lines]) == alike(asked(told, sort))


def test_json_lines_of_checks_have_the_bytes_and_say_what_they_are(told: Installation) -> None:
    first, *lines = (
        json.loads(line) for line in told("export", "--format", "jsonl", "--what", "checks").out.splitlines()
    )
    assert first == {"hmicfrs-monitor": "checks", "version": 1}
    assert [line["check"] for line in lines] == sorted(one["id"] for one in asked(told, "checks"))
    digests = [line["sha256"] for line in lines if line["sha256"]]
    assert len([line for line in lines if line.get("body")]) == len(set(digests))


@pytest.mark.parametrize("sort", SORTS)
def test_csv_has_a_row_for_each_document(told: Installation, sort: str) -> None:
    table = list(csv.DictReader(io.StringIO(told("export", "--format", "csv", "--what", sort).out)))
    assert [(row["watch"], row.get("id"), row.get("key")) for row in table] == [
        (one["watch"], str(one["id"]) if "id" in one else None, one.get("key"))
        for one in told("export", "--format", "json", "--what", sort).json[sort]
    ]


def test_quiet_changes_are_exported_on_request(told: Installation) -> None:
    every = told("export", "--format", "json", "--what", "changes", "--quiet-changes").json["changes"]
    assert alike(every) == alike(asked(told, "changes", "--quiet-changes"))
    assert any(one["quiet"] for one in every)
    assert not any(one["quiet"] for one in asked(told, "changes"))


@pytest.mark.parametrize("sort", SORTS)
def test_a_watch_and_a_time_are_all_that_is_exported(told: Installation, sort: str) -> None:
    arguments = "export", "--format", "json", "--what", sort
    (watch,) = {one["watch"] for one in told(*arguments, "--watch", "other").json[sort]}
    assert watch == "other"
    names = {"reports": "first_seen", "changes": "first_seen_after", "snapshots": "captured_at", "checks": "started_at"}
    late = told(*arguments, "--since", "2024-02-10T00:00").json[sort]
    assert alike(late) == alike([one for one in asked(told, sort) if one[names[sort]] >= "2024-02-10T00:00:00Z"])


def test_a_mark_for_excel_stands_at_the_beginning_where_it_is_wanted(told: Installation, tmp_path: Path) -> None:
    place = tmp_path / "reports.csv"
    assert told("-q", "export", "--format", "csv", "--what", "reports", "--bom", "-o", str(place)).out == ""
    assert place.read_bytes().startswith(b"\xef\xbb\xbfwatch,")


def test_the_feed_is_read_by_feedparser_and_has_the_changes_that_were_told(told: Installation) -> None:
    feed = feedparser.parse(told("export", "--format", "atom").out.encode())
    assert not feed.bozo
    assert len(feed.entries) == len(asked(told, "changes"))
    seen = [entry.updated for entry in feed.entries]
    assert seen == sorted(seen, reverse=True)


def test_the_web_archive_is_read_by_warcio_and_is_the_same_twice(told: Installation, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    one, two = tmp_path / "looks.warc.gz", tmp_path / "again" / "looks.warc.gz"
    for place in (one, two):
        assert told("export", "--format", "warc", "-o", str(place)).code == 0
    assert one.read_bytes() == two.read_bytes()
    answered = [one for one in asked(told, "checks") if one["outcome"] != "failed"]
    kinds = [record.rec_type for record in records(one.read_bytes())]
    assert kinds[0] == "warcinfo"
    assert kinds.count("response") + kinds.count("revisit") == len(answered)


def test_a_web_archive_on_standard_output_has_a_name_and_the_time_of_the_newest_check(told: Installation) -> None:
    with process(told, "export", "--format", "warc", "-o", "-") as running:
        out, err = running.communicate()
    assert (running.returncode, err) == (0, b"")
    first = next(records(out)).rec_headers
    assert first.get_header("WARC-Filename") == "export.warc"
    newest = max(one["started_at"] for one in asked(told, "checks"))
    assert first.get_header("WARC-Date").startswith(newest.rstrip("Z"))


def test_what_confirms_a_look_before_the_time_asked_for_refers_to_it(told: Installation) -> None:
    whole = list(records(told("export", "--format", "warc").out.encode()))
    late = list(records(told("export", "--format", "warc", "--since", "2024-02-09T10:00").out.encode()))
    origin = next(one for one in whole if one.rec_type == "response").rec_headers.get_header("WARC-Record-ID")
    revisit = next(one for one in late if one.rec_type == "revisit").rec_headers
    assert revisit.get_header("WARC-Refers-To") == origin


def test_the_database_for_datasette_has_everything(told: Installation, tmp_path: Path) -> None:
    place = tmp_path / "export.db"
    place.write_bytes(b"something else")
    place.chmod(0o640)
    assert told("export", "--format", "sqlite", "-o", str(place)).code == 0
    assert place.stat().st_mode & 0o777 == 0o640
    with closing(sqlite3.connect(place)) as out:
        for view, sort in (("reports_now", "reports"), ("changes", "changes")):
            count = out.execute(f"SELECT count(*) FROM {view}").fetchone()[0]  # noqa: S608
            assert count == len([one for one in asked(told, sort) if one.get("listed", True)])
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--format", "csv"], "--format csv needs --what with one of reports, changes, snapshots, checks"),
        (["--format", "xml"], "'xml' is not one of"),
        (["--format", "csv", "--what", "check"], "'check' is not one of"),
        (["--format", "atom", "--what", "checks"], "--format atom has changes; leave --what out"),
        (["--format", "sqlite", "--what", "checks"], "--format sqlite has everything; leave --what out"),
        (["--format", "sqlite"], "--format sqlite needs a file: -o FILE"),
        (["--format", "sqlite", "-o", "-"], "--format sqlite needs a file: -o FILE"),
        (["--format", "sqlite", "-o", "/dev/null"], "--format sqlite needs a file: -o FILE"),
        (["--format", "sqlite", "-o", "x", "--since", "today"], "leave --since and --watch out"),
        (["--format", "json", "--what", "checks", "--bom"], "--bom is for --format csv"),
        (["--format", "json", "--what", "checks", "--quiet-changes"], "--quiet-changes is for changes"),
        (["--format", "json", "--what", "checks", "--since", "soon"], "'soon' is no date"),
        (["--format", "json", "--what", "checks", "--watch", "none"], "unknown watch 'none'"),
        (["--format", "json", "--what", "checks", "-o", "/"], "/: cannot be written: it is a folder"),
        (["--format", "json", "--what", "checks", "-o", "/proc/none/x"], "/proc/none/x: cannot be written"),
        (["--format", "sqlite", "-o", "/proc/none/x"], "/proc/none/x: cannot be written"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(told: Installation, arguments: list[str], reason: str) -> None:
    refused = told("export", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert reason in refused.err


def test_without_a_database_it_says_so(monitor: Installation) -> None:
    refused = monitor("export", "--format", "json", "--what", "checks")
    assert refused.code == 2
    assert "there is no database yet" in refused.err


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "warc", "atom"])
def test_a_full_disk_behind_standard_output_is_no_defect(told: Installation, form: str) -> None:
    what = ["--what", "checks"] if form not in {"warc", "atom"} else []
    with FULL.open("wb") as full, process(told, "export", "--format", form, *what, stdout=full) as running:
        _, err = running.communicate()
    assert running.returncode == 2
    assert err == b"hmicfrs-monitor: standard output: cannot be written: No space left on device\n"


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_a_reader_that_leaves_is_nobody_s_fault(long: Installation, form: str) -> None:
    with process(long, "export", "--format", form, "--what", "checks") as running:
        assert running.stdout is not None
        running.stdout.read(10)
        running.stdout.close()
        _, err = running.wait(30), running.stderr.read() if running.stderr else b""
    assert (running.returncode, err) == (0, b"")


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_no_export_takes_the_place_of_a_database_of_ours(told: Installation, ending: str) -> None:
    place = told.folder / f"monitor.db{ending}"
    before = (told.folder / "monitor.db").read_bytes()
    refused = told("export", "--format", "csv", "--what", "reports", "-o", str(place))
    assert (refused.code, refused.out) == (2, "")
    assert "is of a database of this program; name another file" in refused.err
    assert (told.folder / "monitor.db").read_bytes() == before
    again = told("export", "--format", "sqlite", "-o", str(told.folder / "history.db"))
    assert again.code == told("export", "--format", "sqlite", "-o", str(told.folder / "history.db")).code == 0


@pytest.mark.parametrize(("blow", "left"), [(signal.SIGINT, 0), (signal.SIGKILL, 1)])
def test_an_export_that_is_broken_off_leaves_the_file_as_it_was(
    long: Installation, tmp_path: Path, blow: signal.Signals, left: int
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    place = folder / "checks.csv"
    place.write_text("old")
    with process(long, "export", "--format", "csv", "--what", "checks", "-o", str(place)) as running:
        deadline = time.monotonic() + 30
        while len(list(folder.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        running.send_signal(blow)
        running.wait(30)
    assert running.returncode in {130, -blow}
    assert place.read_text() == "old"
    assert len(list(folder.iterdir())) == 1 + left


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "atom"])
def test_however_much_there_is_it_takes_little_memory(long: Installation, tmp_path: Path, form: str) -> None:
    what = ["--what", "checks"] if form in {"csv", "json", "jsonl"} else []
    place = tmp_path / "out"
    long(
        "export", "--format", form, *what, "--watch" if form != "sqlite" else "-o", "child-protection", "-o", str(place)
    )
    tracemalloc.start()
    try:
        assert long("export", "--format", form, *what, "-o", str(place)).code == 0
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert place.stat().st_size > MIB
    assert peak < 8 * MIB


def test_text_of_the_page_does_nothing_in_any_form(monitor: Installation, tmp_path: Path) -> None:
    hostile = "=HYPERLINK(1)<script>alert(1)</script>]]>\x1b[31m\u202e'); DROP TABLE watch;--"
    monitor("check")
    written = hostile.replace("<", "&lt;").encode()
    monitor.site.body = monitor.site.body.replace(b"<p>", b"<p>" + written, 3).replace(b"</h3>", written + b"</h3>", 1)
    assert monitor("check").code == 0
    assert any("HYPERLINK" in str(one) for one in asked(monitor, "changes"))
    table = monitor("export", "--format", "csv", "--what", "changes").out
    for row in csv.reader(io.StringIO(table)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in row)
    feed = feedparser.parse(monitor("export", "--format", "atom").out.encode(), sanitize_html=False)
    assert not feed.bozo
    assert {entry.title_detail.type for entry in feed.entries} == {"text/plain"}
    shown = [part.value for entry in feed.entries for part in entry.content if part.type == "text/html"]
    assert any("&lt;script&gt;" in html for html in shown)
    assert not any("<script" in html for html in shown)
    place = tmp_path / "export.db"
    assert monitor("export", "--format", "sqlite", "-o", str(place)).code == 0
    with closing(sqlite3.connect(place)) as out:
        assert out.execute("SELECT count(*) FROM watch").fetchone() == (1,)
        assert out.execute("SELECT count(*) FROM changes WHERE text_after LIKE '%DROP TABLE%'").fetchone()[0]
    assert "\x1b" not in table
