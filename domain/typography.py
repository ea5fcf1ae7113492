"""What is type-setting in a text and what is words: the forms under which titles and texts are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_INVISIBLE = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f", "")
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "•": " ",
    }
)
_SEEN = _TYPOGRAPHY | str.maketrans(_INVISIBLE)
_LONGEST_KEPT = 300
_WORD = re.compile(r"\w+")

_WINDOWS = {bytes([byte]).decode("cp1252", "ignore"): byte for byte in range(0x80, 0xA0)}  # "" for five that are none
_BYTES = {chr(byte): byte for byte in range(0x80, 0x100)} | _WINDOWS
_FOLLOWING = f"[\x80-\xbf{''.join(_WINDOWS)}]"
_AFTER_CAPITALS = "[‘’“”–—…«»\xa0]"  # "IRMÃ”" can be what was meant
_MANGLED = re.compile(
    f"â[€\x80‚\x82„\x84ˆ\x88]{_FOLLOWING}"  # punctuation and signs, U+2000 to U+223F: no word has these two together
    f"|Â[\xa0-\xbf]|(?<![A-ZÀ-Þ])Ã{_FOLLOWING}|Ã(?!{_AFTER_CAPITALS}){_FOLLOWING}|Å[´µ¶·]"  # Latin-1, Welsh ŵ and ŷ
)
_CLOSING_QUOTE = re.compile("â€\ufffd?")  # its last byte is no character of windows-1252, and is lost on the way


def repaired(text: str) -> str:
    """Text in which UTF-8 that was taken for windows-1252 or Latin-1 is set right: "harmâ€™s" becomes "harm’s".

    Only what no text of English or Welsh can mean is touched: "tân", "£5" and “CAFÉ” stay as they are.
    """
    if "â" in text or "Â" in text or "Ã" in text or "Å" in text:
        return _CLOSING_QUOTE.sub("”", _MANGLED.sub(_decoded, text))
    return text


def typographic_form(text: str) -> str:
    """Text with everything folded that is type-setting: two texts that differ in it differ in words, case or order.

    Folded are quotes, dashes, ellipses, invisible characters, every kind and amount of space, list bullets, and spoilt
    encodings.
    """
    text = re.sub(r"\s*-\s*", "-", _plain(text))
    return " ".join(text.split())


def folded_title(title: str) -> str:
    """A title's words in case-folded form, one space between them, all punctuation gone."""
    return _folded(title) if len(title) <= _LONGEST_KEPT else _folded.__wrapped__(title)


@lru_cache(maxsize=4096)  # a page's titles are folded for their programme, kind, key and every rule of identity
def _folded(title: str) -> str:
    return " ".join(_WORD.findall(_plain(title).casefold().replace("'", "")))


def folded_path(path: Iterable[str]) -> tuple[str, ...]:
    """A section path with every title folded."""
    return tuple(folded_title(title) for title in path)


def _plain(text: str) -> str:
    """Text in the plainest characters that say the same, its spaces as they are."""
    if text.isascii():
        return text.replace("`", "'")
    return unicodedata.normalize("NFKC", repaired(text).translate(_SEEN)).translate(_TYPOGRAPHY)


def _decoded(mangled: re.Match[str]) -> str:
    return bytes(_BYTES[letter] for letter in mangled[0]).decode("utf-8", "replace")
