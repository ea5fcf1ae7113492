"""Messages into a Maildir, which any mail program reads: what is sent twice is there once."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from pathlib import Path
from typing import Self

from domain.alert import Letter
from domain.recipient import Recipient
from notifier.channels import Office
from notifier.durable import publish
from notifier.errors import ChannelDown


class MaildirChannel:
    """A mail folder of our own, made at the first message."""

    def __init__(self, folder: Path, compose: Callable[[Letter], EmailMessage]) -> None:
        self._folder = folder
        self._compose = compose

    @classmethod
    def open(cls, office: Office) -> Self:
        """The installation's own mail folder."""
        return cls(office.maildir, office.compose)

    def close(self) -> None:
        """Nothing is held open."""

    def deliver(self, letter: Letter) -> None:
        """Write a letter as a mail and leave it in the folder, as `send` does."""
        self.send(self._compose(letter))

    def probe(self, recipient: Recipient | None = None) -> str:  # noqa: ARG002 - one folder serves all recipients
        """Make the folder where it is missing, and tell where it is. Raises ChannelDown."""
        try:
            self._make()
        except OSError as error:
            raise self._down(error) from error
        return f"mails go to the Maildir {self._folder}"

    def send(self, message: EmailMessage) -> None:
        """Leave a message in the folder, unless it is there, read or unread; on disk before it is visible.

        Raises ChannelDown where the folder cannot be written.
        """
        # One name for one Message-ID; the date in front lets mail programs list by name.
        name = f"{int(message['Date'].datetime.timestamp())}.{_mark(message['Message-ID'])}"
        try:
            self._make()
            if (self._folder / "new" / name).exists() or any((self._folder / "cur").glob(f"{name}*")):
                return
            publish(message.as_bytes(), self._folder / "tmp" / name, self._folder / "new" / name, 0o600)
        except OSError as error:
            raise self._down(error) from error

    def _make(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in ("tmp", "new", "cur"):
            (self._folder / part).mkdir(mode=0o700, exist_ok=True)

    def _down(self, error: OSError) -> ChannelDown:
        return ChannelDown(f"mail folder {self._folder}: {error.strerror or error}")


def find(folder: Path, message_id: str) -> EmailMessage | None:
    """A message that was left in a mail folder, read or unread; None where it is gone."""
    pattern = f"*.{_mark(message_id)}*"
    paths = [path for part in ("new", "cur") for path in (folder / part).glob(pattern)]
    message = message_from_bytes(paths[0].read_bytes(), policy=default) if paths else None
    return message if isinstance(message, EmailMessage) else None


def _mark(message_id: str) -> str:
    """What stands for a Message-ID in the name of a file."""
    return sha256(message_id.encode()).hexdigest()[:24]
