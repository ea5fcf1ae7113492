"""WARC files that are damaged, cut off, or made to do harm: an error that says where, and nothing half read."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from io import BytesIO
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.capture import Capture
from scraper.captures.unusable import Found, Unusable
from scraper.captures.warc import warc_captures
from scraper.errors import SourceError
from tests.captures.setting import body
from tests.captures.warcs import ID, SAME_PAYLOAD, File, answer, by_hand

WAY_OUT = "what was before it is good, and for the rest the file must be had again"


def sample(*, packed: bool) -> bytes:
    file = File(packed=packed)
    file.add("warcinfo", b"software: a crawler\r\n", uri="")
    file.add()
    file.add("revisit", warc={"Profile": SAME_PAYLOAD, "Refers-To": ID.format(2)})
    file.add(content=body("Another"))
    return file.written


PLAIN, PACKED = sample(packed=False), sample(packed=True)


def read(content: bytes, most: int = 5_000_000) -> tuple[list[Found], str | None]:
    """What is found, and the error that ends it."""
    found: list[Found] = []
    try:
        found.extend(warc_captures(BytesIO(content), most))
    except SourceError as error:
        return found, str(error)
    return found, None


WHOLE = read(PLAIN)[0]


def error_of(content: bytes) -> str:
    found, error = read(content)
    assert found == []
    assert error is not None
    assert error.isprintable()
    begin, end = "the input: damaged at byte 0: ", f"; {WAY_OUT}"
    assert (error.startswith(begin), error.endswith(end)) == (True, True)
    return error.removeprefix(begin).removesuffix(end)


@pytest.mark.parametrize("content", [PLAIN, PACKED, gzip.compress(PLAIN, mtime=0)])
def test_a_file_that_is_cut_off_anywhere_gives_what_was_whole_and_says_that_it_is_cut_off(content: bytes) -> None:
    silent = set()
    for length in range(len(content)):
        found, error = read(content[:length])
        assert found == WHOLE[: len(found)]
        if error is None:
            silent.add(length)
        else:
            assert "the file ends" in error or "is empty" in error, length
    # where a record ends, no more can be told; a blank line may be missing behind it
    assert len(silent) <= 4 * 5
    assert 0 not in silent


@pytest.mark.parametrize("content", [PLAIN, PACKED])
def test_a_byte_that_is_wrong_anywhere_is_never_a_capture_of_its_own(content: bytes) -> None:
    wholes = [one.answer for one in WHOLE if isinstance(one, Capture)]
    for at in range(len(content)):
        found, _ = read(content[:at] + bytes([content[at] ^ 0x20]) + content[at + 1 :])
        bodies = {one.answer.body for one in found if isinstance(one, Capture)}
        assert bodies <= {one.body for one in wholes}, at  # which the digests of their payloads see to


def test_the_place_of_the_damage_is_told() -> None:
    good = by_hand(answer(body()))
    found, error = read(good + b"garbage\r\n")
    assert len(found) == 1
    assert error == f"the input: damaged at byte {len(good):,}: no WARC record is there; {WAY_OUT}"
    packed = gzip.compress(good, mtime=0)
    _, error = read(packed * 3 + packed[:-9])
    assert (
        error == f"the input: damaged at byte {3 * len(packed):,}: the file ends in the middle of its gzip; {WAY_OUT}"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"\r\n\r\n", "the file is empty"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"PK\x03\x04\n", "no WARC record is there"),
        (b"<html>", "the file ends, or has no WARC record there"),
        (b"x" * 1_000_000, "the file ends, or has no WARC record there"),
        (b"WARC/9.9\r\n\r\n", "no WARC record is there"),
        (b"filedesc://x.arc 192.0.2.1 2024 text/plain 7\n", "no WARC record is there"),
        (b"WARC/1.0\r\n\r\n", "a record that does not state its length"),
        (by_hand(b"", Content_Length="-1"), "a record that does not state its length"),
        (
            by_hand(b"", Content_Length="9" * 20),
            "a record that does not state its length",
        ),
        (
            by_hand(b"", Content_Length="9" * 15),
            "the file ends in the middle of a record",
        ),
        (by_hand(b"", X="x" * 300_000), "a record's head without an end"),
        (b"WARC/1.0\r\nA: b", "the file ends in the middle of a record's head"),
        (b"\x1f\x8b" + bytes(30), "its gzip is damaged"),
        (b"\x1f\x8b", "the file ends in the middle of its gzip"),
        (
            gzip.compress(PLAIN[:200], mtime=0) + b"more",
            "a record breaks off at the end of its gzip",
        ),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(content: bytes, told: str) -> None:
    assert error_of(content) == told


def test_a_file_that_cannot_be_read_on_is_an_error_that_names_it() -> None:
    class Broken(BytesIO):
        name = "disk/a.warc"

        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(SourceError, match=r"^disk/a\.warc: cannot be read: Input/output error$"):
        list(warc_captures(Broken(by_hand(answer(bytes(100_000))))))


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    read(by_hand(answer(body()), WARC_Target_URI="http://police.example/a b\x1b[2J") + b"garbage")
    read(PACKED[:-20])
    assert capfd.readouterr() == ("", "")


def test_a_file_is_read_in_little_memory_however_much_is_in_it() -> None:
    zeros = zlib.compressobj(wbits=31)
    head = by_hand(b"", kind="metadata", Content_Length="200000000").removesuffix(b"\r\n\r\n")
    packed = [zeros.compress(head), *(zeros.compress(bytes(1_000_000)) for _ in range(200)), zeros.flush()]
    bomb = gzip.compress(answer(bytes(50_000_000), "Content-Encoding: gzip"), mtime=0)
    content = (
        b"".join(packed)
        + gzip.compress(by_hand(answer(bytes(40_000_000))), mtime=0)
        + gzip.compress(by_hand(bomb), mtime=0)
    )
    tracemalloc.start()
    try:
        found, error = read(content, most=1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error is None
    assert [one.reason for one in found if isinstance(one, Unusable)] == [
        "larger than the 1,000,000 bytes of max_bytes in [scraper]",
        "it has no HTTP head",
    ]
    assert peak < 10_000_000


def test_bodies_that_may_come_again_are_not_kept_in_memory() -> None:
    many = b"".join(
        by_hand(answer(number.to_bytes(4, "big") + bytes(range(256)) * 2000), WARC_Record_ID=f"<urn:x:{number}>")
        for number in range(30)
    )
    tracemalloc.start()
    try:
        assert sum(1 for _ in warc_captures(BytesIO(many))) == 30
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_a_reader_that_is_left_early_leaves_nothing_open() -> None:
    assert len(list(islice(warc_captures(BytesIO(PACKED)), 1))) == 1


HEADS = st.dictionaries(
    st.sampled_from(
        [
            *(
                "WARC_Type",
                "WARC_Date",
                "WARC_Record_ID",
                "WARC_Target_URI",
                "WARC_Payload_Digest",
                "WARC_Block_Digest",
            ),
            *("WARC_Profile", "WARC_Refers_To", "WARC_Refers_To_Date", "WARC_Truncated", "Content_Type"),
        ]
    ),
    st.text(max_size=30)
    | st.sampled_from(["response", "resource", "revisit", "text/html", "<>", "2024-02-09T10:00:00Z", SAME_PAYLOAD]),
    max_size=4,
)
BLOCKS = st.binary(max_size=200) | st.binary(max_size=100).map(
    lambda content: answer(content, "Transfer-Encoding: chunked", "Content-Encoding: gzip")
)


def assert_sound(content: bytes) -> None:
    found, error = read(content, most=1000)
    assert error is None or error.isprintable()
    for one in found:
        if isinstance(one, Capture):
            assert one.listed.captured_at.utcoffset() is not None
            assert len(one.answer.body) <= 1000
            assert 100 <= one.answer.status < 600
        else:
            assert one.reason.isprintable()
            assert one.name.isprintable()


@given(st.binary(max_size=500), st.booleans())
def test_any_bytes_are_captures_or_an_error(content: bytes, packed: bool) -> None:
    assert_sound(gzip.compress(content, mtime=0) if packed else content)


@given(st.lists(st.tuples(BLOCKS, HEADS), min_size=1, max_size=3), st.booleans())
def test_any_records_are_captures_or_told(many: list[tuple[bytes, dict[str, str]]], packed: bool) -> None:
    written = [by_hand(block, kind="response", **heads) for block, heads in many]
    assert_sound(b"".join(gzip.compress(one, mtime=0) if packed else one for one in written))


@given(st.data())
def test_any_damage_to_a_good_file_is_captures_or_told(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([PLAIN, PACKED])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    assert_sound(bytes(content))
