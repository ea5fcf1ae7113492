"""What is told of a round: who is pinged, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from threading import active_count

import httpx
import pytest

from cli.errors import CommandError
from cli.monitoring import MOST_NAMED, answering, pinged, pinger, round_line, write_textfile
from cli.settings import MonitoringSettings, load_settings
from cli.wiring import opened, utc_now
from domain.check import Check, Outcome
from schedules.service import Health as ServiceHealth
from schedules.vitals import Pulse
from tests.cli.conftest import Installation
from tests.notifier.receivers import TOKEN, Receiver, running
from tests.notifier.smtp_servers import free_port


def check(watch: str, outcome: Outcome) -> Check:
    return Check(1, watch, datetime(2026, 1, 5, tzinfo=UTC), 120, outcome, "said by the page", 200, None)


def test_nobody_is_pinged_unless_the_settings_say_so() -> None:
    assert pinger(MonitoringSettings()) is None


def test_the_address_to_ping_may_stand_in_a_file(tmp_path: Path) -> None:
    receiver = Receiver(status=200)
    with running(receiver) as address:
        (tmp_path / "ping").write_text(f"{address}\n", encoding="utf-8")
        for monitoring in (
            MonitoringSettings(ping_url=address),
            MonitoringSettings(ping_url_file=str(tmp_path / "ping")),
        ):
            ping = pinger(monitoring)
            assert ping is not None
            assert ping.success("1 check: 1 unchanged") is None
    first, second = (request.path.partition("&rid=") for request in receiver.requests)
    assert first[0] == second[0] == f"/private/{TOKEN}?key=pass-by-query"
    assert first[2] != second[2]  # two runs


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"monitoring\.ping_url_file: .*none: cannot be read"):
        pinger(MonitoringSettings(ping_url_file=str(tmp_path / "none")))


def test_a_run_is_pinged_at_its_start_and_as_it_ended() -> None:
    receiver, said = Receiver(status=200), list[str]()
    with running(receiver) as address:
        monitoring = MonitoringSettings(ping_url=address)
        for well in (True, False):
            with pinged(monitoring, said.append) as ended:
                ended("1 check: 1 unchanged", well=well)
    paths = [request.path.partition("?")[0].rpartition("/")[2] for request in receiver.requests]
    assert paths == ["start", TOKEN, "start", "fail"]
    assert [request.body for request in receiver.requests[1::2]] == [b"1 check: 1 unchanged"] * 2
    assert said == []


def test_a_run_that_is_broken_off_has_failed() -> None:
    receiver, said = Receiver(status=200), list[str]()
    with running(receiver) as address:
        monitoring = MonitoringSettings(ping_url=address)
        with pytest.raises(ZeroDivisionError), pinged(monitoring, said.append):
            raise ZeroDivisionError
    assert receiver.requests[1].path.partition("?")[0].endswith("/fail")
    assert receiver.requests[1].body == b"broken off"


def test_what_hinders_a_ping_is_said_and_hinders_nothing_else(tmp_path: Path) -> None:
    said = list[str]()
    place = f"127.0.0.1:{free_port()}"
    with pinged(MonitoringSettings(ping_url=f"http://{place}/{TOKEN}"), said.append) as ended:
        ended("1 check: 1 unchanged", well=True)
    assert len(said) == 2
    assert all(line.startswith(f"not pinged: {place}: no connection: ") and TOKEN not in line for line in said)
    said.clear()
    with pinged(MonitoringSettings(ping_url_file=str(tmp_path / "none")), said.append):
        pass
    assert len(said) == 1
    with pinged(MonitoringSettings(), said.append) as ended:
        ended("", well=True)
    assert len(said) == 1


def test_a_round_is_told_by_counts_and_names_and_no_word_of_a_page() -> None:
    unchanged, failed = check("child-protection", Outcome.UNCHANGED), check("ncpi", Outcome.FAILED)
    assert round_line([]) == "0 checks"
    assert round_line([unchanged], sent=2) == "1 check: 1 unchanged; 2 sent"
    assert round_line([unchanged, failed, unchanged], undelivered=1) == (
        "3 checks: 2 unchanged, 1 failed (ncpi); 1 undelivered"
    )
    assert "said" not in round_line([check("one", outcome) for outcome in Outcome])


def test_of_many_a_few_are_named() -> None:
    said = round_line([check(f"w{number}", Outcome.SUSPECT) for number in range(1000)])
    assert said.endswith("w9 and 990 more)")
    assert said.count(",") == MOST_NAMED - 1


def test_the_metrics_are_written_into_a_file_for_everybody_to_read(monitor: Installation) -> None:
    place = monitor.folder / "metrics" / "hmicfrs.prom"
    place.parent.mkdir()
    place.write_text("old", encoding="utf-8")
    monitor.configure(f'[monitoring]\ntextfile = "{place}"\n')
    assert monitor("check").code == 0
    settings = load_settings(monitor.config, {})
    with opened(settings) as database:
        assert write_textfile(settings, database, utc_now()) is None
    told = place.read_text(encoding="utf-8")
    assert 'hmicfrs_monitor_watch_late{watch="child-protection"} 0.0\n' in told
    assert "hmicfrs_monitor_checks_total" not in told
    assert "process_" not in told
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    assert place.stat().st_mode & 0o777 == 0o644


def test_a_file_that_cannot_be_written_is_told_in_a_line(monitor: Installation) -> None:
    monitor.configure(f'[monitoring]\ntextfile = "{monitor.folder}/none/hmicfrs.prom"\n')
    settings = load_settings(monitor.config, {})
    with opened(settings) as database:
        assert write_textfile(settings, database, utc_now()) == (
            f"monitoring.textfile: {monitor.folder}/none/hmicfrs.prom: cannot be written: No such file or directory"
        )


def test_without_one_no_file_is_written(monitor: Installation) -> None:
    settings = load_settings(monitor.config, {})
    with opened(settings) as database:
        assert write_textfile(settings, database, utc_now()) is None


def test_a_service_answers_where_the_settings_say_so(monitor: Installation) -> None:
    port, pulse = free_port(), Pulse(datetime(2025, 11, 3, 8, tzinfo=UTC))
    monitor("check")
    monitor.configure(f'[monitoring]\nlisten = "127.0.0.1:{port}"\n')
    settings = load_settings(monitor.config, {})
    pulse.checked(Outcome.BASELINE)
    works = [
        ServiceHealth(scheduler=True, stuck=()),
        ServiceHealth(scheduler=True, stuck=("check of child-protection",)),
    ]
    with opened(settings) as database, answering(lambda: settings, database, pulse, lambda: works.pop(0)):
        health, stuck, metrics = (
            httpx.get(f"http://127.0.0.1:{port}/{what}", trust_env=False) for what in ("health", "health", "metrics")
        )
    assert (health.status_code, health.json()) == (
        200,
        {
            "status": "working",
            "scheduler": True,
            "since": "2025-11-03T08:00:00Z",
            "watches": 1,
            "late": [],
            "undelivered": 0,
        },
    )
    assert (stuck.status_code, stuck.json()["stuck"]) == (503, ["check of child-protection"])
    assert 'hmicfrs_monitor_checks_total{outcome="baseline"} 1.0' in metrics.text


def test_without_an_address_nothing_answers(monitor: Installation) -> None:
    settings = load_settings(monitor.config, {})
    before = active_count()
    well = ServiceHealth(scheduler=True, stuck=())
    with opened(settings) as database, answering(lambda: settings, database, Pulse(utc_now()), lambda: well):
        assert active_count() == before
