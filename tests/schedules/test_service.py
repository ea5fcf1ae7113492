"""The service runs what is overdue at once, keeps going after a failure, and lets a running job finish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from domain.watch import Watch
from schedules.service import Planned, serve

NOW = datetime.now(UTC)
YEARLY = "0 0 1 1 *"


def watch(name: str) -> Watch:
    return Watch(name, "https://example.org/", YEARLY)


def run(planned: list[Planned], check: object, wait: object) -> None:
    serve(
        planned,
        check=check,  # type: ignore[arg-type]
        deliver=lambda: None,
        wait_for_stop=wait,  # type: ignore[arg-type]
        zone=ZoneInfo("Europe/London"),
        clock=lambda: NOW,
        second_look=timedelta(seconds=0.05),
    )


def test_only_what_fell_due_is_checked_at_the_start() -> None:
    looked: list[str] = []
    done = Event()

    def check(one: Watch) -> bool:
        looked.append(one.name)
        if {"never", "last year"} <= set(looked):
            done.set()
        return False

    run(
        [
            Planned(watch("never"), None),
            Planned(watch("last year"), NOW - timedelta(days=400)),
            Planned(watch("just now"), NOW),
        ],
        check,
        lambda: done.wait(10),
    )
    assert sorted(looked) == ["last year", "never"]


def test_a_job_under_way_is_waited_for() -> None:
    begun, finished = Event(), Event()

    def check(_one: Watch) -> bool:
        begun.set()
        Event().wait(0.3)
        finished.set()
        return False

    run([Planned(watch("slow"), None)], check, lambda: begun.wait(10))
    assert finished.is_set()


def test_a_job_that_raises_is_logged_and_the_service_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    begun = Event()

    def check(_one: Watch) -> bool:
        begun.set()
        raise OSError("the disk is on fire")

    run([Planned(watch("broken"), None)], check, lambda: begun.wait(10))
    assert begun.is_set()
    assert "the disk is on fire" in caplog.text


def test_a_suspect_page_is_looked_at_once_more_and_not_for_ever() -> None:
    looks: list[str] = []

    def check(one: Watch) -> bool:
        looks.append(one.name)
        return True

    def wait() -> None:
        for _ in range(200):
            if len(looks) >= 2:
                break
            Event().wait(0.02)
        Event().wait(0.3)

    run([Planned(watch("odd"), None)], check, wait)
    assert looks == ["odd", "odd"]
