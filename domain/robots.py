"""A site's robots.txt as it was last had; what it allows is the scraper's business, where it is kept is storage's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """The answer to `/robots.txt` of one origin (scheme, host and port). `text` is empty unless the status is 2xx."""

    origin: str
    status: int
    text: str
    fetched_at: datetime
