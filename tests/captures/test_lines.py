"""Captures in an export of our own checks."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.capture import Capture, Listed
from domain.check import Answer, Validators
from scraper.captures.lines import line_captures
from scraper.errors import SourceError
from tests.captures.setting import FORMER, PAGE, body

HEAD = {"hmicfrs-monitor": "checks", "version": 1}
HEADERS = [["Content-Type", "text/html; charset=utf-8"], ["etag", '"abc"']]
KEPT = (("content-type", "text/html; charset=utf-8"), ("etag", '"abc"'))


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def check(number: int = 1, content: bytes = body(), **members: Any) -> dict[str, Any]:
    """A check that saw this body, and has it; a member that is `...` is left out."""
    row: dict[str, Any] = {
        "check": number,
        "watch": "child-protection",
        "url": PAGE,
        "source": "live",
        "started_at": f"2026-11-24T10:{number:02}:00.000000Z",
        "duration_ms": 120,
        "outcome": "changed",
        "reason": None,
        "http_status": 200,
        "addresses": [FORMER, PAGE],
        "headers": HEADERS,
        "etag": '"abc"',
        "last_modified": None,
        "sha256": digest(content),
        "seen": digest(content),
        "body": b64encode(content).decode(),
        **members,
    }
    return {name: value for name, value in row.items() if value is not ...}


def not_modified(number: int, content: bytes = body(), **members: Any) -> dict[str, Any]:
    bare: dict[str, Any] = {"outcome": "unchanged", "http_status": 304, "sha256": None, "headers": None, "body": ...}
    return check(number, content, **{**bare, **members})


def export(*rows: object, head: object = HEAD) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in (head, *rows))


def read(*rows: object) -> list[Capture]:
    return list(line_captures(BytesIO(export(*rows))))


def error_of(content: bytes, most: int = 5_000_000) -> str:
    with pytest.raises(SourceError) as raised:
        list(line_captures(BytesIO(content), most))
    assert str(raised.value).isprintable()
    return str(raised.value)


def test_a_check_is_a_capture_of_its_watch_by_its_number() -> None:
    at = datetime(2026, 11, 24, 10, 12, tzinfo=UTC)
    assert read(check(12)) == [
        Capture(
            Listed("child-protection check 12", PAGE, at, digest(body()), 200),
            Answer(200, (FORMER, PAGE), KEPT, body(), Validators()),
            "child-protection",
            accepted=True,
        )
    ]


def test_an_export_is_read_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "checks.jsonl").write_bytes(export(check()) + b"\n")
    assert list(line_captures(tmp_path / "checks.jsonl")) == read(check())
    with pytest.raises(SourceError, match=r"nowhere\.jsonl: cannot be read: No such file"):
        next(line_captures(tmp_path / "nowhere.jsonl"))


@pytest.mark.parametrize("outcome", ["baseline", "changed", "unchanged", "suspect"])
def test_an_answer_is_a_capture_with_what_was_held_of_it(outcome: str) -> None:
    (one,) = read(check(outcome=outcome, seen=None, reason="a maintenance page" if outcome == "suspect" else None))
    assert one.answer.body == body()
    assert one.accepted is (outcome != "suspect")
    assert one.refused == ("a maintenance page" if outcome == "suspect" else None)


def test_a_failed_check_is_no_capture() -> None:
    failed: dict[str, Any] = {
        "outcome": "failed",
        "http_status": None,
        "sha256": None,
        "seen": None,
        "body": ...,
        "headers": None,
    }
    assert read(check(1, **failed), check(2, **{**failed, "http_status": 503})) == []


def test_a_body_that_was_given_once_is_that_of_every_line_with_its_hash() -> None:
    rows = [
        check(1),
        check(2, body("Other")),
        check(3, outcome="unchanged", body=...),
        check(4, body("Other"), body=...),
    ]
    assert [one.answer.body for one in read(*rows)] == [body(), body("Other"), body(), body("Other")]


def test_not_modified_is_a_capture_of_the_body_that_it_confirmed_with_its_headers() -> None:
    first, again = read(check(1), not_modified(2, headers=[["Date", "today"]]))
    assert again.listed == Listed(
        "child-protection check 2", PAGE, datetime(2026, 11, 24, 10, 2, tzinfo=UTC), digest(body()), 200
    )
    assert again.answer == first.answer


def test_not_modified_may_bring_the_body_that_it_confirmed() -> None:
    (one,) = read(not_modified(7, body=b64encode(body()).decode(), headers=HEADERS))
    assert (one.answer.status, one.answer.body, one.answer.headers) == (200, body(), KEPT)


def test_other_bytes_of_the_same_state_that_are_not_kept_are_that_state() -> None:
    again = check(2, outcome="unchanged", sha256=digest(b"other"), seen=digest(body()), body=...)
    assert [one.listed.digest for one in read(check(1), again)] == [digest(body())] * 2


def test_what_is_not_known_of_an_answer_may_be_null_or_missing() -> None:
    for nothing in (None, ...):
        (one,) = read(check(addresses=nothing, headers=nothing, seen=nothing))
        assert (one.answer.hops, one.answer.headers) == ((PAGE,), ())


def test_what_is_not_known_here_is_passed_over() -> None:
    assert len(list(line_captures(BytesIO(export(check(new={"a": [1]}), head={**HEAD, "made_by": "9.8"}))))) == 1


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        ("2026-11-24T10:00:00.123456Z", datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-24T10:00:00+01:00", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("2026-11-24T10:00Z", datetime(2026, 11, 24, 10, tzinfo=UTC)),
    ],
)
def test_a_time_has_its_zone(at: str, utc: datetime) -> None:
    assert read(check(started_at=at))[0].listed.captured_at == utc


BAD_TIME = "“started_at”: not a time with its zone, such as 2024-02-09T10:00:00Z"


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"check": 0}, "“check” is not a number of 1 or more"),
        ({"check": True}, "“check” is not a number of 1 or more"),
        ({"check": "1"}, "“check” is not a number of 1 or more"),
        ({"check": 1.5}, "“check” is not a number of 1 or more"),
        ({"check": 2**63}, "“check” is not a number of 1 or more"),
        ({"check": ...}, "“check” is not a number of 1 or more"),
        ({"outcome": "fine"}, "“outcome” is none of baseline, unchanged, changed, failed, suspect"),
        ({"outcome": ["changed"]}, "“outcome” is none of baseline, unchanged, changed, failed, suspect"),
        ({"http_status": None}, "“http_status” is null, of a check that had an answer"),
        ({"http_status": 99}, "“http_status” is no HTTP status"),
        ({"http_status": "200"}, "“http_status” is no HTTP status"),
        ({"http_status": True}, "“http_status” is no HTTP status"),
        ({"watch": ""}, "“watch” is no text of 1 to 200 printable characters"),
        ({"watch": "a\x1b[2J"}, "“watch” is no text of 1 to 200 printable characters"),
        ({"watch": "\ud800"}, "“watch” is no text of 1 to 200 printable characters"),
        ({"watch": None}, "“watch” is no text of 1 to 200 printable characters"),
        ({"url": "mailto:a@b.example"}, "“url” is no address of the web"),
        ({"url": "https://x.example/" + "x" * 4000}, "“url” is no address of the web"),
        ({"addresses": [PAGE, 7]}, "“addresses” is no list of addresses of the web"),
        ({"addresses": PAGE}, "“addresses” is no list of addresses of the web"),
        ({"addresses": [PAGE] * 51}, "“addresses” is no list of addresses of the web"),
        ({"headers": {"a": "b"}}, "“headers” is no list of pairs of names and values"),
        ({"headers": [["a", "b", "c"]]}, "“headers” is no list of pairs of names and values"),
        ({"headers": [["a", None]]}, "“headers” is no list of pairs of names and values"),
        ({"started_at": "2026-11-24T10:00:00"}, BAD_TIME),
        ({"started_at": 7}, BAD_TIME),
        ({"started_at": "0001-01-01T00:00:00Z"}, "“started_at”: the year 1 cannot be a capture's"),
        ({"sha256": "abc"}, "“sha256” is no SHA-256 in hexadecimal"),
        ({"seen": digest(body()).upper()}, "“seen” is no SHA-256 in hexadecimal"),
        ({"body": "!"}, "“body” is not base 64"),
        ({"body": "é"}, "“body” is not base 64"),
        ({"body": 7}, "“body” is not base 64"),
        ({"body": b64encode(b"Other").decode()}, "“body” has neither the hash of “sha256” nor that of “seen”"),
        ({"body": ...}, "its body is neither in it nor in a line before it"),
        ({"body": ..., "sha256": None, "seen": None}, "its body is neither in it nor in a line before it"),
    ],
)
def test_a_member_that_is_wrong_is_told_with_its_line_and_the_way_out(members: dict[str, Any], told: str) -> None:
    way_out = "have it exported again, or take the line out"
    assert error_of(export(check(**members))) == f"the input, line 2: {told}; {way_out}"


def test_numbers_only_go_up() -> None:
    assert "line 3: “check” is not a number of 6 or more" in error_of(export(check(5), check(5)))


def test_what_comes_before_a_damaged_line_is_good() -> None:
    lines = line_captures(BytesIO(export(check(1)) + b"\n\n" + export(check(2))[:-40]))
    assert next(lines).listed.key == "child-protection check 1"
    with pytest.raises(SourceError, match="line 5: “check” is not"):
        next(lines)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'{"check": 1', "it is not JSON, or cut off"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"[1]", "it is no JSON object"),
        (b'"check"', "it is no JSON object"),
        (b'{"check": ' + b"9" * 5000 + b"}", "it is not JSON, or cut off"),
        (b'{"check": NaN}', "“check” is not a number of 1 or more"),
        (b'{"a":' * 100_000, "it is nested too deeply"),
    ],
)
def test_a_line_that_is_no_object_is_told(line: bytes, told: str) -> None:
    assert f"the input, line 2: {told}; " in error_of(export() + line + b"\n")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"{}\n", b"<html>", b"[]", export(head={"hmicfrs-monitor": "changes", "version": 1}), bytes(99)],
)
def test_a_file_that_is_no_export_of_checks_is_refused(content: bytes) -> None:
    told = error_of(content)
    assert told == "the input, line 1: it does not begin as an export of checks does; give a file that `export` wrote"


@pytest.mark.parametrize("version", [2, 0, "1", None])
def test_an_export_of_another_version_is_refused(version: object) -> None:
    told = error_of(export(check(), head={**HEAD, "version": version}))
    assert told == (
        "the input, line 1: an export of another version than 1, the one that is known here; upgrade this program"
    )


def test_a_body_or_a_line_that_is_too_large_is_refused_unread() -> None:
    large = bytes(1001)
    assert "“body” is larger than the 1,000 bytes of max_bytes" in error_of(export(check(content=large)), 1000)
    assert "line 2: a line of more than 2,001,333 bytes" in error_of(export() + b'"' + b"x" * 3_000_000, 1000)


def test_control_characters_never_come_through_in_headers() -> None:
    (one,) = read(check(headers=[["X\r\nY", "a"], ["x-odd", "a\r\nSet-Cookie: b\x00"]]))
    assert one.answer.headers == (("x-odd", "a  Set-Cookie: b"),)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([PAGE, "changed", digest(body())]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.binary())
def test_any_bytes_are_captures_or_an_error(content: bytes) -> None:
    for start in (b"", export(check())):
        try:
            assert all(one.watch for one in line_captures(BytesIO(start + content)))
        except SourceError as error:
            told = str(error)
            assert told.isprintable()


@given(st.lists(st.dictionaries(st.sampled_from(sorted(check())), VALUES, max_size=3), max_size=4))
def test_any_members_are_captures_or_an_error(changes: list[dict[str, Any]]) -> None:
    rows = [{**check(number), **change} for number, change in enumerate(changes, 1)]
    try:
        found = read(*rows)
    except SourceError as error:
        told = str(error)
        assert told.isprintable()
    else:
        assert all(one.listed.digest == digest(one.answer.body) for one in found)
        assert all(one.listed.captured_at.tzinfo is UTC for one in found)
