"""The delivery: what the outbox owes, sent one by one. Send first, mark after: a kill between them sends once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.alert import Alert, AlertState, Letter, next_attempt
from notifier.errors import ChannelDown, Deferred, Refused
from storage.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a delivery did, and what is left: `undelivered` are all alerts now pending, and those given up in it."""

    sent: tuple[Alert, ...]
    undelivered: tuple[Alert, ...]


def deliver(
    outbox: Outbox, post: Callable[[Letter], None], *, clock: Callable[[], datetime], due_only: bool
) -> Delivery:
    """Try alerts, the oldest first, each once; with `due_only` just those whose next try has come.

    `post` composes and sends, and raises a NotifierError for what was not taken. A channel that is down ends the round:
    the rest would fare alike, and stays pending.
    """
    began = clock()
    sent: list[Alert] = []
    given_up: list[int] = []
    while letter := outbox.claim(clock(), began, due_only=due_only):
        alert = letter.alert
        try:
            post(letter)
        except Refused as error:
            outbox.refused(alert.id, clock(), str(error))
            given_up.append(alert.id)
        except (ChannelDown, Deferred) as error:
            again = next_attempt(alert, clock())
            outbox.deferred(alert.id, clock(), again, str(error))
            if again is None:
                given_up.append(alert.id)
            if isinstance(error, ChannelDown):
                break
        else:
            outbox.sent(alert.id, clock())
            sent.append(alert)
    failed = [alert for alert in outbox.alerts(AlertState.FAILED) if alert.id in given_up]
    return Delivery(tuple(sent), (*outbox.alerts(AlertState.PENDING), *failed))
