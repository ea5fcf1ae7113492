"""A change with all that shows it: both states as they were received, and the sealed checks that saw them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from domain.chain import Link, seal
from domain.change import RecordedChange
from domain.check import Snapshot


@dataclass(frozen=True, slots=True)
class Sealed:
    """A check, and the seal of the one before it: what its own seal is made of."""

    link: Link
    previous: bytes

    @property
    def seal(self) -> bytes:
        """The check's own seal, as it must be."""
        return seal(self.link, self.previous)


@dataclass(frozen=True, slots=True)
class State:
    """One of the two states. `check` is the number of the check that brought it, and `body` are the bytes it got."""

    snapshot: Snapshot
    check: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is handed over of one change.

    `url` is the address of the watch. `chain` are checks by number, those that brought the two states among them, and
    may have gaps; `head` is the newest check's number and its seal. `program` is our name and version. `comparison` is
    the difference as an HTML page of its own, None for none. Raises ValueError where the parts contradict each other.
    """

    change: RecordedChange
    url: str
    before: State
    after: State
    chain: tuple[Sealed, ...]
    head: tuple[int, bytes]
    program: str
    comparison: str | None = None

    def __post_init__(self) -> None:
        """See that the bytes are those of the snapshots and of the checks."""
        numbers = [sealed.link.check for sealed in self.chain]
        if numbers != sorted(set(numbers)):
            raise ValueError("the checks are not in order")
        for state in (self.before, self.after):
            digest = sha256(state.body).hexdigest()
            if {digest} != {state.snapshot.sha256, self.link_of(state).body}:
                raise ValueError(f"snapshot {state.snapshot.id} has other bytes than check {state.check}")

    def link_of(self, state: State) -> Link:
        """The check that brought a state."""
        for sealed in self.chain:
            if sealed.link.check == state.check:
                return sealed.link
        raise ValueError(f"check {state.check} is not among the checks")

    @property
    def gaps(self) -> tuple[int, ...]:
        """The checks, by number, whose one before is not among those here; the first is none of them."""
        pairs = zip(self.chain, self.chain[1:], strict=False)
        return tuple(later.link.check for earlier, later in pairs if later.previous != earlier.seal)
