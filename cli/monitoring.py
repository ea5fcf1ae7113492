"""The composition root of what tells others that all is well: pings, the metrics' file, and the line on a round."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cli.errors import CommandError
from cli.office import lateness, secret
from cli.version import VERSION
from cli.wiring import utc_now, watches
from domain.check import Check, Outcome
from storage.database import Database

if TYPE_CHECKING:
    from cli.settings import MonitoringSettings, Settings
    from notifier.ping import Pinger
    from schedules.service import Health as ServiceHealth
    from schedules.vitals import Pulse, ServiceVitals, Vitals

MOST_NAMED = 10


def pinger(monitoring: MonitoringSettings) -> Pinger | None:
    """Who is told of a run that begins; None where nobody is. Raises CommandError for a file that cannot be read.

    Its import is paid by those alone who are pinged.
    """
    address = secret("monitoring.ping_url_file", monitoring.ping_url_file) or monitoring.ping_url
    if not address:
        return None
    from uuid import uuid4

    from notifier.ping import Pinger

    return Pinger(address, VERSION, uuid4())


class Ended(Protocol):
    """Takes how a run ended."""

    def __call__(self, said: str, *, well: bool) -> None:
        """`said` is a line that `round_line` made."""


@contextmanager
def pinged(monitoring: MonitoringSettings, say: Callable[[str], None]) -> Iterator[Ended]:
    """Ping that a run begins, and as the block ends how it did; a block that does not say so has failed.

    Where nobody is pinged it does nothing. `say` is told of pings that were not taken, and of a file that is not there.
    """
    try:
        ping = pinger(monitoring)
    except CommandError as error:
        say(str(error))
        ping = None
    told = [("broken off", False)]

    def ended(said: str, *, well: bool) -> None:
        told.append((said, well))

    if ping is not None and (fault := ping.start()):
        say(f"not pinged: {fault}")
    try:
        yield ended
    finally:
        said, well = told[-1]
        if ping is not None and (fault := ping.success(said) if well else ping.fail(said)):
            say(f"not pinged: {fault}")


def vitals(settings: Settings, database: Database, now: datetime) -> Vitals:
    """How the installation is."""
    from schedules.vitals import gather
    from storage.history import History
    from storage.outbox import Outbox

    return gather(
        watches(settings),
        history=History(database),
        outbox=Outbox(database),
        late=lateness(settings),
        now=now,
        database_bytes=database.octets(),
    )


def write_textfile(
    settings: Settings, database: Database, now: datetime, service: ServiceVitals | None = None
) -> str | None:
    """Write the metrics' file, where the settings name one; gives why it could not be, in one line for the log.

    It is there as a whole or not at all, for everybody to read.
    """
    path = settings.monitoring.textfile
    if path is None:
        return None
    from cli.metrics import exposition
    from notifier.durable import publish
    from storage.errors import StorageError

    place = Path(path)
    unfinished = place.with_name(f".{place.name}.{os.getpid()}")  # node_exporter reads what ends with .prom
    try:
        publish(exposition(vitals(settings, database, now), VERSION, service), unfinished, place, 0o644)
    except OSError as error:
        return f"monitoring.textfile: {path}: cannot be written: {error.strerror}"
    except StorageError as error:
        return f"monitoring.textfile: {path}: not written: {error}"
    return None


@contextmanager
def answering(
    settings: Callable[[], Settings], database: Database, pulse: Pulse, service: Callable[[], ServiceHealth]
) -> Iterator[None]:
    """Answer /health and /metrics until the block ends, where the settings say so.

    `settings` gives those that hold then; the address is that of the first. Raises CommandError for a port in use.
    """
    address = settings().monitoring.listen
    if address is None:
        yield
        return
    from cli.listener import Health, listening
    from cli.metrics import exposition
    from cli.validation import loopback

    def health() -> Health:
        now, works = vitals(settings(), database, utc_now()), service()
        return Health(works.scheduler, works.stuck, pulse.taken().started_at, now)

    def metrics() -> bytes:
        return exposition(vitals(settings(), database, utc_now()), VERSION, pulse.taken())

    with listening(loopback(address), health, metrics):
        yield


def round_line(checks: Iterable[Check], *, sent: int = 0, undelivered: int = 0) -> str:
    """A round in a line of counts and names, and nothing that a page says: "3 checks: 2 unchanged, 1 failed (ncpi)"."""
    made = list(checks)
    counts = Counter(check.outcome for check in made)
    told = ", ".join(f"{counts[outcome]} {outcome}{_names(made, outcome)}" for outcome in Outcome if counts[outcome])
    parts = [f"{len(made)} check{'' if len(made) == 1 else 's'}{f': {told}' if told else ''}"]
    parts += [f"{sent} sent"] if sent else []
    parts += [f"{undelivered} undelivered"] if undelivered else []
    return "; ".join(parts)


def _names(checks: Iterable[Check], outcome: Outcome) -> str:
    """Which watches, where it is news that it was they."""
    names = [check.watch for check in checks if check.outcome is outcome]
    if outcome is Outcome.UNCHANGED:
        return ""
    return _listed(names)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f" ({', '.join(names[:MOST_NAMED])}{more})"
