"""The looks of the service as rounds, for who is pinged: from one that begins while none is under way, to the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from cli.monitoring import Ended, pinged, round_line
from cli.settings import MonitoringSettings
from domain.check import Check, Outcome

BAD = frozenset({Outcome.FAILED, Outcome.SUSPECT})


class Rounds:
    """Pings for each round that it begins, and how it ended. May be shared by threads."""

    def __init__(self, monitoring: MonitoringSettings, say: Callable[[str], None]) -> None:
        self._monitoring = monitoring
        self._say = say
        self._lock = Lock()
        self._under_way = 0
        self._round = _Round()

    @contextmanager
    def look(self) -> Iterator[Callable[[Check], None]]:
        """One look, which is to hand in its check; one that does not has failed."""
        with self._lock:
            first, self._under_way = self._under_way == 0, self._under_way + 1
            if first:
                self._round = _Round()
            mine = self._round
        if first:
            mine.begin(self._monitoring, self._say)
        try:
            yield mine.checks.append
        finally:
            with self._lock:
                mine.looks += 1
                self._under_way -= 1
                last = self._under_way == 0
            if last:
                mine.end()


class _Round:
    def __init__(self) -> None:
        self.looks = 0
        self.checks: list[Check] = []
        self._pinged = ExitStack()
        self._ended: Ended | None = None

    def begin(self, monitoring: MonitoringSettings, say: Callable[[str], None]) -> None:
        self._ended = self._pinged.enter_context(pinged(monitoring, say))

    def end(self) -> None:
        well = len(self.checks) == self.looks and not any(check.outcome in BAD for check in self.checks)
        if self._ended:
            self._ended(round_line(self.checks), well=well)
        self._pinged.close()
