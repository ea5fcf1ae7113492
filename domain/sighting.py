"""When a thing was seen on a page and when it was not: bounds, as nobody looks all the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.check import Snapshot


@dataclass(frozen=True, slots=True)
class Sighting:
    """A stretch of looks that saw a thing, and the looks on either side that did not; aware UTC.

    `absent_until` is the last look that saw the page without it before `first_seen`; None where it stood on the first
    page ever seen. `absent_from` is the first look without it after `last_seen`; None while it is there.
    """

    first_seen: datetime
    last_seen: datetime
    absent_until: datetime | None
    absent_from: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a page at a time: the state that it was last seen in, and the looks on either side.

    `last_look_before` saw this state, at that time or before. `next_look_after` is the first later look that saw the
    page, None where there is none yet; `next_same` is whether it saw the same state, None without such a look. Checks
    that failed or were suspect are no looks.
    """

    snapshot: Snapshot
    last_look_before: datetime
    next_look_after: datetime | None
    next_same: bool | None
