"""Whatever changes, and whenever anybody looks or delivers: each change is told once, no date has two digests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.alert import Backoff
from domain.digest import DigestTimes
from domain.recipient import Cadence
from storage.database import Database
from tests.delivery.servers import Conduct, Mail, PostOffice, Server, serving
from tests.delivery.setting import LONDON, Monitor, london, named, smtp, url_of

READER = "reader@example.org"
BEFORE_THE_CLOCKS_CHANGE = (london("2026-03-28", "18:00"), london("2026-10-24", "18:00"))
TIMES = (time(1, 30), time(8, 30), time(17, 0))


@dataclass(frozen=True)
class Change:
    """A new report is listed, and the page is checked."""


@dataclass(frozen=True)
class Deliver:
    """A round of delivery; `taken` is whether the reader's server takes mail now."""

    taken: bool


@dataclass(frozen=True)
class Ask:
    """The reader asks for digests of another kind."""

    cadence: Cadence


@dataclass(frozen=True)
class Retime:
    """Digests leave at another time of day, and weekly ones on another day."""

    at: time
    weekday: int


@dataclass(frozen=True)
class Pause:
    """The reader pauses, or is back."""

    paused: bool


Step = Change | Deliver | Ask | Retime | Pause
steps = st.one_of(
    st.just(Change()),
    st.just(Change()),
    st.just(Deliver(taken=True)),
    st.builds(Deliver, st.booleans()),
    st.builds(Ask, st.sampled_from([Cadence.DAILY, Cadence.WEEKLY])),
    st.builds(Retime, st.sampled_from(TIMES), st.sampled_from([5, 6, 0])),
    st.builds(Pause, st.booleans()),
)
gaps = st.sampled_from([1, 20, 60, 240, 700]).map(lambda minutes: timedelta(minutes=minutes))


@dataclass
class Course:
    """One course of events, and which reports the reader is owed, by when they were seen."""

    monitor: Monitor
    office: PostOffice
    paused: bool = False
    listed: list[str] = field(default_factory=lambda: ["a"])
    owed: dict[str, datetime] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        monitor = self.monitor
        match step:
            case Change():
                self.listed.append(f"r{len(self.listed)}")
                monitor.check(*self.listed)
                if not self.paused:
                    self.owed[self.listed[-1]] = monitor.now
            case Deliver(taken=taken):
                self.office.refused = {} if taken else {READER: "451 4.3.0 not just now"}
                monitor.deliver(due_only=False)
            case Ask(cadence=cadence):
                monitor.subscribe(READER, cadence)
            case Retime(at=at, weekday=weekday):
                monitor.digests = DigestTimes(at, weekday, LONDON)
            case Pause(paused=paused):
                self.paused = paused
                if paused:
                    monitor.recipients.pause(READER)
                else:
                    monitor.recipients.resume(READER, monitor.now)

    def end_well(self) -> None:
        """The reader is back, and for a while all is well, and nothing changes."""
        self.take(Pause(paused=False))
        for _ in range(9 * 24 // 8):
            self.monitor.wait(hours=8)
            self.take(Deliver(taken=True))


@pytest.fixture(scope="module")
def office() -> PostOffice:
    return PostOffice()


@pytest.fixture(scope="module")
def server(office: PostOffice) -> Iterator[Server]:
    with serving(office, Conduct(), open_to_all=True) as listening:
        yield listening


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Empty but for its tables; and a copy of it beside it, to begin anew from."""
    path = tmp_path_factory.mktemp("digests") / "monitor.db"
    with Database.open(url_of(path)) as opened:
        opened.close()
        shutil.copy(path, path.with_suffix(".empty"))
        yield opened


@given(
    begin=st.sampled_from(BEFORE_THE_CLOCKS_CHANGE),
    cadence=st.sampled_from([Cadence.DAILY, Cadence.WEEKLY]),
    course=st.lists(st.tuples(gaps, steps), min_size=5, max_size=20),
)
@settings(max_examples=40)
def test_each_change_is_told_once_and_no_date_has_two_digests(
    database: Database,
    office: PostOffice,
    server: Server,
    begin: datetime,
    cadence: Cadence,
    course: list[tuple[timedelta, Step]],
) -> None:
    _begin_anew(database.path)
    office.forget()
    with database:
        patient = Backoff(give_up_after=timedelta(days=1000))
        events = Course(Monitor(database, smtp(server.port), begin, backoff=patient), office)
        events.monitor.check(*events.listed)
        events.monitor.subscribe(READER, cadence)
        for gap, step in course:
            events.monitor.now += gap
            events.take(step)
        events.end_well()
    told = [(_due(mail), named(mail)) for mail in office.of(READER)]
    assert sorted(report for _, reports in told for report in reports) == sorted(events.owed)
    assert all(reports for _, reports in told)
    assert all(events.owed[report] < due for due, reports in told for report in reports)
    dates = [due.astimezone(LONDON).date() for due, _ in told]
    assert len(dates) == len(set(dates))


def _due(mail: Mail) -> datetime:
    """When a mail was due, which is what it is dated."""
    date: datetime = message_from_bytes(mail.content, policy=default)["Date"].datetime
    return date


def _begin_anew(path: Path) -> None:
    for part in path.parent.glob(f"{path.name}-*"):
        part.unlink()
    shutil.copy(path.with_suffix(".empty"), path)
