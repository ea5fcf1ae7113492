"""One check being written, within a transaction: its row, its body, and for a new state all that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, assert_never

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from domain.alert import AlertKind
from domain.capture import Source
from domain.change import Bounds, RecordedChange
from domain.check import Accepted, Answer, Check, Failed, Finding, Outcome, Suspected, Unchanged
from domain.owed import Owed
from storage.answers import content_type
from storage.bodies import keep_body
from storage.owing import Desk
from storage.recorded import Transition, store_changes
from storage.sealing import insert_check
from storage.tables import checks, snapshots, watches
from storage.versions import Outline, store_turnover, turn_over

_NOT_MODIFIED = 304

# Made once: each is used for every check.
_SNAPSHOT = select(snapshots).where(snapshots.c.id == bindparam("number"))
_UPDATE_SNAPSHOT = update(snapshots).where(snapshots.c.id == bindparam("number"))
_UPDATE_CHECK = update(checks).where(checks.c.id == bindparam("number"))
_UPDATE_WATCH = update(watches).where(watches.c.id == bindparam("number"))
_INSERT_SNAPSHOT = insert(snapshots)


@dataclass(frozen=True, slots=True)
class Filing:
    """A check of one watch. `watch` is its row as it was before; `path` is the database's, for errors."""

    connection: Connection
    path: Path
    watch: RowMapping
    started_at: datetime
    duration_ms: int

    def file(self, finding: Finding, owed: Iterable[Owed]) -> tuple[Check, tuple[RecordedChange, ...]]:
        """Store what was found, and how the watch stands after it; gives the check and the changes."""
        match finding:
            case Failed(reason=reason, status=status):
                return self._trouble(Outcome.FAILED, reason, {"http_status": status}, owed), ()
            case Suspected(reason=reason, answer=answer):
                base = self._latest_snapshot()
                answered = self._answered(answer, base) | _told_by(answer)
                return self._trouble(Outcome.SUSPECT, reason, answered, owed, answer), ()
            case Unchanged():
                return self._confirm(finding), ()
            case Accepted():
                return self._accept(finding)
            case _:
                assert_never(finding)

    def owe(self, check: int, owed: Iterable[Owed], message_domain: str) -> int:
        """Put the alerts that the check makes due into the outbox; gives how many they are."""
        return Desk(self.connection, self.started_at, message_domain).owe(check, self.watch["name"], owed)

    def _trouble(
        self,
        outcome: Outcome,
        reason: str,
        answered: Mapping[str, Any],
        owed: Iterable[Owed],
        answer: Answer | None = None,
    ) -> Check:
        since = self.watch["trouble_since"] or self.started_at
        check = self._check(outcome, {**answered, "reason": reason, "trouble_since": since}, answer)
        news = any(alert.kind is AlertKind.TROUBLE for alert in owed)
        self._stands(
            last_check=check.id,
            consecutive_failures=self.watch["consecutive_failures"] + 1,
            trouble_since=since,
            trouble_told=news or self.watch["trouble_told"],
            trouble_told_at=self.started_at if news else self.watch["trouble_told_at"],
            fresh_until=None,
        )
        return check

    def _confirm(self, finding: Unchanged) -> Check:
        answer, snapshot = finding.answer, self._latest_snapshot()
        if snapshot is None:
            raise ValueError(f"{self.watch['name']}: there is no snapshot yet that could be unchanged")
        seen: dict[str, Any] = {"confirmed_until": max(snapshot["confirmed_until"], self.started_at)}
        answered: dict[str, Any] = {"http_status": _NOT_MODIFIED}
        if answer is not None:
            seen |= _validators(answer)
            kept = {"http_status": answer.status, "body": snapshot["body"], **_validators(answer)}
            others = {**self._answered(answer, snapshot), "headers": content_type(answer.headers)}
            answered = kept if finding.same_bytes else others
        self.connection.execute(_UPDATE_SNAPSHOT, {"number": snapshot["id"], **seen})
        check = self._check(Outcome.UNCHANGED, {**answered, "snapshot": snapshot["id"]}, answer)
        self._well(check.id, snapshot["id"], finding.fresh_until)
        return check

    def _accept(self, finding: Accepted) -> tuple[Check, tuple[RecordedChange, ...]]:
        base = self._latest_snapshot()
        if base is None and finding.changes:
            raise ValueError(f"{self.watch['name']}: there is no snapshot yet that could have changed")
        answered = self._answered(finding.answer, base) | _told_by(finding.answer)
        # Before the first good check of our own there may be captures of others: it is a baseline all the same.
        first = self.watch["last_good_at"] is None
        check = self._check(Outcome.BASELINE if first else Outcome.CHANGED, answered, finding.answer)
        before = None if base is None else Outline.of(base["outline"])
        turnover = turn_over(self.connection, self.watch["id"], before, finding.page, finding.changes)
        place = 1 if base is None else base["place"] + 1
        snapshot = self._snapshot(check.id, answered["body"], finding, turnover.outline, place)
        last, body = None if base is None else base["id"], answered["body"]
        store_turnover(self.connection, turnover, last, snapshot, body, finding.answer.body)
        self.connection.execute(_UPDATE_CHECK, {"number": check.id, "snapshot": snapshot})
        check = replace(check, snapshot=snapshot)
        self._well(check.id, snapshot, finding.fresh_until)
        if base is None or before is None:
            return check, ()
        bounds = Bounds(base["confirmed_until"], self.started_at)
        step = Transition(self.watch, check.id, bounds, base["id"], snapshot, before, turnover.outline)
        return check, store_changes(self.connection, step, finding.changes)

    def _latest_snapshot(self) -> RowMapping | None:
        latest = self.watch["latest_snapshot"]
        return self.connection.execute(_SNAPSHOT, {"number": latest}).mappings().one() if latest else None

    def _answered(self, answer: Answer, base: RowMapping | None) -> dict[str, Any]:
        body = keep_body(self.connection, answer.body, None if base is None else base["body"], self.path)
        return {"http_status": answer.status, "body": body, **_validators(answer)}

    def _check(self, outcome: Outcome, columns: Mapping[str, Any], answer: Answer | None) -> Check:
        about: dict[str, Any] = {"started_at": self.started_at, "duration_ms": self.duration_ms, "outcome": outcome}
        row = {"watch": self.watch["id"], "source": Source.LIVE, **about, **columns}
        digest = None if answer is None else sha256(answer.body).hexdigest()
        number = insert_check(self.connection, row, self.watch["name"], digest)
        found: dict[str, Any] = {name: columns.get(name) for name in ("reason", "http_status", "snapshot")}
        return Check(id=number, watch=self.watch["name"], **about, **found, sha256=digest)

    def _snapshot(self, check: int, body: int, finding: Accepted, outline: Outline, place: int) -> int:
        row = {
            "watch": self.watch["id"],
            "check": check,
            "body": body,
            "captured_at": self.started_at,
            "confirmed_until": self.started_at,
            "source": Source.LIVE,
            "reader": finding.reader,
            "sections": len(outline.sections),
            "reports": len(outline.reports),
            "outline": outline.stored(),
            "place": place,
            **_validators(finding.answer),
        }
        return self.connection.execute(_INSERT_SNAPSHOT, row).lastrowid

    def _well(self, check: int, snapshot: int, fresh_until: datetime | None) -> None:
        since = self.watch["trouble_since"]
        if since is not None:
            self.connection.execute(_UPDATE_CHECK, {"number": check, "trouble_since": since})
        self._stands(
            last_check=check,
            latest_snapshot=snapshot,
            last_good_at=max(self.started_at, self.watch["last_good_at"] or self.started_at),
            consecutive_failures=0,
            trouble_since=None,
            trouble_told=False,
            fresh_until=fresh_until,
        )

    def _stands(self, **columns: object) -> None:
        self.connection.execute(_UPDATE_WATCH, {"number": self.watch["id"], **columns})


def _validators(answer: Answer) -> dict[str, str | None]:
    return {"etag": answer.validators.etag, "last_modified": answer.validators.last_modified}


def _told_by(answer: Answer) -> dict[str, Any]:
    """What an answer was like beside its bytes; little of it is kept where it only confirms a snapshot."""
    return {"hops": list(answer.hops), "headers": [list(pair) for pair in answer.headers]}
