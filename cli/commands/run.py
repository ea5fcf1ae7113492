"""`run`: the service process, its signals and its log."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import ExitStack
from datetime import timedelta

import click

from cli.crew import Crew
from cli.errors import CommandError
from cli.heaps import share_heaps
from cli.main import Context
from cli.options import allow_only_option, pass_context
from cli.settings import Settings
from cli.systemd import Supervisor
from cli.wiring import database_url, opened, utc_now
from schedules.service import Service
from storage.database import Database
from storage.errors import StorageError
from storage.lock import run_lock

log = logging.getLogger("hmicfrs-monitor")

_STOP = {signal.SIGTERM, signal.SIGINT}
_HEARD = {*_STOP, signal.SIGHUP}
LOOK_ROUND_EVERY = timedelta(seconds=5)
"""How often the clock is compared with the time that went by, and the watchdog gets its sign of life."""


@click.command()
@allow_only_option
@pass_context
def run(context: Context) -> None:
    """The service: check each page on its schedule and deliver, until SIGTERM, which lets a running check finish.

    What fell due while it was down is checked once at the start. SIGHUP reads the settings anew; with a mistake in them
    the old ones stay. A second `run` or `check` beside it exits 6.
    """
    settings = context.settings
    _log_to_stderr(context)
    share_heaps()
    # Blocked before any thread starts, so that every thread inherits it and only the wait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
    with ExitStack() as open_until_end:
        database = open_until_end.enter_context(opened(settings))
        open_until_end.enter_context(run_lock(database.path, "hmicfrs-monitor run", utc_now()))
        left = _Run(context, database, Supervisor(os.environ)).until_stopped()
        if left:
            log.warning("cut off after %g seconds: %s", settings.schedules.drain_seconds, ", ".join(left))
            _leave_at_once()
    log.info("stopped")


class _Run:
    """The service and who does its duties, from its start to its end."""

    def __init__(self, context: Context, database: Database, supervisor: Supervisor) -> None:
        self._context = context
        self._database = database
        self._supervisor = supervisor
        self._crew = Crew(context.settings, database)
        workers = context.settings.schedules.workers
        self._service = Service(self._crew.duties(), clock=utc_now, workers=workers)

    def until_stopped(self) -> tuple[str, ...]:
        """Serve until a signal to stop; gives what was still under way when the patience was over."""
        self._service.start()
        self._ready("started")
        while (received := self._next_signal()) not in _STOP:
            if received == signal.SIGHUP:
                self._reload()
        log.info("%s: finishing what is under way", signal.Signals(received).name)
        self._supervisor.stopping()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)  # a second one ends the process at once
        left = self._service.stop(timedelta(seconds=self._crew.settings.schedules.drain_seconds))
        if not left:
            self._crew.close()
        return left

    def _next_signal(self) -> int:
        """Wait for a signal, and look round meanwhile."""
        every = min(LOOK_ROUND_EVERY, self._supervisor.signs_of_life_every or LOOK_ROUND_EVERY)
        while (received := signal.sigtimedwait(_HEARD, every.total_seconds())) is None:
            self._service.notice_time()
            if self._service.health().working:
                self._supervisor.alive()
        return received.si_signo

    def _reload(self) -> None:
        self._supervisor.reloading()
        try:
            settings = self._context.read_settings()
            _refuse_what_needs_a_restart(self._crew.settings, settings)
            crew = Crew(settings, self._database)
        except (CommandError, StorageError) as error:
            for line in str(error).splitlines():
                log.warning("%s", line)
            self._ready("the settings stay as they were")
            return
        former, self._crew = self._crew, crew
        self._service.adopt(crew.duties())
        former.close()
        self._ready("read the settings anew")

    def _ready(self, what: str) -> None:
        count = len(self._crew.settings.watches)
        said = f"{what}: {count} {'watch' if count == 1 else 'watches'}"
        log.info("%s; SIGTERM stops it", said)
        self._supervisor.ready(said)


def _refuse_what_needs_a_restart(old: Settings, new: Settings) -> None:
    if database_url(old) != database_url(new):
        raise CommandError("storage.url: is not changed while the service runs; restart it")
    if old.schedules.workers != new.schedules.workers:
        raise CommandError("schedules.workers: is not changed while the service runs; restart it")


def _leave_at_once() -> None:
    """End without waiting for threads: what they have not stored is as if it had never begun, and is made up for."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    if threading.active_count() > 1:
        os._exit(0)


def _log_to_stderr(context: Context) -> None:
    level = logging.WARNING if context.quiet else logging.DEBUG if context.verbose else logging.INFO
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    for name in ("hmicfrs-monitor", "schedules"):
        logging.getLogger(name).setLevel(level)
