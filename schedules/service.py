"""The service: APScheduler in one process, a job for each watch and others beside them, until it is told to stop."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Condition, Event, Lock
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from domain.check import Standing
from domain.watch import Watch
from schedules.cron import parse_schedule
from schedules.plan import DueTimes, is_due, stable_offset
from storage.errors import StorageError

DELIVERY_EVERY = timedelta(minutes=1)
HOUSEKEEPING_EVERY = timedelta(minutes=1)
PULSE_EVERY = timedelta(seconds=15)

NO_PULSE_AFTER = timedelta(minutes=2)
STUCK_AFTER = timedelta(minutes=30)
"""No job takes so long: a page with its retries is done within minutes, a delivery asks one server after the other."""

JUMP = timedelta(seconds=10)
"""By how much the clock must have left the time that went by, before the jobs are planned anew."""

log = logging.getLogger(__name__)

_CHECK = "check of "


@dataclass(frozen=True, slots=True)
class Duties:
    """What the service does, as one reading of the settings has it.

    `look` looks at a page once and gives whether it was suspect: it is then looked at once more after `second_look`.
    `standing`, or `standings` of all by name, and `paused_until` (of its host) say whether a page is due. Looks come up
    to `jitter` after their time.
    """

    watches: tuple[Watch, ...]
    look: Callable[[Watch], bool]
    standing: Callable[[Watch], Standing]
    standings: Callable[[], Mapping[str, Standing]]
    paused_until: Callable[[Watch], datetime | None]
    deliver: Callable[[], None]
    keep_house: Callable[[], None]
    zone: ZoneInfo
    second_look: timedelta
    jitter: timedelta


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the service itself works. `stuck` are jobs that are under way for too long."""

    scheduler: bool
    stuck: tuple[str, ...]

    @property
    def working(self) -> bool:
        """Whether it needs no restart."""
        return self.scheduler and not self.stuck


class Service:
    """The jobs of the service. A job that raises is logged, and tried again at its next time."""

    def __init__(self, duties: Duties, *, clock: Callable[[], datetime], workers: int) -> None:
        self._duties = duties
        self._clock = clock
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(workers), "beside": ThreadPoolExecutor(3)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._busy = _Busy()
        self._turns: defaultdict[str, Lock] = defaultdict(Lock)
        self._stopping = Event()
        self._pulse = monotonic()
        self._apart = self._clock_apart()

    def start(self) -> None:
        """Begin. What fell due while nobody ran is made up for, once, and not all in the same moment."""
        self._plan(self._duties)
        self._scheduler.start()

    def adopt(self, duties: Duties) -> None:
        """Do other duties from now on; looks under way end as they began. After a StorageError none is adopted."""
        self._plan(duties)

    def notice_time(self) -> timedelta:
        """How far the clock jumped since the last call: the machine slept, or was set right. Plans anew where it did.

        The scheduler waits by a clock that stands still while the machine sleeps.
        """
        apart = self._clock_apart()
        jumped = apart - self._apart
        if abs(jumped) >= JUMP:
            log.warning("the clock jumped by %s; what is due is made up for", jumped)
            try:
                self._plan(self._duties)
            except StorageError as error:  # the next call finds the same jump
                log.warning("not planned anew: %s", error)
                return timedelta()
        self._apart = apart
        return jumped if abs(jumped) >= JUMP else timedelta()

    def health(self) -> Health:
        """How the service is: its scheduler goes round, and no job hangs."""
        silent = monotonic() - self._pulse
        return Health(silent < NO_PULSE_AFTER.total_seconds(), self._busy.longer_than(STUCK_AFTER))

    def stop(self, patience: timedelta) -> tuple[str, ...]:
        """End: no job begins any more, and those under way are waited for; gives those that took too long."""
        self._stopping.set()
        self._scheduler.shutdown(wait=False)
        return self._busy.wait_until_idle(patience)

    def _plan(self, duties: Duties) -> None:
        """Make the jobs anew, those overdue for now: spread over the jitter, so that a restart is no storm."""
        standings, now = duties.standings(), self._clock()  # first, as it may fail: then all is as it was
        self._duties = duties
        self._every(PULSE_EVERY, self._beat, "pulse")
        self._every(DELIVERY_EVERY, partial(self._run, "delivery", duties.deliver), "delivery")
        self._every(HOUSEKEEPING_EVERY, partial(self._run, "housekeeping", duties.keep_house), "house")
        wanted = {_job_of(watch): watch for watch in duties.watches}
        for job in self._scheduler.get_jobs():
            if job.id.startswith(_CHECK) and job.id not in wanted:
                job.remove()
        overdue = [name for name, watch in wanted.items() if self._is_due(watch, standings[watch.name], now)]
        at_once = {name: now + duties.jitter * number / len(overdue) for number, name in enumerate(overdue)}
        for name, watch in wanted.items():
            last = standings[watch.name].last_check
            offset = stable_offset(watch.name, duties.jitter)
            due = DueTimes(parse_schedule(watch.schedule), duties.zone, last.started_at if last else None, offset)
            # Left out, the next run time is the trigger's own; given as None, the job would be paused.
            when: dict[str, Any] = {"next_run_time": at_once[name]} if name in at_once else {}
            job = partial(self._run, name, partial(self._look, watch))
            self._scheduler.add_job(job, due, id=name, replace_existing=True, **when)

    def _every(self, interval: timedelta, job: Callable[[], None], name: str) -> None:
        self._scheduler.add_job(
            job, "interval", seconds=interval.seconds, id=name, executor="beside", replace_existing=True
        )

    def _beat(self) -> None:
        self._pulse = monotonic()

    def _is_due(self, watch: Watch, standing: Standing, now: datetime) -> bool:
        duties = self._duties
        schedule = parse_schedule(watch.schedule)
        return is_due(schedule, duties.zone, standing, now, duties.paused_until(watch), timed=True)

    def _look(self, watch: Watch, *, again: bool = True) -> None:
        """One look, unless it is put off, or another one was made a moment ago."""
        duties = self._duties
        with self._turns[watch.name]:  # a second look and a scheduled one may fall together
            if again and not self._is_due(watch, duties.standing(watch), self._clock()):
                log.debug("%s: put off", watch.name)
                return
            suspect = duties.look(watch)
        if suspect and again and not self._stopping.is_set():
            name = f"second look at {watch.name}"
            later = partial(self._run, name, partial(self._look, watch, again=False))
            due = self._clock() + duties.second_look
            self._scheduler.add_job(later, "date", run_date=due, id=name, replace_existing=True)

    def _run(self, name: str, job: Callable[[], None]) -> None:
        """Run a job; whatever it raises ends this run of it, not the service."""
        if self._stopping.is_set():
            return
        with self._busy.with_(name):
            try:
                job()
            except StorageError as error:  # whose message says all: a full disk is no defect
                log.warning("%s failed: %s; it is tried again at its next time", name, error)
            except Exception:
                log.exception("%s failed; it is tried again at its next time", name)

    def _clock_apart(self) -> timedelta:
        return timedelta(seconds=self._clock().timestamp() - monotonic())


def _job_of(watch: Watch) -> str:
    return f"{_CHECK}{watch.name}"


class _Busy:
    """What is under way, and since when."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._changed = Condition()

    @contextmanager
    def with_(self, name: str) -> Iterator[None]:
        with self._changed:
            self._since[name] = monotonic()
        try:
            yield
        finally:
            with self._changed:
                del self._since[name]
                self._changed.notify_all()

    def wait_until_idle(self, patience: timedelta | None) -> tuple[str, ...]:
        """Gives what is still under way when the patience, None for without end, is over."""
        seconds = None if patience is None else patience.total_seconds()
        with self._changed:
            self._changed.wait_for(lambda: not self._since, seconds)
            return tuple(self._since)

    def longer_than(self, patience: timedelta) -> tuple[str, ...]:
        now = monotonic()
        with self._changed:
            return tuple(name for name, since in self._since.items() if now - since > patience.total_seconds())
