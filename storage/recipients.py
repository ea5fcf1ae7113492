"""Who is told: subscriptions from the settings and those added by hand, kept as long as an alert may refer to them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, Select, and_, func, insert, or_, select, update

from domain.recipient import Origin, Recipient, Role, Subscriber, Subscription
from storage.database import Database
from storage.errors import RecipientInSettings, RecipientKnown, UnknownRecipient
from storage.owing import UNSENT, call_off
from storage.tables import alerts, recipients
from storage.wanted import stored_wants, wants_of

STALE_AFTER = timedelta(days=7)
"""What was pending when its recipient left is not sent where the recipient is back only after longer."""

_Key: TypeAlias = tuple[str, str, Role]
_HERE = recipients.c.left_at.is_(None)


class Recipients:
    """The subscribers of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def subscribers(self, *, gone: bool = False) -> tuple[Subscriber, ...]:
        """Those with a subscription, paused ones too, and with `gone` those who had one; by number."""
        with self._database.read() as connection:
            rows = connection.execute(select(recipients).order_by(recipients.c.id)).mappings()
            everybody = tuple(subscriber_of(row) for row in rows)
        return everybody if gone else tuple(one for one in everybody if one.left_at is None)

    def register(self, wanted: Iterable[Subscription], now: datetime, by_mail: str) -> None:
        """Make the subscriptions of the settings those of the database: new, changed and ended ones.

        Mails, those to who was added by hand too, leave by the channel `by_mail` from now on, also what is not sent
        yet. What is pending for one that ended is held back; it is sent if it is back within `STALE_AFTER`.
        """
        asked = {_key(subscription): subscription for subscription in wanted}
        if _is_settled(self.subscribers(gone=True), asked, by_mail):
            return
        with self._database.write() as connection:
            _move(connection, _elsewhere(by_mail), by_mail)
            for key, known in _registered(connection).items():
                if key not in asked:
                    if (known.recipient.address, by_mail, known.role) in asked:
                        _move(connection, and_(_is(known), _is_free(by_mail)), by_mail)
                    connection.execute(update(recipients).where(_is(known)).values(left_at=now))
            for subscription in asked.values():
                _subscribe(connection, subscription, Origin.SETTINGS, now)

    def add(self, subscription: Subscription, now: datetime) -> Subscriber:
        """Add a subscription by hand. Raises RecipientKnown for one that is here, in whatever case it is written."""
        name, channel, role = _key(subscription)
        same = func.lower(recipients.c.address) == name.lower(), recipients.c.channel == channel
        with self._database.write() as connection:
            known = select(recipients.c.id).where(*same, recipients.c.role == role, _HERE)
            if connection.scalar(known.limit(1)) is not None:
                raise RecipientKnown(f"{name}: is a recipient already; `recipients show {name}` tells of what")
            _subscribe(connection, subscription, Origin.DATABASE, now)
            return _subscriber(connection, select(recipients).where(_is(subscription)))

    def find(self, name: str, *, gone: bool = False) -> Subscriber:
        """The subscriber with that address, number or token. Raises UnknownRecipient.

        Of several the first one that was added by hand, or else the first.
        """
        with self._database.read() as connection:
            return _found(connection, name, gone=gone)

    def remove(self, name: str, now: datetime) -> Subscriber:
        """End a subscription that was added by hand, and call off what is not sent yet.

        Raises UnknownRecipient, and RecipientInSettings for one that would be back at the next run.
        """
        with self._database.write() as connection:
            found = _found(connection, name)
            if found.origin is Origin.SETTINGS:
                raise RecipientInSettings(
                    f"{name}: stands in the settings; take it out there, or `recipients pause {name}`"
                )
            connection.execute(update(recipients).where(recipients.c.id == found.id).values(left_at=now))
            call_off(connection, alerts.c.subscriber == found.id, "its recipient was removed")
            return found

    def pause(self, name: str) -> Subscriber:
        """Tell somebody nothing for a while; what is pending meanwhile waits. Raises UnknownRecipient."""
        with self._database.write() as connection:
            return _changed(connection, _found(connection, name), {"paused": True})

    def resume(self, name: str, now: datetime) -> Subscriber:
        """Tell somebody again, also of what was pending; no heartbeat is made up for. Raises UnknownRecipient."""
        with self._database.write() as connection:
            found = _found(connection, name)
            since = now if found.paused and found.heartbeat_since else found.heartbeat_since
            return _changed(connection, found, {"paused": False, "heartbeat_since": since})


def subscriber_of(row: RowMapping) -> Subscriber:
    """A row of the table."""
    since = row["heartbeat_since"]
    subscription = Subscription(
        Recipient(row["address"], row["channel"]),
        row["role"],
        wants_of(row["wants"]),
        row["cadence"],
        since is not None,
    )
    return Subscriber(
        row["id"], subscription, row["origin"], row["paused"], row["added_at"], row["left_at"], row["token"], since
    )


def _key(subscription: Subscription) -> _Key:
    return subscription.recipient.address, subscription.recipient.channel, subscription.role


def _is(subscription: Subscription) -> ColumnElement[bool]:
    address, channel, role = _key(subscription)
    return and_(recipients.c.address == address, recipients.c.channel == channel, recipients.c.role == role)


def _is_settled(everybody: Iterable[Subscriber], asked: Mapping[_Key, Subscription], by_mail: str) -> bool:
    """Whether there is nothing to register, by what one look at the table gave; the same that `_elsewhere` selects."""
    known = {_key(one.subscription): one for one in everybody}
    of_settings = {
        key: one.subscription for key, one in known.items() if one.origin is Origin.SETTINGS and one.left_at is None
    }
    moving = any(
        one.origin is Origin.DATABASE and channel != by_mail and (address, by_mail, role) not in known
        for (address, channel, role), one in known.items()
    )
    return of_settings == asked and not moving


def _elsewhere(by_mail: str) -> ColumnElement[bool]:
    """Those added by hand, all of them by mail, who are to get it another way than is set now."""
    return and_(recipients.c.origin == Origin.DATABASE, recipients.c.channel != by_mail, _is_free(by_mail))


def _is_free(channel: str) -> ColumnElement[bool]:
    """Whether nobody of the same address and role stands there with that channel."""
    same = recipients.alias()
    taken = select(same.c.id).where(
        same.c.address == recipients.c.address, same.c.role == recipients.c.role, same.c.channel == channel
    )
    return ~taken.exists()


def _move(connection: Connection, which: ColumnElement[bool], channel: str) -> None:
    """Let recipients get all that is not sent yet by another channel; what is on its way arrives as it was sent."""
    numbers = connection.scalars(select(recipients.c.id).where(which)).all()
    unsent = alerts.c.subscriber.in_(numbers), UNSENT, alerts.c.claimed_until.is_(None)
    # Where there was a message for the same occasion by that channel already, this one stays with the old.
    connection.execute(update(alerts).prefix_with("OR IGNORE").where(*unsent).values(channel=channel))
    connection.execute(update(recipients).where(recipients.c.id.in_(numbers)).values(channel=channel))


def _registered(connection: Connection) -> dict[_Key, Subscription]:
    rows = connection.execute(select(recipients).where(_HERE, recipients.c.origin == Origin.SETTINGS)).mappings()
    known = (subscriber_of(row).subscription for row in rows)
    return {_key(subscription): subscription for subscription in known}


def _subscribe(connection: Connection, subscription: Subscription, origin: Origin, now: datetime) -> None:
    """Add a subscription, change one that is here, or take back one that had ended."""
    asked: dict[str, object] = {
        "origin": origin,
        "wants": stored_wants(subscription.wants),
        "cadence": subscription.cadence,
        "heartbeat_since": now if subscription.heartbeat else None,
        "left_at": None,
    }
    row = connection.execute(select(recipients).where(_is(subscription))).mappings().one_or_none()
    if row is None:
        address, channel, role = _key(subscription)
        who = {"address": address, "channel": channel, "role": role}
        new = {**who, **asked, "added_at": now, "token": secrets.token_hex(16)}
        connection.execute(insert(recipients).values(new))
        return
    if subscription.heartbeat and row["heartbeat_since"] is not None and row["left_at"] is None:
        del asked["heartbeat_since"]  # wanted as before
    if row["left_at"] is not None:
        if now - row["left_at"] > STALE_AFTER:
            call_off(connection, alerts.c.subscriber == row["id"], "its recipient had left")
        asked |= {"paused": False, "added_at": now}
    connection.execute(update(recipients).where(recipients.c.id == row["id"]).values(asked))


def _found(connection: Connection, name: str, *, gone: bool = False) -> Subscriber:
    number = int(name) if re.fullmatch("[0-9]{1,18}", name) else None  # SQLite's integers have no more digits for sure
    address = func.casefolded(recipients.c.address) == name.casefold()
    named = or_(address, recipients.c.token == name, recipients.c.id == number)
    in_turn = recipients.c.left_at.is_not(None), recipients.c.origin == Origin.SETTINGS, recipients.c.id
    statement = select(recipients).where(named).order_by(*in_turn).limit(1)
    row = connection.execute(statement if gone else statement.where(_HERE)).mappings().one_or_none()
    if row is None:
        raise UnknownRecipient(f"{name}: no such recipient; `recipients list` names them")
    return subscriber_of(row)


def _changed(connection: Connection, found: Subscriber, values: Mapping[str, object]) -> Subscriber:
    connection.execute(update(recipients).where(recipients.c.id == found.id).values(values))
    return _subscriber(connection, select(recipients).where(recipients.c.id == found.id))


def _subscriber(connection: Connection, statement: Select[tuple[Row[tuple[object, ...]]]]) -> Subscriber:
    return subscriber_of(connection.execute(statement).mappings().one())
