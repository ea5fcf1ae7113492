"""The duties of the service as one reading of the settings has them: its looks, its deliveries, its housekeeping."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock

from cli.monitoring import write_textfile
from cli.office import deliver_all, registered
from cli.rounds import BAD, Rounds
from cli.sentences import check_lines
from cli.settings import Settings
from cli.wiring import fetcher, judge, renewed_standings, utc_now, watches, zone
from domain.check import Outcome
from domain.watch import Watch
from schedules.check import check
from schedules.service import Duties
from schedules.vitals import Pulse
from storage.archive import Archive
from storage.database import Database

log = logging.getLogger("hmicfrs-monitor")


class Crew:
    """Does what the settings say; with other settings there is another crew."""

    def __init__(self, settings: Settings, database: Database, pulse: Pulse) -> None:
        self.settings = settings
        self._pulse = pulse
        self._rounds = Rounds(settings.monitoring, log.warning)
        self._database = database
        self._archive = Archive(database)
        self._watches = watches(settings)
        self._archive.register(self._watches)
        renewed_standings(database, self._archive, self._watches)
        self._audience = registered(settings, database)
        self._fetcher = fetcher(settings.scraper, database)
        self._tries_told: dict[int, int] = {}
        self._lock = Lock()
        self._looks = 0
        self._leaves = False

    def duties(self) -> Duties:
        """For the service."""
        schedules = self.settings.schedules
        return Duties(
            watches=self._watches,
            look=self._look,
            standing=lambda watch: self._archive.standing(watch.name),
            standings=self._archive.standings,
            paused_until=lambda watch: self._fetcher.paused_until(watch.url),
            deliver=self._deliver,
            keep_house=self._keep_house,
            zone=zone(self.settings),
            second_look=timedelta(seconds=schedules.second_look_seconds),
            jitter=timedelta(seconds=schedules.jitter_seconds),
        )

    def leave(self) -> None:
        """End the connections, as soon as no look is under way: else it would have failed for our sake alone."""
        with self._lock:
            self._leaves = True
            idle = self._looks == 0
        if idle:
            self._fetcher.close()

    @contextmanager
    def _connected(self) -> Iterator[None]:
        with self._lock:
            self._looks += 1
        try:
            yield
        finally:
            with self._lock:
                self._looks -= 1
                last = self._leaves and self._looks == 0
            if last:
                self._fetcher.close()

    def _look(self, watch: Watch) -> bool:
        with self._connected(), self._rounds.look() as hand_in:
            result = check(
                watch,
                clock=utc_now,
                fetcher=self._fetcher,
                judge=judge,
                archive=self._archive,
                audience=self._audience,
            )
            hand_in(result.check)
        outcome = result.check.outcome
        self._pulse.checked(outcome)
        about = {
            "watch": watch.name,
            "check": result.check.id,
            "outcome": outcome.value,
            "duration_ms": result.check.duration_ms,
        }
        for line in check_lines(result):
            log.log(logging.WARNING if outcome in BAD else logging.INFO, "%s", line, extra=about)
        if result.queued:
            self._deliver()
        return outcome is Outcome.SUSPECT

    def _deliver(self) -> None:
        delivery = deliver_all(self.settings, self._database, due_only=True, audience=self._audience)
        for alert in delivery.sent:
            about = {"alert": alert.id, "channel": alert.recipient.channel}
            log.info("sent to %s: %s", alert.recipient.address, alert.subject, extra=about)
        for alert in delivery.undelivered:
            if alert.last_error and self._tries_told.get(alert.id) != alert.attempts:  # each try once, not each minute
                self._tries_told[alert.id] = alert.attempts
                about = {"alert": alert.id, "channel": alert.recipient.channel, "attempts": alert.attempts}
                said = alert.recipient.address, alert.subject, alert.last_error
                log.warning("not delivered to %s: %s: %s", *said, extra=about)

    def _keep_house(self) -> None:
        self._database.tidy()
        if fault := write_textfile(self.settings, self._database, utc_now(), self._pulse.taken()):
            log.warning("%s", fault)
