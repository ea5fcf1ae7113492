"""The captures that wait for their place in the history of a watch, and the history written anew with them in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, FromClause, Select, and_, bindparam, case, func, insert, select, update

from domain.alert import AlertKind, AlertState
from domain.capture import CaptureState, Source
from domain.check import Answer, Outcome, Snapshot, Validators
from domain.merging import MergedState, Resumption
from storage.bodies import read_body
from storage.database import Database
from storage.errors import PastChanged
from storage.owing import UNSENT
from storage.replay import renew_alerts
from storage.rewriting import Rewriting
from storage.rows import SNAPSHOTS, snapshot_of, watch_id, watch_row
from storage.sealing import insert_checks
from storage.tables import alert_checks, alerts, bodies, captures, changes, checks, snapshots, watches

_TWIN = captures.alias("twin")
_KEPT = captures.c.state == CaptureState.KEPT
_SAME = and_(
    captures.c.state == CaptureState.LISTED,
    captures.c.body.is_(None),
    _TWIN.c.watch == captures.c.watch,
    _TWIN.c.source == captures.c.source,
    _TWIN.c.digest == captures.c.digest,
    _TWIN.c.body.is_not(None),
)
"""A capture that waits without bytes of its own: they are those of another, by its digest."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A capture that waits, without its bytes.

    `answer` is the number of the capture that has them, itself or one with the same digest, and `body` what they are
    kept under; `url` and `content_type` say how they are to be read, None for a type that is not stated. `accepted`: a
    check of ours once took it for the page.
    """

    id: int
    source: Source
    at: datetime
    accepted: bool
    answer: int
    body: int
    sha256: str
    status: int
    url: str
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far captures may come into a history, and why not further; `until` None is without end.

    What a check of our own compares with is its last good one: what is later would be news that nobody is told. And
    what an alert tells that was not sent yet has to stay what it is.
    """

    until: datetime | None
    reason: str


class Past:
    """The past of all watches, as it may be completed. Where a watch is named, UnknownWatch is raised for another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reach(self, watch: str) -> Reach:
        """How far captures may come into a watch's history."""
        with self._database.read() as connection:
            row = watch_row(connection, watch)
            told = _untold_since(connection, row["id"])
        good: datetime | None = row["last_good_at"]
        if told is not None and (good is None or told < good):
            return Reach(told, "an alert is not sent yet that tells of a later change; `deliver` sends it")
        return Reach(good, "they are later than the last good check; `check` looks at the page, and they fit in then")

    def waiting(self, watch: str) -> tuple[Waiting, ...]:
        """The captures that wait, the oldest first."""
        with self._database.read() as connection:
            mine = captures.c.watch == watch_id(connection, watch)
            own = connection.execute(_waiting(captures).where(mine, _KEPT, captures.c.body.is_not(None))).all()
            same = connection.execute(_waiting(_TWIN).where(mine, _SAME)).all()
        found = {row.id: _waiting_of(row) for row in (*same, *own)}
        return tuple(sorted(found.values(), key=lambda one: (one.at, one.id)))

    def answer(self, waiting: Waiting) -> Answer:
        """The answer of a capture. Raises NotADatabase where its bytes are damaged."""
        with self._database.read() as connection:
            row = connection.execute(select(captures).where(captures.c.id == waiting.answer)).mappings().one()
            hops = connection.execute(select(captures.c.hops).where(captures.c.id == waiting.id)).scalar_one()
            body = read_body(connection, row["body"], self._database.path)
        headers = tuple((name, value) for name, value in row["headers"])
        return Answer(row["http_status"], tuple(hops), headers, body, Validators())

    def resumption(self, snapshot: int, after: datetime, until: datetime) -> Resumption | None:
        """Where the checks of a snapshot go on after a time, of those that began `until` another; None for nowhere."""
        with self._database.read() as connection:
            mine = checks.c.snapshot == snapshot
            watch = select(snapshots.c.watch).where(snapshots.c.id == snapshot).scalar_subquery()
            seen = select(checks.c.id, checks.c.started_at).where(checks.c.watch == watch, mine)
            by_time = seen.order_by(checks.c.started_at, checks.c.id).limit(1)
            later = connection.execute(
                by_time.where(checks.c.started_at > after, checks.c.started_at <= until)
            ).one_or_none()
            if later is None:
                return None
            earlier = seen.where(checks.c.started_at <= after).order_by(checks.c.started_at.desc()).limit(1)
            before = connection.execute(earlier).one_or_none()
        return Resumption(later.id, later.started_at, before.started_at if before else after)

    def set_aside(self, reasons: Mapping[int, str]) -> None:
        """Note why captures are no states of the page."""
        with self._database.write() as connection:
            for number, reason in reasons.items():
                row = {"state": CaptureState.ASIDE, "reason": reason}
                connection.execute(update(captures).where(captures.c.id == number).values(row))

    def write(
        self, watch: str, known: Sequence[Snapshot], states: Sequence[MergedState], placed: Sequence[Waiting]
    ) -> None:
        """Put captures into the history: as checks with the archive's own times, and as the states that they show.

        `states` is the whole history, made of the snapshots that were `known`; `placed` are the captures in it. One
        transaction, in which nobody is alerted. Raises PastChanged where the snapshots are others by now, as after a
        check that came between; then nothing is written.
        """
        with self._database.write() as connection:
            row = watch_row(connection, watch)
            mine = SNAPSHOTS.where(snapshots.c.watch == row["id"]).order_by(snapshots.c.place)
            if tuple(snapshot_of(one) for one in connection.execute(mine).mappings()) != tuple(known):
                raise PastChanged(f"{watch}: its history changed while captures were put into it; start again")
            made = _as_checks(connection, row["id"], watch, states, placed)
            _number_anew(connection, row["id"], states, made)
            rewriting = Rewriting(connection, self._database.path, row)
            for state in states:
                if state.snapshot is None:
                    raise ValueError(f"{watch}: a state has no number")
                until, origin = state.confirmed_until, state.checks_of
                rewriting.write(state.snapshot, state.page, state.changes, state.reader, until, origin)
            latest = states[-1].snapshot if states else None
            connection.execute(update(watches).where(watches.c.id == row["id"]).values(latest_snapshot=latest))
            renew_alerts(connection, row["id"])


def _waiting(answered: FromClause) -> Select[Any]:
    """Captures with what is known of their answers, which stands in `answered`: their own row, or another's."""
    told = answered.c.http_status, answered.c.headers
    which = captures.c.id, captures.c.source, captures.c.captured_at, captures.c.accepted, captures.c.hops
    columns = *which, answered.c.id.label("answer"), answered.c.body, *told, bodies.c.sha256
    return select(*columns).select_from(answered.join(bodies, bodies.c.id == answered.c.body))


def _waiting_of(row: Any) -> Waiting:
    content_type = next((value for name, value in row.headers if name == "content-type"), None)
    which = row.id, row.source, row.captured_at, row.accepted, row.answer
    return Waiting(*which, row.body, row.sha256.hex(), row.http_status, row.hops[-1], content_type)


def _untold_since(connection: Connection, watch: int) -> datetime | None:
    """When a change was last not seen yet of which an alert tells that is not sent; the earliest of those.

    While a message is tried again it is the beginning of time: the next try has to be the same in every byte.
    """
    under_way = case((alerts.c.state == AlertState.PENDING, alerts.c.attempts), else_=0)
    unsent = (
        select(func.min(changes.c.last_seen_before), func.max(under_way))
        .select_from(changes)
        .join(alert_checks, alert_checks.c.check == changes.c.check)
        .join(alerts, alerts.c.id == alert_checks.c.alert)
        .where(changes.c.watch == watch, alerts.c.kind == AlertKind.CHANGES, UNSENT)
    )
    since: datetime | None
    since, attempts = connection.execute(unsent).one()
    return datetime.min.replace(tzinfo=UTC) if attempts else since


def _as_checks(
    connection: Connection, watch: int, name: str, states: Sequence[MergedState], placed: Sequence[Waiting]
) -> dict[int, int]:
    """A check for each capture, in the order of time; gives their numbers by the captures'."""
    begins = {state.capture for state in states}
    first = states[0].capture if states else None
    looks = []
    for waiting in placed:
        new, is_new = Outcome.BASELINE if waiting.id == first else Outcome.CHANGED, waiting.id in begins
        row: dict[str, Any] = {
            "watch": watch,
            "source": waiting.source,
            "started_at": waiting.at,
            "duration_ms": 0,
            "outcome": new if is_new else Outcome.UNCHANGED,
            "http_status": waiting.status,
            "body": waiting.body,
            "hops": None,
            "headers": None if waiting.content_type is None else [["content-type", waiting.content_type]],
        }
        if is_new:
            hops = select(captures.c.hops).where(captures.c.id == waiting.id)
            headers = select(captures.c.headers).where(captures.c.id == waiting.answer)
            row |= {"hops": connection.scalar(hops), "headers": connection.scalar(headers)}
        looks.append((row, name, waiting.sha256))
    made = dict(zip((waiting.id for waiting in placed), insert_checks(connection, looks), strict=True))
    merged = [{"number": capture, "made": check, "merged": CaptureState.MERGED} for capture, check in made.items()]
    which = update(captures).where(captures.c.id == bindparam("number"))
    connection.execute(which.values(state=bindparam("merged"), check=bindparam("made")), merged)
    return made


def _number_anew(connection: Connection, watch: int, states: Sequence[MergedState], made: Mapping[int, int]) -> None:
    """Give each new state its snapshot and every state its place, and let each check see the state that it saw."""
    mine = snapshots.c.watch == watch
    connection.execute(update(snapshots).where(mine).values(place=-snapshots.c.place))  # no two have one place
    for place, state in enumerate(states, 1):
        if state.snapshot is None:
            state.snapshot = _snapshot(connection, watch, state, made, place)
        else:
            connection.execute(update(snapshots).where(snapshots.c.id == state.snapshot).values(place=place))
        sights = [made[sight] for sight in (*state.sights, *([state.capture] if state.capture else []))]
        if sights:
            rows = [{"number": number, "seen": state.snapshot} for number in sights]
            which = update(checks).where(checks.c.id == bindparam("number"))
            connection.execute(which.values(snapshot=bindparam("seen")), rows)
    for state in reversed(states):
        # The latest first, so that each takes what is left of the checks that saw the state before.
        if state.checks_since is not None and state.checks_of != state.snapshot:
            theirs = checks.c.watch == watch, checks.c.snapshot == state.checks_of
            later = checks.c.started_at >= state.checks_since
            connection.execute(update(checks).where(*theirs, later).values(snapshot=state.snapshot))


def _snapshot(connection: Connection, watch: int, state: MergedState, made: Mapping[int, int], place: int) -> int:
    """The row of a new state, which begins with a capture, or again with a check."""
    number = made[state.capture] if state.capture else state.resumes
    check = connection.execute(select(checks).where(checks.c.id == number)).mappings().one()
    row = {
        "watch": watch,
        "check": number,
        "body": check["body"],
        "captured_at": state.captured_at,
        "confirmed_until": state.confirmed_until,
        "source": check["source"],
        "reader": state.reader,
        "sections": 0,
        "reports": 0,
        "outline": "",
        "place": place,
    }
    if state.resumes is not None:
        was = connection.execute(select(snapshots).where(snapshots.c.id == state.checks_of)).mappings().one()
        row |= {"body": check["body"] or was["body"], "etag": was["etag"], "last_modified": was["last_modified"]}
    return int(connection.execute(insert(snapshots).values(row)).lastrowid)
