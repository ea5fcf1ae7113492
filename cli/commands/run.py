"""`run`: the service process, its signals and its log."""

from __future__ import annotations

import logging
import signal
import sys
from datetime import datetime, timedelta

import click

from cli.main import Context
from cli.office import deliver_all, registered
from cli.options import allow_only_option, pass_context
from cli.sentences import check_lines
from cli.wiring import fetcher, judge, opened, renew_readings, utc_now, watches, zone
from domain.check import Outcome
from domain.watch import Watch
from schedules.check import check
from schedules.service import Planned, serve
from storage.archive import Archive
from storage.lock import run_lock

log = logging.getLogger("hmicfrs-monitor")

_STOP = {signal.SIGTERM, signal.SIGINT}


@click.command()
@allow_only_option
@pass_context
def run(context: Context) -> None:
    """The service: check each page on its schedule and deliver, until SIGTERM, which lets a running check finish.

    What fell due while it was down is checked once at the start. A second `run` or `check` beside it exits 6.
    """
    settings = context.settings
    _log_to_stderr(context)
    # Blocked before any thread starts, so that every thread inherits it and only the wait below receives them.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    with opened(settings) as database, run_lock(database.path, "hmicfrs-monitor run", utc_now()):
        archive = Archive(database)
        chosen = watches(settings)
        archive.register(chosen)
        renew_readings(database, archive, chosen)
        audience = registered(settings, database)
        with fetcher(settings.scraper, database) as polite:

            def look(watch: Watch) -> bool:
                result = check(watch, clock=utc_now, fetcher=polite, judge=judge, archive=archive, audience=audience)
                bad = result.check.outcome in {Outcome.FAILED, Outcome.SUSPECT}
                for line in check_lines(result):
                    log.log(logging.WARNING if bad else logging.INFO, "%s", line)
                if result.queued:
                    post()
                return result.check.outcome is Outcome.SUSPECT

            def post() -> None:
                delivery = deliver_all(settings, database, due_only=True, audience=audience)
                for alert in delivery.sent:
                    log.info("sent to %s: %s", alert.recipient.address, alert.subject)

            planned = [Planned(watch, _last_check(archive, watch)) for watch in chosen]
            log.info("started: %d watches; SIGTERM stops it", len(planned))
            serve(
                planned,
                check=look,
                deliver=post,
                wait_for_stop=_wait,
                zone=zone(settings),
                clock=utc_now,
                second_look=timedelta(seconds=settings.schedules.second_look_seconds),
            )
    log.info("stopped")


def _last_check(archive: Archive, watch: Watch) -> datetime | None:
    last = archive.standing(watch.name).last_check
    return last.started_at if last else None


def _wait() -> None:
    """Wait for a signal to stop; a second one then ends the process at once."""
    received = signal.sigwait(_STOP)
    log.info("%s: finishing what is under way", signal.Signals(received).name)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP)


def _log_to_stderr(context: Context) -> None:
    level = logging.WARNING if context.quiet else logging.DEBUG if context.verbose else logging.INFO
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", force=True
    )
    for name in ("hmicfrs-monitor", "schedules"):
        logging.getLogger(name).setLevel(level)
