"""Webhooks over loopback: what is posted, how it is signed, and what becomes of it by the answer."""

from __future__ import annotations

import base64
import json
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import respx
from standardwebhooks import Webhook, WebhookVerificationError

from domain.alert import Letter
from domain.recipient import Recipient
from notifier.channels import Office, Target, open_channel
from notifier.errors import Deferred, NotifierError, Refused
from notifier.webhook import WebhookChannel, event
from tests.notifier.letters import (
    ADDED,
    CLEVELAND,
    LETTERS,
    LONDON,
    PAGE_URL,
    SECTION_EDITED,
    SENDER,
    composed,
    found,
)
from tests.notifier.receivers import TOKEN, Receiver, running
from tests.notifier.smtp_servers import CERTIFICATE, free_port

CASE_SYSTEM = Recipient("case-system", "webhook")
SECRET = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
THEN = datetime(2025, 3, 3, 16, tzinfo=UTC)


def channel(address: str, secret: str | None = SECRET, timeout: float = 5) -> closing[WebhookChannel]:
    return closing(
        WebhookChannel(SENDER.version, {CASE_SYSTEM: Target(address, secret)}, lambda: datetime.now(UTC), timeout)
    )


def to(recipient: Recipient, letter: Letter) -> Letter:
    return replace(letter, alert=replace(letter.alert, recipient=recipient))


def as_json(letter: Letter) -> object:
    return json.loads(json.dumps(event(letter)))


def told_safely(error: NotifierError) -> bool:
    """Whether an error names its receiver, on one line and without a secret."""
    secrets = (TOKEN, "pass-by-query", "pass-in-front", "private", SECRET, SECRET.removeprefix("whsec_"))
    text = f"{error} {error!r}"
    return str(error).startswith("case-system: ") and "\n" not in text and not any(one in text for one in secrets)


LETTER = to(CASE_SYSTEM, LETTERS["report-added"])


@pytest.mark.parametrize("secret", [SECRET, SECRET.removeprefix("whsec_"), SECRET.rstrip("=")])
def test_an_event_arrives_and_the_reference_library_finds_its_signature_right(secret: str) -> None:
    receiver = Receiver()
    with running(receiver) as address, channel(address, secret) as webhook:
        webhook.deliver(LETTER)
    (request,) = receiver.requests
    headers = dict(request.headers)
    assert (request.method, request.path) == ("POST", f"/private/{TOKEN}?key=pass-by-query")
    assert (headers["content-type"], headers["user-agent"]) == ("application/json", "hmicfrs-monitor/0.1.0")
    assert Webhook(secret).verify(request.body, headers) == as_json(LETTER)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(request.body + b" ", headers)


def test_the_event_stays_the_same_over_its_tries_and_each_is_signed_anew() -> None:
    receiver, clock = Receiver(), iter([THEN, THEN + timedelta(minutes=2)])
    with running(receiver) as address:
        targets = {CASE_SYSTEM: Target(address, SECRET)}
        with closing(WebhookChannel("1", targets, lambda: next(clock))) as webhook:
            webhook.deliver(LETTER)
            webhook.deliver(replace(LETTER, alert=replace(LETTER.alert, attempts=1, last_error="no connection")))
    one, two = receiver.requests
    assert one.body == two.body
    assert one.headers["webhook-id"] == two.headers["webhook-id"] == "1-20250303150000-example-org"
    assert (one.headers["webhook-timestamp"], two.headers["webhook-timestamp"]) == ("1741017600", "1741017720")
    assert one.headers["webhook-signature"] != two.headers["webhook-signature"]


def test_another_alert_is_another_event_and_without_a_secret_none_is_signed() -> None:
    receiver = Receiver()
    with running(receiver) as address, channel(address, None) as webhook:
        webhook.deliver(LETTER)
        webhook.deliver(replace(LETTER, alert=replace(LETTER.alert, id=2, message_id="<2.abc@exämple.org>")))
    one, two = (request.headers for request in receiver.requests)
    assert (one["webhook-id"], two["webhook-id"]) == ("1-20250303150000-example-org", "2-abc-ex-mple-org")
    assert "webhook-signature" not in {*one, *two}


def test_an_event_of_changes_says_all_that_is_known_of_them() -> None:
    told = event(found(ADDED, SECTION_EDITED))
    assert (told["type"], told["timestamp"]) == ("changes.found", "2025-03-03T15:00:01Z")
    assert told["data"]["alert"] == {
        "id": 1,
        "message_id": "<1.20250303150000@example.org>",
        "subject": "HMICFRS page edited: Child abuse and child protection issues",
        "cadence": "immediately",
    }
    (page,) = told["data"]["pages"]
    added, edited = page.pop("changes")
    assert page == {
        "watch": "child-protection",
        "url": PAGE_URL,
        "title": "Child abuse and child protection issues",
        "last_good_check": "2025-03-03T15:00:00Z",
    }
    assert (added["id"], added["kind"], added["first_seen_after"]) == (7, "report-added", "2025-03-03T15:00:00Z")
    assert (added["report"]["url"], added["report"]["published"]) == (CLEVELAND.url, "2025-01-15")
    assert (edited["kind"], edited["report"]) == ("section-changed", None)
    assert "every spring" in edited["text"]["after"]


ON = {"watch": "child-protection", "url": PAGE_URL}
SEEN = {"last_good_check": "2025-03-03T11:00:00Z"}
FAULT = {"outcome": "suspect", "reason": "a maintenance page with status 200", "since": "2025-07-03T12:00:00Z"}


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("trouble-suspect", "trouble.found", {**ON, **FAULT, "last_good_check": None}),
        ("recovery", "trouble.over", {**ON, "since": "2025-03-03T12:00:00Z", "seen_at": "2025-03-03T15:00:00Z"}),
        ("late", "watch.late", {**ON, **SEEN, "last_check": "2025-03-03T12:00:00Z"}),
        (
            "test",
            "test",
            {"watches": [{"watch": "child-protection", **SEEN}, {"watch": "ncpi", "last_good_check": None}]},
        ),
    ],
)
def test_what_administrators_are_told_is_told_in_plain_fields(name: str, kind: str, said: dict[str, object]) -> None:
    told = event(LETTERS[name])
    assert told["data"].pop("alert")["id"] == 1
    assert (told["type"], told["data"]) == (kind, said)


def test_alerts_that_do_not_arrive_are_told_one_by_one() -> None:
    told = event(LETTERS["undelivered"])
    assert (told["type"], told["data"]["count"]) == ("alerts.undelivered", 5)
    assert told["data"]["alerts"][1] == {
        "id": 8,
        "recipient": "case-system",
        "channel": "webhook",
        "subject": "New HMICFRS report: Kent",
        "failed": False,
        "attempts": 6,
        "since": "2025-03-03T09:00:00Z",
        "last_error": "case-system: no connection",
    }


def test_every_kind_of_letter_is_compact_json_in_a_fixed_order() -> None:
    receiver = Receiver()
    with running(receiver) as address, channel(address) as webhook:
        for letter in LETTERS.values():
            webhook.deliver(to(CASE_SYSTEM, letter))
    for request, letter in zip(receiver.requests, LETTERS.values(), strict=True):
        told = json.loads(request.body)
        assert told == as_json(letter)
        assert request.body == json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def test_text_that_no_utf_8_can_say_is_sent_all_the_same() -> None:
    receiver = Receiver()
    broken = replace(ADDED, change=replace(ADDED.change, after=replace(CLEVELAND, title="a \ud800 b")))
    with running(receiver) as address, channel(address) as webhook:
        webhook.deliver(to(CASE_SYSTEM, found(broken)))
    told = Webhook(SECRET).verify(receiver.requests[0].body, dict(receiver.requests[0].headers))
    assert told["data"]["pages"][0]["changes"][0]["title"] == "a ? b"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_answer_of_2xx_means_that_the_event_is_taken(status: int) -> None:
    receiver = Receiver(status)
    with running(receiver) as address, channel(address) as webhook:
        webhook.deliver(LETTER)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        *((status, Deferred, ", a redirect, which is not followed") for status in (300, 301, 302, 303, 304, 307, 308)),
        *((status, Refused, "") for status in (400, 413, 422)),
        (410, Refused, ": it takes no more events"),
        *((status, Deferred, "") for status in (401, 403, 404, 405, 408, 409, 415, 425, 429, 451, 499)),
        *((status, Deferred, "") for status in (500, 501, 502, 503, 504, 599)),
    ],
)
def test_an_answer_decides_what_becomes_of_the_event(status: int, error: type[NotifierError], words: str) -> None:
    receiver = Receiver(status, location=f"/private/{TOKEN}/elsewhere")
    with running(receiver) as address, channel(address) as webhook, pytest.raises(error) as caught:
        webhook.deliver(LETTER)
    answer = f"{status} {httpx.codes.get_reason_phrase(status)}".strip()
    assert str(caught.value) == f"case-system: {receiver.host} answered {answer}{words}"
    assert told_safely(caught.value)
    assert len(receiver.requests) == 1


def test_a_receiver_that_hangs_is_left_after_the_time_allowed() -> None:
    receiver, began = Receiver(hangs=True), time.monotonic()
    with running(receiver) as address:
        with channel(address, timeout=0.2) as webhook, pytest.raises(Deferred) as caught:
            webhook.deliver(LETTER)
        assert time.monotonic() - began < 5
    assert str(caught.value) == f"case-system: {receiver.host}: no answer within 0.2 seconds"


def test_an_answer_without_end_is_not_waited_for() -> None:
    receiver = Receiver(200, endless=True)
    with running(receiver) as address, channel(address) as webhook:
        webhook.deliver(LETTER)
        webhook.deliver(LETTER)
    assert len(receiver.requests) == 2


@pytest.mark.parametrize("raw", [b"", b"220 this is a mail server\r\n", f"HTTP/1.1 /private/{TOKEN}\r\n\r\n".encode()])
def test_a_server_that_does_not_speak_http_is_told_in_our_own_words(raw: bytes) -> None:
    receiver = Receiver(raw=raw)
    with running(receiver) as address, channel(address) as webhook, pytest.raises(Deferred) as caught:
        webhook.deliver(LETTER)
    assert str(caught.value) == f"case-system: {receiver.host}: no proper HTTP answer"


def test_a_receiver_that_is_down_is_named() -> None:
    port = free_port()
    with channel(f"http://user:pass-in-front@127.0.0.1:{port}/private/{TOKEN}") as webhook:
        for attempt in (lambda: webhook.deliver(LETTER), lambda: webhook.probe(CASE_SYSTEM)):
            with pytest.raises(Deferred) as caught:
                attempt()
            assert str(caught.value) == f"case-system: 127.0.0.1:{port}: no connection: Connection refused"


def test_an_event_goes_only_where_the_certificate_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = Receiver()
    with running(receiver, tls=True) as address:
        with channel(address) as webhook, pytest.raises(Deferred, match="certificate verify failed: self") as caught:
            webhook.deliver(LETTER)
        assert told_safely(caught.value)
        assert receiver.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with channel(address) as webhook:
            webhook.deliver(LETTER)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectTimeout("timed out"), "no connection within 5 seconds"),
        (httpx.WriteTimeout("timed out"), "no answer within 5 seconds"),
        (httpx.PoolTimeout("timed out"), "no answer within 5 seconds"),
        (httpx.ConnectError("[Errno -2] Name or\nservice not known"), "no connection: Name or service not known"),
        (httpx.ConnectError(""), "no connection: no reason is known"),
        (httpx.ReadError(f"https://hooks.example.org/{TOKEN}"), "the connection broke"),
        (httpx.RemoteProtocolError(f"illegal status line: {TOKEN}"), "no proper HTTP answer"),
        (httpx.InvalidURL(f"private/{TOKEN}"), "no proper HTTP answer"),
    ],
)
def test_odd_ends_of_a_connection_are_told_without_a_secret(error: Exception, words: str) -> None:
    address = f"https://hooks.example.org/private/{TOKEN}"
    with respx.mock() as network, channel(address) as webhook:
        network.post(address).mock(side_effect=error)
        with pytest.raises(Deferred) as caught:
            webhook.deliver(LETTER)
    assert str(caught.value) == f"case-system: hooks.example.org: {words}"
    assert told_safely(caught.value)


def test_a_receiver_that_the_settings_do_not_name_is_told_with_the_way_out() -> None:
    gone = Recipient("gone", "webhook")
    with channel("https://hooks.example.org/") as webhook:
        for attempt in (lambda: webhook.deliver(to(gone, LETTER)), lambda: webhook.probe(gone)):
            with pytest.raises(Deferred, match=r"^gone: the settings have no webhook of this name; add it there"):
                attempt()


@pytest.mark.parametrize(
    "address",
    [
        f"ftp://hooks.example.org/{TOKEN}",
        f"hooks.example.org/{TOKEN}",
        f"https:///{TOKEN}",
        f"http://127.0.0.1:{TOKEN}/",
        f"http://a..b/{TOKEN}",
        f"http://{'a' * 64}.example.org/{TOKEN}",
        f"https://example.org/\ud800{TOKEN}",
        "",
    ],
)
def test_an_address_that_cannot_be_posted_to_is_told_without_it(address: str) -> None:
    with channel(address) as webhook, pytest.raises(Deferred, match="one that begins with http:// or https://") as one:
        webhook.deliver(LETTER)
    assert told_safely(one.value)


@pytest.mark.parametrize(
    "secret", ["whsec_not*base64", "correct horse", "abcde", "pässwörd", "whsec_", "", "whsk_AAAA"]
)
def test_a_secret_that_is_not_base64_is_told_without_it_and_nothing_is_sent(secret: str) -> None:
    receiver = Receiver()
    with running(receiver) as address, channel(address, secret) as webhook:
        for attempt in (lambda: webhook.deliver(LETTER), lambda: webhook.probe(CASE_SYSTEM)):
            with pytest.raises(Deferred) as caught:
                attempt()
            assert str(caught.value) == "case-system: its secret in the settings is not base64, with or without whsec_"
    assert receiver.requests == []


@pytest.mark.parametrize("status", [204, 302, 405, 401, 500])
def test_a_probe_posts_nothing_and_is_content_with_any_answer(status: int) -> None:
    receiver = Receiver(status)
    with running(receiver) as address:
        for secret, words in ((SECRET, "signed"), (None, "unsigned")):
            with channel(address, secret) as webhook:
                assert webhook.probe(CASE_SYSTEM) == f"{receiver.host} answers (HTTP {status}), {words}"
    assert [(request.method, request.body) for request in receiver.requests] == [("OPTIONS", b"")] * 2


def test_a_proxy_or_a_password_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login monitor password elsewhere", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    receiver = Receiver()
    with running(receiver) as address, channel(address) as webhook:
        webhook.deliver(LETTER)
    assert "authorization" not in receiver.requests[0].headers


def test_the_office_opens_one_channel_for_all_webhooks_and_it_may_be_closed_between(tmp_path: Path) -> None:
    one, two, other = Receiver(), Receiver(500), Recipient("other", "webhook")
    with running(one) as first, running(two) as second:
        targets = {CASE_SYSTEM: Target(first, SECRET), other: Target(second)}
        office = Office(SENDER, LONDON, None, tmp_path, composed, targets, lambda *_: (), lambda: THEN)
        with closing(open_channel("webhook", office)) as webhook:
            with pytest.raises(Deferred, match=r"^other: "):
                webhook.deliver(to(other, LETTER))
            webhook.deliver(LETTER)
            webhook.close()
            webhook.deliver(LETTER)
    assert [request.headers["webhook-timestamp"] for request in one.requests] == ["1741017600"] * 2
    assert not any(secret in repr((webhook, office)) for secret in (TOKEN, SECRET))


def test_a_heartbeat_tells_whether_all_is_well_and_by_what() -> None:
    document = event(LETTERS["heartbeat-not-well"])
    assert document["type"] == "heartbeat"
    told = {key: value for key, value in document["data"].items() if key not in {"alert", "watches"}}
    assert told == {
        "well": False,
        "since": "2025-02-24T08:30:00Z",
        "until": "2025-03-03T08:30:00Z",
        "checks": 1_344,
        "failed": 14,
        "suspect": 1,
        "changes": 2,
        "quiet_changes": 5,
        "sent": 0,
        "undelivered": 2,
        "watch_count": 1_000,
        "late_count": 3,
        "version": "0.1.0",
    }
    assert document["data"]["watches"][1] == {
        "watch": "ncpi",
        "last_good_check": "2025-02-28T07:00:00Z",
        "late": True,
        "consecutive_failures": 14,
    }
