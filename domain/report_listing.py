"""A report over its life on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.page import Report


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A report with its sightings, aware UTC: the first and the last check that saw it on the page.

    `listed` is whether the page has it at the time asked about; `report` is its latest state at that time.
    """

    watch: str
    report: Report
    first_seen: datetime
    last_seen: datetime
    listed: bool
