"""Bad input gets one clear line and its exit code, and nothing is lost."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Installation, revision


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chek"], "No such command 'chek'"),
        (["check", "--jsn"], "No such option"),
        (["check", "elsewhere"], "unknown watch 'elsewhere'; the settings have child-protection"),
        (["history", "--watch", "elsewhere"], "unknown watch 'elsewhere'"),
        (["history", "--since", "someday"], "'someday' is no date"),
        (["history", "--kind", "report-vanished"], "report-vanished"),
        (["show", "--at", "2024-02-30"], "'2024-02-30' is no date"),
        (["show", "--at", "2001-01-01"], "2001"),
        (["diff", "1"], "Missing argument 'TO'"),
        (["diff", "1", "99"], "99"),
        (["diff", "2024-13-01", "2"], "'2024-13-01' is no date"),
        (["alerts", "retry", "7"], "alert 7 is not among the undelivered"),
        (["alerts", "preview", "99"], "99"),
        (["parse", "no-such-file.html"], "no-such-file.html: cannot be read"),
        (["parse", "http://", "--json"], "is not an address"),
        (["-v", "-q", "check"], "exclude each other"),
    ],
)
def test_a_mistyped_command_is_told_in_a_line_and_exits_2(
    monitor: Installation, arguments: list[str], told: str
) -> None:
    monitor("check")
    answer = monitor(*arguments)
    assert answer.code == 2
    assert told in answer.err
    assert "Traceback" not in answer.err
    assert answer.err.startswith("hmicfrs-monitor: ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[scraper]\ntimeout = 1", "scraper.timeout: no such setting"),
        ('[[watch]]\nname = "a"\nurl = "https://example.org/"\nschedule = "61 * * * *"', "schedule: minute '61'"),
    ],
)
@pytest.mark.parametrize("command", ["check", "status", "history", "run", "doctor"])
def test_bad_settings_stop_every_command(monitor: Installation, command: str, text: str, told: str) -> None:
    monitor.config.write_text(text, encoding="utf-8")
    answer = monitor(command)
    assert answer.code == 2
    assert told in answer.err + answer.out
    assert not (monitor.folder / "monitor.db").exists()


def test_a_file_that_is_not_a_database_is_named_and_left_alone(monitor: Installation) -> None:
    path = monitor.folder / "monitor.db"
    path.write_bytes(b"Dear diary, today nothing was published." * 40)
    answer = monitor("check")
    assert (answer.code, answer.out) == (2, "")
    assert str(path) in answer.err
    assert path.read_bytes().startswith(b"Dear diary")


def test_a_newer_database_is_refused_and_left_alone(monitor: Installation) -> None:
    monitor("check")
    path = monitor.folder / "monitor.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    answer = monitor("history")
    assert answer.code == 2
    assert str(path) in answer.err
    assert "a newer version of the program wrote it" in answer.err


FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from cli.main import main
main(sys.argv[2:])
"""


def test_a_full_disk_is_told_and_the_history_is_still_there(monitor: Installation) -> None:
    monitor("check")
    monitor.serve("2025-01-child-protection")
    limit = (monitor.folder / "monitor.db").stat().st_size // 4
    full = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(limit), "--config", str(monitor.config), "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 3
    assert str(monitor.folder / "monitor.db") in full.stderr
    assert "Traceback" not in full.stderr
    assert monitor("check", "--json").json["checks"][0]["changes"][0]["kind"] == "report-added"
    assert len(monitor.mails()) == 1


def test_a_body_of_50_megabytes_is_a_failed_check(monitor: Installation) -> None:
    monitor("check")
    monitor.site.body = b"<p>" + b"x" * 50_000_000
    answer = monitor("check", "--json")
    assert answer.code == 3
    assert "5" in answer.json["checks"][0]["reason"]
    assert "max_bytes" in answer.json["checks"][0]["reason"]
    assert answer.json["checks"][0]["outcome"] == "failed"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\x01\x02" * 1000,
        gzip.compress(b"page" * 1000),
        bytes(range(256)) * 20,
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    ],
    ids=["empty", "control bytes", "gzip", "every byte", "pdf"],
)
def test_bytes_that_are_no_page_are_suspect(monitor: Installation, body: bytes) -> None:
    monitor("check")
    monitor.site.body = body
    answer = monitor("check", "--json")
    assert (answer.code, answer.json["checks"][0]["outcome"]) == (4, "suspect")
    assert monitor("show").code == 0


def test_bytes_that_are_no_page_cannot_be_parsed(monitor: Installation, tmp_path: Path) -> None:
    path = tmp_path / "photo.html"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    answer = monitor("parse", str(path))
    assert (answer.code, answer.out) == (4, "")
    assert "Traceback" not in answer.err


def test_no_network_is_a_failed_check(monitor: Installation) -> None:
    monitor.site.port = 1
    monitor.configure()
    answer = monitor("check")
    assert (answer.code, answer.out) == (3, "")
    assert "127.0.0.1:1" in answer.err


def test_a_private_address_is_refused_unless_the_settings_allow_it(monitor: Installation) -> None:
    text = monitor.config.read_text(encoding="utf-8")
    monitor.config.write_text(text.replace("allow_private_addresses = true", ""), encoding="utf-8")
    answer = monitor("check")
    assert answer.code == 3
    assert "allow_private_addresses" in answer.err
    assert monitor.site.requests == []


def test_page_text_cannot_steer_the_terminal(monitor: Installation, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    page = revision("2024-02-child-protection").replace(
        b"Future inspections", "Future \x1b[2J\u202einspections".encode()
    )
    path.write_bytes(page)
    answer = monitor("parse", str(path))
    assert answer.code == 0
    assert "Future" in answer.out
    assert not {"\x1b", "\u202e"} & set(answer.out)
