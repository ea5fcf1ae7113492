"""The import of what an archive has of a page: its index, the bytes of each capture, and their places in the history.

Each step is kept as it is done, so that a run which was killed goes on where it stopped, and asks for nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from domain.capture import Listed, Source
from domain.former import spelled_as
from domain.watch import Watch
from scraper.captures.memento import name_of
from scraper.captures.unusable import Unusable
from scraper.captures.wayback import Wayback
from scraper.errors import ArchiveError, CaptureGone, CaptureUnplayable
from storage.captures import Captures, Reading

MOST_UNPLAYABLE = 5
"""So many captures in a row that the archive cannot play, and it is left alone for today."""

READ_AGAIN_AFTER = timedelta(days=1)
"""An index that was read to its end is not asked again before that: a run that was broken off goes on at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which captures are wanted: of these addresses, from `since` to `until`, both included; None for no bound."""

    addresses: Sequence[str]
    since: datetime | None
    until: datetime | None

    @property
    def bounds(self) -> str:
        """For the record of how far the index was read."""
        return "..".join("" if bound is None else bound.isoformat() for bound in (self.since, self.until))


@dataclass
class Fetched:
    """What a run has got of an archive by now.

    `new` are captures that were not known; of those asked for, `fetched` were had, `gone` can never be had, and
    `unplayable` not today, the last `in_a_row` of them one after the other.
    `left_out` are these with their reasons, and what is no capture.
    """

    new: int = 0
    fetched: int = 0
    gone: int = 0
    unplayable: int = 0
    in_a_row: int = 0
    left_out: list[Unusable] = field(default_factory=list)


def fetch_captures(
    watch: Watch,
    wanted: Wanted,
    got: Fetched,
    *,
    archive: Wayback,
    captures: Captures,
    clock: Callable[[], datetime],
    begin: Callable[[int], None],
    step: Callable[[str], None],
) -> None:
    """List what the archive has and fetch what is not there yet, the oldest first, at the archive's own pace.

    `got` is counted up; `begin` is told how many are to be fetched, `step` of each. Raises ArchiveError where the
    archive cannot be asked any further; what was had by then is kept.
    """

    def missing() -> list[tuple[int, Listed]]:
        return [one for one in captures.wanted(watch.name, wanted.since, wanted.until) if one[0] not in tried]

    _list(watch, wanted, got, archive, captures, clock)
    tried: set[int] = set()
    begin(len(missing()))
    # Where a capture is gone, the next one with the same bytes stands in for it.
    while these := missing():
        for number, listed in these:
            tried.add(number)
            step(f"{watch.name}: {listed.captured_at:%Y-%m-%d}")
            _fetch(number, listed, wanted.addresses, got, archive, captures)
            if got.in_a_row == MOST_UNPLAYABLE:
                raise ArchiveError(f"{got.in_a_row} captures in a row cannot be had today; start it again another day")


def _list(
    watch: Watch,
    wanted: Wanted,
    got: Fetched,
    archive: Wayback,
    captures: Captures,
    clock: Callable[[], datetime],
) -> None:
    """Read the index as far as it was not read yet."""
    for address in wanted.addresses:
        reading = captures.reading(watch.name, address, wanted.bounds)
        if reading and reading.resume is None and clock() - reading.at < READ_AGAIN_AFTER:
            continue
        resume = {address: reading.resume} if reading and reading.resume else {}
        for page in archive.listed([address], wanted.since, wanted.until, resume):
            read = Reading(page.resume, clock())
            past = [one for one in page.listed if one.captured_at <= read.at]
            future = [one for one in page.listed if one.captured_at > read.at]
            got.left_out += [Unusable(one.key, "it is dated in the future", one.address) for one in future]
            got.new += captures.note(watch.name, Source.WAYBACK, past, address, wanted.bounds, read)


def _fetch(
    number: int, listed: Listed, addresses: Sequence[str], got: Fetched, archive: Wayback, captures: Captures
) -> None:
    """Fetch one capture and keep it, or why it cannot be had."""
    try:
        answer = archive.fetch(listed)
    except CaptureUnplayable as error:
        why = str(error).removeprefix(f"{name_of(listed)}: ")
        got.left_out.append(Unusable(listed.key, why, listed.address))
        got.unplayable += 1
        got.in_a_row += 1
        return
    except CaptureGone as error:
        captures.set_aside(number, str(error))
        got.gone += 1
    else:
        # Archives file http and https as one: told by how it was asked for, a page would seem to move to and fro.
        captures.keep(number, replace(answer, hops=(spelled_as(listed.address, addresses),)))
        got.fetched += 1
    got.in_a_row = 0
