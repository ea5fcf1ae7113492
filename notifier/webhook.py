"""Events to other programs: JSON by POST, signed as the Standard Webhooks specification has it.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, assert_never

import httpx

from domain import document
from domain.alert import (
    ChangesFound,
    Heartbeat,
    Letter,
    News,
    PageChanges,
    Stuck,
    Trial,
    TroubleFound,
    TroubleOver,
    Undelivered,
    WatchLate,
)
from domain.change import RecordedChange
from domain.document import utc_text
from domain.page import Report
from domain.recipient import Recipient
from notifier.channels import Office, Target
from notifier.errors import Deferred, Refused
from notifier.posting import answered, unanswered, web_address
from notifier.wording import inline

_NEVER = frozenset({httpx.codes.GONE})
"""The receiver wants no more events, as the specification reads it."""
_NOT_THIS_ONE = frozenset(
    {httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_ENTITY_TOO_LARGE, httpx.codes.UNPROCESSABLE_ENTITY}
)
"""About the event itself, which would be the same at the next try. Other answers of 4xx its owner can put right."""


class WebhookChannel:
    """A way to the programs that the settings name, each with an address and, where its events are signed, a secret.

    `clock` tells the time of sending, which is signed too. `timeout_seconds` is for each step of an exchange.
    """

    def __init__(
        self,
        version: str,
        targets: Mapping[Recipient, Target],
        clock: Callable[[], datetime],
        timeout_seconds: float = 20,
    ) -> None:
        self._agent = f"hmicfrs-monitor/{version}"
        self._targets = targets
        self._clock = clock
        self._timeout = timeout_seconds
        self._client: httpx.Client | None = None

    @classmethod
    def open(cls, office: Office) -> Self:
        """The office's webhooks."""
        return cls(office.sender.version, office.targets, office.clock)

    def close(self) -> None:
        """Give the client back; the channel may be used again."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def deliver(self, letter: Letter) -> None:
        """Post the letter's event; any answer of 2xx means that it is taken.

        The same letter is the same event each time, with the same `webhook-id`: a receiver tells by it that it has had
        the event. Raises Deferred or Refused, which concern this receiver alone.
        """
        receiver = self._receiver(letter.alert.recipient)
        body = _encoded(event(letter))
        headers = _headers(letter.alert.message_id, self._clock(), receiver.key, body)
        status = self._ask("POST", receiver, headers, body)
        if httpx.codes.is_success(status):
            return
        answer = f"{receiver.name}: {receiver.host} {answered(status)}"
        if status in _NEVER:
            raise Refused(f"{answer}: it takes no more events")
        if status in _NOT_THIS_ONE:
            raise Refused(answer)
        raise Deferred(answer)

    def probe(self, recipient: Recipient) -> str:
        """Ask what the address allows, which posts nothing; any answer will do. Raises Deferred."""
        receiver = self._receiver(recipient)
        status = self._ask("OPTIONS", receiver, {}, b"")
        return f"{receiver.host} answers (HTTP {status}), {'unsigned' if receiver.key is None else 'signed'}"

    def _receiver(self, recipient: Recipient) -> _Receiver:
        name = inline(recipient.address)
        target = self._targets.get(recipient)
        if target is None:
            raise Deferred(f"{name}: the settings have no webhook of this name; add it there, and this is sent")
        url = web_address(target.address)
        if url is None:
            raise Deferred(f"{name}: its address in the settings is not one that begins with http:// or https://")
        try:
            key = None if target.secret is None else _key(target.secret)
        except ValueError:
            raise Deferred(f"{name}: its secret in the settings is not base64, with or without whsec_") from None
        return _Receiver(name, url, key)

    def _ask(self, method: str, receiver: _Receiver, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer. What comes with it is not read. Raises Deferred where none comes."""
        if self._client is None:
            self._client = httpx.Client(
                headers={"user-agent": self._agent},
                timeout=self._timeout,
                verify=httpx.create_ssl_context(),
                follow_redirects=False,
                trust_env=False,
            )
        try:
            with self._client.stream(method, receiver.url, headers=headers, content=body) as response:
                return response.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Deferred(f"{receiver.name}: {receiver.host}: {unanswered(error, self._timeout)}") from error


def event(letter: Letter) -> dict[str, Any]:
    """What is posted, as a plain document: keys may be added, never changed or dropped."""
    alert = letter.alert
    kind, told = _told(letter.news)
    about = {"id": alert.id, "message_id": alert.message_id, "subject": alert.subject, "cadence": alert.cadence}
    return {"type": kind, "timestamp": utc_text(alert.due_at), "data": {"alert": about, **told}}


@dataclass(frozen=True, slots=True)
class _Receiver:
    """A target that can be posted to. Its name and host may be told. Unsigned where `key` is None."""

    name: str
    url: httpx.URL = field(repr=False)
    key: bytes | None = field(repr=False)

    @property
    def host(self) -> str:
        """With its port, where it has one of its own."""
        return self.url.netloc.decode()


def _told(news: News) -> tuple[str, dict[str, Any]]:
    """The event's type, and what it says."""
    match news:
        case ChangesFound(pages=pages):
            return "changes.found", {"pages": [_page(page) for page in pages]}
        case TroubleFound():
            return "trouble.found", {
                **_watch(news.watch, news.last_good),
                "url": news.page_url,
                "outcome": news.outcome,
                "reason": news.reason,
                "since": utc_text(news.since),
            }
        case TroubleOver():
            over = {"since": utc_text(news.since), "seen_at": utc_text(news.seen_at)}
            return "trouble.over", {"watch": news.watch, "url": news.page_url, **over}
        case Undelivered():
            return "alerts.undelivered", {"count": news.count, "alerts": [_stuck(one) for one in news.alerts]}
        case WatchLate():
            last_check = {"last_check": utc_text(news.last_check)}
            return "watch.late", {**_watch(news.watch, news.last_good), **last_check, "url": news.page_url}
        case Heartbeat():
            return "heartbeat", _heartbeat(news)
        case Trial(watches=watches):
            return "test", {"watches": [_watch(*one) for one in watches]}
        case _ as unreachable:
            assert_never(unreachable)


def _heartbeat(news: Heartbeat) -> dict[str, Any]:
    week = news.week
    return {
        "well": news.well,
        "since": utc_text(week.since),
        "until": utc_text(week.until),
        "checks": week.checks,
        "failed": week.failed,
        "suspect": week.suspect,
        "changes": week.changes,
        "quiet_changes": week.quiet,
        "sent": news.sent,
        "undelivered": news.undelivered,
        "watch_count": news.count,
        "late_count": news.late,
        "watches": [
            {**_watch(seen.watch, seen.last_good), "late": seen.late, "consecutive_failures": seen.failures}
            for seen in news.watches
        ],
        "version": news.version,
    }


def _page(page: PageChanges) -> dict[str, Any]:
    return {
        **_watch(page.watch, page.last_good),
        "url": page.url,
        "title": page.title,
        "changes": [_change(change) for change in page.changes],
    }


def _change(recorded: RecordedChange) -> dict[str, Any]:
    """A change as everywhere, with the report that it is about, so that a receiver need not ask for its address."""
    record = recorded.change.record
    report = document.report(record) if isinstance(record, Report) else None
    return {**document.change(recorded), "report": report}


def _watch(name: str, last_good: datetime | None) -> dict[str, Any]:
    return {"watch": name, "last_good_check": utc_text(last_good)}


def _stuck(one: Stuck) -> dict[str, Any]:
    return {
        "id": one.alert,
        "recipient": one.recipient.address,
        "channel": one.recipient.channel,
        "subject": one.subject,
        "failed": one.failed,
        "attempts": one.attempts,
        "since": utc_text(one.since),
        "last_error": one.last_error,
    }


def _encoded(value: dict[str, Any]) -> bytes:
    """The very bytes that are signed and sent. What no UTF-8 can say, a lone surrogate, shows as "?"."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode(errors="replace")


def _headers(message_id: str, at: datetime, key: bytes | None, body: bytes) -> dict[str, str]:
    # The specification parts the signed content by full stops, so the identifier should hold none.
    identifier = re.sub(r"[^A-Za-z0-9]+", "-", message_id).strip("-")
    timestamp = str(int(at.timestamp()))
    headers = {"content-type": "application/json", "webhook-id": identifier, "webhook-timestamp": timestamp}
    if key is not None:
        digest = hmac.digest(key, f"{identifier}.{timestamp}.".encode() + body, hashlib.sha256)
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers


def _key(secret: str) -> bytes:
    """A secret's bytes. Its prefix and its padding may be missing, as the reference library has it. Raises ValueError.

    That library skips what is not base64; here it is taken for a slip, as the two sides might skip differently.
    """
    digits = secret.removeprefix("whsec_")
    key = base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    if not key:
        raise ValueError("empty")
    return key
