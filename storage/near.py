"""Titles that are like words which none of them has. Alone in its file for rapidfuzz, which takes a while to import."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

MOST = 5
LIKE = 65
"""Of 100, how like a title must be, in its likest part."""


def near(words: str, titles: Sequence[str]) -> list[int]:
    """The places of the titles that are likest, the likest first; none for no words. All are folded."""
    if not words:
        return []
    found = process.extract(words, titles, scorer=fuzz.partial_ratio, score_cutoff=LIKE, limit=MOST)
    return [place for _, _, place in found]
