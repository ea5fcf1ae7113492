"""What a page says, as values: title, topics, sections, reports, related reports, contacts.

How bytes become these values is the scraper's business; how two of them differ is `compare`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class Precision(StrEnum):
    """How much of a publication date the page states."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Programme(StrEnum):
    """The inspection programme that a report belongs to, in the inspectorate's own words."""

    NCPI = "NCPI"
    JTAI = "JTAI"
    JICPA = "JICPA"
    THEMATIC = "thematic"
    EVALUATION = "evaluation"
    REVIEW = "review"
    RELATED = "related"


class ReportKind(StrEnum):
    """What sort of document a report is; `INSPECTION` where its title says nothing else."""

    INSPECTION = "inspection"
    POST_INSPECTION_REVIEW = "post-inspection review"
    RE_INSPECTION = "re-inspection"
    QUARTERLY_UPDATE = "quarterly update"
    REVISIT = "revisit"
    PROGRESS_REPORT = "progress report"
    METHODOLOGY = "methodology"
    TERMS_OF_REFERENCE = "terms of reference"
    EVALUATION = "evaluation"
    REVIEW = "review"


class RecordKind(StrEnum):
    """What is kept as a record: a report, a section, and the page around them with its title."""

    REPORT = "report"
    SECTION = "section"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """A date of publication, no more precise than the page states it.

    `text` is the date as published; it takes no part in equality. Raises ValueError for a date that no calendar has.
    """

    year: int
    month: int | None = None
    day: int | None = None
    text: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        """Refuse a day without a month, and days that do not exist."""
        if self.day is not None and self.month is None:
            raise ValueError("a day needs a month")
        date(self.year, self.month or 1, self.day or 1)

    @property
    def precision(self) -> Precision:
        """The finest part that is stated."""
        if self.day is not None:
            return Precision.DAY
        return Precision.YEAR if self.month is None else Precision.MONTH

    @property
    def iso(self) -> str:
        """ISO 8601 cut to the precision: "2015", "2015-07" or "2015-07-02"."""
        parts = (self.year, self.month, self.day)
        return "-".join(f"{part:02d}" for part in parts if part is not None)

    @property
    def last_day(self) -> date:
        """The last day that it can mean: of the year or month that is stated, or the day itself."""
        if self.day is not None:
            return date(self.year, self.month or 1, self.day)
        month = self.month or 12
        return date(self.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)

    def agrees_with(self, other: PublicationDate) -> bool:
        """Whether both can be the same day, one perhaps stated more precisely: 2015 agrees with 2 July 2015."""
        short, long = sorted((self.iso, other.iso), key=len)
        return long == short or long.startswith(short + "-")


@dataclass(frozen=True, slots=True)
class Link:
    """A link in running text; `url` is absolute, as published otherwise."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One of the topics that the page says it is part of; `url` is None where the topic is not linked."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the text below it, up to the next heading or report.

    `path` runs from the outermost heading to this one and is empty for the introduction, whose `title` is the page's
    and whose `level` is 1. `key` is unique on its page and made of the path. `text`: paragraphs parted by a blank line,
    list items as lines beginning with a bullet and a space.
    """

    key: str
    level: int
    path: tuple[str, ...]
    title: str
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report that the page lists under a date.

    `key` is unique on its page: the canonical address, or else the folded title and year. `recommendations` and
    `causes_of_concern` are None where the page states none, which is not zero. `area` is the force or local area that
    the title or the first sentence names, None for none. `section` is the path of the section it stands in.
    """

    key: str
    title: str
    url: str | None
    published: PublicationDate | None
    programme: Programme
    kind: ReportKind
    recommendations: int | None
    causes_of_concern: int | None
    area: str | None
    section: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class RelatedReport:
    """An entry of the page's "Related reports", which the site chooses and changes by itself."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach somebody that the content offers; `kind` is "email" or "phone"."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that one reading of the page yields; tuples are in page order. `url` is the page's own address."""

    url: str
    title: str
    topics: tuple[Topic, ...] = ()
    sections: tuple[Section, ...] = ()
    reports: tuple[Report, ...] = ()
    related: tuple[RelatedReport, ...] = ()
    contacts: tuple[Contact, ...] = ()
