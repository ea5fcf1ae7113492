"""What a check reads before it looks, and writes after, in one transaction. What can be asked later is `history`'s."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from domain.change import Change
from domain.check import Answer, Check, Finding, Standing, Stored
from domain.owed import Owed
from domain.page import Page
from domain.watch import Watch
from storage.answers import answer_of
from storage.database import Database
from storage.filing import Filing
from storage.lineages import with_first_sightings
from storage.rows import standing, standings, watch_row
from storage.snapshots import stored_page
from storage.tables import watches


class Archive:
    """The checks, snapshots and changes of every watch, and the alerts that they make due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, wanted: Iterable[Watch]) -> None:
        """Make watches known, and their new addresses; those that are no longer wanted keep their history."""
        addresses = {watch.name: watch.url for watch in wanted}
        with self._database.read() as connection:
            known = _addresses(connection)
        if addresses.items() <= known.items():
            return
        with self._database.write() as connection:
            known = _addresses(connection)
            for name, url in addresses.items():
                if name not in known:
                    connection.execute(insert(watches).values(name=name, url=url))
                elif url != known[name]:
                    connection.execute(update(watches).where(watches.c.name == name).values(url=url))

    def standing(self, watch: str) -> Standing:
        """How a watch stands before its next check. Raises UnknownWatch."""
        with self._database.read() as connection:
            return standing(connection, watch)

    def standings(self) -> dict[str, Standing]:
        """How every watch stands, by name; for many watches this is one question instead of many."""
        with self._database.read() as connection:
            return {found.watch: found for found in standings(connection)}

    def page(self, snapshot_id: int) -> Page:
        """The page of a snapshot, exactly as it was read. Raises UnknownSnapshot."""
        with self._database.read() as connection:
            return stored_page(connection, snapshot_id)

    def suspect_answer(self, check: Check) -> Answer:
        """The answer of a suspect check, which was kept for a second look."""
        with self._database.read() as connection:
            return answer_of(connection, check.id, self._database.path)

    def with_first_sightings(self, watch: str, changes: Iterable[Change]) -> tuple[Change, ...]:
        """The changes, with `first_seen` on those that list a report again. Raises UnknownWatch."""
        with self._database.read() as connection:
            return with_first_sightings(connection, watch_row(connection, watch)["id"], changes)

    def store(
        self,
        watch: str,
        started_at: datetime,
        duration_ms: int,
        finding: Finding,
        owed: Sequence[Owed],
        message_domain: str,
    ) -> Stored:
        """Store a check with all that it found and makes due: all of it, or after an error none.

        Raises UnknownWatch, and ValueError for changes that do not start from the watch's last snapshot.
        """
        with self._database.write() as connection:
            row = watch_row(connection, watch)
            filing = Filing(connection, self._database.path, row, started_at, duration_ms)
            check, changes = filing.file(finding, owed)
            return Stored(check, changes, filing.owe(check.id, owed, message_domain))


def _addresses(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(watches.c.name, watches.c.url)).mappings()
    return {row["name"]: row["url"] for row in rows}
