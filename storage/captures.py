"""What archives and files hold of the watched pages: each capture known once, kept with its bytes, or set aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select, update
from sqlalchemy.dialects.sqlite import insert

from domain.capture import Capture, CaptureState, Listed, Source
from domain.check import Answer
from storage.bodies import keep_body
from storage.capture_tables import listings
from storage.database import Database
from storage.rows import watch_id
from storage.tables import captures

_OTHER = captures.alias("other")
_HAD = exists().where(
    _OTHER.c.watch == captures.c.watch,
    _OTHER.c.source == captures.c.source,
    _OTHER.c.digest == captures.c.digest,
    _OTHER.c.body.is_not(None),
)
"""Whether the bytes of a capture are there, as those of another with the same digest."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far an archive's index was read for an address: `resume` is where to go on; None when it was read to its end.

    `at` is when that was, aware UTC.
    """

    resume: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A capture as the ledger has it. `reason` is why it was set aside; `check` what it became in the history."""

    source: Source
    listed: Listed
    state: CaptureState
    reason: str | None
    check: int | None


class Captures:
    """The captures of every watch. Raises UnknownWatch for one that is not known."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reading(self, watch: str, address: str, bounds: str) -> Reading | None:
        """How far the index was read for an address within bounds; None where it was not."""
        with self._database.read() as connection:
            mine = listings.c.watch == watch_id(connection, watch), listings.c.address == address
            row = connection.execute(select(listings).where(*mine, listings.c.bounds == bounds)).one_or_none()
        return None if row is None else Reading(row.resume, row.read_at)

    def note(
        self, watch: str, source: Source, found: Iterable[Listed], address: str, bounds: str, reading: Reading
    ) -> int:
        """Note a page of an archive's index, and how far it is read with it; gives how many captures are new.

        Those that the site answered with anything but a page are set aside at once, and never fetched.
        """
        with self._database.write() as connection:
            number = watch_id(connection, watch)
            row = {"watch": number, "address": address, "bounds": bounds, "resume": reading.resume}
            kept = insert(listings).values(row | {"read_at": reading.at})
            renewed = {"resume": reading.resume, "read_at": reading.at}
            connection.execute(kept.on_conflict_do_update(index_elements=["watch", "address", "bounds"], set_=renewed))
            noted = [_noted(connection, number, source, listed) for listed in found]
            new = [capture for capture in noted if capture is not None]
            for capture in new:
                _set(connection, capture, hops=[address])  # it is read at this one, whoever else has the same bytes
            return len(new)

    def wanted(
        self, watch: str, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[tuple[int, Listed], ...]:
        """The captures to be fetched, by number, the oldest first: one of each digest whose bytes are not there.

        Only those from `since` to `until`, both included; None for no bound.
        """
        with self._database.read() as connection:
            mine = captures.c.watch == watch_id(connection, watch), captures.c.state == CaptureState.LISTED
            listed = select(captures).where(*mine, ~_HAD).order_by(captures.c.captured_at, captures.c.id)
            if since is not None:
                listed = listed.where(captures.c.captured_at >= since)
            if until is not None:
                listed = listed.where(captures.c.captured_at <= until)
            rows = connection.execute(listed).all()
        first: dict[str, Any] = {}
        for row in rows:
            first.setdefault(row.digest or row.key, row)
        return tuple((row.id, _listed(row)) for row in first.values())

    def keep(self, capture: int, answer: Answer, reason: str | None = None) -> None:
        """Keep the answer of a capture; with a reason it is set aside for it, its bytes all the same."""
        with self._database.write() as connection:
            watch = connection.execute(select(captures.c.watch).where(captures.c.id == capture)).scalar_one()
            _keep(connection, self._database, watch, capture, answer, reason)

    def set_aside(self, capture: int, reason: str) -> None:
        """Note why a capture cannot be had."""
        with self._database.write() as connection:
            _set(connection, capture, state=CaptureState.ASIDE, reason=reason)

    def bring(self, watch: str, source: Source, found: Sequence[Capture]) -> int:
        """Keep captures that came with their answers, in one transaction; gives how many are new."""
        with self._database.write() as connection:
            number, new = watch_id(connection, watch), 0
            for capture in found:
                kept = _noted(connection, number, source, capture.listed)
                if kept is not None:
                    _keep(connection, self._database, number, kept, capture.answer, capture.refused)
                    if capture.accepted:
                        _set(connection, kept, accepted=True)
                    new += 1
        return new

    def known(self, watch: str, state: CaptureState | None = None, source: Source | None = None) -> tuple[Known, ...]:
        """The captures of a watch, the oldest first; those in one state or of one source, or all."""
        with self._database.read() as connection:
            mine = select(captures).where(captures.c.watch == watch_id(connection, watch))
            if state is not None:
                mine = mine.where(captures.c.state == state)
            if source is not None:
                mine = mine.where(captures.c.source == source)
            rows = connection.execute(mine.order_by(captures.c.captured_at, captures.c.id)).all()
        return tuple(Known(row.source, _listed(row), row.state, row.reason, row.check) for row in rows)


def _listed(row: Any) -> Listed:
    return Listed(row.key, row.address, row.captured_at, row.digest, row.status)


def _noted(connection: Connection, watch: int, source: Source, listed: Listed) -> int | None:
    """The number of a capture that was not known; None for one that was."""
    refused = listed.status is not None and not 200 <= listed.status < 300  # noqa: PLR2004 - RFC 9110, section 15.3
    row = {
        "watch": watch,
        "source": source,
        "key": listed.key,
        "address": listed.address,
        "captured_at": listed.captured_at,
        "digest": listed.digest,
        "status": listed.status,
        "state": CaptureState.ASIDE if refused else CaptureState.LISTED,
        "reason": f"the site answered with status {listed.status}" if refused else None,
    }
    added = connection.execute(insert(captures).values(row).on_conflict_do_nothing())
    return int(added.lastrowid) if added.rowcount else None


def _keep(
    connection: Connection, database: Database, watch: int, capture: int, answer: Answer, reason: str | None
) -> None:
    # By an index that has the newest one of a state at its end: an import may bring very many.
    newest = select(captures.c.body).where(captures.c.watch == watch, captures.c.state == CaptureState.KEPT)
    base = connection.scalar(newest.order_by(captures.c.id.desc()).limit(1))
    if reason is None and not 200 <= answer.status < 300:  # noqa: PLR2004
        reason = f"the site answered with status {answer.status}"
    _set(
        connection,
        capture,
        state=CaptureState.KEPT if reason is None else CaptureState.ASIDE,
        reason=reason,
        body=keep_body(connection, answer.body, base, database.path),
        http_status=answer.status,
        hops=list(answer.hops),
        headers=[list(pair) for pair in answer.headers],
    )


def _set(connection: Connection, capture: int, **columns: object) -> None:
    connection.execute(update(captures).where(captures.c.id == capture).values(columns))
