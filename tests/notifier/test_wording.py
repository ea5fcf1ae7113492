"""The words that readers meet, and page text made fit to be shown."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.page import PublicationDate
from notifier.wording import counted, first_sentence, followable, inline, joined, long_date, moment, stated, visible

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("published", "words"),
    [
        (PublicationDate(2024, 2, 9), "9 February 2024"),
        (PublicationDate(2013, 3), "March 2013"),
        (PublicationDate(2015), "2015"),
        (None, "date not stated"),
    ],
)
def test_a_date_is_told_as_precisely_as_it_is_stated(published: PublicationDate | None, words: str) -> None:
    assert long_date(published) == words


@pytest.mark.parametrize(
    ("when", "zone", "words"),
    [
        (datetime(2025, 3, 3, 9, tzinfo=UTC), "Europe/London", "3 March 2025, 09:00 GMT"),
        (datetime(2025, 7, 3, 9, 5, tzinfo=UTC), "Europe/London", "3 July 2025, 10:05 BST"),
        (datetime(2025, 7, 3, 9, 5, tzinfo=UTC), "Asia/Tashkent", "3 July 2025, 14:05 UTC+05"),
    ],
)
def test_a_moment_is_told_in_the_zone_with_its_name(when: datetime, zone: str, words: str) -> None:
    assert moment(when, ZoneInfo(zone)) == words


def test_none_stated_is_not_zero() -> None:
    assert (stated(None), stated(0), stated(11)) == ("none stated", "0", "11")


def test_counts_and_lists_read_as_english() -> None:
    assert counted(1, "report", "reports") == "one report"
    assert counted(12, "report", "reports") == "12 reports"
    assert joined(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("We inspected Cleveland. We found two causes.", "We inspected Cleveland."),
        ("It cost 1.5 million. Then it stopped.", "It cost 1.5 million."),
        ("Is it safe? No.", "Is it safe?"),
        ("He said “stop.” They did.", "He said “stop.”"),
        ("We inspected how well:\n\n• this", "We inspected how well:"),
        ("no end", "no end"),
        ("", ""),
    ],
)
def test_the_first_sentence_is_found(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_a_monstrous_text_gives_a_short_first_sentence() -> None:
    assert len(first_sentence("word " * 1_000_000)) <= 400
    assert len(inline("x" * 1_000_000)) <= 300


@given(st.text(alphabet=st.characters()))
def test_shown_text_holds_no_control_no_format_character_and_no_lone_surrogate(text: str) -> None:
    shown = visible(text)
    assert not any(
        unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in shown if character not in "\n\t"
    )
    assert inline(text).isprintable()


def test_bidirectional_controls_go_and_other_controls_show() -> None:
    assert visible("a\u202eb\u2066c\u200fd") == "abcd"
    assert visible("a\x00\x1b[31m\x9bb\r\n") == "a\ufffd\ufffd[31m\ufffdb\n"
    assert visible("\ud800") == "\ufffd"


@pytest.mark.parametrize("url", ["https://example.org/a?b=c#d", "HTTP://example.org", "mailto:a@example.org"])
def test_addresses_of_web_and_mail_may_be_followed(url: str) -> None:
    assert followable(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/",
        "https:///path",
        "https://example.org/ a",
        'https://example.org/"onclick="x',
        "https://example.org/\u202egnp",
        "https://example.org/" + "a" * 3_000,
        "",
        None,
    ],
)
def test_other_addresses_are_never_links(url: str | None) -> None:
    assert followable(url) is None
