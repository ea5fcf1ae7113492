"""The web archive: what warcio reads out of it is what was seen, its digests hold and its references lead there."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from domain.capture import Source
from domain.check import Outcome
from domain.sight import Sight
from exports.warc import IDENTICAL, NOT_MODIFIED, Written, write_warc
from tests.exports.sights import BODIES, HEADERS, LINKS, ONE, TWO, URL, link, sealed

MADE = datetime(2025, 4, 1, 12, tzinfo=UTC)
SOFTWARE = "hmicfrs-monitor/0.1.0"


@dataclass(frozen=True)
class Read:
    """A record as warcio reads it."""

    kind: str
    fields: Mapping[str, str]
    status: str | None
    headers: list[tuple[str, str]]
    content: bytes

    def __getitem__(self, name: str) -> str:
        return self.fields[name]


def archive(sights: Iterable[Sight], name: str = "looks.warc", **more: Any) -> bytes:
    out = io.BytesIO()
    bodies = more.pop("bodies", BODIES)
    write_warc(out, sights, body=bodies.__getitem__, name=name, software=SOFTWARE, dated=MADE, **more)
    return out.getvalue()


def records(data: bytes) -> list[Read]:
    found = []
    for record in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        http = record.http_headers
        fields = dict(record.rec_headers.headers)
        assert len(fields) == len(record.rec_headers.headers)
        assert record.rec_headers.protocol == "WARC/1.1"
        content = record.raw_stream.read()
        status = http.get_statuscode() if http else None
        found.append(Read(record.rec_type, fields, status, list(http.headers) if http else [], content))
        if "WARC-Block-Digest" in fields and record.rec_type not in {"revisit"}:
            assert record.digest_checker.passed is not False
    return found


def of_kind(data: bytes, *kinds: str) -> list[Read]:
    return [record for record in records(data) if record.kind in kinds]


def looks(data: bytes) -> list[Read]:
    return of_kind(data, "response", "revisit")


def told(record: Read) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in record.content.decode().split("\r\n") if line)


WHOLE = archive(sealed())


def test_each_look_with_an_answer_is_a_record_with_its_time_and_address() -> None:
    found = looks(WHOLE)
    assert [(record.kind, record.status) for record in found] == [
        ("response", "200"), ("revisit", None), ("revisit", None), ("response", "200"), ("revisit", None),
        ("response", "200"), ("revisit", None), ("revisit", "200"), ("response", "200"),
    ]  # fmt: skip
    answered = [one for one in LINKS if one.outcome is not Outcome.FAILED]
    assert [datetime.fromisoformat(record["WARC-Date"]) for record in found] == [one.started_at for one in answered]
    assert found[0]["WARC-Date"] == "2025-03-03T12:00:00.000120Z"
    assert {record["WARC-Target-URI"] for record in found} == {URL}


def test_it_says_how_many_looks_of_which_kind_there_are() -> None:
    out = io.BytesIO()
    counted = write_warc(out, sealed(), body=BODIES.__getitem__, name="x.warc", software=SOFTWARE, dated=MADE)
    assert counted == Written(responses=4, revisits=5, left_out=2)


def test_the_first_record_says_what_the_archive_is() -> None:
    first = records(archive(sealed(), "dir/looks.warc.gz", about={"operator": "A\r\nWARC-Type: evil"}))[0]
    assert (first.kind, first["WARC-Filename"], first["WARC-Date"]) == (
        "warcinfo", "looks.warc.gz", "2025-04-01T12:00:00.000000Z",
    )  # fmt: skip
    fields = told(first)
    assert fields["software"] == SOFTWARE
    assert fields["operator"] == "A WARC-Type: evil"
    assert fields["format"] == "WARC File Format 1.1"
    assert fields["conformsTo"].endswith("/warc-1.1/")
    assert "WARC-Payload-Digest" not in first.fields


def test_headers_are_true_of_the_bytes_and_the_others_are_kept_under_another_name() -> None:
    response = looks(WHOLE)[0]
    assert response.content == ONE
    assert response.headers == [
        ("date", "Mon, 03 Mar 2025 09:00:00 GMT"),
        ("content-type", "text/html; charset=UTF-8"),
        ("X-Archive-Orig-content-encoding", "gzip"),
        ("X-Archive-Orig-transfer-encoding", "chunked"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-name", "caf\xe9"),
        ("content-length", str(len(ONE))),
    ]
    assert b"\r\nx-name: caf\xe9\r\n" in WHOLE
    assert looks(WHOLE)[5].headers == [("content-length", "13")]


def test_a_length_that_was_that_of_coded_bytes_is_corrected() -> None:
    short = replace(LINKS[0], headers=(("Content-Length", "7"), ("content-type", "text/html")))
    (response,) = looks(archive(sealed((short,))))
    assert response.headers == [
        ("X-Archive-Orig-Content-Length", "7"), ("content-type", "text/html"), ("content-length", str(len(ONE))),
    ]  # fmt: skip


def test_not_modified_refers_to_the_answer_that_it_confirms_and_never_to_a_doubtful_one() -> None:
    found = looks(WHOLE)
    for place, origin, body in ((1, 0, ONE), (4, 0, ONE), (6, 5, TWO)):
        record = found[place]
        assert record["WARC-Profile"] == NOT_MODIFIED
        assert record["WARC-Refers-To"] == found[origin]["WARC-Record-ID"]
        assert record["WARC-Refers-To-Target-URI"] == found[origin]["WARC-Target-URI"]
        assert record["WARC-Refers-To-Date"] == found[origin]["WARC-Date"]
        assert record["WARC-Payload-Digest"] == f"sha256:{sha256(body).hexdigest()}"
        assert (record.content, record.headers) == (b"", [])


def test_the_same_bytes_again_refer_to_those_before() -> None:
    found = looks(WHOLE)
    for place in (2, 7):
        assert found[place]["WARC-Profile"] == IDENTICAL
        assert found[place]["WARC-Truncated"] == "length"
        assert found[place]["WARC-Refers-To"] == found[0]["WARC-Record-ID"]
        assert found[place]["WARC-Payload-Digest"] == found[0]["WARC-Payload-Digest"]
    assert found[7].headers == found[0].headers


def test_a_request_is_made_of_the_address_for_looks_of_our_own() -> None:
    requests = of_kind(WHOLE, "request")
    assert len(requests) == len(looks(WHOLE)) - 1
    ids = [record["WARC-Record-ID"] for record in looks(WHOLE)]
    assert [record["WARC-Concurrent-To"] for record in requests] == ids[:-1]
    assert requests[0].headers == [("Host", "hmicfrs.justiceinspectorates.gov.uk")]
    assert b"\r\n\r\nGET /our-work/article/child-abuse-and-child-protection-issues/ HTTP/1.1\r\nHost: " in WHOLE


def test_what_is_not_simply_the_page_is_told_beside_it() -> None:
    by_look = {record["WARC-Concurrent-To"]: told(record) for record in of_kind(WHOLE, "metadata")}
    found = looks(WHOLE)
    beside = [by_look.get(record["WARC-Record-ID"]) for record in found]
    assert beside == [
        None,
        None,
        {"etag": '"1"', "last-modified": "Mon, 03 Mar 2025 09:00:00 GMT"},
        {"outcome": "suspect", "source": "live", "reason": "a block page WARC-Type: x"},
        None,
        {"outcome": "changed", "source": "live", "via": "http://www.hmic.gov.uk/", "hopsFromSeed": "R"},
        None,
        None,
        {"outcome": "changed", "source": "wayback"},
    ]
    assert all("WARC-Payload-Digest" not in record.fields for record in of_kind(WHOLE, "metadata"))


def test_an_answer_whose_headers_were_not_kept_has_its_validators() -> None:
    nonce = link(2, Outcome.UNCHANGED, 200, TWO, etag='W/"x"')
    response = looks(archive(sealed((LINKS[0], nonce))))[1]
    assert (response.kind, response["WARC-Target-URI"]) == ("response", URL)
    assert response.headers == [("etag", 'W/"x"'), ("content-length", str(len(TWO)))]


def test_an_export_that_begins_later_refers_to_what_came_before() -> None:
    sights = sealed()
    full, late = looks(WHOLE), looks(archive(sights[6:7], before={"child-protection": sights[0]}))
    for name in ("WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Payload-Digest"):
        assert late[0][name] == full[0].fields.get(name, full[4][name])
    alone = looks(archive(sights[6:7]))
    assert alone[0]["WARC-Profile"] == NOT_MODIFIED
    assert "WARC-Refers-To" not in alone[0].fields


def test_an_export_that_begins_later_has_the_bytes_that_it_has_looks_at() -> None:
    sights = sealed()
    found = looks(archive(sights[2:7], before={"child-protection": sights[0]}))
    assert [record.kind for record in found] == ["response", "response", "revisit"]
    assert found[0].content == ONE
    assert found[2]["WARC-Refers-To"] == found[0]["WARC-Record-ID"]


def test_each_watch_has_its_own_answers() -> None:
    other = replace(LINKS[7], check=2, watch="ncpi", hops=None)
    mixed = (LINKS[0], other, replace(LINKS[1], check=3), replace(LINKS[1], check=4, watch="ncpi"))
    found = looks(archive(sealed(mixed)))
    assert [record["WARC-Refers-To"] for record in found[2:]] == [record["WARC-Record-ID"] for record in found[:2]]


@pytest.mark.parametrize("name", ["looks.warc", "looks.warc.gz"])
def test_two_exports_are_the_same_bytes(name: str) -> None:
    assert archive(sealed(), name) == archive(sealed(), name)


def test_every_record_has_an_identifier_of_its_own() -> None:
    ids = [record["WARC-Record-ID"] for record in records(WHOLE)]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("<urn:uuid:") for one in ids)


def test_each_record_is_compressed_by_itself() -> None:
    data = archive(sealed(), "looks.warc.gz")
    assert data.count(b"\x1f\x8b\x08") >= len(records(data)) == len(records(WHOLE))
    assert records(data)[1:] == records(WHOLE)[1:]


def test_each_body_is_asked_for_once() -> None:
    asked: list[str] = []

    def body(digest: str) -> bytes:
        asked.append(digest)
        return BODIES[digest]

    write_warc(io.BytesIO(), sealed(), body=body, name="x.warc", software=SOFTWARE, dated=MADE)
    assert len(asked) == len(set(asked)) == 4


def test_an_archive_of_nothing_has_its_first_record() -> None:
    assert [record.kind for record in records(archive(()))] == ["warcinfo"]


def test_an_address_that_is_none_is_written_as_one() -> None:
    odd = replace(LINKS[0], hops=("https://user:pw@x.example/a b\r\nWARC-Type: evil/ü?q=1#part",))
    response, request, *_ = records(archive(sealed((odd,))))[1:]
    assert response["WARC-Target-URI"] == "https://user:pw@x.example/a%20b%0D%0AWARC-Type:%20evil/%C3%BC?q=1#part"
    assert request.headers == [("Host", "x.example")]


moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
names = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True) | st.sampled_from(
    ["content-length", "content-encoding", "transfer-encoding", "set-cookie"]
)
values = st.text(st.characters(max_codepoint=255), max_size=30)
looked = st.tuples(
    st.binary(max_size=300), st.sampled_from([200, 203, 404, 299, 999]), moments,
    st.lists(st.tuples(names, values), max_size=5) | st.none(),
)  # fmt: skip


@given(st.lists(looked, max_size=6), st.booleans())
def test_any_bytes_times_and_statuses_come_out_as_they_went_in(
    drawn: list[tuple[bytes, int, datetime, list[tuple[str, str]] | None]], compressed: bool
) -> None:
    links = [
        link(number, Outcome.CHANGED, status, body, started_at=moment, headers=None if pairs is None else tuple(pairs))
        for number, (body, status, moment, pairs) in enumerate(drawn, 1)
    ]
    bodies = {sha256(body).hexdigest(): body for body, *_ in drawn}
    data = archive(sealed(tuple(links)), "x.warc.gz" if compressed else "x.warc", bodies=bodies)
    by_id = {record["WARC-Record-ID"]: record for record in looks(data)}
    assert len(by_id) == len(drawn)
    for record, (body, status, moment, pairs) in zip(by_id.values(), drawn, strict=True):
        origin = by_id[record["WARC-Refers-To"]] if record.kind == "revisit" else record
        assert origin.content == body
        assert (record.status or origin.status) == str(status)
        assert datetime.fromisoformat(record["WARC-Date"]) == moment
        if pairs is not None and (record.kind == "response" or pairs):
            kept = [name.removeprefix("X-Archive-Orig-") for name, _ in record.headers]
            assert [name for name, _ in pairs] == kept[: len(pairs)]


def test_headers_that_are_none_are_left_out() -> None:
    forged = replace(LINKS[0], headers=(("a b", "1"), ("x\r\ny", "2"), ("", "3"), ("ok", "v\r\nevil: 1"), ("u", "→")))
    (response,) = looks(archive(sealed((forged,))))
    assert response.headers == [("ok", "v evil: 1"), ("u", "→"), ("content-length", str(len(ONE)))]


def test_a_zone_other_than_utc_is_written_as_utc() -> None:
    local = LINKS[0].started_at.astimezone(timezone(timedelta(hours=1)))
    assert looks(archive(sealed((replace(LINKS[0], started_at=local),))))[0]["WARC-Date"].endswith("12:00:00.000120Z")


def test_what_others_captured_is_not_what_our_server_confirms() -> None:
    capture = replace(LINKS[7], check=2, source=Source.WAYBACK, headers=HEADERS)
    found = looks(archive(sealed((LINKS[0], capture, replace(LINKS[1], check=3)))))
    assert found[2]["WARC-Refers-To"] == found[0]["WARC-Record-ID"]
