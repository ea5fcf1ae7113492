"""`run` as a process whose clock goes as fast as it can work: `python -m tests.service.fast START COMMAND…`.

It obeys lines on its standard input, and answers each with a line: "until TIME" lets the clock go there in steps, each
as soon as all that was due is done; "jump TIME" sets it there at once, as a machine that slept.
"""

from __future__ import annotations

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from threading import Event

import time_machine

import cli.commands.run
import schedules.service
from cli.main import main
from schedules.service import Service

STEP = timedelta(minutes=2)

_found: list[Service] = []
_began = Event()


def _start(self: Service, *, start: object = Service.start) -> None:
    assert callable(start)
    start(self)
    _found.append(self)
    _began.set()


def _is_done(service: Service) -> bool:
    """Whether nothing is due, waits for a worker or is under way."""
    scheduler = service._scheduler
    now = datetime.now(UTC)
    due = any(job.next_run_time and job.next_run_time <= now for job in scheduler.get_jobs())
    handed_out = any(any(one._instances.values()) for one in scheduler._executors.values())
    return not due and not handed_out and not service._busy.longer_than(-timedelta(days=1))


def _settle(service: Service) -> None:
    service._scheduler.wakeup()
    while not _is_done(service):
        time.sleep(0.001)
        service._scheduler.wakeup()


def _obey(clock: time_machine.Traveller) -> None:
    _began.wait()
    service = _found[0]
    _settle(service)
    for line in sys.stdin:
        order, _, at = line.strip().partition(" ")
        end = datetime.fromisoformat(at)
        if order == "jump":
            clock.move_to(end)
        while (left := end - datetime.now(UTC)) > timedelta():
            clock.shift(min(STEP, left))
            _settle(service)
        sys.stdout.write(f"{order} done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    cli.commands.run.LOOK_ROUND_EVERY = timedelta(seconds=0.02)
    schedules.service.JUMP = timedelta(hours=2)  # the steps are none
    Service.start = _start  # type: ignore[method-assign]
    with time_machine.travel(datetime.fromisoformat(sys.argv[1])) as traveller:
        threading.Thread(target=_obey, args=(traveller,), daemon=True).start()
        main(sys.argv[2:])
