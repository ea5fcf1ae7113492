"""Pages saved as files, and what their names say of when."""

from __future__ import annotations

import gzip
import os
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.capture import Capture, Listed
from domain.check import Answer
from scraper.captures.files import saved_files
from scraper.captures.unusable import Unusable
from scraper.errors import SourceError
from tests.captures.setting import PAGE, body

LONDON = ZoneInfo("Europe/London")
HOW = "let its name begin with its date, as 2024-02-09, 2024-02 or 2024-02-09T1030"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "saved").mkdir()
    return tmp_path / "saved"


def save(folder: Path, *names: str, content: bytes | None = None) -> None:
    for name in names:
        (folder / name).write_bytes(body(name) if content is None else content)


def times(folder: Path) -> list[datetime | str]:
    found = saved_files(folder, LONDON, PAGE)
    return [one.listed.captured_at if isinstance(one, Capture) else one.reason for one in found]


def test_a_saved_page_is_an_answer_from_the_watched_address(folder: Path) -> None:
    save(folder, "2024-02-09T1030-child-protection.html", content=body())
    at = datetime(2024, 2, 9, 10, 30, tzinfo=UTC)
    name, digest = "2024-02-09T1030-child-protection.html", sha256(body()).hexdigest()
    answer = Answer(200, (PAGE,), (("content-type", "text/html"),), body())
    assert list(saved_files(folder, LONDON, PAGE)) == [Capture(Listed(name, PAGE, at, digest, 200), answer)]


def test_a_day_or_month_that_is_not_over_means_now(folder: Path) -> None:
    save(folder, "2024-02.html", content=body())
    now = datetime(2024, 2, 9, 10, 30, tzinfo=UTC)
    (one,) = saved_files(folder, LONDON, PAGE, now=now)
    assert isinstance(one, Capture)
    assert one.listed.captured_at == now
    (one,) = saved_files(folder, LONDON, PAGE, now=datetime(2024, 1, 31, tzinfo=UTC))
    assert isinstance(one, Capture)
    assert one.listed.captured_at > now


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("2024-02-09.html", "2024-02-09T23:59:59.999999"),
        ("2024-07-09.html", "2024-07-09T22:59:59.999999"),  # midnight in summer time
        ("20240209.htm", "2024-02-09T23:59:59.999999"),
        ("2024-02.html", "2024-02-29T23:59:59.999999"),
        ("202402.html", "2024-02-29T23:59:59.999999"),
        ("2022-06-child-protection.html", "2022-06-30T22:59:59.999999"),
        ("2024-02-09-child-protection.XHTML", "2024-02-09T23:59:59.999999"),
        ("2024-02-09 (1).html", "2024-02-09T23:59:59.999999"),
        ("2024-02-09-2023-review.html", "2024-02-09T23:59:59.999999"),
        ("2024-02-09 2023 review.html", "2024-02-09T23:59:59.999999"),
        ("2024-02-09Tuesday.html", "2024-02-09T23:59:59.999999"),
        ("2024-02-09T1030.html", "2024-02-09T10:30"),
        ("2024-02-09T1030-2023-review.html", "2024-02-09T10:30"),
        ("2024-02-09T1030-45-reports.html", "2024-02-09T10:30"),
        ("2024-02-09t10-30-59.html", "2024-02-09T10:30:59"),
        ("2024-02-09T10:30:59.html", "2024-02-09T10:30:59"),
        ("2024-07-09T1030.html", "2024-07-09T09:30"),
        ("2024-07-09T1030Z-page.html", "2024-07-09T10:30"),
        ("2024-07-09T1030+0200.html", "2024-07-09T08:30"),
        ("2024-07-09T103000-05:00.html", "2024-07-09T15:30"),
        ("20240209103000.html", "2024-02-09T10:30"),
        ("20240709103000Z.html", "2024-07-09T10:30"),
        ("202402091030.html", "2024-02-09T10:30"),
        ("2024-02-09_103001.html", "2024-02-09T10:30:01"),
        ("2024-02-09 10.30.html", "2024-02-09T10:30"),
        ("20240209_10-30-01.html.gz", "2024-02-09T10:30:01"),
    ],
)
def test_a_name_tells_when_as_exactly_as_it_can(folder: Path, name: str, at: str) -> None:
    save(folder, name)
    assert times(folder) == [datetime.fromisoformat(at).replace(tzinfo=UTC)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("page.html", f"no date in its name; {HOW}"),
        ("page-2024-02-09.html", f"no date in its name; {HOW}"),
        ("2024.html", f"no date in its name; {HOW}"),
        ("2024-02-9.html", f"no date in its name; {HOW}"),
        ("2024-0209.html", f"no date in its name; {HOW}"),
        ("2024-02-2023-review.html", f"no date in its name; {HOW}"),
        ("2024020910.html", f"no date in its name; {HOW}"),
        ("２０２４-02-09.html", f"no date in its name; {HOW}"),
        ("2024-13.html", f"no date in its name: 2024-13-01T00:00:00 is none; {HOW}"),
        ("2024-02-30.html", f"no date in its name: 2024-02-30T00:00:00 is none; {HOW}"),
        ("2024-02-09T2561.html", f"no date in its name: 2024-02-09T25:61:00 is none; {HOW}"),
        ("1066-10-14.html", f"no date in its name: 1066-10-14T00:00:00 is none; {HOW}"),
        ("0000-00-00T0000Z.html", f"no date in its name: 0000-00-00T00:00:00 is none; {HOW}"),
        ("2024-02-09.pdf", "not an HTML file by its name: .html, .htm or .xhtml, with .gz or without"),
        ("2024-02-09\n.html", "its name has characters that cannot be shown; rename it"),
    ],
)
def test_a_file_without_a_date_or_a_page_is_told(folder: Path, name: str, reason: str) -> None:
    save(folder, name)
    assert list(saved_files(folder, LONDON, PAGE)) == [Unusable(" ".join(name.split("\n")), reason)]


def test_a_name_that_is_no_utf_8_is_told(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/2024-02-09-\xff.html")).write_bytes(body())
    (one,) = saved_files(folder, LONDON, PAGE)
    assert isinstance(one, Unusable)
    assert one.name == "2024-02-09- .html"


def test_captures_come_in_the_order_of_time_and_what_is_none_before_them(folder: Path) -> None:
    save(folder, "2025-01-01.html", "2022-06.html", "2024-02-09T1030.html", "2024-02-09.html", "notes.txt")
    told, *captured = times(folder)
    assert isinstance(told, str)
    assert [at.year for at in captured if isinstance(at, datetime)] == [2022, 2024, 2024, 2025]


def test_two_files_of_one_time_are_an_error_that_names_both(folder: Path) -> None:
    save(folder, "2024-02-29.html", "2024-02-other.html", "notes.html")
    with pytest.raises(SourceError) as raised:
        next(saved_files(folder, LONDON, PAGE))
    assert str(raised.value) == (
        f"{folder}: 2024-02-29.html and 2024-02-other.html are of the same time, 2024-02-29 23:59:59 UTC;"
        " put times into their names, as 2024-02-09T1030, or take one away"
    )


def test_folders_and_hidden_files_are_left_out_and_links_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "2024-01-01_files").mkdir()
    (folder / "2024-01-01.html").mkdir()
    save(folder, ".2024-01-02.html", ".DS_Store")
    save(tmp_path, "elsewhere")
    (folder / "2024-02-09.html").symlink_to(tmp_path / "elsewhere")
    assert times(folder) == [datetime(2024, 2, 9, 23, 59, 59, 999999, tzinfo=UTC)]


def test_a_page_in_gzip_is_unpacked(folder: Path) -> None:
    save(folder, "2024-02-09.html.gz", "2024-02-10.html", content=gzip.compress(body(), mtime=0))
    found = [one for one in saved_files(folder, LONDON, PAGE) if isinstance(one, Capture)]
    assert [one.answer.body for one in found] == [body(), body()]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"x" * 1001, "larger than the 1,000 bytes of max_bytes in [scraper]"),
        (gzip.compress(bytes(100_000), mtime=0), "larger than the 1,000 bytes of max_bytes in [scraper]"),
        (gzip.compress(body(), mtime=0)[:-8], "its gzip breaks off"),
        (gzip.compress(b"", mtime=0), "it is empty"),
    ],
)
def test_a_file_that_is_no_use_is_told(folder: Path, content: bytes, reason: str) -> None:
    save(folder, "2024-02-09.html", content=content)
    assert list(saved_files(folder, LONDON, PAGE, most=1000)) == [Unusable("2024-02-09.html", reason, PAGE)]


def test_what_is_no_file_is_told_and_not_read(folder: Path) -> None:
    (folder / "2024-02-09.html").symlink_to("nowhere")
    (folder / "2024-02-10.html").symlink_to("/dev/zero")
    os.mkfifo(folder / "2024-02-11.html")
    assert times(folder) == ["not a file, or a link that leads nowhere"] * 3


def test_a_folder_that_is_not_there_or_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere: cannot be read: No such file or directory"):
        next(saved_files(tmp_path / "nowhere", LONDON, PAGE))
    save(tmp_path, "a-file")
    with pytest.raises(SourceError, match="a-file: cannot be read: Not a directory"):
        next(saved_files(tmp_path / "a-file", LONDON, PAGE))


NAMES = st.from_regex(r"\A[0-9TZ :_.-]{4,24}\.html\Z") | st.text(
    st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=40
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES.filter(lambda name: name not in {".", ".."}), max_size=4))
def test_any_names_are_captures_or_told(folder: Path, names: list[str]) -> None:
    for path in folder.iterdir():
        path.unlink()
    save(folder, *(name for name in names if len(name.encode()) < 200))
    with suppress(SourceError):  # for two of one time
        found = list(saved_files(folder, LONDON, PAGE))
        assert len(found) == sum(not path.name.startswith(".") for path in folder.iterdir())
