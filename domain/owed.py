"""Who is owed an alert: readers of loud changes that they want, administrators of trouble and of its end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.alert import Alert, AlertKind, AlertState, Notice, Stuck, Undelivered, WatchLate
from domain.change import Change
from domain.check import Accepted, Failed, Finding, Suspected, Trouble, Unchanged
from domain.compare import loud
from domain.digest import DigestTimes, Slot
from domain.recipient import EVERYTHING, Cadence, Recipient, Role, Subscriber, Wants
from domain.subject import SUBJECT_LENGTH, changes_subject, one_line

NOT_AGAIN_WITHIN = timedelta(days=1)
"""The same trouble is told to the administrator once in this time at most."""

STUCK_AFTER = timedelta(hours=1)
"""An alert that was due so long ago is told to the administrator though it is not given up."""

MOST_STUCK = 20


@dataclass(frozen=True, slots=True)
class Owed:
    """An alert that a check makes due, before it is stored.

    `wants` says which of the changes it tells. It goes into the first of `slots` that is still open; without any it is
    due at once. `subscriber` is None for a recipient that has no subscription.
    """

    kind: AlertKind
    recipient: Recipient
    subject: str
    subscriber: int | None = None
    wants: Wants = EVERYTHING
    cadence: Cadence = Cadence.IMMEDIATELY
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class OwedNotice:
    """A notice to an administrator that no check makes due. `trouble` names what is told once a day at most."""

    kind: AlertKind
    recipient: Recipient
    subject: str
    trouble: str
    notice: Notice
    watches: tuple[str, ...] = ()
    subscriber: int | None = None


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who is told, and the rules for it. `message_domain` stands after the "@" of a Message-ID.

    A page that cannot be had is told to the administrators after `admin_after_failures` in a row; one hiccup is no
    news.
    """

    subscribers: tuple[Subscriber, ...]
    message_domain: str
    digests: DigestTimes
    admin_after_failures: int = 3

    def of(self, role: Role) -> tuple[Subscriber, ...]:
        """Those who are told in a role now: neither paused nor gone."""
        return tuple(
            one for one in self.subscribers if one.subscription.role is role and not one.paused and one.left_at is None
        )

    @property
    def concerned(self) -> bool:
        """Whether anybody is told of what no check finds: an administrator, or who wants heartbeats."""
        return any(
            (one.subscription.role is Role.ADMIN or one.heartbeat_since) and not one.paused and one.left_at is None
            for one in self.subscribers
        )


def owed_to_readers(watch: str, changes: Iterable[Change], audience: Audience, now: datetime) -> tuple[Owed, ...]:
    """One alert for each reader who wants any of the loud changes; () where there is none."""
    told = loud(changes)
    owed = []
    for reader in audience.of(Role.READER) if told else ():
        asked = reader.subscription
        wanted = [change for change in told if asked.wants.include(watch, change)]
        if wanted:
            subject = changes_subject(wanted, now)
            slots = audience.digests.slots(asked.cadence, now)
            owed.append(Owed(AlertKind.CHANGES, asked.recipient, subject, reader.id, asked.wants, asked.cadence, slots))
    return tuple(owed)


def owed_to_admins(
    watch: str, finding: Finding, trouble: Trouble | None, last_told: datetime | None, audience: Audience, now: datetime
) -> tuple[Owed, ...]:
    """A notice to each administrator when trouble becomes news, and when what was told is over; () otherwise.

    A suspect page is news at once, a failure only after so many in a row; either is told once, and no second time
    within a day, even where the page was well in between. `trouble` is the state before this finding, `last_told` when
    trouble with this page was told last.
    """
    told = trouble is not None and trouble.told
    failures = trouble.failures + 1 if trouble else 1
    news = not told and (last_told is None or now - last_told >= NOT_AGAIN_WITHIN)
    match finding:
        case Failed() if news and failures >= audience.admin_after_failures:
            times = f"{failures} times in a row" if failures > 1 else "now"
            kind, what = AlertKind.TROUBLE, f"could not be checked {times}"
        case Suspected() if news:
            kind, what = AlertKind.TROUBLE, "looks wrong and was not accepted"
        case Unchanged() | Accepted() if told:
            kind, what = AlertKind.RECOVERY, "is well again"
        case _:
            return ()
    subject = _subject(f"{watch} {what}")
    return tuple(Owed(kind, admin.subscription.recipient, subject, admin.id) for admin in audience.of(Role.ADMIN))


def owed_for_stuck(stuck: Sequence[Alert], audience: Audience, spare: Recipient) -> tuple[OwedNotice, ...]:
    """A notice of alerts that do not arrive, to each administrator, over another channel than theirs for certain.

    Where no administrator has another channel, one more goes to `spare`. Nobody is told where there is no
    administrator, nor of notices of this kind themselves.
    """
    told = [alert for alert in stuck if alert.kind is not AlertKind.UNDELIVERED]
    admins = audience.of(Role.ADMIN)
    if not told or not admins:
        return ()
    count = len(told)
    subject = _subject("an alert does not arrive" if count == 1 else f"{count} alerts do not arrive")
    notice = Undelivered(tuple(map(_stuck, told[:MOST_STUCK])), count)
    broken = {alert.recipient.channel for alert in told}
    to: dict[Recipient, int | None] = {admin.subscription.recipient: admin.id for admin in admins}
    if all(recipient.channel in broken for recipient in to):
        to.setdefault(spare, None)
    return tuple(
        OwedNotice(AlertKind.UNDELIVERED, recipient, subject, "undelivered", notice, subscriber=number)
        for recipient, number in to.items()
    )


def owed_for_late(late: Iterable[WatchLate], audience: Audience) -> tuple[OwedNotice, ...]:
    """A notice to each administrator of each page that nothing has looked at for too long."""
    return tuple(
        OwedNotice(
            AlertKind.LATE,
            admin.subscription.recipient,
            _subject(f"{notice.watch} was not looked at for too long"),
            f"late {notice.watch}",
            notice,
            (notice.watch,),
            admin.id,
        )
        for notice in late
        for admin in audience.of(Role.ADMIN)
    )


def _stuck(alert: Alert) -> Stuck:
    failed = alert.state is AlertState.FAILED
    return Stuck(alert.id, alert.recipient, alert.subject, failed, alert.attempts, alert.due_at, alert.last_error)


def _subject(text: str) -> str:
    return one_line(f"hmicfrs-monitor: {text}", SUBJECT_LENGTH)
