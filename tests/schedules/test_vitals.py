"""How an installation is, gathered at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from domain.check import Outcome
from domain.watch import Watch
from schedules.cron import parse_schedule
from schedules.lateness import late_after
from schedules.plan import late
from schedules.vitals import Pulse, ServiceVitals, Vitals, gather
from storage.database import Database
from storage.history import History
from storage.outbox import Outbox
from tests.domain.records import page, report
from tests.schedules.outboxes import begin, tell
from tests.storage.pages import ADDRESS, READER, URL, Story, hour, url_of

LONDON = ZoneInfo("Europe/London")
HOURLY = Watch(ADDRESS, URL, "0 * * * *")
THEN = datetime(2026, 1, 5, tzinfo=UTC)
YEAR_END = datetime.fromisoformat("2026-12-31")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(url_of(tmp_path / "monitor.db")) as opened:
        yield opened


@dataclass
class Asked:
    """The schedules that were asked for."""

    watches: list[str] = field(default_factory=list)

    def late(self, watch: Watch, last_good: datetime, now: datetime) -> bool:
        self.watches.append(watch.name)
        return now > late_after(watch.schedule, LONDON, last_good)


def vitals(database: Database, at: float, *watches: Watch, asked: Asked | None = None) -> Vitals:
    return gather(
        watches,
        history=History(database),
        outbox=Outbox(database),
        late=(asked or Asked()).late,
        now=hour(at),
        database_bytes=database.octets(),
    )


def test_a_watch_is_told_as_it_stands_and_whether_it_is_late(database: Database) -> None:
    story = begin(database)
    story.reads(page(report("a")), 1)
    story.fails(2)
    (early,) = vitals(database, 2.5, HOURLY).watches
    assert not early.late
    standing = early.standing
    assert standing == story.archive.standing(ADDRESS)
    assert (standing.last_good, standing.trouble and standing.trouble.failures) == (hour(1), 1)
    assert standing.snapshot is not None
    assert standing.snapshot.reports == 1
    assert vitals(database, 3.5, HOURLY).late == (ADDRESS,)


def test_a_watch_that_was_never_looked_at_is_late_and_one_that_is_no_longer_wanted_is_left_out(
    database: Database,
) -> None:
    begin(database)
    found = vitals(database, 0.1, Watch("new", URL, "0 * * * *"))
    assert [(one.standing.watch, one.standing.last_check, one.late) for one in found.watches] == [("new", None, True)]


def test_the_order_is_that_of_the_settings(database: Database) -> None:
    for name in ("a", "b", "c"):
        Story.of(database, name).reads(page(), 0)
    names = ["b", "new", "c", "a"]
    found = vitals(database, 0, *(Watch(name, URL, "0 * * * *") for name in names))
    assert [one.standing.watch for one in found.watches] == names


def test_undelivered_alerts_and_the_size_of_the_database_are_told(database: Database) -> None:
    tell(begin(database), 1, READER)
    found = vitals(database, 2, HOURLY)
    assert found.undelivered == 1
    assert found.database_bytes >= database.path.stat().st_size > 0


def test_a_schedule_is_read_only_where_the_last_look_is_not_fresh(database: Database) -> None:
    begin(database)
    asked = Asked()
    assert vitals(database, 0.15, HOURLY, asked=asked).late == ()
    assert asked.watches == []
    vitals(database, 0.2, HOURLY, asked=asked)
    assert asked.watches == [ADDRESS]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(database._engine, "before_cursor_execute", note)
    yield said
    event.remove(database._engine, "before_cursor_execute", note)


def test_many_watches_take_as_many_queries_as_one(database: Database) -> None:
    for number in range(40):
        Story.of(database, f"w{number}").reads(page(), 0)
    with counted(database) as said:
        vitals(database, 0.1, *(Watch(f"w{number}", URL, "0 * * * *") for number in range(40)))
    assert len([statement for statement in said if statement.startswith("SELECT")]) == 4


@given(
    st.sampled_from(["0 * * * *", "30 1 * * *", "0 9 * * 1-5", "every 30 minutes", "0 0 1 1 *"]),
    st.datetimes(THEN.replace(tzinfo=None), YEAR_END, timezones=st.just(UTC)),
    st.timedeltas(timedelta(), timedelta(days=3)),
)
def test_a_watch_is_late_when_its_schedule_says_so(schedule: str, seen: datetime, since: timedelta) -> None:
    now = seen + since
    assert (now > late_after(schedule, LONDON, seen)) == late(parse_schedule(schedule), LONDON, seen, now)


def test_a_service_notes_its_checks_and_when_it_read_its_settings() -> None:
    pulse = Pulse(THEN)
    assert (pulse.taken().started_at, pulse.taken().settings_at, pulse.taken().checks) == (THEN, THEN, {})
    for outcome in (Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.FAILED):
        pulse.checked(outcome)
    pulse.reloaded(THEN + timedelta(hours=2))
    assert pulse.taken() == ServiceVitals(THEN, THEN + timedelta(hours=2), {Outcome.UNCHANGED: 2, Outcome.FAILED: 1})
