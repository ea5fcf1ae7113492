"""The composition root of what tells others that all is well: pings, the metrics' file, and the line on a round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from cli.office import secret
from cli.version import VERSION
from domain.check import Check, Outcome

if TYPE_CHECKING:
    from cli.settings import MonitoringSettings
    from notifier.ping import Pinger

MOST_NAMED = 10


def pinger(monitoring: MonitoringSettings, run: UUID) -> Pinger | None:
    """Who is told of a run; None where nobody is. Raises CommandError where the file with the address cannot be read.

    Its import is paid by those alone who are pinged.
    """
    address = secret("monitoring.ping_url_file", monitoring.ping_url_file) or monitoring.ping_url
    if not address:
        return None
    from notifier.ping import Pinger

    return Pinger(address, VERSION, run)


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
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f" ({', '.join(names[:MOST_NAMED])}{more})"
