"""Who writes: what every message says of the installation that sent it, and how to get no more of them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from domain.recipient import Recipient
from notifier.wording import followable

LONGEST_WAY_OUT = 900
"""An address cannot be folded, and with its header's name it must fit in a line of 998 octets (RFC 5322, 2.1.1)."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: `address` as "Name <address>", the program's version, and the installation's name if it has one.

    `dashboard` is the address of its web pages, None where there are none. `unsubscribe` are addresses to leave by
    (mailto: or https:), in which `{token}` and `{recipient}` stand for who leaves.
    """

    address: str
    version: str
    host: str | None
    dashboard: str | None = None
    unsubscribe: tuple[str, ...] = ()

    def ways_out(self, recipient: Recipient, token: str | None) -> tuple[str, ...]:
        """The addresses by which the recipient can leave, as far as they can be used; () without a token."""
        if token is None:
            return ()
        name = quote(recipient.address, safe="")
        filled = [way.replace("{token}", token).replace("{recipient}", name) for way in self.unsubscribe]
        return tuple(way for way in filled if len(way) <= LONGEST_WAY_OUT and followable(way))
