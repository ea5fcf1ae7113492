"""DKIM: what is signed is verified by the public key, and nothing that matters can be changed after it."""

from __future__ import annotations

import re
import sys
import traceback
from dataclasses import replace
from pathlib import Path

import dkim
import pytest

from domain.recipient import Recipient
from notifier.errors import ChannelDown
from notifier.mail import SmtpChannel, SmtpSettings
from notifier.signature import Signer
from tests.notifier.letters import LETTERS, SENDERS, WITH_PAGES, composed
from tests.notifier.smtp_servers import Answers, smtp_server

KEYS = (Path(__file__).parent / "dkim.pem").read_text(encoding="ascii")
"""A private and a public key, made for these tests and in nobody's DNS."""

PRIVATE, _, PUBLIC = KEYS.partition("-----BEGIN PUBLIC KEY-----")
SIGNER = Signer("example.org", "monitor", PRIVATE)
MAIL = composed(replace(LETTERS["report-followed"], follows=("<1@example.org>", "<2@example.org>")), WITH_PAGES)
SIGNED = SIGNER.sign(MAIL.as_bytes())

ED25519 = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAdn0COV3XWfzlOMr6YzPvIjCdTOe8/pRozebMNc3DVv
-----END PRIVATE KEY-----
"""


def in_the_dns(name: bytes, timeout: int) -> bytes:  # noqa: ARG001 - as dkimpy calls it
    assert name == b"monitor._domainkey.example.org."
    return b"v=DKIM1; k=rsa; p=" + "".join(PUBLIC.splitlines()[:-1]).encode()


def verified(message: bytes) -> bool:
    return bool(dkim.verify(message, dnsfunc=in_the_dns))


@pytest.mark.parametrize("name", LETTERS)
def test_a_signed_letter_is_verified_and_is_otherwise_the_same(name: str) -> None:
    written = composed(LETTERS[name], SENDERS[name]).as_bytes()
    signed = SIGNER.sign(written)
    assert verified(signed)
    assert signed.endswith(b"\r\n" + written)
    assert all(len(line) <= 78 for line in signed.removesuffix(written).split(b"\r\n"))


def test_a_letter_to_an_address_outside_ascii_is_verified() -> None:
    letter = LETTERS["several"]
    abroad = replace(letter, alert=replace(letter.alert, recipient=Recipient("jürgen@example.org", "smtp")))
    assert verified(SIGNER.sign(composed(abroad).as_bytes()))


@pytest.mark.parametrize(
    "header",
    [
        *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted"),
        *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "X-Auto-Response-Suppress"),
        *("MIME-Version", "Content-Type"),
    ],
)
def test_a_header_that_is_changed_or_taken_away_breaks_the_signature(header: str) -> None:
    line = re.compile(rb"^" + header.encode() + rb": (.*)\r\n", re.MULTILINE)
    head, blank, body = SIGNED.partition(b"\r\n\r\n")
    assert len(line.findall(head + b"\r\n")) == 1
    assert not verified(line.sub(b"", head + b"\r\n") + b"\r\n" + body)
    assert not verified(line.sub(header.encode() + rb": x\1\r\n", head + b"\r\n") + b"\r\n" + body)
    assert verified(head + blank + body)


def test_another_body_or_a_second_sender_breaks_the_signature() -> None:
    assert not verified(SIGNED.replace(b"REPORT EDITED", b"REPORT REMOVED"))
    assert not verified(b"From: Somebody Else <else@example.com>\r\n" + SIGNED)


def test_a_mail_goes_out_signed() -> None:
    answers = Answers()
    with smtp_server(answers) as port:
        settings = SmtpSettings("127.0.0.1", port, "none", signer=SIGNER)
        with SmtpChannel(settings, composed) as smtp:
            smtp.deliver(LETTERS["report-added"])
    (taken,) = answers.taken
    assert verified(taken.content)


def test_a_key_with_the_line_ends_of_another_system_is_as_good() -> None:
    assert verified(replace(SIGNER, private_key_pem=PRIVATE.replace("\n", "\r\n")).sign(MAIL.as_bytes()))


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a secret that is no key",
        ED25519,
        PUBLIC,
        PRIVATE.replace("M", "!"),
        PRIVATE.replace("KEY-----\nMII", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,41460D3E\n\nBow", 1),
        PRIVATE[:800] + "\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n=\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nü\n-----END PRIVATE KEY-----\n",
    ],
)
def test_a_key_that_cannot_be_used_is_told_in_a_line_without_it_and_nothing_is_sent(key: str) -> None:
    answers, signer = Answers(), replace(SIGNER, private_key_pem=key)
    with (
        smtp_server(answers) as port,
        SmtpChannel(SmtpSettings("127.0.0.1", port, "none", signer=signer), composed) as smtp,
        pytest.raises(
            ChannelDown, match=r"^the DKIM key of example\.org is no RSA key in PEM without a password$"
        ) as down,
    ):
        smtp.deliver(LETTERS["report-added"])
    assert answers.taken == []
    told = "".join(traceback.format_exception(down.value))
    assert not any(line in told for line in key.splitlines() if len(line) > 3)


def test_a_probe_tells_for_whom_mails_are_signed_and_finds_a_key_that_cannot() -> None:
    with smtp_server(Answers()) as port:
        settings = SmtpSettings("127.0.0.1", port, "none", signer=SIGNER)
        with SmtpChannel(settings, composed) as smtp:
            assert smtp.probe().endswith("no login, mails are signed for example.org")
        bad = replace(settings, signer=Signer("example.org", "monitor", "no key"))
        with (
            SmtpChannel(bad, composed) as smtp,
            pytest.raises(ChannelDown, match=r"the DKIM key of example\.org"),
        ):
            smtp.probe()


def test_without_the_library_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dkim", None)
    with pytest.raises(ChannelDown, match=r"^DKIM needs the extra: pip install 'hmicfrs-monitor\[dkim\]'$"):
        SIGNER.sign(MAIL.as_bytes())


def test_the_key_shows_nowhere() -> None:
    assert "PRIVATE" not in repr(SIGNER)
    assert "PRIVATE" not in repr(SmtpSettings("127.0.0.1", signer=SIGNER))
