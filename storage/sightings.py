"""When the snapshots of a watch were seen, and the bounds that follow for what stood in some of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from domain.sighting import Sighting
from storage.tables import snapshots


@dataclass(frozen=True, slots=True)
class Sight:
    """A snapshot in its place in time, from 1; when it was first and last seen."""

    id: int
    place: int
    captured_at: datetime
    confirmed_until: datetime


class Sights:
    """The snapshots of one watch, by number and by place."""

    def __init__(self, connection: Connection, watch: int) -> None:
        table = snapshots.c
        columns = (table.id, table.place, table.captured_at, table.confirmed_until)
        rows = connection.execute(select(*columns).where(table.watch == watch).order_by(table.place))
        self._by_place = {row.place: Sight(*row) for row in rows}
        self._by_id = {sight.id: sight for sight in self._by_place.values()}

    def of(self, snapshot: int) -> Sight:
        """One of the watch's snapshots by its number."""
        return self._by_id[snapshot]

    def at_place(self, place: int) -> Sight:
        """One of them by its place, which must be one of theirs."""
        return self._by_place[place]

    def latest(self) -> Sight:
        """The last in time. There must be one."""
        return self._by_place[max(self._by_place)]

    def sighting(self, first: Sight, last: Sight | None, seen: datetime | None = None) -> Sighting:
        """Of what stood from the one snapshot to the other; with `last` None it is there still, and was seen at `seen`.

        `seen` None is the latest sight of the page.
        """
        before = self._by_place.get(first.place - 1)
        after = self._by_place.get(last.place + 1) if last else None
        last_seen = last.confirmed_until if last else seen or self.latest().confirmed_until
        return Sighting(
            first_seen=first.captured_at,
            last_seen=last_seen,
            absent_until=before.confirmed_until if before else None,
            absent_from=after.captured_at if after else None,
        )
