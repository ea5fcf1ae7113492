"""What was found, marked in the texts: the index has none, so those that are shown are indexed once more, in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing

from domain.search import Fragment
from storage.search_index import MODULE, TOKENS

_BEGIN, _END = "\x01", "\x02"
_LENGTH = 32
"""How many words of a text are shown."""

_MARKED = (
    "SELECT rowid, highlight(shown, 0, :begin, :end), snippet(shown, 1, :begin, :end, '…', :length) FROM shown"
    " WHERE shown MATCH :expression"
)


def marked(
    said: Mapping[int, tuple[str, str]], expression: str
) -> Mapping[int, tuple[tuple[Fragment, ...], tuple[Fragment, ...]]]:
    """The title and one passage of each text, by its number, with what was found in them."""
    shown = {number: (" ".join(title.split()), " ".join(text.split())) for number, (title, text) in said.items()}
    found = {number: (title, _beginning(text)) for number, (title, text) in shown.items()}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE shown USING {MODULE}(title, text, tokenize='{TOKENS}')")
        rows = [(number, *texts) for number, texts in shown.items()]
        connection.executemany("INSERT INTO shown (rowid, title, text) VALUES (?, ?, ?)", rows)
        asked = {"begin": _BEGIN, "end": _END, "length": _LENGTH, "expression": expression}
        for number, title, passage in connection.execute(_MARKED, asked):
            found[number] = title, passage
    return {number: (_fragments(title), _fragments(passage)) for number, (title, passage) in found.items()}


def _beginning(text: str) -> str:
    words = text.split(" ")
    return text if len(words) <= _LENGTH else " ".join(words[:_LENGTH]) + "…"


def _fragments(text: str) -> tuple[Fragment, ...]:
    return tuple(_parts(text))


def _parts(text: str) -> Iterator[Fragment]:
    while text:
        before, begins, rest = text.partition(_BEGIN)
        if before:
            yield Fragment(before, match=False)
        match, _, text = rest.partition(_END)
        if begins and match:
            yield Fragment(match, match=True)
