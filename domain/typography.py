"""What is type-setting in a text and what is words: the forms under which titles and texts are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"))
_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "•": " ",
    }
)

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
    text = repaired(text).translate(_INVISIBLE).translate(_TYPOGRAPHY)
    text = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    text = re.sub(r"\s*-\s*", "-", text)
    return " ".join(text.split())


def folded_title(title: str) -> str:
    """A title's words in case-folded form, one space between them, all punctuation gone."""
    words = re.findall(r"\w+", typographic_form(title).casefold().replace("'", ""))
    return " ".join(words)


def folded_path(path: Iterable[str]) -> tuple[str, ...]:
    """A section path with every title folded."""
    return tuple(folded_title(title) for title in path)


def _decoded(mangled: re.Match[str]) -> str:
    return bytes(_BYTES[letter] for letter in mangled[0]).decode("utf-8", "replace")
