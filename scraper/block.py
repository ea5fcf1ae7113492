"""A line of the page as the reader works with it: its role and its pieces of text. How it is found is `blocks`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from domain.page import Link
from scraper.addresses import is_web
from scraper.text import begins, tidy

_ASIDE_OF_LINK = re.compile(r"\W*|\W*(?:PDF|HTML)\b[^)]*\W*", re.IGNORECASE)
BREAK = "\n"
"""The text of the run that a `br` makes; all other white space in runs is as good as a space."""


class Role(Enum):
    """What a line is. A LABEL is a heading without a level: a summary, a term, a button, a line all in bold."""

    TITLE = 0
    HEADING = 1
    LABEL = 2
    PARAGRAPH = 3
    ITEM = 4


TITLE, HEADING, LABEL, PARAGRAPH, ITEM = Role  # Python 3.11 takes five times as long to find `Role.TITLE`


@dataclass(frozen=True, slots=True, eq=False)
class Anchor:
    """One link element; `url` is absolute, None where it leads nowhere. `within`: to a place on the page itself."""

    url: str | None
    within: bool


class Run(NamedTuple):
    """Text of one element, not trimmed. `moment` is the `datetime` of the time element around it."""

    text: str
    anchor: Anchor | None = None
    strong: bool = False
    moment: str | None = None


class Block(NamedTuple):
    """A line. `level` is 1 to 6 for a heading, for a label how many labelled parts it is nested in, else 0.

    `aside` lines are furniture in which only topics and related reports are looked for. `linked` are the link elements
    that show some of its text, in order.
    """

    role: Role
    level: int
    runs: tuple[Run, ...]
    text: str
    aside: bool = False
    linked: tuple[Anchor, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether the line heads what follows."""
        return self.role is HEADING or self.role is LABEL

    @property
    def is_topics(self) -> bool:
        """Whether the line begins as the one that names the page's topics."""
        return begins(self.text, "part of")

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The links in it, in order; those that lead nowhere or to the page itself are none."""
        return tuple([anchor for anchor in self.linked if anchor.url and not anchor.within])

    @property
    def links(self) -> tuple[Link, ...]:
        """The same with their texts."""
        return tuple(Link(self.words_of(anchor), anchor.url) for anchor in self.anchors if anchor.url)

    @property
    def url(self) -> str | None:
        """The first address of the web that it links to."""
        return next((anchor.url for anchor in self.anchors if is_web(anchor.url)), None)

    @property
    def sole_link(self) -> Anchor | None:
        """The one link that the whole line is, a remark like "(PDF, 1 MB)" aside."""
        if len(self.linked) != 1:
            return None
        return self.linked[0] if _ASIDE_OF_LINK.fullmatch(tidy(self._unlinked())) else None

    @property
    def is_all_links(self) -> bool:
        """Whether nothing but links stands in it."""
        return bool(self.anchors) and not any(map(str.isalnum, self._unlinked()))

    def words_of(self, anchor: Anchor) -> str:
        """A link's text."""
        return tidy("".join([run.text for run in self.runs if run.anchor is anchor]))

    def _unlinked(self) -> str:
        return "".join([run.text for run in self.runs if run.anchor is None])


def linked_in(runs: Sequence[Run]) -> tuple[Anchor, ...]:
    """The link elements that show some text, each once, in order."""
    return tuple(dict.fromkeys([run.anchor for run in runs if run.anchor and run.text.strip()]))


def words(runs: Sequence[Run]) -> str:
    """The text of runs on one line."""
    return tidy(runs[0].text if len(runs) == 1 else "".join([run.text for run in runs]))
