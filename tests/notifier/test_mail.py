"""SMTP over loopback: what is taken, what is not, and what becomes of it."""

from __future__ import annotations

import email
import time
from collections.abc import Mapping
from email import policy
from email.message import EmailMessage

import pytest

from notifier.errors import ChannelDown, Deferred, NotifierError, Refused
from notifier.mail import Security, SmtpChannel, SmtpSettings
from tests.notifier.letters import LETTERS, composed
from tests.notifier.smtp_servers import CERTIFICATE, PASSWORD, Answers, free_port, scripted_server, smtp_server

MESSAGE = composed(LETTERS["report-added"])
READER = "reader@example.org"


def channel(port: int, security: Security = "none", password: str | None = None, timeout: float = 5) -> SmtpChannel:
    username = "monitor" if password else None
    return SmtpChannel(SmtpSettings("127.0.0.1", port, security, username, password, timeout), composed)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))


def test_a_message_arrives_as_it_was_written() -> None:
    answers = Answers()
    with smtp_server(answers) as port, channel(port) as smtp:
        smtp.send(MESSAGE, READER)
    (taken,) = answers.taken
    assert (taken.sender, taken.recipient) == ("monitor@example.org", READER)
    assert taken.content == MESSAGE.as_bytes()


def test_one_connection_serves_many_messages_and_refusals_between_them() -> None:
    answers = Answers(recipients={"gone@example.org": "550 5.1.1 no such user", "full@example.org": "452 mailbox full"})
    with smtp_server(answers) as port, channel(port) as smtp:
        for number in range(20):
            smtp.send(MESSAGE, f"reader{number}@example.org")
            with pytest.raises(Refused, match=r"gone@example\.org: 127\.0\.0\.1:\d+ answered 550 5\.1\.1 no such user"):
                smtp.send(MESSAGE, "gone@example.org")
            with pytest.raises(Deferred, match="answered 452 mailbox full"):
                smtp.send(MESSAGE, "full@example.org")
    assert len(answers.taken) == 20
    assert len({taken.peer for taken in answers.taken}) == 1


def test_a_server_that_hung_up_between_two_messages_is_called_again() -> None:
    answers = Answers(hang_up_after=1)
    with smtp_server(answers) as port, channel(port) as smtp:
        smtp.send(MESSAGE, READER)
        time.sleep(0.2)
        smtp.send(MESSAGE, READER)
        smtp.send(MESSAGE, READER)
    assert len({taken.peer for taken in answers.taken}) == 2


def test_a_server_that_ends_a_session_with_421_is_called_again_but_once() -> None:
    with scripted_server({"MAIL": "250 OK / 421 enough"}, {}) as port, channel(port) as smtp:
        smtp.send(MESSAGE, READER)
        smtp.send(MESSAGE, READER)
    with scripted_server({"MAIL": "421 too busy"}) as port, channel(port) as smtp, pytest.raises(ChannelDown):
        smtp.send(MESSAGE, READER)


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        (Answers(data="451 4.7.1 greylisted"), Deferred, "answered 451 4.7.1 greylisted"),
        (Answers(data="554 5.7.1 looks like spam"), Refused, "answered 554 5.7.1 looks like spam"),
        (Answers(sender="550 5.7.1 not your address"), ChannelDown, "sender monitor@example.org refused: 550"),
        (Answers(sender="452 4.3.1 disk full"), ChannelDown, "sender monitor@example.org refused: 452"),
        (Answers(recipients={READER: "421 4.3.2 shutting down"}), ChannelDown, "answered 421"),
        (Answers(recipients={READER: "530 5.7.0 authentication required"}), ChannelDown, "answered 530"),
    ],
)
def test_an_answer_decides_what_becomes_of_the_message(
    answers: Answers, error: type[NotifierError], words: str
) -> None:
    with smtp_server(answers) as port, channel(port) as smtp, pytest.raises(error, match=words):
        smtp.send(MESSAGE, READER)
    assert answers.taken == []


@pytest.mark.parametrize(
    ("session", "error"),
    [
        ({"banner": "hang"}, ChannelDown),
        ({"banner": "drop"}, ChannelDown),
        ({"banner": "554 no service"}, ChannelDown),
        ({"banner": "HTTP/1.1 400 Bad Request"}, ChannelDown),
        ({"EHLO": "hang"}, ChannelDown),
        ({"MAIL": "hang"}, ChannelDown),
        ({"MAIL": "drop"}, ChannelDown),
        ({"RCPT": "hang"}, ChannelDown),
        ({"RCPT": "drop"}, ChannelDown),
        ({"RCPT": "000 what"}, ChannelDown),
        ({"DATA": "drop"}, Deferred),
        ({"DATA": "452 no room"}, Deferred),
        ({"DATA": "554 no valid recipients"}, Refused),
        ({"message": "drop"}, Deferred),
        ({"message": "hang"}, Deferred),
    ],
)
def test_a_server_that_hangs_or_hangs_up_loses_no_message(
    session: Mapping[str, str], error: type[NotifierError]
) -> None:
    with scripted_server(session) as port, channel(port, timeout=0.3) as smtp, pytest.raises(error) as caught:
        smtp.send(MESSAGE, READER)
    assert f"127.0.0.1:{port}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_refusal_and_a_lost_connection_leave_the_channel_fit_for_the_next_message() -> None:
    with scripted_server({"message": "drop"}, {}) as port, channel(port) as smtp:
        with pytest.raises(Deferred):
            smtp.send(MESSAGE, READER)
        smtp.send(MESSAGE, READER)
    with scripted_server({"RCPT": "550 no", "RSET": "drop"}, {}) as port, channel(port) as smtp:
        with pytest.raises(Refused):
            smtp.send(MESSAGE, READER)
        smtp.send(MESSAGE, READER)


def test_a_server_that_is_down_is_named() -> None:
    port = free_port()
    with channel(port) as smtp, pytest.raises(ChannelDown, match=rf"127\.0\.0\.1:{port}: Connection refused"):
        smtp.send(MESSAGE, READER)


def test_without_starttls_nothing_is_sent_in_the_clear() -> None:
    answers = Answers()
    with (
        smtp_server(answers) as port,
        channel(port, "starttls", PASSWORD) as smtp,
        pytest.raises(ChannelDown, match="offers no encryption"),
    ):
        smtp.send(MESSAGE, READER)
    assert answers.taken == []


def test_a_certificate_that_nobody_trusts_is_refused() -> None:
    with (
        smtp_server(Answers(), starttls=True) as port,
        channel(port, "starttls") as smtp,
        pytest.raises(ChannelDown, match=r"its certificate is not trusted: self.signed"),
    ):
        smtp.send(MESSAGE, READER)


@pytest.mark.usefixtures("trusted")
def test_a_message_goes_out_encrypted_after_a_login() -> None:
    answers = Answers()
    with smtp_server(answers, starttls=True, login=True) as port, channel(port, "starttls", PASSWORD) as smtp:
        assert smtp.probe() == f"127.0.0.1:{port} answers, encrypted with TLSv1.3, logged in as monitor"
        smtp.send(MESSAGE, READER)
    assert len(answers.taken) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("password", "words"),
    [("wrong secret", r"login as monitor refused \(535\)"), ("pässword", "username or password is not in ASCII")],
)
def test_a_refused_login_is_told_without_the_password(password: str, words: str) -> None:
    with (
        smtp_server(Answers(), starttls=True, login=True) as port,
        channel(port, "starttls", password) as smtp,
        pytest.raises(ChannelDown, match=words) as caught,
    ):
        smtp.probe()
    assert password not in str(caught.value)
    assert password not in repr(SmtpSettings("127.0.0.1", password=password))


def test_a_login_that_the_server_does_not_offer_is_told() -> None:
    with (
        smtp_server(Answers()) as port,
        channel(port, password=PASSWORD) as smtp,
        pytest.raises(ChannelDown, match="AUTH extension not supported"),
    ):
        smtp.probe()


def test_a_probe_tells_of_a_server_without_encryption_or_login() -> None:
    with smtp_server(Answers()) as port, channel(port) as smtp:
        assert smtp.probe() == f"127.0.0.1:{port} answers, not encrypted, no login"
    with scripted_server({"NOOP": "502 no"}) as port, channel(port) as smtp, pytest.raises(ChannelDown, match="502 no"):
        smtp.probe()


def international(recipient: str) -> EmailMessage:
    message = email.message_from_bytes(MESSAGE.as_bytes(), policy=policy.SMTPUTF8)
    message.replace_header("To", recipient)
    return message


def test_an_address_outside_ascii_needs_a_server_that_takes_it() -> None:
    answers, recipient = Answers(), "jürgen@example.org"
    with smtp_server(answers) as port, channel(port) as smtp:
        smtp.send(international(recipient), recipient)
    assert answers.taken[0].recipient == recipient
    with smtp_server(Answers(), utf8=False) as port, channel(port) as smtp:
        with pytest.raises(Refused, match="takes no address outside ASCII"):
            smtp.send(international(recipient), recipient)
        smtp.send(MESSAGE, READER)
