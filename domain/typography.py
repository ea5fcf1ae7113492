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


def typographic_form(text: str) -> str:
    """Text with everything folded that is type-setting: two texts that differ in it differ in words, case or order.

    Folded are quotes, dashes, ellipses, invisible characters, every kind and amount of space, and list bullets.
    """
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE).translate(_TYPOGRAPHY)).translate(_TYPOGRAPHY)
    text = re.sub(r"\s*-\s*", "-", text)
    return " ".join(text.split())


def folded_title(title: str) -> str:
    """A title's words in case-folded form, one space between them, all punctuation gone."""
    words = re.findall(r"\w+", typographic_form(title).casefold().replace("'", ""))
    return " ".join(words)


def folded_path(path: Iterable[str]) -> tuple[str, ...]:
    """A section path with every title folded."""
    return tuple(folded_title(title) for title in path)
