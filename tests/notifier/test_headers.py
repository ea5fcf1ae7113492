"""The headers of a mail: who writes, what it follows, how to leave; none too long, whatever the addresses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.alert import Letter
from tests.notifier.letters import LETTERS, LONDON, SENDER, WITH_PAGES, composed
from tests.notifier.test_message import parsed

LETTER = LETTERS["report-added"]


def of_subject(subject: str) -> Letter:
    return replace(LETTER, alert=replace(LETTER.alert, subject=subject))


def test_the_headers_say_who_writes_to_whom_and_that_no_person_did() -> None:
    message = parsed(LETTER)
    assert message["From"] == "HMICFRS monitor <monitor@example.org>"
    assert message["To"] == "reader@example.org"
    assert message["Subject"] == "New HMICFRS report: Cleveland Police: National child protection inspection"
    assert message["Message-ID"] == LETTER.alert.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"


def test_the_date_is_when_it_was_due_and_not_when_it_was_made() -> None:
    due = datetime(2025, 7, 7, 6, tzinfo=UTC)
    digest = LETTERS["digest"]
    raw = composed(replace(digest, alert=replace(digest.alert, due_at=due))).as_bytes()
    assert b"\r\nDate: Mon, 07 Jul 2025 07:00:00 +0100\r\n" in raw


@pytest.mark.parametrize(
    ("watches", "label"),
    [
        (("child-protection",), "child-protection"),
        (("child-protection", "ncpi"), "all"),
        ((), "all"),
        (("Äé",), "watch"),
    ],
)
def test_a_list_is_one_watch_or_the_whole_installation(watches: tuple[str, ...], label: str) -> None:
    message = parsed(replace(LETTER, alert=replace(LETTER.alert, watches=watches)))
    assert message["List-Id"] == f"<{label}.hmicfrs-monitor.example.org>"


def test_a_first_message_follows_none() -> None:
    message = parsed(replace(LETTER, follows=()))
    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_a_later_message_follows_the_first_ones_about_its_reports() -> None:
    message = parsed(replace(LETTER, follows=("<1@example.org>", "<2@example.org>")))
    assert message["In-Reply-To"] == "<1@example.org>"
    assert message["References"] == "<1@example.org> <2@example.org>"


def test_of_many_messages_that_it_follows_ten_are_named() -> None:
    message = parsed(replace(LETTER, follows=tuple(f"<{number}@example.org>" for number in range(30))))
    assert message["References"].split() == [f"<{number}@example.org>" for number in range(10)]


HTTPS, MAILTO = "https://monitor.example.org/leave/{token}", "mailto:monitor@example.org?subject=leave%20{token}"


@pytest.mark.parametrize(
    ("ways", "header", "one_click"),
    [
        ((), None, False),
        ((MAILTO,), "<mailto:monitor@example.org?subject=leave%20reader-token>", False),
        ((HTTPS,), "<https://monitor.example.org/leave/reader-token>", True),
        (("http://example.org/{token}",), "<http://example.org/reader-token>", False),
        (("https://example.org/?r={recipient}",), "<https://example.org/?r=reader%40example.org>", True),
        (("javascript:leave()", "https://example.org/ a"), None, False),
        (
            (f"https://example.org/{'a' * 900}", MAILTO),
            "<mailto:monitor@example.org?subject=leave%20reader-token>",
            False,
        ),
        (
            (MAILTO, HTTPS),
            "<mailto:monitor@example.org?subject=leave%20reader-token>, <https://monitor.example.org/leave/reader-token>",
            True,
        ),
    ],
)
def test_one_click_is_offered_by_https_alone(ways: tuple[str, ...], header: str | None, one_click: bool) -> None:
    message = parsed(LETTER, replace(SENDER, unsubscribe=ways))
    assert message["List-Unsubscribe"] == header
    assert message["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if one_click else None)


def test_who_has_no_token_is_offered_no_address_to_leave_by() -> None:
    message = parsed(replace(LETTER, token=None), WITH_PAGES)
    assert message["List-Unsubscribe"] is None
    assert message["List-Unsubscribe-Post"] is None


def test_long_addresses_and_ten_long_references_make_no_line_too_long_and_stay_whole() -> None:
    follows = tuple(f"<{number}{'a' * 200}@{'b' * 60}.example.org>" for number in range(10))
    ways = tuple(f"https://{name}.example.org/{name * 850}" for name in "xy")
    written, sender = replace(LETTER, follows=follows), replace(SENDER, unsubscribe=ways)
    raw = composed(written, sender).as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    message = parsed(written, sender)
    assert message["References"].split() == [*follows]
    assert message["List-Unsubscribe"] == f"<{ways[0]}>, <{ways[1]}>"


@pytest.mark.parametrize(
    "subject",
    [
        "New HMICFRS report: In harm’s way: the role of the police in keeping children…",
        "ü in " + "x" * 50 + " (JTAI) harm’s",
        "– " * 20 + "end",
        "ﬀ" * 70 + " a",
        "日本語" * 20,
        "…" + "x" * 77,
    ],
)
def test_a_subject_outside_ascii_comes_back_to_the_letter_from_words_of_75_characters(subject: str) -> None:
    raw = composed(of_subject(subject)).as_bytes()
    lines = re.search(rb"^Subject: (.*(?:\r\n .*)*)\r$", raw, re.MULTILINE)
    assert lines is not None
    words = lines[1].split()
    assert all(re.fullmatch(rb"=\?utf-8\?[bq]\?[^? ]+\?=", word) and len(word) <= 75 for word in words)
    assert parsed(of_subject(subject))["Subject"] == subject


def test_what_looks_like_an_encoded_word_in_a_subject_is_not_decoded() -> None:
    assert parsed(of_subject("New report: =?utf-8?q?=1Bowned?="))["Subject"] == "New report: = ?utf-8?q?=1Bowned?="


def test_a_time_is_told_in_the_reader_s_zone_and_means_the_same() -> None:
    assert parsed(LETTER)["Date"].datetime == LETTER.alert.due_at.astimezone(LONDON)
