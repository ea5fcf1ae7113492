"""A change as labelled facts, in the order in which a reader needs them: one wording for mail and command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar, assert_never
from zoneinfo import ZoneInfo

from domain.change import Bounds, Change, ChangeKind, FieldChange, FieldValue, RecordedChange
from domain.page import Page, Programme, PublicationDate, Report, ReportKind, Section
from domain.subject import is_newly_listed
from notifier.wording import (
    ADDRESS_LENGTH,
    first_sentence,
    followable,
    inline,
    long_date,
    moment,
    sentence_case,
    stated,
)

COMMENTS_DUE = timedelta(days=55)
"""Police Act 1996, section 55(5A): "before the end of the period of 56 days beginning with the day" of publication."""

MOST_LINKS = 20

_COMMENTED = frozenset(
    {
        ReportKind.INSPECTION,
        ReportKind.POST_INSPECTION_REVIEW,
        ReportKind.RE_INSPECTION,
        ReportKind.REVISIT,
        ReportKind.PROGRESS_REPORT,
    }
)
_HAPPENED = {
    ChangeKind.REPORT_ADDED: "New report",
    ChangeKind.REPORT_REMOVED: "Report no longer listed",
    ChangeKind.REPORT_CHANGED: "Report edited",
    ChangeKind.REPORT_MOVED: "Report moved",
    ChangeKind.SECTION_ADDED: "Section added",
    ChangeKind.SECTION_REMOVED: "Section removed",
    ChangeKind.SECTION_CHANGED: "Section edited",
    ChangeKind.SECTION_RENAMED: "Section renamed",
    ChangeKind.SECTION_MOVED: "Section moved",
    ChangeKind.PAGE_CHANGED: "Page edited",
}
_PROGRAMMES = {
    Programme.NCPI: "National child protection inspection (NCPI)",
    Programme.JTAI: "Joint targeted area inspection (JTAI)",
    Programme.JICPA: "Joint inspection of child protection arrangements (JICPA)",
}
_LABELS = {
    "key": "Known as",
    "level": "Level of heading",
    "link_texts": "Words of a link",
    "links": "Link",
    "published_text": "Date as published",
    "related": "Related report",
    "related_urls": "Link of a related report",
    "contacts": "Contact",
    "topics": "Topic",
    "topic_urls": "Link of a topic",
    "url": "Address",
}
_OF_REPORTS = {
    "title", "url", "published", "programme", "kind", "recommendations", "causes_of_concern", "area", "section", "path",
}  # fmt: skip
R = TypeVar("R", Report, Section, Page)


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value. `was` is the value before, None where it is the same; `url` what the value may safely link to.

    All text is fit to be shown: one line, no control characters.
    """

    label: str
    value: str
    was: str | None = None
    url: str | None = None


def what_happened(recorded: RecordedChange) -> str:
    """The change's headline, as in "New report"."""
    change, seen = recorded.change, recorded.bounds.first_seen_after
    if change.first_seen:
        return "Report listed again"
    return "Newly listed report" if is_newly_listed(change, seen) else _HAPPENED[change.kind]


def facts(recorded: RecordedChange, zone: ZoneInfo, *, alone: bool = True) -> tuple[Fact, ...]:
    """What there is to say of a change, except what happened, its title and its edited text; times in the zone.

    Without `alone` neither the opening words nor the bounds, for what shows the whole text and says once when it was.
    """
    change = recorded.change
    opening = _opening_words(change) if alone else ()
    when = (Fact("When", when_seen(change.kind, recorded.bounds, zone)),) if alone else ()
    said = (*_named(recorded, zone), *opening, *_others(change))
    return (*said, *_where(change), *_identity(change, zone), *when)


def differences(recorded: RecordedChange, zone: ZoneInfo) -> tuple[Fact, ...]:
    """Of these facts those alone that differ from what they were."""
    change = recorded.change
    told = (*_named(recorded, zone), *_where(change))
    return (*(fact for fact in told if fact.was is not None), *_others(change))


def _named(recorded: RecordedChange, zone: ZoneInfo) -> list[Fact]:
    """The facts that have a place of their own; a title only where it changed."""
    change = recorded.change
    match change.record:
        case Report() as report:
            found = [*_report_facts(change, report, recorded.bounds.first_seen_after.astimezone(zone))]
        case Section() as section:
            found = [_compared(change, "Title", section, lambda one: one.title, "title")]
        case Page() as page:
            found = [_compared(change, "Title", page, lambda one: one.title, "title")]
        case _ as unreachable:
            assert_never(unreachable)
    return [fact for fact in found if fact.label != "Title" or fact.was is not None]


def _others(change: Change) -> Iterator[Fact]:
    """The changed fields that have none."""
    told = _OF_REPORTS if isinstance(change.record, Report) else {"title", "section", "path"}
    for name, sides in change.fields.items():
        if name not in told:
            yield from _other_facts(name, sides)


def _report_facts(change: Change, report: Report, seen: datetime) -> Iterator[Fact]:
    yield _compared(change, "Title", report, lambda one: one.title, "title")
    yield _compared(change, "Published", report, lambda one: long_date(one.published), "published")
    if due := _comments_due(change, report, seen.date()):
        last_day = long_date(PublicationDate(due.year, due.month, due.day))
        yield Fact("Commissioner’s comments due by", f"{last_day} (56 days, counting the day of publication)")
    yield _compared(change, "Programme and kind", report, _programme_and_kind, "programme", "kind")
    if report.area or "area" in change.fields:
        yield _compared(change, "Force or area", report, lambda one: one.area or "none named", "area")
    yield _compared(change, "Recommendations", report, lambda one: stated(one.recommendations), "recommendations")
    if report.causes_of_concern is not None or "causes_of_concern" in change.fields:
        yield _compared(
            change, "Causes of concern", report, lambda one: stated(one.causes_of_concern), "causes_of_concern"
        )
    link = _compared(change, "Link", report, lambda one: one.url or "none", "url", length=ADDRESS_LENGTH)
    yield Fact(link.label, link.value, link.was, followable(report.url))


def _compared(
    change: Change, label: str, record: R, words: Callable[[R], str], *fields: str, length: int = 300
) -> Fact:
    """A value of the record, with the value before where one of the fields is among those that changed."""
    earlier, was = change.before, None
    if isinstance(earlier, type(record)) and any(field in change.fields for field in fields):
        was = inline(words(earlier), length)
    return Fact(label, inline(words(record), length), was)


def _programme_and_kind(report: Report) -> str:
    kind = report.kind.value
    programme = _PROGRAMMES.get(report.programme, sentence_case(report.programme.value))
    return programme if kind in programme.lower() else f"{programme}: {kind}"


def _comments_due(change: Change, report: Report, seen: date) -> date | None:
    """The last day for a commissioner's comments, while it is not over; None where the page's date leaves it open."""
    published = report.published
    if change.kind is not ChangeKind.REPORT_ADDED or report.kind not in _COMMENTED or not published:
        return None
    if published.month is None or published.day is None:
        return None
    day = date(published.year, published.month, published.day)
    return day + COMMENTS_DUE if day <= seen <= day + COMMENTS_DUE else None


def _opening_words(change: Change) -> Iterator[Fact]:
    text = "" if isinstance(change.record, Page) else change.record.text
    edited = change.text is not None and change.before is not None and change.after is not None
    sentence = first_sentence(text)
    if sentence and not edited:
        yield Fact("The page said" if change.after is None else "The page says", f"“{sentence}”")


def _where(change: Change) -> Iterator[Fact]:
    if isinstance(change.record, Page):
        return
    sides = change.fields.get("section") or change.fields.get("path")
    was = _path(sides.before) if sides else None
    yield Fact("Where on the page", _path(list(change.section)), was)


def _identity(change: Change, zone: ZoneInfo) -> Iterator[Fact]:
    """When a returned report was first seen; and why two reports are held to be one, where that was a judgment."""
    if change.first_seen:
        yield Fact("First seen", moment(change.first_seen, zone))
    if isinstance(change.after, Report) and change.same_because and "likeness" in change.same_because:
        yield Fact("Held to be the same by", change.same_because)


def _path(titles: FieldValue) -> str:
    path = " › ".join(inline(title) for title in titles) if isinstance(titles, list) else ""
    return path or "the introduction"


def when_seen(kind: ChangeKind, bounds: Bounds, zone: ZoneInfo) -> str:
    """Between which two looks a change came about, in words."""
    earlier, later = moment(bounds.last_seen_before, zone), moment(bounds.first_seen_after, zone)
    match kind:
        case ChangeKind.REPORT_ADDED | ChangeKind.SECTION_ADDED:
            return f"last seen without it {earlier}, first seen with it {later}"
        case ChangeKind.REPORT_REMOVED | ChangeKind.SECTION_REMOVED:
            return f"last seen with it {earlier}, first seen without it {later}"
        case _:
            return f"last seen as it was {earlier}, first seen changed {later}"


def _other_facts(name: str, sides: FieldChange) -> Iterator[Fact]:
    """A field that has no place of its own: lists by what came and went, others as old and new value."""
    label, before, after = _LABELS.get(name, name), sides.before, sides.after
    if not isinstance(before, list) or not isinstance(after, list):
        yield Fact(label, _plain(after), _plain(before))
        return
    came, went = [one for one in after if one not in before], [one for one in before if one not in after]
    yield from _listed(f"{label} added", came)
    yield from _listed(f"{label} removed", went)
    if not came and not went:
        yield Fact(label, "in another order or number")


def _listed(label: str, values: list[str]) -> Iterator[Fact]:
    for value in islice(values, MOST_LINKS):
        yield Fact(label, inline(value, ADDRESS_LENGTH), url=followable(value))
    if len(values) > MOST_LINKS:
        yield Fact(label, f"and {len(values) - MOST_LINKS} more")


def _plain(value: FieldValue) -> str:
    return "none" if value in (None, "", []) else inline(str(value), ADDRESS_LENGTH)
