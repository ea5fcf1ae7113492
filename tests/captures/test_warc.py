"""Captures in WARC files: which records are some, with which bytes, and what is told of the rest."""

from __future__ import annotations

import gzip
import zlib
from base64 import b32encode, b64encode
from datetime import UTC, datetime
from hashlib import md5, sha1, sha256, sha512
from io import BytesIO
from pathlib import Path

import pytest

from domain.capture import Capture, Listed
from domain.check import Answer, Validators
from scraper.captures.unusable import Found, Unusable
from scraper.captures.warc import warc_captures
from scraper.errors import SourceError
from tests.captures.setting import PAGE, body
from tests.captures.warcs import ID, NOT_MODIFIED, SAME_PAYLOAD, TEXT, File, answer, by_hand

HTML = f"Content-Type: {TEXT}"


def found(content: bytes, most: int = 5_000_000) -> list[Found]:
    return list(warc_captures(BytesIO(content), most))


def captures(content: bytes) -> list[Capture]:
    every = found(content)
    assert [one for one in every if isinstance(one, Unusable)] == []
    return [one for one in every if isinstance(one, Capture)]


def reason(content: bytes, most: int = 5_000_000) -> str:
    (one,) = found(content, most)
    assert isinstance(one, Unusable)
    assert one.reason.isprintable()
    return one.reason


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_response_is_a_capture_by_its_record_s_id(packed: bool, version: str) -> None:
    file = File(packed=packed, version=version)
    file.add("warcinfo", b"software: a crawler\r\n", uri="")
    file.add("request", b"", status="GET / HTTP/1.1")
    key = file.add(headers={"Content-Type": TEXT, "ETag": '"abc"', "X-Cache": "HIT"})
    file.add("metadata", b"outcome: suspect\r\n", warc={"Concurrent-To": key})
    file.add("conversion", b"text")
    (one,) = captures(file.written)
    at = datetime(2024, 2, 9, 10, 3, tzinfo=UTC)
    headers = (("content-type", TEXT), ("etag", '"abc"'), ("x-cache", "HIT"))
    assert one == Capture(
        Listed(key, PAGE, at, sha256(body()).hexdigest(), 200), Answer(200, (PAGE,), headers, body(), Validators())
    )


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    file = File(packed=True)
    file.add()
    (tmp_path / "a.warc.gz").write_bytes(file.written)
    assert list(warc_captures(tmp_path / "a.warc.gz")) == captures(file.written)
    with pytest.raises(SourceError, match="nowhere: cannot be read: No such file"):
        next(warc_captures(tmp_path / "nowhere"))
    with pytest.raises(SourceError, match="cannot be read: Is a directory"):
        next(warc_captures(tmp_path))


def test_records_of_all_pages_are_given_in_the_order_of_the_file() -> None:
    file = File()
    uris = [PAGE, "http://police.example/picture.png", "https://www.gov.uk/"]
    for number, uri in enumerate(uris):
        file.add(uri=uri, date=f"2024-02-{9 - number:02}T10:00:00Z")
    assert [one.listed.address for one in captures(file.written)] == uris


def test_files_one_behind_the_other_are_one_file() -> None:
    one, two = File(packed=True), File(packed=True)
    one.add(uri="https://police.example/1")
    two.add(uri="https://police.example/2")
    padded = one.written + b"\0" * 100 + two.written + b"\0" * 3
    assert len(captures(one.written + two.written)) == len(captures(padded)) == 2


def test_gzip_over_all_records_is_read_like_gzip_over_each() -> None:
    file = File()
    file.add()
    file.add(content=body("x" * 200_000))
    halves = gzip.compress(file.written[:500], mtime=0) + gzip.compress(file.written[500:], mtime=0)
    assert captures(gzip.compress(file.written, mtime=0)) == captures(halves) == captures(file.written)


def test_a_page_without_a_head_is_an_answer_of_200() -> None:
    page = by_hand(body(), kind="resource", Content_Type=TEXT)
    (one,) = captures(page)
    assert (one.answer.status, one.answer.headers, one.answer.body) == (200, (("content-type", TEXT),), body())


@pytest.mark.parametrize(
    ("content", "status"), [("301 Moved Permanently", 301), ("404 Not Found", 404), ("503", 503), ("200", 200)]
)
def test_an_answer_of_any_status_is_a_capture(content: str, status: int) -> None:
    (one,) = captures(by_hand(answer(body(), HTML, status=content)))
    assert (one.listed.status, one.answer.status, one.answer.body) == (status, status, body())


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/2.0", "HTTP/3"])
def test_an_answer_of_any_version_is_a_capture(version: str) -> None:
    assert captures(by_hand(answer(body(), HTML, version=version)))[0].answer.body == body()


def chunked(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)


CHUNKED = b"1F4\r\n" + b"x" * 500 + b"\r\n5;name=value\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "content", "kept"),
    [
        (["Transfer-Encoding: chunked"], CHUNKED, b"x" * 500 + b"hello"),
        (["Transfer-Encoding: chunked"], CHUNKED[:-2], b"x" * 500 + b"hello"),
        (["Transfer-Encoding: chunked"], CHUNKED.replace(b"\r\n", b"\n"), b"x" * 500 + b"hello"),
        (["Transfer-Encoding: chunked"], body(), body()),  # undone, and the header left
        (["Transfer-Encoding: chunked"], b"0\r\n\r\n", b""),
        (["Content-Encoding: gzip"], gzip.compress(body(), mtime=0), body()),
        (["Content-Encoding: gzip"], body(), body()),
        (["Content-Encoding: deflate"], zlib.compress(body()), body()),
        (["Content-Encoding: br"], body(), body()),
        (["Content-Encoding: gzip", "Transfer-Encoding: chunked"], chunked(gzip.compress(body(), mtime=0)), body()),
    ],
)
def test_chunks_and_coding_are_undone_where_they_are(headers: list[str], content: bytes, kept: bytes) -> None:
    assert captures(by_hand(answer(content, HTML, *headers)))[0].answer.body == kept


def digests(content: bytes) -> list[str]:
    return [
        "sha1:" + b32encode(sha1(content, usedforsecurity=False).digest()).decode(),
        "sha1:" + sha1(content, usedforsecurity=False).hexdigest(),
        "sha-256:" + sha256(content).hexdigest(),
        "SHA256:" + sha256(content).hexdigest().upper(),
        "sha256:" + b32encode(sha256(content).digest()).decode(),
        "sha512:" + b64encode(sha512(content).digest()).decode(),
        "md5:" + md5(content, usedforsecurity=False).hexdigest(),
        "sha1:" + b32encode(sha1(content, usedforsecurity=False).digest()).decode().lower(),
    ]


@pytest.mark.parametrize("digest", digests(body()))
def test_a_payload_is_checked_against_its_digest_however_that_is_written(digest: str) -> None:
    assert captures(by_hand(answer(body(), HTML), WARC_Payload_Digest=digest))
    damaged = by_hand(answer(body("Another"), HTML), WARC_Payload_Digest=digest)
    assert reason(damaged) == "damaged: its payload does not have the digest that is stated of it"


@pytest.mark.parametrize("digest", digests(answer(body(), HTML)))
def test_a_block_is_checked_against_its_digest(digest: str) -> None:
    assert captures(by_hand(answer(body(), HTML), WARC_Block_Digest=digest))
    damaged = by_hand(answer(body("Another"), HTML), WARC_Block_Digest=digest)
    assert reason(damaged) == "damaged: its block does not have the digest that is stated of it"


def test_a_payload_may_have_been_hashed_with_its_chunks_without_them_or_decoded() -> None:
    packed = gzip.compress(body(), mtime=0)
    chunks = chunked(packed)
    block = answer(chunks, HTML, "Transfer-Encoding: chunked", "Content-Encoding: gzip")
    for hashed in (chunks, packed, body()):
        assert captures(by_hand(block, WARC_Payload_Digest=digests(hashed)[0]))[0].answer.body == body()


@pytest.mark.parametrize("digest", ["blake3:abcdef", "nonsense", "sha1", "sha1:", "\x1b[2J:00"])
def test_a_digest_that_cannot_be_checked_is_not(digest: str) -> None:
    assert captures(by_hand(answer(body(), HTML), WARC_Payload_Digest=digest, WARC_Block_Digest=digest))


@pytest.mark.parametrize("digest", ["sha1:abc", "sha1:" + "!" * 32, "sha1:" + "0" * 32, "md5:" + "x" * 32])
def test_a_digest_in_no_form_of_its_kind_is_a_wrong_one_where_it_can_be_read(digest: str) -> None:
    every = found(by_hand(answer(body(), HTML), WARC_Payload_Digest=digest))
    assert isinstance(every[0], Unusable) == ("!" not in digest)


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("2024-02-09T10:30:00Z", datetime(2024, 2, 9, 10, 30, tzinfo=UTC)),
        ("2024-02-09T10:30:00.123456Z", datetime(2024, 2, 9, 10, 30, 0, 123456, tzinfo=UTC)),
        ("2024-02-09T10:30:00.123456789Z", datetime(2024, 2, 9, 10, 30, 0, 123456, tzinfo=UTC)),
        ("2024-02-09T10:30:00.5Z", datetime(2024, 2, 9, 10, 30, 0, 500000, tzinfo=UTC)),
        ("2024-02-09T10:30Z", datetime(2024, 2, 9, 10, 30, tzinfo=UTC)),
        ("2024-02-09T10:30:00+01:00", datetime(2024, 2, 9, 9, 30, tzinfo=UTC)),
        ("2024-02-09", datetime(2024, 2, 9, tzinfo=UTC)),
        ("2024-02", datetime(2024, 2, 1, tzinfo=UTC)),
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date_may_be_as_exact_as_it_likes(date: str, at: datetime) -> None:
    assert captures(by_hand(answer(body(), HTML), WARC_Date=date))[0].listed.captured_at == at


TOO_LARGE = "larger than the 1,000 bytes of max_bytes in [scraper]"
NO_TIME = "its WARC-Date is not a time with its zone, such as 2024-02-09T10:00:00Z"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"WARC_Date": "2024-02-09T10:30:00"}, NO_TIME),
        ({"WARC_Date": ""}, NO_TIME),
        ({"WARC_Date": "20240209103000"}, NO_TIME),
        ({"WARC_Date": "1970-01-01T00:00:00Z"}, "its WARC-Date is the year 1970 cannot be a capture's"),
        ({"WARC_Date": "9999-12-31T23:59:59-14:00"}, "its WARC-Date is the year 9999 cannot be a capture's"),
        ({"WARC_Date": "2024-02-30T00:00:00Z"}, "its WARC-Date is day is out of range for month"),
        ({"WARC_Record_ID": ""}, "it has no WARC-Record-ID"),
        ({"WARC_Target_URI": ""}, "it has no WARC-Target-URI"),
        ({"WARC_Target_URI": "http://police.example/\x1b[2J"}, "it has no WARC-Target-URI"),
        ({"WARC_Segment_Number": "1"}, "it is in several segments, which are not put together here"),
        ({"WARC_Truncated": "length"}, "it was cut short when it was recorded"),
    ],
)
def test_a_record_that_should_be_a_capture_and_cannot_be_one_is_told(headers: dict[str, str], told: str) -> None:
    assert reason(by_hand(answer(body(), HTML), **headers)) == told


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (b"", "it has no HTTP head"),
        (body(), "it has no HTTP head"),
        (b"HTTP/1.1 OK\r\n\r\n", "its HTTP head has no status"),
        (b"HTTP/1.1 999 Odd\r\n\r\n", "its HTTP head has no status"),
        (answer(b"", "X: " + "x" * 262_200)[:262_200], "its HTTP head has no end"),
        (answer(CHUNKED[:300], "Transfer-Encoding: chunked"), "its chunks break off"),
        (answer(CHUNKED[:-5], "Transfer-Encoding: chunked"), "its chunks break off"),
        (answer(gzip.compress(body(), mtime=0)[:-5], "Content-Encoding: gzip"), "its gzip breaks off"),
        (answer(b"\x1f\x8b" + bytes(50), "Content-Encoding: gzip"), "its gzip is damaged"),
        (answer(b"\xff\xfe\x00", "Content-Encoding: zstd"), "its content coding, 'zstd', is not known here"),
        (answer(bytes(2_000)), TOO_LARGE),
        (answer(bytes(2_000_000)), TOO_LARGE),
        (answer(gzip.compress(bytes(2_000_000), mtime=0), "Content-Encoding: gzip"), TOO_LARGE),
    ],
)
def test_a_block_that_holds_no_answer_is_told(block: bytes, told: str) -> None:
    assert reason(by_hand(block), most=1000) == told


def test_what_is_no_capture_is_told_by_its_record_and_address_and_the_rest_is_read() -> None:
    good, bad = by_hand(answer(body(), HTML)), by_hand(b"", WARC_Record_ID="<urn:x>", WARC_Target_URI=PAGE + "\x1b[2J")
    told = Unusable("the input, record <urn:x>", "it has no WARC-Target-URI", f"{PAGE} [2J")
    assert found(good + bad + good)[1] == told
    nameless = gzip.compress(by_hand(answer(body()), WARC_Record_ID=""), mtime=0)
    (one,) = [one for one in found(gzip.compress(good, mtime=0) + nameless) if isinstance(one, Unusable)]
    assert one.name == f"the input, record at byte {len(gzip.compress(good, mtime=0)):,}"


def test_look_ups_of_names_and_other_files_are_passed_over() -> None:
    dns = by_hand(
        b"20240209\npolice.example. 60 IN A 192.0.2.1", WARC_Target_URI="dns:police.example", Content_Type="text/dns"
    )
    picture = by_hand(b"\x89PNG", kind="resource", Content_Type="image/png")
    odd = by_hand(b"", kind="unheard-of")
    assert found(dns + picture + odd) == []


def test_an_address_in_angle_brackets_is_read_without_them() -> None:
    assert captures(by_hand(answer(body(), HTML), WARC_Target_URI=f"<{PAGE}>"))[0].listed.address == PAGE


def test_headers_that_no_server_can_send_are_left_out_and_control_characters_with_them() -> None:
    lines = ["X-Odd: a\x1b[2Jb\x00c", "an odd name: value", "no colon", "X-Two: 1", "X-Two: 2", "X-Latin: \xe9"]
    headers = captures(by_hand(answer(body(), HTML, *lines)))[0].answer.headers
    assert headers == (("content-type", TEXT), ("x-odd", "a [2Jb c"), ("x-two", "1"), ("x-two", "2"), ("x-latin", "é"))


NOT_BEFORE = "it refers to an answer that is not before it in this file"
ANOTHER = "the answer that it refers to has another payload than it says"
PAYLOAD = digests(body())[0]


@pytest.mark.parametrize(
    "refers",
    [
        {"Payload-Digest": PAYLOAD},
        {"Refers-To": ID.format(1)},
        {"Refers-To-Target-URI": PAGE, "Refers-To-Date": "2024-02-09T10:01:00Z"},
        {"Refers-To-Target-URI": PAGE, "Refers-To-Date": "2024-02-09T10:01:00.000000Z", "Payload-Digest": PAYLOAD},
    ],
)
@pytest.mark.parametrize("stated", [True, False])
def test_a_revisit_with_the_same_payload_is_the_answer_again_under_its_own_head(
    refers: dict[str, str], stated: bool
) -> None:
    file = File()
    file.add(warc={"Payload-Digest": PAYLOAD} if stated else {})
    file.add(content=body("Another"), uri="https://police.example/", date="2024-02-09T10:01:00Z")
    key = file.add("revisit", headers={"Content-Type": TEXT, "Age": "7"}, warc={"Profile": SAME_PAYLOAD, **refers})
    first, _, again = captures(file.written)
    assert again.listed == Listed(key, PAGE, datetime(2024, 2, 9, 10, 3, tzinfo=UTC), first.listed.digest, 200)
    assert again.answer == Answer(200, (PAGE,), (("content-type", TEXT), ("age", "7")), body())


@pytest.mark.parametrize("status", ["304 Not Modified", None])
def test_a_revisit_that_was_not_modified_is_the_answer_again_with_its_head(status: str | None) -> None:
    file = File(version="1.1")
    file.add()
    file.add("revisit", status=status, headers={"Age": "7"}, warc={"Profile": NOT_MODIFIED, "Refers-To": ID.format(1)})
    file.add("revisit", status=status, headers={}, warc={"Profile": NOT_MODIFIED, "Refers-To": ID.format(2)})
    first, *again = captures(file.written)
    assert [one.answer for one in again] == [first.answer, first.answer]
    assert [one.listed.status for one in again] == [200, 200]


@pytest.mark.parametrize(
    ("profile", "refers", "told"),
    [
        (SAME_PAYLOAD, {"Payload-Digest": digests(b"unheard of")[0]}, NOT_BEFORE),
        (NOT_MODIFIED, {"Refers-To": ID.format(3)}, NOT_BEFORE),
        (NOT_MODIFIED, {"Refers-To-Target-URI": PAGE, "Refers-To-Date": "soon"}, NOT_BEFORE),
        (SAME_PAYLOAD, {}, NOT_BEFORE),
        ("http://example.org/revisit", {"Refers-To": ID.format(1)}, "a revisit of a kind that is not known here"),
        (SAME_PAYLOAD, {"Refers-To": ID.format(1), "Payload-Digest": digests(b"x")[0]}, ANOTHER),
    ],
)
def test_a_revisit_of_what_is_not_there_is_told(profile: str, refers: dict[str, str], told: str) -> None:
    file = File()
    file.add(warc={"Payload-Digest": PAYLOAD})
    file.add("revisit", warc={"Profile": profile, **refers})
    file.add()
    first, again, _ = found(file.written)
    assert isinstance(first, Capture)
    assert isinstance(again, Unusable)
    assert again.reason == told
