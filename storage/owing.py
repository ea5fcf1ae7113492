"""Alerts being put into the outbox, and called off, within a transaction: what a check makes due, digests, notices."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, or_, select, update

from domain.alert import AlertKind, AlertState
from domain.change import ChangeKind, RecordedChange
from domain.digest import Slot
from domain.heartbeat import OwedHeartbeat
from domain.owed import NOT_AGAIN_WITHIN, Owed, OwedNotice
from domain.recipient import Cadence, Recipient, Wants
from domain.subject import changes_subject
from storage.letters import changes_told
from storage.notices import stored_notice
from storage.tables import alert_checks, alerts
from storage.wanted import stored_wants

_A_DAY_AND_MORE = timedelta(hours=26)
"""What was made for a local date is no older at any time of that date."""

UNSENT = alerts.c.state.in_((AlertState.PENDING, AlertState.FAILED))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where alerts are made: at a time, with Message-IDs under a domain."""

    connection: Connection
    now: datetime
    message_domain: str

    def owe(self, check: int, watch: str, owed: Iterable[Owed]) -> int:
        """Put what a check makes due into the outbox, each once; gives how many alerts tell of it.

        A digest that is still open takes the check in, and is from then on for what its reader wants now; one that was
        called off begins anew, and one that was begun to be sent stays as it is.
        """
        once = list({(one.kind, one.recipient): one for one in owed}.values())
        if not once:
            return 0
        digests = self._digests(once)
        next_id = self._next_id()
        rows: list[dict[str, Any]] = []
        covering: list[int] = []
        grown: dict[int, Owed] = {}
        for one in once:
            slot, digest = _place(one, digests, check, self.now)
            if digest is None:
                rows.append(self._row(next_id + len(rows), one, slot, [watch]) | _asked(one))
                covering.append(rows[-1]["id"])
            else:
                self._reopen(digest)
                covering.append(digest["id"])
                grown[digest["id"]] = one
        self._insert(rows)
        if covering:
            covers = [{"alert": number, "check": check} for number in covering]
            self.connection.execute(insert(alert_checks), covers)
        for number, one in grown.items():
            self.connection.execute(update(alerts).where(alerts.c.id == number).values(_asked(one)))
            renew(self.connection, number, one.wants, self.now)
        return len(covering)

    def notify(self, owed: Sequence[OwedNotice]) -> int:
        """Put notices into the outbox, but for trouble that its recipient was told of within a day; gives how many."""
        rows: list[dict[str, Any]] = []
        next_id = self._next_id()
        for one in owed:
            if self._was_told(one):
                continue
            slot = Slot(f"{one.trouble} at {self.now.isoformat()}", self.now)
            row = self._row(next_id + len(rows), one, slot, list(one.watches))
            rows.append(row | {"notice": stored_notice(one.notice), "cadence": Cadence.IMMEDIATELY})
        self._insert(rows)
        return len(rows)

    def beat(self, owed: Sequence[OwedHeartbeat], slot: Slot) -> int:
        """Put heartbeats for a time into the outbox, due now, but for those made already; gives how many.

        So it is one however often, by how many processes and how late it is asked for, and though the day of digests
        was moved meanwhile.
        """
        made = heartbeats_made(self.connection, slot)
        now = Slot(slot.occasion, self.now)
        rows: list[dict[str, Any]] = []
        next_id = self._next_id()
        for one in owed:
            asked = one.subscriber.subscription
            if one.subscriber.id in made or asked.recipient in made:
                continue
            notice = OwedNotice(
                AlertKind.HEARTBEAT, asked.recipient, one.subject, "", one.heartbeat, (), one.subscriber.id
            )
            row = self._row(next_id + len(rows), notice, now, [])
            rows.append(row | {"notice": stored_notice(one.heartbeat), "cadence": Cadence.WEEKLY})
        self._insert(rows)
        return len(rows)

    def _row(self, number: int, one: Owed | OwedNotice, slot: Slot, watches: list[str]) -> dict[str, Any]:
        return {
            "id": number,
            "kind": one.kind,
            "subscriber": one.subscriber,
            "recipient": one.recipient.address,
            "channel": one.recipient.channel,
            "occasion": slot.occasion,
            "watches": watches,
            "subject": one.subject,
            "message_id": f"<{number}.{secrets.token_hex(8)}@{self.message_domain}>",
            "created_at": self.now,
            "due_at": slot.due_at,
            "state": AlertState.PENDING,
            "next_attempt_at": slot.due_at,
        }

    def _insert(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.connection.execute(insert(alerts), rows)

    def _next_id(self) -> int:
        return (self.connection.scalar(select(func.max(alerts.c.id))) or 0) + 1

    def _digests(self, owed: Iterable[Owed]) -> dict[tuple[Recipient, str], RowMapping]:
        """The alerts that are there for the occasions of digests."""
        occasions = {slot.occasion for one in owed for slot in one.slots}
        if not occasions:
            return {}
        rows = self.connection.execute(select(alerts).where(alerts.c.occasion.in_(occasions))).mappings()
        return {(Recipient(row["recipient"], row["channel"]), row["occasion"]): row for row in rows}

    def _reopen(self, digest: RowMapping) -> None:
        """Let a digest that was called off begin anew: what it would have told is not told."""
        if digest["state"] is AlertState.CANCELLED:
            self.connection.execute(delete(alert_checks).where(alert_checks.c.alert == digest["id"]))
            again = {"state": AlertState.PENDING, "next_attempt_at": digest["due_at"], "last_error": None}
            self.connection.execute(update(alerts).where(alerts.c.id == digest["id"]).values(again))

    def _was_told(self, one: OwedNotice) -> bool:
        told = select(alerts.c.id).where(
            alerts.c.recipient == one.recipient.address,
            alerts.c.channel == one.recipient.channel,
            alerts.c.occasion.startswith(f"{one.trouble} at ", autoescape=True),
            alerts.c.created_at > self.now - NOT_AGAIN_WITHIN,
        )
        return self.connection.scalar(told.limit(1)) is not None


def heartbeats_made(connection: Connection, slot: Slot) -> frozenset[int | Recipient]:
    """To whom heartbeats were made for a time or since: subscribers, by number, and recipients."""
    made = select(alerts.c.subscriber, alerts.c.recipient, alerts.c.channel).where(
        alerts.c.state.in_(list(AlertState)),  # by whose index they are found
        alerts.c.due_at >= slot.due_at - _A_DAY_AND_MORE,
        alerts.c.kind == AlertKind.HEARTBEAT,
        or_(alerts.c.due_at >= slot.due_at, alerts.c.occasion == slot.occasion),
    )
    rows = connection.execute(made).all()
    return frozenset(row.subscriber for row in rows) | {Recipient(row.recipient, row.channel) for row in rows}


def renew(connection: Connection, alert_id: int, wants: Wants, seen: datetime) -> bool:
    """Let an alert name what it tells now; False, and nothing done, where it has nothing left to tell."""
    told = changes_told(connection, alert_id, wants)
    if told:
        subject = changes_subject([recorded.change for recorded in sorted(told, key=_after_new_reports)], seen)
        watches = list(dict.fromkeys(recorded.watch for recorded in told))
        named = {"subject": subject, "watches": watches}
        connection.execute(update(alerts).where(alerts.c.id == alert_id).values(named))
    return bool(told)


def call_off(connection: Connection, which: ColumnElement[bool], reason: str) -> tuple[int, ...]:
    """Call off those of the alerts that are not sent yet; gives their numbers."""
    unsent = which, UNSENT
    cancelled = {
        "state": AlertState.CANCELLED,
        "next_attempt_at": None,
        "claimed_until": None,
        "last_error": reason,
    }
    found = connection.scalars(select(alerts.c.id).where(*unsent).order_by(alerts.c.id)).all()
    connection.execute(update(alerts).where(*unsent).values(cancelled))
    return tuple(found)


def _after_new_reports(recorded: RecordedChange) -> bool:
    return recorded.change.kind is not ChangeKind.REPORT_ADDED


def _asked(one: Owed) -> dict[str, Any]:
    return {"wants": stored_wants(one.wants), "cadence": one.cadence}


def _place(
    one: Owed, digests: dict[tuple[Recipient, str], RowMapping], check: int, now: datetime
) -> tuple[Slot, RowMapping | None]:
    """Where an alert goes: a new one at a time, or a digest that is still open."""
    for slot in one.slots:
        digest = digests.get((one.recipient, slot.occasion))
        if digest is None or _is_open(digest, now):
            return slot, digest
    due = one.slots[-1].due_at if one.slots else now
    return Slot(f"{one.kind} of check {check}", due), None


def _is_open(digest: RowMapping, now: datetime) -> bool:
    """Whether nobody has begun to send it, so that no copy of it can be on its way."""
    untouched = digest["attempts"] == 0 and digest["claimed_until"] is None
    unsent = digest["state"] in {AlertState.PENDING, AlertState.CANCELLED}
    return unsent and untouched and digest["due_at"] > now
