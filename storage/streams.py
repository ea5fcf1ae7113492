"""All that is stored handed out one after another, as it stood at one moment, however much it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select

from domain.capture import Source
from domain.chain import Link
from domain.change import RecordedChange
from domain.check import Check, Snapshot
from domain.sight import Sight
from storage.bodies import read_body
from storage.database import Database
from storage.recorded import CHANGES, read_changes
from storage.rows import SNAPSHOTS, snapshot_of, watch_id
from storage.sealing import links
from storage.tables import bodies, changes, checks, snapshots, watches

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Looked:
    """A check with what it saw: `seen` is the SHA-256 in hex of the state that it saw, as a good one does, else None.

    `snapshot` is the number of that state.
    """

    sight: Sight
    snapshot: int | None
    seen: str | None

    @property
    def check(self) -> Check:
        """As the history tells it."""
        link: Link = self.sight.link
        return Check(
            id=link.check,
            watch=link.watch,
            started_at=link.started_at,
            duration_ms=link.duration_ms,
            outcome=link.outcome,
            reason=link.reason,
            http_status=link.http_status,
            snapshot=self.snapshot,
            source=link.source.value,
            sha256=link.body,
        )


class Stream:
    """The database at one moment. `watch` None stands for all, `since` None for the beginning; a time is included."""

    def __init__(self, connection: Connection, path: Path, watch: int | None, since: datetime | None) -> None:
        """Use `streamed`."""
        self._connection, self._path, self._watch, self._since = connection, path, watch, since

    def count(self, what: str) -> int:
        """How many "changes", "snapshots" or "checks" there are to hand out."""
        table, wanted = {
            "changes": (changes, self._wanted(changes, changes.c.first_seen_after)),
            "snapshots": (snapshots, self._wanted(snapshots, snapshots.c.captured_at)),
            "checks": (checks, self._wanted(checks, checks.c.started_at)),
        }[what]
        return self._connection.execute(select(func.count()).select_from(table).where(*wanted)).scalar_one()

    def newest(self) -> datetime | None:
        """When the newest check began that there is to hand out; None where there is none."""
        newest = select(checks.c.started_at).where(*self._wanted(checks, checks.c.started_at))
        return self._connection.scalar(newest.order_by(checks.c.started_at.desc()).limit(1))

    def changes(self, *, quiet: bool) -> Iterator[RecordedChange]:
        """The changes, the oldest first; quiet ones too with `quiet`."""
        at, check, position = key = changes.c.first_seen_after, changes.c.check, changes.c.position
        wanted = [*self._wanted(changes, key[0]), *([] if quiet else [~changes.c.quiet])]
        beyond: list[ColumnElement[bool]] = []
        while True:
            some = CHANGES.where(*wanted, *beyond).order_by(*key).limit(_AT_ONCE)
            found = read_changes(self._connection, some)
            if not found:
                return
            yield from found
            last = self._connection.execute(select(*key).where(changes.c.id == found[-1].id)).one()
            same_check = and_(check == last[1], position > last[2])
            beyond = [or_(at > last[0], and_(at == last[0], or_(check > last[1], same_check)))]

    def snapshots(self) -> Iterator[Snapshot]:
        """The accepted states, those of each watch together, the oldest first."""
        wanted = self._wanted(snapshots, snapshots.c.captured_at)
        rows = self._connection.execute(SNAPSHOTS.where(*wanted).order_by(snapshots.c.watch, snapshots.c.place))
        for row in rows.mappings():
            yield snapshot_of(row)

    def checks(self) -> Iterator[Looked]:
        """Every check, by number."""
        urls = {row.name: row.url for row in self._connection.execute(select(watches.c.name, watches.c.url))}
        states = {row.id: row.sha256 for row in self._connection.execute(_SEEN)}
        for found in links(self._connection, *self._wanted(checks, checks.c.started_at)):
            digest = states.get(found.snapshot or 0)
            seen = None if digest is None else digest.hex()
            yield Looked(Sight(found.link, urls[found.link.watch], found.seal or b""), found.snapshot, seen)

    def before(self) -> dict[str, Sight]:
        """By watch, the check that had what the first ones here confirm: the last good one of our own with bytes."""
        if self._since is None:
            return {}
        wanted = [checks.c.watch == self._watch] if self._watch is not None else []
        good = checks.c.snapshot.is_not(None), checks.c.body.is_not(None), checks.c.source == Source.LIVE
        earlier = checks.c.started_at < self._since, *good, *wanted
        numbers = select(func.max(checks.c.id)).where(*earlier).group_by(checks.c.watch)
        urls = {row.name: row.url for row in self._connection.execute(select(watches.c.name, watches.c.url))}
        found = links(self._connection, checks.c.id.in_(numbers))
        return {one.link.watch: Sight(one.link, urls[one.link.watch], one.seal or b"") for one in found}

    def body(self, digest: str) -> bytes:
        """The bytes of an answer by their SHA-256 in hex. Raises NotADatabase where they are damaged."""
        number = select(bodies.c.id).where(bodies.c.sha256 == bytes.fromhex(digest))
        return read_body(self._connection, self._connection.execute(number).scalar_one(), self._path)

    def _wanted(self, table: Table, time: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        wanted = [table.c.watch == self._watch] if self._watch is not None else []
        return [*wanted, time >= self._since] if self._since else wanted


_SEEN = select(snapshots.c.id, bodies.c.sha256).join(bodies, bodies.c.id == snapshots.c.body)


@contextmanager
def streamed(database: Database, *, watch: str | None = None, since: datetime | None = None) -> Iterator[Stream]:
    """What is stored at this moment, for the time of the block. Raises UnknownWatch."""
    with database.read() as connection:
        number = None if watch is None else watch_id(connection, watch)
        yield Stream(connection, database.path, number, since)
