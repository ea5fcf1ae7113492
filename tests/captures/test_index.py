"""Which captures of a page the Internet Archive lists."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.capture import Listed
from scraper.captures.index import IndexPage, read_index
from scraper.captures.wayback import Wayback
from scraper.errors import ArchiveError
from tests.captures.archive import Archive, Cut, Kept, Say, serving
from tests.captures.setting import AGAIN, FIRST, FORMER, PAGE, SECOND, THIRD, Time, body, listed, wayback


def keys(pages: list[IndexPage]) -> list[str]:
    return [one.key for one in chain.from_iterable(page.listed for page in pages)]


def all_of(of: Wayback, *addresses: str) -> list[IndexPage]:
    return list(of.listed(addresses or (PAGE, FORMER)))


def test_all_captures_of_all_addresses_are_listed_those_with_the_same_bytes_too() -> None:
    archive = Archive([THIRD, SECOND, AGAIN, FIRST, Kept("20240101000000", "https://police.example/", b"another")])
    with serving(archive), wayback(archive) as one:
        assert all_of(one) == [
            IndexPage(PAGE, (listed(SECOND), listed(AGAIN), listed(THIRD)), None),
            IndexPage(FORMER, (listed(FIRST),), None),
        ]
    assert listed(AGAIN).digest == listed(SECOND).digest
    assert listed(AGAIN).status is None


def test_the_archive_is_told_who_asks_and_asked_for_one_page_only() -> None:
    archive = Archive([SECOND])
    with serving(archive), wayback(archive) as one:
        all_of(one, PAGE)
    (asked,) = archive.asked
    assert asked.headers["user-agent"] == "hmicfrs-monitor/9.8 (+us@example.org)"
    query = parse_qs(urlsplit(asked.path).query)
    assert (query["url"], query["matchType"], query["output"]) == ([PAGE], ["exact"], ["json"])
    assert "collapse" not in query


def test_an_index_of_many_pages_is_followed_by_its_resume_keys() -> None:
    many = [Kept(f"2024{month:02}{day:02}120000", PAGE, body()) for month in range(1, 13) for day in (1, 11, 21)]
    archive = Archive(many)
    with serving(archive), wayback(archive, page_size=10) as one:
        pages = all_of(one, PAGE)
    assert [len(page.listed) for page in pages] == [10, 10, 10, 6]
    assert keys(pages) == [listed(kept).key for kept in many]
    assert [page.resume is None for page in pages] == [False, False, False, True]
    assert len(archive.asked) == 4


def test_a_listing_that_was_broken_off_goes_on_where_it_was() -> None:
    archive = Archive([FIRST, SECOND, AGAIN, THIRD])
    with serving(archive):
        with wayback(archive, page_size=1) as one:
            first = next(one.listed([PAGE]))
        assert first.resume
        with wayback(archive, page_size=5) as another:
            rest = list(another.listed([PAGE, FORMER], resume={PAGE: first.resume}))
    assert keys([first, *rest]) == [listed(kept).key for kept in (SECOND, AGAIN, THIRD, FIRST)]
    assert len(archive.asked) == 3


def test_only_what_was_captured_between_two_times_is_listed_both_included() -> None:
    archive = Archive([SECOND, AGAIN, THIRD])
    since, until = listed(SECOND).captured_at, listed(AGAIN).captured_at
    with serving(archive), wayback(archive) as one:
        assert keys(list(one.listed([PAGE], since, until))) == [listed(SECOND).key, listed(AGAIN).key]
        later = since + timedelta(milliseconds=1)
        assert keys(list(one.listed([PAGE], later, until))) == [listed(AGAIN).key]
    assert "from=20240209103000&to=20240301090000" in archive.asked[0].path


def test_a_page_that_was_never_captured_has_an_empty_index() -> None:
    archive = Archive([])
    with serving(archive), wayback(archive) as one:
        assert all_of(one, PAGE) == [IndexPage(PAGE, (), None)]


def test_an_index_without_a_byte_is_asked_again_and_then_taken_for_empty_which_is_told() -> None:
    archive, notes = Archive([SECOND], always={"/cdx/": Cut(0)}), list[str]()
    with serving(archive), wayback(archive, attempts=2, note=notes.append) as one:
        assert all_of(one, PAGE) == [IndexPage(PAGE, (), None)]
    assert len(archive.asked) == 2
    assert notes == [f"{PAGE}: the archive's index answered with nothing at all; taken for no captures"]


def test_a_page_that_its_owner_had_excluded_ends_nothing_and_is_told() -> None:
    archive, notes = Archive([FIRST, SECOND], excluded={PAGE}), list[str]()
    with serving(archive), wayback(archive, note=notes.append) as one:
        assert keys(all_of(one)) == [listed(FIRST).key]
    assert notes == [f"{PAGE}: the archive shows no captures of it, at its owner's wish"]


@pytest.mark.parametrize(
    "fault", [Cut(40), Cut(200), Say(200), Say(200, body=b'{"error": "timeout"}'), Say(200, body=b"7")]
)
def test_an_answer_that_is_no_index_is_asked_for_again(fault: Cut | Say) -> None:
    archive = Archive([SECOND, AGAIN])
    archive.fail("index", fault, fault)
    with serving(archive), wayback(archive) as one:
        assert keys(all_of(one, PAGE)) == [listed(SECOND).key, listed(AGAIN).key]
    assert len(archive.asked) == 3


def test_an_archive_that_gives_no_index_ends_the_run_with_the_way_out() -> None:
    archive = Archive([SECOND], always={"/cdx/": Say(200)})
    with serving(archive), wayback(archive, attempts=3) as one, pytest.raises(ArchiveError) as raised:
        all_of(one, PAGE)
    assert len(archive.asked) == 3
    assert str(raised.value).startswith(
        f"the archive's index could not be read: {archive.base}/cdx/search/cdx?url=https"
    )
    assert "the answer is not the index: Expecting value" in str(raised.value)
    assert str(raised.value).endswith("; start it again later: it goes on from here")


def test_a_refusal_is_not_asked_again() -> None:
    archive = Archive([SECOND], always={"/cdx/": Say(403)})
    with serving(archive), wayback(archive) as one, pytest.raises(ArchiveError, match="answered 403 Forbidden; start"):
        all_of(one, PAGE)
    assert len(archive.asked) == 1


def test_an_index_that_goes_in_circles_is_left_and_told() -> None:
    notes = list[str]()
    circle = [
        ["timestamp", "original", "statuscode", "digest"],
        ["20240209103000", PAGE, "200", "A" * 32],
        [],
        ["x%21"],
    ]
    archive = Archive([], always={"/cdx/": Say(200, body=json.dumps(circle).encode())})
    with serving(archive), wayback(archive, note=notes.append) as one:
        pages = all_of(one, PAGE)
    assert [page.resume for page in pages] == ["x%21", None]
    assert len(notes) == 1
    assert "goes in circles" in notes[0]


def rows(*rows: object) -> bytes:
    return json.dumps([["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest"], *rows]).encode()


def row(stamp: str = "20240209103000", original: str = PAGE, status: str = "200", digest: str = "A" * 32) -> list[str]:
    return ["key", stamp, original, "text/html", status, digest]


def read(*of: object) -> IndexPage:
    return read_index(rows(*of), PAGE, None, None)


def test_a_capture_is_known_by_its_timestamp_and_address() -> None:
    at = datetime(2024, 2, 9, 10, 30, tzinfo=UTC)
    assert read(row()).listed == (Listed(f"20240209103000/{PAGE}", PAGE, at, "A" * 32, 200),)


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("202402", datetime(2024, 2, 1, tzinfo=UTC)),
        ("20240209", datetime(2024, 2, 9, tzinfo=UTC)),
        ("2024020910", datetime(2024, 2, 9, 10, tzinfo=UTC)),
        ("202402091030", datetime(2024, 2, 9, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_short_timestamp_means_the_first_moment_of_what_it_names(stamp: str, at: datetime) -> None:
    (one,) = read(row(stamp)).listed
    assert (one.captured_at, one.key) == (at, f"{at:%Y%m%d%H%M%S}/{PAGE}")


@pytest.mark.parametrize(
    "damaged",
    [
        None,
        "a row",
        {},
        [],
        row()[:-1],
        [*row()[:-1], 7],
        row(stamp="20240231000000"),
        row(stamp="20240209246000"),
        row(stamp="2024020910300"),
        row(stamp="２０２４０２０９１０３０００"),
        row(stamp="00000000000000"),
        row(stamp="19690101000000"),
        row(stamp="-"),
        row(original="https://police.example/"),
        row(original=PAGE.replace("child-abuse", "another")),
        row(original=f"https://x.example/../../{PAGE}"),
        row(original=PAGE + "\x1b[2J"),
        row(original="https://[/"),
        row(original="mailto:someone@example.org"),
        row(original=PAGE + "?" + "x" * 5000),
    ],
)
def test_a_damaged_row_or_one_of_another_page_is_left_out_and_counted(damaged: object) -> None:
    page = read(row(), damaged, row("20240301090000"))
    assert (len(page.listed), page.skipped) == (2, 1)


@pytest.mark.parametrize(
    "original",
    [
        PAGE.replace("https", "http"),
        PAGE.rstrip("/"),
        PAGE.replace("gov.uk/", "gov.uk:80/").replace("https", "http"),
        PAGE.replace("child-abuse", "Child-Abuse"),
        PAGE + "?utm_source=mail",
    ],
)
def test_an_address_that_the_archive_files_with_the_page_is_the_page_s(original: str) -> None:
    assert [one.address for one in read(row(original=original)).listed] == [original]


def test_a_row_that_comes_twice_is_one_capture() -> None:
    page = read(row(), row(), row(original=PAGE.rstrip("/")))
    assert (len(page.listed), page.skipped) == (2, 0)


@pytest.mark.parametrize(
    ("status", "meant"), [("-", None), ("", None), ("301", 301), ("404", 404), ("99", None), ("2000", None)]
)
def test_a_status_is_a_number_or_nothing_is_said_of_it(status: str, meant: int | None) -> None:
    assert [one.status for one in read(row(status=status)).listed] == [meant]


@pytest.mark.parametrize("digest", ["-", "", "A B", "\x1b[2JAAAAAAAA", "A" * 200])
def test_a_digest_that_says_nothing_is_none(digest: str) -> None:
    assert [one.digest for one in read(row(digest=digest)).listed] == [None]


def test_the_columns_may_come_in_any_order() -> None:
    table = [["digest", "statuscode", "timestamp", "original"], ["A" * 32, "200", "20240209103000", PAGE]]
    assert read_index(json.dumps(table).encode(), PAGE, None, None).listed == read(row()).listed


def test_a_page_without_a_row_may_have_a_next_one() -> None:
    assert read([], ["x%21"]) == IndexPage(PAGE, (), "x%21")


@pytest.mark.parametrize("key", ["", "x\n", "é", "x" * 6000])
def test_a_resume_key_that_is_none_is_a_damaged_row(key: str) -> None:
    assert read(row(), [], [key]) == IndexPage(PAGE, read(row()).listed, None, 2)


def test_an_index_nested_without_end_is_no_index() -> None:
    with pytest.raises(ValueError, match="nested"):
        read_index(b"[" * 200_000, PAGE, None, None)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([*row(), "timestamp", "original"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_index_or_no_index(answer: bytes) -> None:
    with suppress(ValueError):
        assert read_index(answer, PAGE, None, None).address == PAGE


@given(st.lists(ANYTHING | st.lists(st.text() | st.sampled_from(row()), min_size=6, max_size=6)))
def test_any_rows_are_captures_or_counted(table: list[object]) -> None:
    page = read(*table)
    assert all(one.captured_at.tzinfo is UTC for one in page.listed)
    assert len(page.listed) + page.skipped <= len(table)


def test_time_is_not_passed_where_there_is_nothing_to_wait_for() -> None:
    archive, time = Archive([SECOND]), Time()
    with serving(archive), wayback(archive, time) as one:
        all_of(one, PAGE)
    assert time.slept == []
