"""Evidence of changes, on the looks of `sights`."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from domain.chain import BEGINNING, seal
from domain.change import Bounds
from domain.evidence import Evidence, Sealed, State
from tests.exports.sights import LINKS, ONE, TWO, URL
from tests.notifier.comparisons import AFTER, BEFORE
from tests.notifier.letters import EDITED


def chained() -> tuple[Sealed, ...]:
    """All looks, each with the seal of the one before."""
    previous, chain = BEGINNING, []
    for link in LINKS:
        chain.append(Sealed(link, previous))
        previous = seal(link, previous)
    return tuple(chain)


CHAIN = chained()
BOUNDS = Bounds(LINKS[6].started_at, LINKS[7].started_at)
WHOLE = Evidence(
    change=replace(EDITED, bounds=BOUNDS),
    url=URL,
    before=State(
        replace(
            BEFORE,
            captured_at=LINKS[0].started_at,
            confirmed_until=LINKS[6].started_at,
            sha256=sha256(ONE).hexdigest(),
        ),
        1,
        ONE,
    ),
    after=State(
        replace(
            AFTER,
            captured_at=LINKS[7].started_at,
            confirmed_until=LINKS[8].started_at,
            sha256=sha256(TWO).hexdigest(),
        ),
        8,
        TWO,
    ),
    chain=CHAIN[:8],
    head=(11, CHAIN[-1].seal),
    program="hmicfrs-monitor 0.1.0",
    comparison="<!DOCTYPE html>\n<title>What changed</title>\n",
)
