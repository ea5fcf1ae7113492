"""Short messages to chat rooms, by way of apprise, which knows their services. It is an extra, and may be missing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from domain.alert import ChangesFound, Letter
from domain.recipient import Recipient
from notifier.channels import Office, Target
from notifier.content import Entry, Part, content
from notifier.errors import ChannelDown, Deferred
from notifier.facts import Fact
from notifier.sender import Sender
from notifier.wording import SENTENCE_LENGTH, counted, inline, sentence_case

if TYPE_CHECKING:
    from apprise import Apprise, AppriseResult

MOST_CHANGES = 10
"""How many changes a message tells; a room is told of more by their number."""

_TOLD = frozenset({"Published", "Recommendations", "Causes of concern"})
"""The facts of a report that a message tells in any case; of others, those that changed."""

_STATUS = re.compile(r"\berror=([0-9]{3})\b")
"""How the services' modules tell the status of an HTTP answer."""

_INERT = str.maketrans({"@": "＠", "<": "＜"})
"""What calls people by name or all at once, in any service: @here, <!channel>, <@U1>, @**all**; and <address|words>."""


class ChatChannel:
    """A way to the rooms that the settings name. Their addresses are apprise's, and secret as a whole.

    `apprise` is the library; `timeout_seconds` is for one message as a whole.
    """

    def __init__(
        self,
        apprise: ModuleType,
        sender: Sender,
        zone: ZoneInfo,
        targets: Mapping[Recipient, Target],
        timeout_seconds: float = 60,
    ) -> None:
        self._apprise = apprise
        self._sender = sender
        self._zone = zone
        self._targets = targets
        self._timeout = timeout_seconds
        self._rooms: dict[Recipient, Apprise] = {}

    @classmethod
    def open(cls, office: Office) -> Self:
        """The office's rooms. Raises ChannelDown where apprise is not installed."""
        try:
            apprise = import_module("apprise")
        except ImportError as error:
            raise ChannelDown("chat needs the extra: pip install 'hmicfrs-monitor[chat]'") from error
        # Its log may hold parts of an address. What can be told of a failure, our errors tell.
        logging.getLogger("apprise").propagate = False
        return cls(apprise, office.sender, office.zone, office.targets)

    def close(self) -> None:
        """Forget the rooms; the channel may be used again."""
        self._rooms.clear()

    def deliver(self, letter: Letter) -> None:
        """Say in a room what the letter has to say, in short. Raises Deferred, which concerns this room alone."""
        recipient = letter.alert.recipient
        room = self._room(recipient)
        title, text = inert(inline(letter.alert.subject)), message_text(letter, self._sender, self._zone)
        result = room.notify(text, title, body_format=self._apprise.NotifyFormat.TEXT, interpret_escapes=False)
        if not result:
            raise Deferred(f"{inline(recipient.address)}: {_service(room)} {self._reason(result)}")

    def probe(self, recipient: Recipient) -> str:
        """Read the room's address; nothing is sent, as a service has no other try than a message. Raises Deferred."""
        return f"{_service(self._room(recipient))}: the address can be read; nothing was sent"

    def _room(self, recipient: Recipient) -> Apprise:
        """Kept from one message to the next, as apprise keeps to a service's rate by it."""
        if recipient not in self._rooms:
            self._rooms[recipient] = self._opened(recipient)
        return self._rooms[recipient]

    def _opened(self, recipient: Recipient) -> Apprise:
        name = inline(recipient.address)
        target = self._targets.get(recipient)
        if target is None:
            raise Deferred(f"{name}: the settings have no chat of this name; add it there, and this is sent")
        asset = self._apprise.AppriseAsset(
            app_id="hmicfrs-monitor",
            app_desc="hmicfrs-monitor",
            async_mode=False,
            secure_logging=True,
            # A POST that is sent elsewhere may arrive as a GET, which answers with 200 and tells nobody.
            http_redirects=False,
            service_timeout=self._timeout,
        )
        service = self._apprise.Apprise.instantiate(target.address, asset=asset)
        if service is None:
            raise Deferred(f"{name}: its address in the settings is not one that apprise knows")
        if service.overflow_mode is self._apprise.OverflowMode.UPSTREAM:
            # A message that is too long for its service would be refused at every try.
            service.overflow_mode = self._apprise.OverflowMode.SPLIT
        room: Apprise = self._apprise.Apprise(service, asset=asset)
        return room

    def _reason(self, result: AppriseResult) -> str:
        """Why a message was not taken, in our own words: apprise's may hold parts of the address."""
        if result.status is self._apprise.AppriseResultStatus.TIMEOUT:
            return f"did not take it within {self._timeout:g} seconds"
        said = " ".join(entry.message for entry in result.logs())
        if status := _STATUS.search(said):
            return f"answered with error {status[1]}"
        return "cannot be reached" if "onnection error" in said else "did not take it"


def message_text(letter: Letter, sender: Sender, zone: ZoneInfo) -> str:
    """The letter in short, as plain text that calls nobody: the first changes, and where to read on."""
    told = content(letter, sender, zone)
    notes = _further(letter.news) if isinstance(letter.news, ChangesFound) else told.notes
    blocks = [
        [inert(told.opening)],
        [_line(fact) for fact in told.facts],
        [inert(note) for note in notes],
        *_parts(told.parts),
        [_line(fact) for fact in told.links],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def inert(text: str) -> str:
    """Text of the page with nothing in it that a chat service takes for a call or for a link with other words."""
    return text.translate(_INERT).replace("](", "] (")


def _service(room: Apprise) -> str:
    return str(room[0].service_name)


def _further(news: ChangesFound) -> tuple[str, ...]:
    left = sum(len(page.changes) for page in news.pages) - MOST_CHANGES
    if left <= 0:
        return ()
    return (f"{sentence_case(counted(left, 'further change is', 'further changes are'))} not told here.",)


def _parts(parts: tuple[Part, ...]) -> Iterator[list[str]]:
    """Blocks of lines: each page's heading, its changes as far as they are told, and its address."""
    left = MOST_CHANGES
    for part in parts:
        if part.heading:
            yield [inert(part.heading)]
        for entry in part.entries[:left]:
            yield _change(entry)
        left -= len(part.entries[:left])
        yield [_line(fact) for fact in part.facts if fact.url]


def _change(entry: Entry) -> list[str]:
    shown = [fact for fact in entry.facts if fact.label != "Link" and (fact.label in _TOLD or fact.was is not None)]
    lines = [f"{entry.happened}: {entry.title}", inline("; ".join(map(_labelled, shown)), SENTENCE_LENGTH)]
    return [inert(line) for line in lines if line] + ([_address(entry.url)] if entry.url else [])


def _line(fact: Fact) -> str:
    return f"{inert(fact.label)}: {_address(fact.url)}" if fact.url else inert(_labelled(fact))


def _labelled(fact: Fact) -> str:
    return f"{fact.label}: {fact.value}" + (f" (was: {fact.was})" if fact.was is not None else "")


def _address(url: str) -> str:
    """An address that still leads there, but calls nobody by an @ in it."""
    return url.replace("@", "%40")
