"""A query as FTS5 has it. Every term is quoted, so that nothing in it is syntax."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, text

from domain.query import Query, Term

_MOST_ENDINGS = 100
"""How many words with a beginning are looked for by themselves."""

_WORDS = text("SELECT term FROM search_vocabulary WHERE term >= :begin AND term < :end ORDER BY term LIMIT :most")
_LAST_LETTER = "\U0010ffff"


def expression_of(connection: Connection, query: Query) -> str:
    """The expression for MATCH; the words of the index tell what begins with the beginning of one."""
    groups = [_any(connection, group) for group in query.wanted]
    wanted = " AND ".join(groups)
    return f"({wanted}) NOT {_any(connection, query.unwanted)}" if query.unwanted else wanted


def _any(connection: Connection, terms: Iterable[Term]) -> str:
    return f"({' OR '.join(form for term in terms for form in _forms(connection, term))})"


def _forms(connection: Connection, term: Term) -> Iterator[str]:
    """A term quoted. The beginning of a word also finds words that begin so, but not without their endings."""
    if not term.beginning:
        yield _quoted(term.text)
        return
    yield f"{_quoted(term.text)} *"
    head, tail = _parted(term.text)
    folded = "".join(
        letter for letter in unicodedata.normalize("NFD", tail.lower()) if not unicodedata.combining(letter)
    )
    span = {"begin": folded, "end": folded + _LAST_LETTER, "most": _MOST_ENDINGS}
    for word in connection.scalars(_WORDS, span):
        yield _quoted(head + word)


def _quoted(said: str) -> str:
    return '"' + said.replace('"', '""') + '"'


def _parted(said: str) -> tuple[str, str]:
    """The last word, and what stands before it."""
    place = len(said)
    while place and said[place - 1].isalnum():
        place -= 1
    return said[:place], said[place:]
