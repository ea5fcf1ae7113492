"""Publication dates as the inspectorate writes them, and the heading that ends in one. A range is never a date."""

from __future__ import annotations

import re
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from domain.page import Precision, PublicationDate

_LONDON = ZoneInfo("Europe/London")
_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS = {form: number for number, name in enumerate(_NAMES, 1) for form in (name, name[:3])} | {"sept": 9}
_MONTH = f"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\\b\\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s)?"
_WRITTEN = re.compile(rf"{_WEEKDAY}(?:(?:{_DAY}\s(?:of\s)?)?{_MONTH},?\s)?{_YEAR}", re.IGNORECASE)
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_ISO_CUT = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2}))?(?:-(?P<day>[0-9]{2}))?")
_LABEL = (
    r"(?:first\s)?(?:published|publication|released)(?:\s(?:on|date))?"
    r"|date(?:\s(?:of\spublication|published|released))?"
)
_LABELLED = re.compile(rf"(?P<label>(?:{_LABEL})\s?[:–—-]?\s)?(?P<date>.+?)\.?", re.IGNORECASE)
_LABEL_ALONE = re.compile(rf"(?:{_LABEL})\s?:?", re.IGNORECASE)
_LONGEST_LINE = 80
_DASH = re.compile(r"\s*[–—‒―−]\s*|\s+-{1,3}\s+")
_CLOSING = " ).:,|–—-"
_LEADING = re.compile(r"^[\s–—‒―−\-:,|·•(]+")

_NOT_DAY = r"(?:quarter|phase|part|volume|number|tranche|stage|tier|round|paragraph|no\.)\s$"
_ENDS_IN_DAY = re.compile(rf"(?P<before>.*?)\b{_DAY}(?:\s{_MONTH}(?:\s{_YEAR})?)?$", re.IGNORECASE | re.DOTALL)
_ENDS_IN_MONTH = re.compile(rf"(?P<before>.*?)\b{_MONTH}(?:\s{_YEAR})?$", re.IGNORECASE | re.DOTALL)
_ENDS_IN_YEAR = re.compile(rf"\b{_YEAR}$")
_RANGE_OPEN = re.compile(rf"(?:[0-9](?:st|nd|rd|th)?|\b{_MONTH})\s?(?:[–—‒―−-]|to)\s?$", re.IGNORECASE)


def parse_date(text: str) -> PublicationDate | None:
    """The date that a text is, as far as it is stated; None for anything else, a range or a date of no calendar too."""
    text = " ".join(text.split())
    return _built(_WRITTEN.fullmatch(text) or _ISO.fullmatch(text), text)


def parse_moment(attribute: str, shown: str) -> PublicationDate | None:
    """The date of a `datetime` attribute: with a zone, the day that it was in London; `shown` is kept as the text."""
    attribute = attribute.strip()
    if found := _ISO_CUT.fullmatch(attribute):
        return _built(found, shown or attribute)
    try:
        moment = datetime.fromisoformat(attribute)
        moment = moment.astimezone(_LONDON) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
    return PublicationDate(moment.year, moment.month, moment.day, shown or attribute)


def parse_published(line: str) -> tuple[PublicationDate, bool] | None:
    """The date of a line that says nothing else, and whether it is labelled: "Published on: 9 February 2024"."""
    if len(line) > _LONGEST_LINE or not _may_end_in_year(line):
        return None
    found = _LABELLED.fullmatch(" ".join(line.split()))
    published = parse_date(found["date"]) if found else None
    return (published, bool(found["label"])) if found and published else None


def is_published_label(line: str) -> bool:
    """Whether a line only announces a date of publication, which then follows in a field of its own."""
    return len(line) <= _LONGEST_LINE and bool(_LABEL_ALONE.fullmatch(" ".join(line.split())))


def parse_tail(head: str, tail: str) -> PublicationDate | None:
    """The date that stands apart behind a title, perhaps after a dash or in brackets; None where both are a range."""
    found = parse_published(_LEADING.sub("", tail).rstrip(_CLOSING)) if _may_end_in_year(tail) else None
    if found is None or _is_range(head.rstrip(" –—‒―−-"), found[0], spaced=head[-1:].isspace() or tail[:1].isspace()):
        return None
    return found[0]


def split_title(heading: str) -> tuple[str, PublicationDate | None]:
    """A heading's title and date, parted at its last dash where a date follows it; else the heading as it is and None.

    A dash within a range ("4–15 February 2019", "12 April – 23 April 2021") parts nothing.
    """
    if not _may_end_in_year(heading):
        return heading, None
    dash = None
    for dash in _DASH.finditer(heading):  # noqa: B007 - the last one counts
        pass
    if dash is None or not heading[: dash.start()].strip():
        return heading, None
    title, published = heading[: dash.start()], parse_date(heading[dash.end() :].rstrip(" ."))
    if published is None or _is_range(title, published, spaced=dash[0] != dash[0].strip()):
        return heading, None
    return title, published


def _may_end_in_year(text: str) -> bool:
    """False where no date can end a text, which most can be told from by their last letter."""
    last = text.rstrip(_CLOSING)[-1:]
    return last.isdecimal() or last.isspace()


def _is_range(head: str, published: PublicationDate, *, spaced: bool) -> bool:
    """Whether the text before a date ends in the beginning of a span that the date closes.

    A span has equal parts on either side, so "4–15 February 2019 – June 2019" and "between 1964 and 2012 – 2013" are
    none, and a span that is closed already opens no other.
    """
    head = head[-_LONGEST_LINE:]
    match published.precision:
        case Precision.DAY:
            opening = _ENDS_IN_DAY.fullmatch(head)
        case Precision.MONTH:
            opening = _ENDS_IN_MONTH.fullmatch(head)
            if opening and re.search(rf"\b{_DAY}\s$", opening["before"], re.IGNORECASE):
                return False
        case Precision.YEAR:
            return not spaced and bool(_ENDS_IN_YEAR.search(head))
        case _:
            assert_never(published.precision)
    if opening is None or _RANGE_OPEN.search(opening["before"]):
        return False
    return not (spaced and re.search(_NOT_DAY, opening["before"], re.IGNORECASE))


def _built(found: re.Match[str] | None, text: str) -> PublicationDate | None:
    if found is None:
        return None
    parts = found.groupdict()
    month = parts["month"]
    number = int(month) if month and month.isdecimal() else _MONTHS.get((month or "").lower())
    try:
        return PublicationDate(int(parts["year"]), number, int(parts["day"]) if parts["day"] else None, text)
    except ValueError:
        return None
