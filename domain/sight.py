"""A check as it is handed on to others: its place in the chain, and what it looked at."""

from __future__ import annotations

from dataclasses import dataclass

from domain.chain import Link


@dataclass(frozen=True, slots=True)
class Sight:
    """`url` is the address of the watch, for a check that kept none of its own; `seal` is the check's own."""

    link: Link
    url: str
    seal: bytes

    @property
    def address(self) -> str:
        """What was asked for in the end, after all redirects."""
        return self.link.hops[-1] if self.link.hops else self.url
