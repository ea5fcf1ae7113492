"""`run`: the service process, its signals and its log."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from contextlib import ExitStack
from datetime import timedelta
from uuid import uuid4

import click

from cli.crew import Crew
from cli.errors import CommandError, Exit
from cli.heaps import share_heaps
from cli.log import configure
from cli.main import Context
from cli.monitoring import answering
from cli.options import allow_only_option, pass_context
from cli.settings import Settings
from cli.systemd import Supervisor
from cli.wiring import database_url, opened, utc_now
from schedules.service import Service
from schedules.vitals import Pulse
from storage.database import Database
from storage.errors import Busy, StorageError, Unwritable
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
    run_id = uuid4().hex[:12]
    _log(context, settings, run_id)
    share_heaps()
    # Blocked before any thread starts, so that every thread inherits it and only the wait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
    try:
        with ExitStack() as open_until_end:
            database = open_until_end.enter_context(opened(settings))
            open_until_end.enter_context(run_lock(database.path, "hmicfrs-monitor run", utc_now()))
            if not _Run(context, database, Supervisor(os.environ), run_id).until_stopped():
                _leave_at_once()
    except (Unwritable, Busy) as error:  # what may be over in a minute is told apart from what a restart never mends
        raise CommandError(str(error), Exit.UNCHECKED) from error
    log.info("stopped")


class _Run:
    """The service and who does its duties, from its start to its end."""

    def __init__(self, context: Context, database: Database, supervisor: Supervisor, run_id: str) -> None:
        self._context = context
        self._database = database
        self._supervisor = supervisor
        self._run_id = run_id
        self._pulse = Pulse(utc_now())
        self._crew = Crew(context.settings, database, self._pulse)
        workers = context.settings.schedules.workers
        self._service = Service(self._crew.duties(), clock=utc_now, workers=workers)

    def until_stopped(self) -> bool:
        """Serve until a signal to stop; gives whether all that was under way came to its end."""
        with answering(lambda: self._crew.settings, self._database, self._pulse, self._service.health):
            return self._serve()

    def _serve(self) -> bool:
        self._service.start()
        self._ready("started")
        while (received := self._next_signal()) not in _STOP:
            if received == signal.SIGHUP:
                self._reload()
        log.info("%s: finishing what is under way", signal.Signals(received).name)
        self._supervisor.stopping()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)  # a second one ends the process at once
        patience = self._crew.settings.schedules.drain_seconds
        if left := self._service.stop(timedelta(seconds=patience)):
            log.warning("cut off after %g seconds: %s", patience, ", ".join(left))
            return False
        self._crew.leave()
        return True

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
            crew = Crew(settings, self._database, self._pulse)
            self._service.adopt(crew.duties())
        except (CommandError, StorageError) as error:
            for line in str(error).splitlines():
                log.warning("%s", line)
            self._ready("the settings stay as they were")
            return
        _log(self._context, settings, self._run_id)
        former, self._crew = self._crew, crew
        self._pulse.reloaded(utc_now())
        former.leave()
        self._ready("read the settings anew")

    def _ready(self, what: str) -> None:
        count = len(self._crew.settings.watches)
        said = f"{what}: {count} {'watch' if count == 1 else 'watches'}"
        log.info("%s; SIGTERM stops it", said)
        self._supervisor.ready(said)


def _refuse_what_needs_a_restart(old: Settings, new: Settings) -> None:
    changed = {
        "storage.url": database_url(old) != database_url(new),
        "schedules.workers": old.schedules.workers != new.schedules.workers,
        "monitoring.listen": old.monitoring.listen != new.monitoring.listen,
    }
    if names := [name for name, differs in changed.items() if differs]:
        raise CommandError(f"{', '.join(names)}: cannot be changed while the service runs; restart it")


def _leave_at_once() -> None:
    """End without waiting for threads: what they have not stored is as if it had never begun, and is made up for."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    if threading.active_count() > 1:
        os._exit(0)


def _log(context: Context, settings: Settings, run_id: str) -> None:
    level = logging.WARNING if context.quiet else logging.DEBUG if context.verbose else logging.INFO
    configure(settings.monitoring.log, level, run_id)
