"""What counts as noise: characters without meaning, and lines that the site prints around its text."""

from __future__ import annotations

import re

from domain.typography import repaired

_UNSEEN = re.compile(  # none of which is printable
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_LONGEST_NOISE = 120
_SPOILT = re.compile("[ÂÃ][\x80-\xa0\xad]|â(?:\x80.|€[“”¢‹ŒŽ\x80-\x9f])")

_WHEN = (
    r"(?:\s?[:–—-])?+(?:,?\s?\b(?:(?:on|at|by|the|about|over|an?|today|yesterday|ago|gmt|bst|utc|[ap]m"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:second|minute|hour|day|week|month|year)s?"
    r"|jan\w*+|feb\w*+|mar\w*+|apr\w*+|may|june?|july?|aug\w*+|sep\w*+|oct\w*+|nov\w*+|dec\w*+)\b"
    r"|[0-9](?:[0-9:./+-]|T(?=[0-9]))*+(?:st|nd|rd|th|Z|[ap]m)?\b))*+"
)
_CHECKED = r"(?:checked|updated?|reviewed|modified|changed|amended|refreshed)"
_COUNT = r"\d[\d,.]*\s?[km]?"
_NOISE = re.compile(
    rf"""
    (?:print|save|share|email|bookmark)(?:\sor\s(?:print|save|share))?\s(?:this\s)?(?:page|document|article)\b.{{0,30}}
    | (?:this\s)?(?:page|document|article|content)?\s?(?:was\s|has\sbeen\s)?last\s{_CHECKED}{_WHEN}
    | (?:this\s)?(?:page|content|article)\s(?:was\s|has\sbeen\s)?{_CHECKED}{_WHEN}
    | (?:date\s)?(?:checked|updated|reviewed|modified)(?=\D{{0,20}}\d){_WHEN}
    | (?:show|hide|open|close|expand|collapse)\s(?:this\ssection|all(?:\ssections)?|sections?)
    | show | hide | back\sto\s(?:the\s)?top | skip\sto\s.{{0,40}}
    | {_COUNT}\s(?:page\s)?(?:views?|visits?|hits) | (?:page\s)?(?:views|visits|hits)\s?:?\s{_COUNT}
    | (?:this\s)?(?:page|article|document)?\s?(?:has\sbeen\s|was\s)?(?:viewed|visited|read)\s{_COUNT}\stimes
    """,
    re.IGNORECASE | re.VERBOSE,
)
_JOINED = re.compile(r"\s[|·•–—-]\s")
_MENU_HEADING = re.compile(
    r"(?:on|in) this (?:page|section|article)|(?:page |table of )?contents|jump to|sections?|menu|quick links",
    re.IGNORECASE,
)
_TOGGLE = re.compile(r"(?:show|hide|open|close|expand|collapse)(?: this section| section)?", re.IGNORECASE)
_GLUED_TOGGLE = re.compile(r"[\s,]*\b(?:show|hide) this section$", re.IGNORECASE)
_REPORT_LINK = re.compile(
    r"(?:get|read|view|see|download|open) (?:the |this |our )?(?:full |whole )?"
    r"(?:inspection |progress )?(?:report|publication|letter|document)\b.{0,200}",
    re.IGNORECASE,
)
_MORE_LINK = re.compile(r"(?:(?:read|find out|view|see|learn) )?more\b.{0,200}|full report", re.IGNORECASE)
_RELATED = re.compile(
    r"related (?:reports?|publications?|inspections?|content|articles|pages|documents)", re.IGNORECASE
)
_SEE_ALL = re.compile(r"(?:see|view|show|browse) (?:all|more)\b.*", re.IGNORECASE)


def legible(text: str) -> str:
    """A text with its spaces, dashes and bullets set right where their encoding is spoilt: they part words and lines.

    Other letters stay as published: whoever compares folds them.
    """
    return _SPOILT.sub(lambda spoilt: repaired(spoilt[0]), text) if "â" in text or "Â" in text or "Ã" in text else text


def tidy(text: str) -> str:
    """Text on one line as a reader sees it: no invisible or control characters, one space between words."""
    if text.isprintable():  # then the only white space in it are spaces
        return " ".join(text.split()) if "  " in text else text.strip(" ")
    return " ".join(_UNSEEN.sub("", text).split())


def spaced(text: str) -> str:
    """Text with every run of white space in it as one space, those at its ends too."""
    if not text or text.isspace():
        return text and " "
    return " " * text[0].isspace() + " ".join(text.split()) + " " * text[-1].isspace()


def begins(text: str, words: str) -> bool:
    """Whether a text begins with words, which are in case-folded form."""
    return text[: len(words)].casefold().startswith(words)


def is_noise(line: str) -> bool:
    """Whether a whole line is the site's machinery: print, share, toggle, counters, "page last checked"."""
    if len(line) > _LONGEST_NOISE:
        return False
    if _is_machinery(line):
        return True
    parts = _JOINED.split(line)
    return len(parts) > 1 and all(map(_is_machinery, parts))


def is_menu_heading(line: str) -> bool:
    """Whether a line announces a menu of the page itself."""
    return bool(_MENU_HEADING.fullmatch(line.strip(" :.")))


def is_toggle(words: str) -> bool:
    """Whether the end of a heading is the label of its switch: "Show", "Show this section"."""
    return bool(_TOGGLE.fullmatch(words.strip(" ,+-")))


def without_glued_toggle(words: str) -> str:
    """The end of a heading without "Show this section" in the same breath."""
    return _GLUED_TOGGLE.sub("", words)


def is_related_heading(line: str) -> bool:
    """Whether a line announces the related reports, which the site chooses by itself."""
    return bool(_RELATED.fullmatch(line.strip(" :.")))


def is_report_link(words: str) -> bool:
    """Whether a link's text only says to get the report."""
    return bool(_REPORT_LINK.fullmatch(words.strip(" .›»→")))


def is_more_link(words: str) -> bool:
    """Whether a link's text only says that there is more."""
    return bool(_MORE_LINK.fullmatch(words.strip(" .›»→…")))


def is_see_all(words: str) -> bool:
    """Whether a link leads to a longer list and names no entry of its own."""
    return bool(_SEE_ALL.fullmatch(words))


def _is_machinery(words: str) -> bool:
    return bool(_NOISE.fullmatch(words.strip(" :.,|")))
