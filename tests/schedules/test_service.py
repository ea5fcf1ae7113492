"""The service makes up for what is overdue, keeps going after a failure, and ends within its patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Event
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
import time_machine

import schedules.service
from domain.check import Check, Outcome, Standing
from domain.watch import Watch
from schedules.service import Duties, Health, Service
from storage.errors import Busy, Unwritable

YEARLY = "0 0 1 1 *"
NEVER = timedelta(days=3650)


def watch(name: str, schedule: str = YEARLY) -> Watch:
    return Watch(name, "https://example.org/", schedule)


@dataclass
class Stage:
    """Where a service plays: what it looked at, and when each page was looked at last."""

    looked: list[str] = field(default_factory=list)
    last: dict[str, datetime] = field(default_factory=dict)
    paused: dict[str, datetime] = field(default_factory=dict)
    on_look: Callable[[Watch], bool] = lambda _watch: False
    deliveries: int = 0

    def clock(self) -> datetime:
        return datetime.now(UTC)

    def look(self, one: Watch) -> bool:
        began = self.clock()
        suspect = self.on_look(one)
        self.looked.append(one.name)
        self.last[one.name] = began
        return suspect

    def standing(self, one: Watch) -> Standing:
        began = self.last.get(one.name)
        last = Check(1, one.name, began, 5, Outcome.UNCHANGED, None, 304, None) if began else None
        return Standing(one.name, None, last, None, None)

    def deliver(self) -> None:
        self.deliveries += 1

    def duties(self, *watches: Watch) -> Duties:
        return Duties(
            watches=watches,
            look=self.look,
            standing=self.standing,
            standings=lambda: {one.name: self.standing(one) for one in watches},
            paused_until=lambda one: self.paused.get(one.name),
            deliver=self.deliver,
            keep_house=lambda: None,
            zone=ZoneInfo("Europe/London"),
            second_look=timedelta(seconds=0.05),
            jitter=timedelta(),
        )


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what other threads bring about; what never comes fails the test that asserts it."""
    deadline = monotonic() + 20
    while not holds() and monotonic() < deadline:
        Event().wait(0.01)


@contextmanager
def running(stage: Stage, duties: Duties) -> Iterator[Service]:
    service = Service(duties, clock=stage.clock, workers=8)
    service.start()
    try:
        yield service
    finally:
        assert service.stop(timedelta(seconds=20)) == ()


def test_only_what_fell_due_is_checked_at_the_start() -> None:
    stage = Stage()
    stage.last = {"last year": stage.clock() - timedelta(days=400), "just now": stage.clock()}
    with running(stage, stage.duties(watch("never"), watch("last year"), watch("just now"))):
        wait_until(lambda: len(stage.looked) >= 2)
    assert sorted(stage.looked) == ["last year", "never"]


def test_what_is_overdue_is_spread_over_the_jitter() -> None:
    stage = Stage()
    duties = replace(stage.duties(*(watch(f"w{number}") for number in range(4))), jitter=timedelta(seconds=2))
    began = stage.clock()
    with running(stage, duties):
        wait_until(lambda: len(stage.looked) == 4)
    after = [(stage.last[f"w{number}"] - began).total_seconds() for number in range(4)]
    assert stage.looked == ["w0", "w1", "w2", "w3"]
    assert [at >= number / 2 for number, at in enumerate(after)] == [True] * 4


def test_a_page_whose_host_wants_to_be_left_alone_is_not_looked_at() -> None:
    stage = Stage()
    stage.paused["paused"] = stage.clock() + timedelta(hours=1)
    with running(stage, stage.duties(watch("paused"), watch("other"))):
        wait_until(lambda: "other" in stage.looked)
    assert stage.looked == ["other"]


def test_a_job_under_way_is_waited_for() -> None:
    begun, finished = Event(), Event()

    def slow(_one: Watch) -> bool:
        begun.set()
        Event().wait(0.3)
        finished.set()
        return False

    stage = Stage(on_look=slow)
    with running(stage, stage.duties(watch("slow"))):
        assert begun.wait(20)
    assert finished.is_set()


def test_a_job_that_takes_longer_than_the_patience_is_named_and_no_other_begins() -> None:
    begun, end = Event(), Event()

    def hanging(_one: Watch) -> bool:
        begun.set()
        return end.wait(20)

    stage = Stage(on_look=hanging)
    service = Service(stage.duties(watch("a"), watch("b")), clock=stage.clock, workers=1)
    service.start()
    assert begun.wait(20)
    left = service.stop(timedelta(seconds=0.1))
    end.set()
    assert left == ("check of a",)
    wait_until(lambda: "a" in stage.looked)
    assert stage.looked == ["a"]


def test_a_job_that_raises_is_logged_and_the_service_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    def broken(one: Watch) -> bool:
        if one.name == "broken":
            raise OSError("the disk is on fire")
        return False

    stage = Stage(on_look=broken)
    with running(stage, stage.duties(watch("broken"), watch("well"))):
        wait_until(lambda: "the disk is on fire" in caplog.text and stage.looked == ["well"])
    assert "check of broken failed; it is tried again at its next time" in caplog.text
    assert stage.looked == ["well"]


def test_a_database_that_cannot_be_written_is_told_in_a_line(caplog: pytest.LogCaptureFixture) -> None:
    def full(_one: Watch) -> bool:
        raise Unwritable("/var/lib/monitor.db: no room to write")

    stage = Stage(on_look=full)
    with running(stage, stage.duties(watch("a"))):
        wait_until(lambda: "no room to write" in caplog.text)
    assert "check of a failed: /var/lib/monitor.db: no room to write; it is tried again" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_suspect_page_is_looked_at_once_more_and_not_for_ever() -> None:
    stage = Stage(on_look=lambda _one: True)
    with running(stage, stage.duties(watch("odd"))):
        wait_until(lambda: len(stage.looked) >= 2)
        Event().wait(0.3)
    assert stage.looked == ["odd", "odd"]


@pytest.mark.parametrize("hours", [10, -10])
def test_a_jump_of_the_clock_is_noticed_and_what_is_due_made_up_for_once(hours: int) -> None:
    stage = Stage()
    with time_machine.travel(datetime.now(UTC)) as clock:
        stage.last["hourly"] = stage.clock()
        with running(stage, stage.duties(watch("hourly", "every 60 minutes"))) as service:
            assert service.notice_time() == timedelta()
            clock.shift(timedelta(hours=hours))
            jumped = service.notice_time()
            assert abs(jumped - timedelta(hours=hours)) < timedelta(seconds=5)
            assert service.notice_time() == timedelta()
            wait_until(lambda: len(stage.looked) > 0 or hours < 0)
            Event().wait(0.2)
    assert stage.looked == (["hourly"] if hours > 0 else [])


def test_a_database_that_is_busy_when_the_clock_jumps_ends_nothing_and_is_asked_again() -> None:
    stage, busy = Stage(), [True]

    def standings() -> dict[str, Standing]:
        if busy:
            raise Busy("another program holds the database")
        return {}

    with time_machine.travel(datetime.now(UTC)) as clock, running(stage, stage.duties()) as service:
        service._duties = replace(stage.duties(), standings=standings)
        clock.shift(timedelta(hours=1))
        assert service.notice_time() == timedelta()
        with pytest.raises(Busy):
            service.adopt(replace(stage.duties(watch("comes")), standings=standings))
        busy.clear()
        assert service.notice_time() > timedelta(minutes=59)
        jobs = {job.id for job in service._scheduler.get_jobs()}
    assert "check of comes" not in jobs


def test_after_a_clock_that_was_set_back_deliveries_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules.service, "DELIVERY_EVERY", timedelta(seconds=1))
    stage = Stage()
    with time_machine.travel(datetime.now(UTC)) as clock, running(stage, stage.duties()) as service:
        wait_until(lambda: stage.deliveries > 0)
        clock.shift(-timedelta(hours=1))
        service.notice_time()
        before = stage.deliveries
        wait_until(lambda: stage.deliveries > before + 1)
    assert stage.deliveries > before + 1


def test_other_duties_take_the_place_of_the_former() -> None:
    stage = Stage()
    with running(stage, stage.duties(watch("stays"), watch("goes"))) as service:
        wait_until(lambda: len(stage.looked) == 2)
        service.adopt(stage.duties(watch("stays"), watch("comes")))
        wait_until(lambda: "comes" in stage.looked)
        jobs = {job.id for job in service._scheduler.get_jobs()}
    assert sorted(stage.looked) == ["comes", "goes", "stays"]
    assert {"check of stays", "check of comes"} <= jobs
    assert "check of goes" not in jobs


def test_a_second_look_outlives_a_change_of_duties() -> None:
    stage = Stage(on_look=lambda _one: True)
    duties = replace(stage.duties(watch("odd")), second_look=timedelta(seconds=1))
    with running(stage, duties) as service:
        wait_until(lambda: len(stage.looked) == 1)
        service.adopt(duties)
        wait_until(lambda: len(stage.looked) == 2)
    assert stage.looked == ["odd", "odd"]


def test_it_is_well_while_it_beats_and_no_job_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, end = Event(), Event()

    def hanging(_one: Watch) -> bool:
        begun.set()
        return end.wait(20)

    stage = Stage(on_look=hanging)
    with running(stage, stage.duties(watch("a"))) as service:
        assert begun.wait(20)
        assert service.health() == Health(scheduler=True, stuck=())
        monkeypatch.setattr(schedules.service, "STUCK_AFTER", timedelta())
        stuck = service.health()
        monkeypatch.setattr(schedules.service, "NO_PULSE_AFTER", timedelta())
        silent = service.health()
        end.set()
    assert (stuck, stuck.working) == (Health(scheduler=True, stuck=("check of a",)), False)
    assert (silent.scheduler, silent.working) == (False, False)
