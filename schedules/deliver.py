"""The delivery: what the outbox owes, sent one by one. Send first, mark after: a kill between them sends once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.alert import Alert, AlertState, Backoff, ChangesFound, Letter
from notifier.errors import ChannelDown, NotifierError, Refused
from storage.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery did, and what is left: `undelivered` is all that is due and unsent, and what it gave up."""

    sent: tuple[Alert, ...]
    undelivered: tuple[Alert, ...]

    def then(self, later: Delivery) -> Delivery:
        """Both of two deliveries as one: what the first gave up is left undelivered by the second."""
        given_up = (alert for alert in self.undelivered if alert.state is AlertState.FAILED)
        left = {alert.id: alert for alert in (*later.undelivered, *given_up)}
        return Delivery((*self.sent, *later.sent), tuple(left.values()))


def deliver(
    outbox: Outbox,
    post: Callable[[Letter], None],
    *,
    clock: Callable[[], datetime],
    backoff: Backoff,
    due_only: bool,
) -> Delivery:
    """Try alerts, the oldest first, each once; with `due_only` just those whose next try has come.

    `post` composes and sends, and raises a NotifierError for what was not taken. A channel that is down is left alone
    for this round: the rest would fare alike, and stays pending.
    """
    began = clock()
    if outbox.is_idle(began):
        return Delivery((), ())

    def now() -> datetime:
        return max(began, clock())  # were it set back, what was just tried would look as if left over

    sent: list[Alert] = []
    given_up: list[int] = []
    down: set[str] = set()
    while letter := outbox.claim(now(), began, due_only=due_only, without=down):
        alert = letter.alert
        if letter.news == ChangesFound(()):
            outbox.cancel([alert.id], "nothing is left to tell")
            continue
        try:
            post(letter)
        except NotifierError as error:
            if not _told_why(outbox, alert, error, now(), backoff):
                given_up.append(alert.id)
            if isinstance(error, ChannelDown):
                down.add(alert.recipient.channel)
        else:
            outbox.sent(alert.id, now())
            sent.append(alert)
    return Delivery(tuple(sent), (*outbox.waiting(now()), *outbox.numbered(given_up)))


def _told_why(outbox: Outbox, alert: Alert, error: NotifierError, now: datetime, backoff: Backoff) -> bool:
    """Note why an alert was not taken; gives whether it is to be tried again."""
    if isinstance(error, Refused):
        outbox.refused(alert.id, now, str(error))
        return False
    again = backoff.next_attempt(alert, now)
    outbox.deferred(alert.id, now, again, str(error))
    return again is not None
