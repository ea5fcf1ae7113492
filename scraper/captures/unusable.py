"""What is found where captures are, and cannot be one: told, never left out in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from domain.capture import Capture


@dataclass(frozen=True, slots=True)
class Unusable:
    """A file or record that is no capture. `name` is the file's, or says which record; `reason` is one plain line.

    `address` is the page's, where the record says so much; None where it does not.
    """

    name: str
    reason: str
    address: str | None = None


Found: TypeAlias = Capture | Unusable
