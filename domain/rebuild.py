"""From one state of a page and its changes to the other state: what makes a stored change a proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from domain.change import Change, Places
from domain.page import Page, Report, Section

R = TypeVar("R", Report, Section)


def rebuild(page: Page, changes: Iterable[Change]) -> Page:
    """The state that the changes of `compare(page, other)` lead to: exactly `other`."""
    changes = tuple(changes)
    pages = [change.after for change in changes if isinstance(change.after, Page)]
    outline = pages[-1] if pages else page
    return replace(
        outline,
        reports=_rebuilt(page.reports, changes, Report),
        sections=_rebuilt(page.sections, changes, Section),
    )


def reverse(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same changes with their sides exchanged, for `rebuild` to go back with; their kinds stay as they are."""
    return tuple(
        replace(
            change, before=change.after, after=change.before, places=Places(change.places.after, change.places.before)
        )
        for change in changes
    )


def _rebuilt(records: Sequence[R], changes: Iterable[Change], kind: type[R]) -> tuple[R, ...]:
    """Each record of a change goes to its stated place; the others fill the places between in the order they had."""
    placed: dict[int | None, R] = {}
    gone: set[int | None] = set()
    for change in changes:
        if isinstance(change.after, kind):
            placed[change.places.after] = change.after
        if isinstance(change.before, kind):
            gone.add(change.places.before)
    others = iter([record for index, record in enumerate(records) if index not in gone])
    length = len(placed) + len(records) - len(gone)
    return tuple(placed[index] if index in placed else next(others) for index in range(length))
