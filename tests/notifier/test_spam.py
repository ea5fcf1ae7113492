"""What SpamAssassin holds of the mails, by the rules that need no network: Debian's package, as it is installed."""

from __future__ import annotations

import mailbox
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from email.message import Message
from pathlib import Path

import pytest

from tests.notifier.letters import LETTERS, SENDERS, composed

HEX = "0123456789abcdef0123456789abcdef"
MOST_POINTS = 2.0
"""Far below the five points from which a mail is usually held to be spam."""

# As the receiving server adds it. The address is a public one: those for documentation count as forged.
RECEIVED = b"""\
Return-Path: <monitor@example.org>
Received: from mail.example.org (mail.example.org [93.184.215.14])
\tby mx.example.net (Postfix) with ESMTPS id 4Z5x2y1b2Cz1234
\tfor <reader@example.org>; Mon,  3 Mar 2025 15:00:03 +0000 (UTC)
"""
# What SpamAssassin is to take for spam at any rate, for its own tests.
GTUBE = b"""\
From: spam@example.org
To: reader@example.org
Subject: a test
Date: Mon, 03 Mar 2025 15:00:01 +0000
Message-ID: <gtube.1@example.org>

XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X
"""
STATUS = re.compile(r"score=(-?[\d.]+).*tests=([\w,\s]*)\sautolearn=", re.DOTALL)


def letter(name: str) -> bytes:
    written = replace(LETTERS[name], alert=replace(LETTERS[name].alert, message_id=f"<{name}.{HEX}@example.org>"))
    return composed(written, SENDERS[name]).as_bytes().replace(b"\r\n", b"\n")


def judged(mails: Iterable[bytes], home: Path) -> Mapping[str, tuple[float, str]]:
    """The points of each mail and the rules that gave them, by the first word of the Message-ID."""
    program = shutil.which("spamassassin")
    if program is None:
        pytest.skip("SpamAssassin is not installed (Debian: apt-get install spamassassin)")
    box, answer = home / "box", home / "answer"
    box.write_bytes(b"".join(b"From x Mon Mar  3 15:00:03 2025\n" + RECEIVED + mail + b"\n" for mail in mails))
    # A home of its own: what this user's SpamAssassin has learnt is no matter, and it learns nothing here.
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    command = [program, "--local", "--test-mode", "--nocreate-prefs", "--mbox", str(box)]
    answer.write_bytes(subprocess.run(command, env=environment, capture_output=True, timeout=100, check=True).stdout)
    with closing(mailbox.mbox(answer)) as read:
        return {mail["Message-ID"].strip("<>").partition(".")[0]: points(mail) for mail in read}


def points(mail: Message) -> tuple[float, str]:
    status = STATUS.search(mail["X-Spam-Status"])
    assert status is not None
    return float(status[1]), " ".join(status[2].split())


def test_no_letter_looks_like_spam(tmp_path: Path) -> None:
    found = judged([GTUBE, *map(letter, LETTERS)], tmp_path)
    assert set(found) == {"gtube", *LETTERS}
    assert found["gtube"][0] > 100
    assert {name: of for name, of in found.items() if name in LETTERS and of[0] >= MOST_POINTS} == {}
