"""The service: APScheduler in one process, a job for each watch and one for the delivery, until it is told to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from domain.watch import Watch
from schedules.cron import parse_schedule
from schedules.plan import overdue, trigger

DELIVERY_EVERY = timedelta(minutes=1)
THREADS = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """A watch and when its last check began, aware UTC; None for never."""

    watch: Watch
    last_check: datetime | None


def serve(
    planned: Sequence[Planned],
    *,
    check: Callable[[Watch], bool],
    deliver: Callable[[], None],
    wait_for_stop: Callable[[], None],
    zone: ZoneInfo,
    clock: Callable[[], datetime],
    second_look: timedelta,
) -> None:
    """Check each watch on its schedule, and deliver once a minute, until `wait_for_stop` returns.

    `check` gives whether the page was suspect; it is then looked at once more after `second_look`. What fell due while
    nobody ran is done once at the start. A job that is under way when the end comes is waited for. A job that raises is
    logged and tried again at its next time.
    """
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(THREADS)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=zone,
    )
    turns = {entry.watch.name: Lock() for entry in planned}

    def look(watch: Watch, *, again: bool) -> None:
        with turns[watch.name]:  # a second look and a scheduled one may fall together
            suspect = check(watch)
        if suspect and again:
            name = f"second look at {watch.name}"
            later = partial(_guarded, partial(look, watch, again=False), name)
            scheduler.add_job(later, "date", run_date=clock() + second_look, id=name, replace_existing=True)

    now = clock()
    for entry in planned:
        schedule = parse_schedule(entry.watch.schedule)
        # Left out, the next run time is the trigger's own; given as None, the job would be paused.
        at_once: dict[str, Any] = {"next_run_time": now} if overdue(schedule, zone, entry.last_check, now) else {}
        name = f"check of {entry.watch.name}"
        job = partial(_guarded, partial(look, entry.watch, again=True), name)
        scheduler.add_job(job, trigger(schedule, zone), id=name, **at_once)
    scheduler.add_job(partial(_guarded, deliver, "delivery"), "interval", seconds=DELIVERY_EVERY.seconds, id="delivery")
    scheduler.start()
    try:
        wait_for_stop()
    finally:
        scheduler.shutdown(wait=True)


def _guarded(job: Callable[[], None], name: str) -> None:
    """Run a job; whatever it raises ends this run of it, not the service."""
    try:
        job()
    except Exception:
        log.exception("%s failed; it is tried again at its next time", name)
