"""What `make fuzz` found in the reader and in what judges its pages, each as it was when it was found."""

from __future__ import annotations

import time

import pytest

from domain.compare import compare
from scraper.addresses import resolve
from scraper.read import read
from scraper.text import is_noise

URL = "https://police.example/a/"
ENOUGH_SECONDS = 5.0


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/law-e\x01nforcement/", "https://police.example/law-e%01nforcement/"),
        ("/a\u202eb", "https://police.example/a%E2%80%AEb"),
        ("mailto:a@example.org?subject=\x1b[2J", "mailto:a@example.org?subject=%1B[2J"),
        ("/a page/ŵ", "https://police.example/a page/ŵ"),
    ],
)
def test_what_steers_a_terminal_is_encoded_in_an_address(href: str, url: str) -> None:
    assert resolve(href, URL) == url


@pytest.mark.parametrize("piece", ["1", "10th ", "1.", ", ", "on ", "1:1 ", "may "])
@pytest.mark.parametrize("start", ["last updated ", "page checked ", "updated 1 "])
def test_a_line_that_nearly_is_noise_is_told_at_once(start: str, piece: str) -> None:
    began = time.process_time()
    assert not is_noise((start + piece * 100)[:110] + "!x")
    assert time.process_time() - began < ENOUGH_SECONDS


@pytest.mark.parametrize(
    ("line", "noise"),
    [("Last updated: 10th March 2024", True), ("Page checked 2024-02-09T10:00:00Z", True), ("Updated 9 forces", False)],
)
def test_a_line_of_noise_may_have_a_day_or_a_time(line: str, *, noise: bool) -> None:
    assert is_noise(line) is noise


def test_a_page_of_a_thousand_sections_is_compared_within_seconds() -> None:
    sections = b"".join(b"<h2>Part %d</h2><p>%s</p>" % (number, b"We inspect forces. " * 9) for number in range(1300))
    before = read(b"<main><h1>Title</h1><h2>One</h2><p>We inspect.</p><h2>Two</h2><p>We do.</p>", URL, None)
    after = read(b"<main><h1>Title</h1>" + sections, URL, None)
    began = time.process_time()
    assert compare(before, after)
    assert time.process_time() - began < ENOUGH_SECONDS
