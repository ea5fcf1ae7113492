"""What the inspectorate's wording says of a report: its programme, its kind, and the numbers it states."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from domain.page import Programme, ReportKind
from domain.typography import folded_title

T = TypeVar("T", Programme, ReportKind)

# Each with what must be in a title for its pattern to be worth a look.
_PROGRAMMES = (
    (Programme.NCPI, ("national", "ncpi"), re.compile(r"\bnational child protection\b|\bncpi\b")),
    (
        Programme.JTAI,
        ("joint", "jtai"),
        re.compile(
            r"\bjoint targeted (?:area |child protection )?inspections?\b|\bjoint area child protection\b|\bjtai\b"
        ),
    ),
    (
        Programme.JICPA,
        ("joint", "jicpa"),
        re.compile(r"\bjoint (?:inspectorate )?(?:inspections?|reviews?) of child protection arrangements\b|\bjicpa\b"),
    ),
)
_OVERRULING = (
    (Programme.EVALUATION, ("evaluation",), re.compile(r"\bevaluation\b")),
    (Programme.THEMATIC, ("thematic",), re.compile(r"\bthematic\b")),
)
_REVIEW = ((Programme.REVIEW, ("allegations",), re.compile(r"\breview (?:into|of) (?:the )?allegations\b")),)
_KINDS = (
    (ReportKind.TERMS_OF_REFERENCE, ("terms",), re.compile(r"\bterms of reference\b")),
    (ReportKind.METHODOLOGY, ("methodology",), re.compile(r"\bmethodology\b")),
    (ReportKind.POST_INSPECTION_REVIEW, ("post",), re.compile(r"\bpost inspection review\b")),
    (ReportKind.QUARTERLY_UPDATE, ("quarter",), re.compile(r"\bquarter(?:ly)? (?:\w+ )?update\b")),
    (ReportKind.RE_INSPECTION, ("re inspection", "reinspection"), re.compile(r"\bre ?inspection\b")),
    (ReportKind.REVISIT, ("revisit",), re.compile(r"\brevisit\b")),
    (ReportKind.PROGRESS_REPORT, ("progress",), re.compile(r"\bprogress report\b")),
    (ReportKind.EVALUATION, ("evaluation",), re.compile(r"\bevaluation\b")),
    (ReportKind.REVIEW, ("review",), re.compile(r"\breview\b")),
)

_ONES = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: number for number, word in enumerate(_ONES)} | dict(zip(_TENS, range(20, 100, 10), strict=True))
_WORD = rf"(?:{'|'.join(_TENS)})(?:[\s‐‑-](?:{'|'.join(_ONES[1:10])})\b)?|{'|'.join(reversed(_ONES))}"
_NUMBER = rf"(?P<number>[0-9]{{1,3}}|{_WORD})"
_RECOMMENDATIONS = re.compile(rf"\b(?:made|makes?)\s{_NUMBER}\s(?:[a-z]+\s)?recommendations?\b", re.IGNORECASE)
_FOUND = r"(?:identif(?:y|ied)|find|found|made|makes?|raised?|issued|gave|given|highlighted|reported|recorded|set\sout)"
_ANY_CAUSES = re.compile(r"causes?\sof\sconcern")
_CAUSES = rf"{_NUMBER}\s(?:[a-z]+\s)?causes?\sof\sconcern\b"
_GAP = r"(?:\s(?!that\b|progress\b|against\b|on\b)[\w’'-]+){0,5}?"
_CAUSES_OF_CONCERN = (
    re.compile(rf"\b{_FOUND}{_GAP}\s{_CAUSES}", re.IGNORECASE),
    re.compile(rf"\b{_CAUSES}\s(?:were|was|have\sbeen|has\sbeen)\s{_FOUND}\b", re.IGNORECASE),
)


def programme_of(title: str, section: Sequence[str]) -> Programme:
    """The programme that a report's title names, else its section's; thematic where neither names one."""
    folded = folded_title(title)
    found = _first(_OVERRULING, folded) or _first(_PROGRAMMES, folded) or _first(_REVIEW, folded)
    for heading in reversed(section):
        found = found or _first(_PROGRAMMES, folded_title(heading))
    return found or Programme.THEMATIC


def kind_of(title: str) -> ReportKind:
    """The kind of document that a title names, an inspection's report where it names none."""
    return _first(_KINDS, folded_title(title)) or ReportKind.INSPECTION


def recommendations_in(text: str) -> int | None:
    """How many recommendations a text says were made, in digits or words; None where it states no number."""
    if "recomm" not in text.lower():  # most texts, and the pattern has to look at every word
        return None
    return _stated(_RECOMMENDATIONS.search(text))


def causes_of_concern_in(text: str) -> int | None:
    """How many causes of concern a text says were found; None where it states no number."""
    if "concern" not in text or not _ANY_CAUSES.search(text.lower()):  # the patterns below are slow to say no
        return None
    return _stated(next((found for pattern in _CAUSES_OF_CONCERN if (found := pattern.search(text))), None))


def _first(table: Sequence[tuple[T, tuple[str, ...], re.Pattern[str]]], folded: str) -> T | None:
    """The first entry of a table that a folded title names."""
    for named, hints, pattern in table:
        for hint in hints:
            if hint in folded and pattern.search(folded):
                return named
    return None


def _stated(found: re.Match[str] | None) -> int | None:
    if found is None:
        return None
    number = found["number"].lower()
    return int(number) if number.isdecimal() else sum(_WORDS[word] for word in re.split(r"[\s‐‑-]", number))
