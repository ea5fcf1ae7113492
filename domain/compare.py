"""Two states of a page in, the typed changes between them out. What the changes rebuild is `rebuild`'s business.

A change is loud when a reader must hear of it, and quiet when it is type-setting, order, furniture, a date made more
precise or a move of host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from domain.address import canonical_address
from domain.change import Change, ChangeKind, FieldChange, FieldValue, Places, Record
from domain.identity import Matching, match_reports, match_sections
from domain.page import Link, Page, RelatedReport, Report, Section, Topic
from domain.places import Whereabouts
from domain.typography import folded_path, folded_title, typographic_form

R = TypeVar("R", Report, Section)
_Difference = tuple[str, FieldValue, FieldValue, bool]  # the field's name, its two sides, and whether it is quiet


def compare(before: Page, after: Page) -> tuple[Change, ...]:
    """Every change from one state of a page to another: reports first, then sections, then the page; in page order.

    A record that differs in loud and in quiet fields gives two changes. Comparing a page with itself gives ().
    """
    reports = match_reports(before.reports, after.reports)
    return compare_matched(before, after, reports, match_sections(before.sections, after.sections))


def compare_matched(
    before: Page, after: Page, reports: Matching[Report], sections: Matching[Section]
) -> tuple[Change, ...]:
    """The same where it is known which records of the two pages belong together, whatever their likeness."""
    same_section = _same_section(sections)
    return (
        *_report_changes(before, after, reports, same_section),
        *_section_changes(before, after, sections),
        *_page_changes(before, after),
    )


def edits(one: Report | Section, two: Report | Section) -> tuple[Change, ...]:
    """What differs between two states of one record, each alone on its page. Raises TypeError for a mixed pair."""
    nothing = Page("", "")
    match one, two:
        case Report(), Report():
            pages = (replace(nothing, reports=(one,)), replace(nothing, reports=(two,)))
            return compare_matched(*pages, Matching(((one, two),), (), ()), Matching((), (), ()))
        case Section(), Section():
            pages = (replace(nothing, sections=(one,)), replace(nothing, sections=(two,)))
            return compare_matched(*pages, Matching((), (), ()), Matching(((one, two),), (), ()))
        case _:
            raise TypeError("a report and a section are never the same")


def loud(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that readers are told of."""
    return tuple(change for change in changes if not change.quiet)


def _report_changes(
    before: Page, after: Page, matching: Matching[Report], same_section: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> list[Change]:
    places = Whereabouts(before.reports, after.reports, matching.pairs)
    changes = [_added(ChangeKind.REPORT_ADDED, report, places) for report in matching.added]
    for one, two in matching.pairs:
        changes += _edited(ChangeKind.REPORT_CHANGED, one, two, _report_differences(one, two), places)
        moved = folded_path(two.section) != same_section(one.section)
        if moved or one.section != two.section or places.moved(two):
            path = _field("section", list(one.section), list(two.section))
            changes.append(_pair(ChangeKind.REPORT_MOVED, one, two, places, path, quiet=not moved))
    changes += [_removed(ChangeKind.REPORT_REMOVED, report, places) for report in matching.removed]
    return changes


def _section_changes(before: Page, after: Page, matching: Matching[Section]) -> list[Change]:
    places = Whereabouts(before.sections, after.sections, matching.pairs)
    changes = [_added(ChangeKind.SECTION_ADDED, section, places) for section in matching.added]
    for one, two in matching.pairs:
        changes += _edited(ChangeKind.SECTION_CHANGED, one, two, _section_differences(one, two), places)
        if one.path and one.title != two.title:
            title = _field("title", one.title, two.title)
            quiet = folded_title(one.title) == folded_title(two.title)
            changes.append(_pair(ChangeKind.SECTION_RENAMED, one, two, places, title, quiet=quiet))
        elif one.path != two.path or places.moved(two):
            path = _field("path", list(one.path), list(two.path))
            changes.append(_pair(ChangeKind.SECTION_MOVED, one, two, places, path, quiet=True))
    changes += [_removed(ChangeKind.SECTION_REMOVED, section, places) for section in matching.removed]
    return changes


def _page_changes(before: Page, after: Page) -> list[Change]:
    one, two = (replace(page, sections=(), reports=()) for page in (before, after))
    differences: list[_Difference] = []
    _differ(differences, "url", one.url, two.url, same=True)
    _differ(differences, "title", one.title, two.title, same=folded_title(one.title) == folded_title(two.title))
    topics, others = _titled(one.topics), _titled(two.topics)
    _differ(differences, "topics", topics, others, same=_folded(topics) == _folded(others))
    _differ(differences, "topic_urls", _urls(one.topics), _urls(two.topics), same=True)
    _differ(differences, "related", _titled(one.related), _titled(two.related), same=True)
    _differ(differences, "related_urls", _urls(one.related), _urls(two.related), same=True)
    contacts, others = ([contact.value for contact in page.contacts] for page in (one, two))
    _differ(differences, "contacts", contacts, others, same=set(contacts) == set(others))
    return _edited_sides(ChangeKind.PAGE_CHANGED, one, two, differences, Places(None, None))


def _report_differences(one: Report, two: Report) -> list[_Difference]:
    found: list[_Difference] = []
    _differ(found, "key", one.key, two.key, same=True)
    _differ(found, "title", one.title, two.title, same=folded_title(one.title) == folded_title(two.title))
    _differ(found, "url", one.url, two.url, same=_same_address(one.url, two.url))
    dates = [report.published.iso if report.published else None for report in (one, two)]
    _differ(found, "published", dates[0], dates[1], same=_made_precise(one, two))
    stated = [report.published.text if report.published else None for report in (one, two)]
    _differ(found, "published_text", stated[0], stated[1], same=True)
    _differ(found, "programme", one.programme.value, two.programme.value, same=True)
    _differ(found, "kind", one.kind.value, two.kind.value, same=True)
    _differ(found, "recommendations", one.recommendations, two.recommendations, same=False)
    _differ(found, "causes_of_concern", one.causes_of_concern, two.causes_of_concern, same=False)
    _differ(found, "area", one.area, two.area, same=True)
    _differ(found, "text", one.text, two.text, same=_same_text(one.text, two.text))
    return found


def _section_differences(one: Section, two: Section) -> list[_Difference]:
    found: list[_Difference] = []
    if one.path == two.path:
        _differ(found, "key", one.key, two.key, same=True)  # otherwise told with the path that it is made of
    _differ(found, "level", one.level, two.level, same=True)
    if not two.path:
        _differ(found, "title", one.title, two.title, same=True)  # the page's own title: told as a change of the page
    _differ(found, "text", one.text, two.text, same=_same_text(one.text, two.text))
    urls, others = ([link.url for link in section.links] for section in (one, two))
    _differ(found, "links", urls, others, same=_addresses(one.links) == _addresses(two.links))
    if urls == others:
        texts, words = ([link.text for link in section.links] for section in (one, two))
        _differ(found, "link_texts", texts, words, same=True)
    return found


def _differ(found: list[_Difference], name: str, one: FieldValue, two: FieldValue, *, same: bool) -> None:
    if one != two:
        found.append((name, one, two, same))


def _same_text(one: str, two: str) -> bool:
    return typographic_form(one) == typographic_form(two)


def _same_address(one: str | None, two: str | None) -> bool:
    return one is not None and two is not None and canonical_address(one) == canonical_address(two)


def _made_precise(one: Report, two: Report) -> bool:
    return one.published is not None and two.published is not None and one.published.agrees_with(two.published)


def _addresses(links: Sequence[Link]) -> set[str]:
    return {canonical_address(link.url) for link in links}


def _titled(entries: Sequence[Topic] | Sequence[RelatedReport]) -> list[str]:
    return [entry.title for entry in entries]


def _urls(entries: Sequence[Topic] | Sequence[RelatedReport]) -> list[str]:
    return [entry.url or "" for entry in entries]


def _folded(titles: Sequence[str]) -> set[str]:
    return {folded_title(title) for title in titles}


def _same_section(sections: Matching[Section]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Where a section path of the earlier page is found on the later one, folded: a renamed section moves no report."""
    found = {folded_path(one.path): folded_path(two.path) for one, two in sections.pairs}
    return lambda path: found.get(folded_path(path), folded_path(path))


def _added(kind: ChangeKind, record: R, places: Whereabouts) -> Change:
    text = FieldChange(None, record.text)
    return Change(kind, False, None, record, places.of(None, record), text=text)


def _removed(kind: ChangeKind, record: R, places: Whereabouts) -> Change:
    text = FieldChange(record.text, None)
    return Change(kind, False, record, None, places.of(record, None), text=text)


def _pair(
    kind: ChangeKind, one: R, two: R, places: Whereabouts, fields: dict[str, FieldChange], *, quiet: bool
) -> Change:
    return Change(kind, quiet, one, two, places.of(one, two), fields)


def _field(name: str, one: FieldValue, two: FieldValue) -> dict[str, FieldChange]:
    return {name: FieldChange(one, two)} if one != two else {}


def _edited(kind: ChangeKind, one: R, two: R, differences: Sequence[_Difference], places: Whereabouts) -> list[Change]:
    return _edited_sides(kind, one, two, differences, places.of(one, two))


def _edited_sides(
    kind: ChangeKind, one: Record, two: Record, differences: Sequence[_Difference], places: Places
) -> list[Change]:
    """One loud and one quiet change at most, each with its own fields; the text stands apart from the fields."""
    changes = []
    for quiet in (False, True):
        mine = {name: FieldChange(b, a) for name, b, a, is_quiet in differences if is_quiet is quiet}
        if mine:
            text = mine.pop("text", None)
            changes.append(Change(kind, quiet, one, two, places, mine, text))
    return changes
