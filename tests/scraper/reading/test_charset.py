"""Bytes to text: header, byte order mark, meta element, guess; and what is no text."""

from __future__ import annotations

import gzip

import pytest

from scraper.charset import decode
from scraper.errors import NotUnderstood

TEXT = "<h1>In harm’s way – £5 café</h1>"
META = '<meta charset="{}">' + TEXT


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (TEXT.encode(), "text/html; charset=utf-8", TEXT),
        (TEXT.encode(), None, TEXT),
        (TEXT.encode("utf-8-sig"), "text/html", TEXT),
        (TEXT.encode("cp1252"), 'text/html; charset="ISO-8859-1"', TEXT),
        (TEXT.encode("cp1252"), None, TEXT),
        (TEXT.encode("cp1252"), "text/html; charset=utf-8", TEXT),
        (TEXT.encode("cp1252"), "text/html; charset=klingon", TEXT),
        (TEXT.encode("cp1252"), "text/html; charset=base64", TEXT),
        (TEXT.encode(), "text/html; charset=iso-8859-1", TEXT),
        ("\ufeff".encode("utf-16-le") + TEXT.encode("utf-16-le"), "text/html", TEXT),
        ("\ufeff".encode("utf-16-be") + TEXT.encode("utf-16-be"), "text/html; charset=utf-8", TEXT),
        (TEXT.encode("utf-16-le"), "text/html; charset=utf-16", TEXT),
        ("<p>5 €</p>".encode("iso8859-15"), "text/html; charset=ISO-8859-15", "<p>5 €</p>"),
        (META.format("iso-8859-15").encode("cp1252"), "text/html; charset=windows-1252", META.format("iso-8859-15")),
        ('<meta charset="iso-8859-15">5 €'.encode("iso8859-15"), "text/html", '<meta charset="iso-8859-15">5 €'),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=macintosh">caf\x8e',
            None,
            '<meta http-equiv="Content-Type" content="text/html; charset=macintosh">café',
        ),
    ],
)
def test_the_charset_is_found(body: bytes, content_type: str | None, text: str) -> None:
    assert decode(body, content_type) == text


def test_a_stray_byte_of_another_charset_spoils_no_other_character() -> None:
    body = "<p>In harm’s way".encode() + b" \x96 revisit</p>"
    assert decode(body, "text/html; charset=utf-8") == "<p>In harm’s way – revisit</p>"


def test_a_character_cut_in_two_at_the_end_is_left_out() -> None:
    body = "<p>the force’s ‘plan’".encode()
    assert decode(body[:-1], "text/html; charset=utf-8") == "<p>the force’s ‘plan"
    assert decode(body[:-2], None) == "<p>the force’s ‘plan"


def test_text_that_was_encoded_twice_is_left_as_published() -> None:
    mojibake = TEXT.encode().decode("cp1252", errors="replace")
    assert decode(mojibake.encode(), "text/html; charset=utf-8") == mojibake


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n ",
        b"\xef\xbb\xbf",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n\x00\x01\x02",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        gzip.compress(TEXT.encode() * 50, mtime=0),
        b"<h1>Title</h1>\x00<p>",
        bytes(range(1, 32)) * 10,
        bytes(range(128, 160)) * 10,
    ],
)
def test_what_is_no_text_is_not_understood(body: bytes) -> None:
    with pytest.raises(NotUnderstood, match="the answer is"):
        decode(body, "text/html; charset=utf-8")
