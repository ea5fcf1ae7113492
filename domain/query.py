"""What is looked for in the texts: words as people type them in, read into terms. No text is a mistake of syntax."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MOST_TERMS = 32
"""Words and phrases of one query."""

MOST_LETTERS = 1_000

_QUOTES = '"“”„‟«»'
_TERM = re.compile(rf"([-−]?)(?:[{_QUOTES}]([^{_QUOTES}]*)(?:[{_QUOTES}]|$)|([^\s{_QUOTES}]+))")
_UNTYPED = {"Cc": " ", "Cs": " ", "Zl": " ", "Zp": " ", "Cf": ""}


class QueryError(ValueError):
    """Nothing can be looked for; the message is one line for the person who asked."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together in this order, as typed; the last may be the beginning of a longer one."""

    text: str
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What a text must have: of each of `wanted` one term at least, and none of `unwanted`."""

    wanted: tuple[tuple[Term, ...], ...]
    unwanted: tuple[Term, ...] = ()


def parse_query(typed: str) -> Query:
    """Words, of which all must occur; "phrases" in quotes of any kind; -unwanted ones; beginn*; OR between two.

    What is no word or number looks for nothing, and signs within a word part it, as they part the words of a text.
    Raises QueryError where no word is wanted, and for more words than anybody means.
    """
    if len(typed) > MOST_LETTERS:
        raise QueryError(f"what is looked for has more than {MOST_LETTERS:,} letters")
    wanted: list[tuple[Term, ...]] = []
    unwanted: list[Term] = []
    joins = False
    for minus, term in _terms(typed):
        if term is None:
            joins = bool(wanted)
        elif minus:
            unwanted.append(term)
            joins = False
        elif joins:
            wanted[-1] += (term,)
            joins = False
        else:
            wanted.append((term,))
    if not wanted:
        raise QueryError("name at least one word to look for")
    if sum(map(len, wanted)) + len(unwanted) > MOST_TERMS:
        raise QueryError(f"more than {MOST_TERMS} words are looked for at once")
    return Query(tuple(wanted), tuple(unwanted))


def _terms(typed: str) -> Iterator[tuple[bool, Term | None]]:
    """Each term with whether it is unwanted; None for an OR."""
    text = "".join(_UNTYPED.get(unicodedata.category(letter), letter) for letter in typed)
    for minus, phrase, word in _TERM.findall(text):
        if word == "OR" and not minus:
            yield False, None
        elif _has_word(phrase or word):
            yield bool(minus), Term(phrase) if phrase else Term(word.rstrip("*"), word.endswith("*"))


def _has_word(text: str) -> bool:
    return any(letter.isalnum() for letter in text)
