"""The mail folder: readable by the standard library's own reader, and safe to send to twice."""

from __future__ import annotations

import mailbox
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.errors import ChannelDown
from notifier.maildir import MaildirChannel, find
from tests.notifier.letters import LETTERS, composed

LETTER = LETTERS["report-added"]
MESSAGE = composed(LETTER)


def test_a_message_can_be_read_by_any_mail_program(tmp_path: Path) -> None:
    MaildirChannel(tmp_path / "mail" / "box", composed).send(MESSAGE)
    (message,) = mailbox.Maildir(tmp_path / "mail" / "box", create=False)
    assert message["Subject"] == MESSAGE["Subject"]
    (file,) = (tmp_path / "mail" / "box" / "new").iterdir()
    assert file.read_bytes() == MESSAGE.as_bytes()
    assert list((tmp_path / "mail" / "box" / "tmp").iterdir()) == []
    assert stat.S_IMODE((tmp_path / "mail" / "box").stat().st_mode) == 0o700


def test_a_message_sent_twice_is_there_once_even_when_it_was_read_between(tmp_path: Path) -> None:
    channel = MaildirChannel(tmp_path, composed)
    channel.send(MESSAGE)
    channel.send(MESSAGE)
    (file,) = (tmp_path / "new").iterdir()
    file.rename(tmp_path / "cur" / f"{file.name}:2,S")
    channel.send(MESSAGE)
    assert len(mailbox.Maildir(tmp_path, create=False)) == 1


def test_another_message_gets_a_file_of_its_own(tmp_path: Path) -> None:
    channel = MaildirChannel(tmp_path, composed)
    channel.send(MESSAGE)
    other = replace(LETTER, alert=replace(LETTER.alert, message_id="<other@example.org>"))
    channel.send(composed(other))
    assert len(list((tmp_path / "new").iterdir())) == 2


def test_what_a_killed_delivery_left_half_written_is_written_anew(tmp_path: Path) -> None:
    channel = MaildirChannel(tmp_path, composed)
    channel.send(MESSAGE)
    (file,) = (tmp_path / "new").iterdir()
    file.rename(tmp_path / "tmp" / file.name)
    (tmp_path / "tmp" / file.name).write_bytes(b"From: half")
    channel.send(MESSAGE)
    (again,) = (tmp_path / "new").iterdir()
    assert again.read_bytes() == MESSAGE.as_bytes()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ChannelDown, match=r"mail folder .*/file/box: Not a directory"):
        MaildirChannel(tmp_path / "file" / "box", composed).send(MESSAGE)


def test_a_message_is_found_again_by_its_id_also_when_it_was_read(tmp_path: Path) -> None:
    channel = MaildirChannel(tmp_path, composed)
    assert find(tmp_path, MESSAGE["Message-ID"]) is None
    channel.send(MESSAGE)
    (file,) = (tmp_path / "new").iterdir()
    file.rename(tmp_path / "cur" / f"{file.name}:2,S")
    found = find(tmp_path, MESSAGE["Message-ID"])
    assert found is not None
    assert found["Subject"] == MESSAGE["Subject"]


def test_a_letter_is_delivered_as_the_mail_that_is_written_of_it(tmp_path: Path) -> None:
    channel = MaildirChannel(tmp_path / "box", composed)
    assert channel.probe() == f"mails go to the Maildir {tmp_path / 'box'}"
    channel.deliver(LETTER)
    (file,) = (tmp_path / "box" / "new").iterdir()
    assert file.read_bytes() == MESSAGE.as_bytes()
