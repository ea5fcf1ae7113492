"""Bytes to text: UTF-8 where the bytes are UTF-8, else as header, byte order mark or meta declare, else a guess."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from scraper.errors import NotUnderstood

_CODECS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    # what the web calls Latin-1 or ASCII is windows-1252 (WHATWG Encoding, section 4.2)
    **dict.fromkeys(("windows-1252", "cp1252", "iso-8859-1", "iso8859-1", "latin1", "ascii", "us-ascii"), "cp1252"),
    **dict.fromkeys(("iso-8859-15", "iso8859-15", "latin9"), "iso8859-15"),
    **dict.fromkeys(("utf-16", "utf-16le"), "utf-16-le"),
    "utf-16be": "utf-16-be",
    "macintosh": "mac-roman",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_WITHIN = 4096
_CONTROL = re.compile("[\x01-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]")
_MOST_CONTROLS = 0.05


def decode(body: bytes, content_type: str | None) -> str:
    """The text of an answer. `content_type` is the header's value, None where it was not sent.

    A declared charset in which the bytes cannot be read falls to the next. Bytes that are UTF-8 and no other are read
    as UTF-8 whatever is declared: a server that suddenly says Latin-1 has not edited its page. The guess reads byte by
    byte: what is no UTF-8 is windows-1252. Raises NotUnderstood for bytes that are no text.
    """
    for codec in ("utf-8", *_declared(body, content_type)):
        text = _strictly(body, codec)
        if text is not None:
            break
    else:
        text = body.decode("utf-8", errors="windows-1252")
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise NotUnderstood("the answer is empty")
    if "\0" in text or len(_CONTROL.findall(text)) > _MOST_CONTROLS * len(text):
        raise NotUnderstood("the answer is not text: it has control characters as in a picture, a PDF or an archive")
    return text


def _declared(body: bytes, content_type: str | None) -> Iterator[str]:
    if found := _CHARSET.search(content_type or ""):
        yield _CODECS.get(found[1].lower(), "")
    for mark, codec in _MARKS:
        if body.startswith(mark):
            yield codec
    if meta := _META.search(body[:_META_WITHIN]):
        yield _CODECS.get(meta[1].decode("ascii", "replace").lower(), "")


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        text = body.decode(codec) if codec else None
    except UnicodeDecodeError:
        return None
    return text if text and "\0" not in text else None


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are no UTF-8 as windows-1252, and leave out a last character that was cut in two."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    cut_off = error.reason == "unexpected end of data" and not error.object[: error.start].isascii()
    return "" if cut_off else error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252", _as_windows_1252)
