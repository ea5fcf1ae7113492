"""What a capture of the Internet Archive becomes, and what is never taken for one."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace

import pytest

from domain.check import Answer, Validators
from scraper.errors import ArchiveError, CaptureGone, CaptureUnplayable
from tests.captures.archive import HTML, OWN_PAGE, Archive, Cut, Fault, Headers, Kept, Reset, Say, Silence, serving
from tests.captures.setting import AGAIN, FIRST, PAGE, SECOND, THIRD, Time, body, listed, wayback

MEMENTO: Headers = (("Memento-Datetime", "Fri, 09 Feb 2024 10:30:00 GMT"), *HTML)
NAMED = f"{PAGE} as of 2024-02-09 10:30:00 UTC"
GO_ON = "start it again later: it goes on from here"


def fetched(kept: Kept, *fault: Fault, archive: Archive | None = None, notes: list[str] | None = None) -> Answer:
    """What the archive gives for a capture, with these faults first."""
    archive = archive or Archive([kept])
    archive.fail("capture", *fault)
    with serving(archive), wayback(archive, note=(notes if notes is not None else []).append, attempts=2) as one:
        return one.fetch(listed(kept))


def test_a_capture_is_the_site_s_own_answer_under_the_address_that_was_captured() -> None:
    answer = fetched(replace(SECOND, headers=(*HTML, ("ETag", '"abc"'), ("X-Cache", "HIT"))))
    assert answer == Answer(
        200,
        (PAGE,),
        (
            ("content-type", "text/html; charset=UTF-8"),
            ("etag", '"abc"'),
            ("x-cache", "HIT"),
            ("date", "Fri, 09 Feb 2024 10:30:00 GMT"),
            ("server", "Apache"),
        ),
        body("9 February 2024"),
    )
    assert answer.validators == Validators()


def test_it_is_asked_for_as_it_was_kept_once() -> None:
    archive = Archive([SECOND])
    fetched(SECOND, archive=archive)
    assert archive.paths("capture") == [f"/web/20240209103000id_/{PAGE}"]


def test_the_content_type_is_the_archive_s_where_the_site_gave_none() -> None:
    say = Say(200, (*MEMENTO, ("X-Archive-Orig-Server", "Apache")), body())
    assert fetched(SECOND, say).headers == (("server", "Apache"), ("content-type", "text/html; charset=UTF-8"))


@pytest.mark.parametrize(
    "headers",
    [
        (("Content-Encoding", "gzip"), ("X-Archive-Orig-Content-Encoding", "gzip")),
        (("Content-Encoding", ", gzip"), ("X-Archive-Orig-Content-Encoding", "gzip")),
        (("Content-Encoding", ""), ("X-Archive-Orig-Content-Encoding", "gzip")),
        (("X-Archive-Orig-Content-Encoding", "x-gzip"),),
        (("Content-Encoding", "gzip"),),
    ],
)
def test_a_body_that_was_kept_in_gzip_is_unpacked_however_the_archive_tells_it(headers: Headers) -> None:
    assert fetched(SECOND, Say(200, (*MEMENTO, *headers), gzip.compress(body(), mtime=0))).body == body()


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "identity"])
def test_a_coding_that_the_archive_undid_is_not_undone_again(coding: str) -> None:
    headers = (*MEMENTO, ("X-Archive-Orig-Content-Encoding", coding))
    assert fetched(SECOND, Say(200, headers, body())).body == body()


def test_a_body_in_deflate_is_unpacked() -> None:
    headers = (*MEMENTO, ("X-Archive-Orig-Content-Encoding", "deflate"))
    assert fetched(SECOND, Say(200, headers, zlib.compress(body()))).body == body()
    assert fetched(SECOND, Say(200, headers, zlib.compress(body(), wbits=-15))).body == body()


@pytest.mark.parametrize(
    ("coding", "content", "reason"),
    [
        ("br", b"\x0b\x02\x80\xff\xfe", "its content coding, 'br', is not known here"),
        ("\x9b2J", b"\xff", "is not known here"),
        ("gzip", gzip.compress(body(), mtime=0)[:-9], "its gzip breaks off"),
        ("gzip", b"\x1f\x8b\x08\x00aaaaaaaaaaaa", "its gzip is damaged"),
        ("gzip, gzip, gzip, gzip", b"x", "its content is coded too many times over"),
        ("gzip", gzip.compress(bytes(6_000_000), mtime=0), "larger than the 5,000,000 bytes of max_bytes in [scraper]"),
        ("", bytes(5_000_001), "larger than the 5,000,000 bytes of max_bytes in [scraper]"),
    ],
)
def test_a_capture_whose_bytes_cannot_be_had_is_set_aside(coding: str, content: bytes, reason: str) -> None:
    headers = (*MEMENTO, *((("X-Archive-Orig-Content-Encoding", coding),) if coding else ()))
    with pytest.raises(CaptureGone) as raised:
        fetched(SECOND, Say(200, headers, content))
    assert str(raised.value).startswith(f"{NAMED}: ")
    assert str(raised.value).endswith(reason)
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503, 504])
def test_a_refusal_that_was_captured_is_a_capture(status: int) -> None:
    archive = Archive([replace(SECOND, status=status)])
    answer = fetched(SECOND, archive=archive)
    assert (answer.status, answer.body) == (status, SECOND.body)
    assert len(archive.asked) == 1


@pytest.mark.parametrize("status", [301, 302])
def test_a_redirect_that_was_captured_is_a_capture_and_says_where_it_led(status: int) -> None:
    moved = replace(FIRST, status=status, headers=(*HTML, ("Location", PAGE)), body=b"")
    archive = Archive([moved, SECOND])
    answer = fetched(moved, archive=archive)
    assert (answer.status, answer.header("location"), answer.hops) == (status, PAGE, (FIRST.original,))
    assert len(archive.asked) == 1


def test_where_a_redirect_led_is_read_out_of_the_archive_s_own_address() -> None:
    headers = (*MEMENTO, ("Location", f"https://web.archive.org/web/20240209103000id_/{PAGE}?page=2"))
    assert fetched(SECOND, Say(301, headers, b"")).header("location") == f"{PAGE}?page=2"


def test_a_capture_in_whose_place_the_archive_gives_the_nearest_one_is_set_aside_unread() -> None:
    archive = Archive([replace(SECOND, playable=False), AGAIN, THIRD])
    with pytest.raises(CaptureGone) as raised:
        fetched(SECOND, archive=archive)
    told = f"{NAMED}: the archive gives another capture than this one: that of 2024-03-01 09:00:00 UTC of {PAGE}"
    assert str(raised.value) == told
    assert len(archive.asked) == 1


def test_another_capture_under_the_right_address_is_told_by_its_time() -> None:
    with pytest.raises(CaptureGone, match=r"another capture than this one: that of 2024-02-10 10:30:00 \+0000"):
        fetched(SECOND, Say(200, (("Memento-Datetime", "Sat, 10 Feb 2024 10:30:00 GMT"), *HTML), body()))


@pytest.mark.parametrize("when", ["soon", "", "Fri, 99 Feb 2024 10:30:00 GMT"])
def test_a_time_that_cannot_be_read_is_as_good_as_none(when: str) -> None:
    assert fetched(SECOND, Say(200, (("Memento-Datetime", when), *HTML), body())).body == body()


def test_a_redirect_to_the_same_capture_under_its_own_address_is_followed_once() -> None:
    archive = Archive([SECOND])
    variant = PAGE.replace("https", "http")
    answer = fetched(SECOND, Say(302, (("Location", f"/web/20240209103000/{variant}"),), b""), archive=archive)
    assert (answer.body, answer.hops) == (SECOND.body, (PAGE,))
    assert archive.paths("capture")[1:] == [f"/web/20240209103000id_/{variant}"]


def test_a_redirect_after_that_is_followed_no_further() -> None:
    archive = Archive([SECOND], always={"/web/": Say(302, (("Location", f"/web/20240209103000/{PAGE}"),), b"")})
    with pytest.raises(CaptureUnplayable, match="sends from one address to the next"):
        fetched(SECOND, archive=archive)
    assert len(archive.asked) == 2


@pytest.mark.parametrize(
    "location",
    [
        "https://police.example/",
        f"https://police.example/web/20240209103000id_/{PAGE}",
        "/maintenance",
        "http://[/",
        "/web/99999999999999/x",
        "",
    ],
)
def test_a_redirect_to_no_capture_is_never_followed(location: str) -> None:
    archive = Archive([SECOND])
    with pytest.raises(CaptureUnplayable) as raised:
        fetched(SECOND, Say(302, (("Location", location),)), archive=archive)
    assert len(archive.asked) == 1
    assert str(raised.value).startswith(f"{NAMED}: the archive sends to ")
    assert str(raised.value).endswith(GO_ON)


def test_a_redirect_to_another_page_of_the_same_moment_is_another_capture() -> None:
    with pytest.raises(CaptureGone, match="another capture"):
        fetched(SECOND, Say(302, (("Location", "/web/20240209103000/https://police.example/"),)))


@pytest.mark.parametrize("status", [400, 404, 410, 451])
def test_what_the_archive_has_no_more_is_set_aside(status: int) -> None:
    archive = Archive([SECOND])
    with pytest.raises(CaptureGone, match=f"the archive has it no more: it answered {status}"):
        fetched(SECOND, Say(status), archive=archive)
    assert len(archive.asked) == 1


def test_what_the_archive_does_not_show_is_set_aside() -> None:
    with pytest.raises(CaptureGone, match="does not show it, at its owner's wish"):
        fetched(SECOND, archive=Archive([SECOND], excluded={PAGE}))
    packed = gzip.compress(b"This URL has been excluded from the Wayback Machine.", mtime=0)
    with pytest.raises(CaptureGone, match="does not show it"):
        fetched(SECOND, Say(403, (("Content-Encoding", "gzip"),), packed))


def test_an_archive_that_refuses_us_ends_the_run() -> None:
    with pytest.raises(ArchiveError) as raised:
        fetched(SECOND, Say(403))
    assert not isinstance(raised.value, CaptureUnplayable)
    assert str(raised.value) == f"{NAMED}: the archive refuses us: it answered 403 Forbidden; {GO_ON}"


@pytest.mark.parametrize(
    "fault",
    [Say(200), Say(500), Say(502), Say(503), Say(504), Reset(), Say(200, HTML, body("9 February 2024"))],
)
def test_the_archive_s_own_page_is_never_a_capture_and_is_asked_past(fault: Fault) -> None:
    archive = Archive([SECOND])
    assert fetched(SECOND, fault, archive=archive).body == SECOND.body
    assert len(archive.asked) == 2


@pytest.mark.parametrize("fault", [Say(200), Say(500), Say(503), Reset()])
def test_a_capture_that_stays_unplayable_leaves_the_others_to_be_had(fault: Fault) -> None:
    archive = Archive([SECOND, THIRD], always={"20240209103000": fault})
    with serving(archive), wayback(archive, attempts=3) as one:
        with pytest.raises(CaptureUnplayable) as raised:
            one.fetch(listed(SECOND))
        assert one.fetch(listed(THIRD)).body == THIRD.body
    assert str(raised.value).startswith(f"{NAMED}: ")
    assert str(raised.value).endswith(GO_ON)
    assert len(archive.asked) == 4


def test_an_odd_refusal_is_left_for_another_day() -> None:
    with pytest.raises(CaptureUnplayable, match="the archive answered 418"):
        fetched(SECOND, Say(418))


def test_silence_is_not_waited_out() -> None:
    archive = Archive([SECOND])
    archive.fail("capture", Silence())
    with serving(archive), wayback(archive, timeout_seconds=0.2) as one:
        assert one.fetch(listed(SECOND)).body == SECOND.body
    assert len(archive.asked) == 2


def test_an_archive_that_is_not_there_ends_the_run() -> None:
    archive = Archive([SECOND])
    with serving(archive):
        pass
    with wayback(archive, attempts=2) as one, pytest.raises(ArchiveError, match="no connection: ") as raised:
        one.fetch(listed(SECOND))
    assert not isinstance(raised.value, CaptureUnplayable)


def test_a_private_address_is_not_asked_unless_the_settings_allow_it() -> None:
    archive, time = Archive([SECOND]), Time()
    with serving(archive), wayback(archive, time, allow_private_addresses=False) as one:
        with pytest.raises(ArchiveError, match=r"is a loopback address and is not asked; .* allows it$"):
            one.fetch(listed(SECOND))
        with pytest.raises(ArchiveError, match=r"allow_private_addresses = true in \[scraper\] allows it$"):
            next(one.listed([PAGE]))
    assert (archive.asked, time.slept) == ([], [])


def test_bytes_that_are_not_those_of_the_index_are_noted_and_no_more() -> None:
    notes = list[str]()
    odd = replace(SECOND, stated_digest="A" * 32)
    assert fetched(odd, notes=notes).body == SECOND.body
    assert notes == [f"{NAMED}: its bytes are not those that the archive's index has the digest of"]


@pytest.mark.parametrize("kept", [SECOND, AGAIN, replace(SECOND, coding="gzip"), replace(SECOND, stated_digest="-")])
def test_bytes_of_which_the_index_tells_the_same_or_nothing_are_not_noted(kept: Kept) -> None:
    notes = list[str]()
    assert fetched(kept, notes=notes).body == SECOND.body
    assert notes == []


def test_an_address_with_a_query_and_a_fragment_is_asked_for_whole() -> None:
    odd = replace(SECOND, original=f"{PAGE}?a=1&b=%20x#part")
    archive = Archive([replace(odd, original=odd.original.replace("#", "%23"))])
    assert fetched(odd, archive=archive).body == SECOND.body
    assert archive.paths("capture") == [f"/web/20240209103000id_/{PAGE}?a=1&b=%20x%23part"]


def test_a_body_that_is_cut_off_without_a_word_is_taken_as_kept() -> None:
    notes = list[str]()
    assert fetched(SECOND, Cut(20), notes=notes).body == SECOND.body[:20]
    assert len(notes) == 1


def test_an_archive_s_page_keeps_its_own_words_to_itself() -> None:
    with pytest.raises(CaptureGone) as raised:
        fetched(SECOND, Say(404, HTML, OWN_PAGE + b"\x1b[2J"))
    assert "Sorry" not in str(raised.value)
    assert str(raised.value).isprintable()
