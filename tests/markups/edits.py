"""Eleven things that editors do to the page, each with what a reader must be told of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from domain.change import Change, ChangeKind
from tests.markups.content import CONTENT, Content, Listed, Section, reworded

Fields: TypeAlias = Mapping[str, tuple[str | int | None, str | int | None]]

CLEVELAND = Listed(
    "Cleveland Police: National child protection inspection",
    "cleveland-national-child-protection-inspection-january-2025",
    "15 January 2025",
    ("We inspected how well Cleveland Police protects children. We identified two causes of concern.",),
)
PROGRESS = Listed(
    "Group-based child sexual exploitation: A progress report",
    "effectiveness-of-police-and-law-enforcement-response-to-group-based-child-sexual-exploitation-progress",
    "24 October 2025",
    ("We examined progress against the recommendations of our 2023 report. We made six recommendations.",),
)
COMPLAINTS = Section("Complaints", ("We cannot look into single cases.", ("Complain to the force first.",)))
_FORMER_SITE = "https://www.justiceinspectorates.gov.uk/hmicfrs"


@dataclass(frozen=True, slots=True)
class Told:
    """A loud change that is wanted: its kind and title, its fields to the last, and whether it shows a text."""

    kind: ChangeKind
    title: str
    fields: Fields = field(default_factory=dict)
    text: bool = False

    def fits(self, change: Change) -> bool:
        """Whether a change says this and no more."""
        fields = {name: (sides.before, sides.after) for name, sides in change.fields.items()}
        stated = (self.kind, self.title, dict(self.fields), self.text)
        return (change.kind, change.title, fields, change.text is not None) == stated


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit, and all that it may tell a reader; where `told` is empty, `quiet` is what the history keeps of it."""

    make: Callable[[Content], Content]
    told: tuple[Told, ...] = ()
    quiet: frozenset[ChangeKind] = frozenset()


def with_reports(content: Content, change: Callable[[tuple[Listed, ...]], tuple[Listed, ...]]) -> Content:
    """The content with another list of reports."""
    return replace(
        content,
        sections=tuple(
            replace(section, reports=change(section.reports)) if section.reports else section
            for section in content.sections
        ),
    )


def with_phrase(content: Content, old: str, new: str) -> Content:
    """The content with a phrase of its text replaced."""
    return reworded(content, lambda text: text.replace(old, new))


def undated(content: Content, place: int) -> Content:
    """The content with a report's date deleted."""
    return _with_report(content, place, date=None)


def _swapped(reports: tuple[Listed, ...]) -> tuple[Listed, ...]:
    first, second, *rest = reports
    return (second, first, *rest)


def _typeset(text: str) -> str:
    """Straight quotes, long dashes, unbreakable hyphens and spaces, soft hyphens."""
    text = text.replace("’", "'").replace("–", "—").replace("children", "child\u00adren").replace(" of ", "\u00a0of ")
    return re.sub(r"(?<=[a-z])-(?=[a-z])", "\u2011", text)


def _moved_host(content: Content) -> Content:
    return replace(content, site=_FORMER_SITE)


def _with_report(content: Content, place: int, **changes: str | None) -> Content:
    report = replace(content.reports[place], **changes)  # type: ignore[arg-type]
    return with_reports(content, lambda reports: (*reports[:place], report, *reports[place + 1 :]))


def _renamed(content: Content) -> Content:
    sections = list(content.sections)
    sections[1] = replace(sections[1], title="Our national reviews")
    return replace(content, sections=tuple(sections))


def _with_section(content: Content) -> Content:
    return replace(content, sections=(*content.sections, COMPLAINTS))


_MET, _GROUP = (report.title for report in CONTENT.reports[:2])
_EVALUATION = CONTENT.reports[3].title
_K = ChangeKind

EDITS: Mapping[str, Edit] = {
    "one new report": Edit(
        lambda content: with_reports(content, lambda reports: (CLEVELAND, *reports)),
        (Told(_K.REPORT_ADDED, CLEVELAND.title, text=True),),
    ),
    "two at once": Edit(
        lambda content: with_reports(content, lambda reports: (PROGRESS, CLEVELAND, *reports)),
        (Told(_K.REPORT_ADDED, PROGRESS.title, text=True), Told(_K.REPORT_ADDED, CLEVELAND.title, text=True)),
    ),
    "recommendations": Edit(
        lambda content: with_phrase(content, "made 11 recommendations", "made 12 recommendations"),
        (Told(_K.REPORT_CHANGED, _MET, {"recommendations": (11, 12)}, text=True),),
    ),
    "one word": Edit(
        lambda content: with_phrase(content, "far outweighed", "outweighed"),
        (Told(_K.REPORT_CHANGED, _MET, text=True),),
    ),
    "swapped": Edit(
        lambda content: with_reports(content, _swapped),
        quiet=frozenset({_K.REPORT_MOVED}),
    ),
    "typography": Edit(
        lambda content: reworded(content, _typeset),
        quiet=frozenset({_K.REPORT_CHANGED, _K.SECTION_CHANGED}),
    ),
    "retitled, re-dated": Edit(
        lambda content: _with_report(content, 1, title="Exploitation by groups", date="14 January 2024"),
        (
            Told(
                _K.REPORT_CHANGED,
                "Exploitation by groups",
                {"title": (_GROUP, "Exploitation by groups"), "published": ("2023-12-08", "2024-01-14")},
            ),
        ),
    ),
    "removed": Edit(
        lambda content: with_reports(content, lambda reports: (*reports[:3], *reports[4:])),
        (Told(_K.REPORT_REMOVED, _EVALUATION, text=True),),
    ),
    "section renamed": Edit(
        _renamed,
        (Told(_K.SECTION_RENAMED, "Our national reviews", {"title": ("Thematic reviews", "Our national reviews")}),),
    ),
    "section added": Edit(_with_section, (Told(_K.SECTION_ADDED, COMPLAINTS.title, text=True),)),
    "host moved": Edit(_moved_host, quiet=frozenset({_K.PAGE_CHANGED, _K.REPORT_CHANGED})),
}


def is_right(edit: Edit, changes: Sequence[Change]) -> bool:
    """Whether the changes tell what an edit must tell, all of it and nothing more."""
    told = [change for change in changes if not change.quiet]
    fits = len(told) == len(edit.told) and all(map(Told.fits, edit.told, told))
    return fits and edit.quiet <= {change.kind for change in changes if change.quiet}
