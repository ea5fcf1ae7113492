"""A report over its life on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.page import Report


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A report with its sightings, aware UTC: the first and the last check that saw it on the page.

    `listed` is whether the page has it at the time asked about; `report` is its latest state at that time.
    `absent_until` is the last look without it before `first_seen`, None where it stood on the first page ever seen;
    `absent_from` is the first look without it after `last_seen`, None while it is listed.
    """

    watch: str
    report: Report
    first_seen: datetime
    last_seen: datetime
    listed: bool
    absent_until: datetime | None = None
    absent_from: datetime | None = None
