"""What `check` and `run` let others know of themselves: pings, the metrics' file, the listener, the log."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from collections.abc import Callable

import httpx
import pytest

from cli.rounds import Rounds
from cli.settings import MonitoringSettings
from domain.check import Check, Outcome
from storage.lock import run_lock
from tests.cli.conftest import Installation
from tests.cli.test_monitoring import check
from tests.cli.test_processes import running as process
from tests.notifier.receivers import TOKEN, Receiver, running
from tests.storage.pages import START


def endings(receiver: Receiver) -> list[str]:
    """The pings: "start", "fail", or "" for a success."""
    paths = [request.path.partition("?")[0] for request in receiver.requests]
    return [path.partition(TOKEN)[2].lstrip("/") for path in paths]


def runs(receiver: Receiver) -> list[str]:
    return [request.path.partition("rid=")[2] for request in receiver.requests]


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what another process does; what never comes fails the test that asserts it."""
    deadline = time.monotonic() + 30
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_check_is_pinged_at_its_start_and_by_its_exit_code(monitor: Installation) -> None:
    receiver = Receiver()
    with running(receiver) as address:
        monitor.configure(f'[monitoring]\nping_url = "{address}"')
        assert monitor("check").code == 0
        monitor.serve("error-blocked-403", 403)
        assert monitor("check").code == 3
    assert endings(receiver) == ["start", "", "start", "fail"]
    first, second, third, fourth = runs(receiver)
    assert (first, third) == (second, fourth)
    assert first != third
    assert [request.body for request in receiver.requests[1::2]] == [
        b"1 check: 1 baseline (child-protection)",
        b"1 check: 1 failed (child-protection)",
    ]


def test_a_check_that_another_run_keeps_out_pings_nothing(monitor: Installation) -> None:
    receiver = Receiver()
    with running(receiver) as address:
        monitor.configure(f'[monitoring]\nping_url = "{address}"')
        with run_lock(monitor.folder / "monitor.db", "another", START):
            assert monitor("check").code == 6
    assert receiver.requests == []


def test_a_ping_that_is_not_taken_is_said_and_changes_nothing(monitor: Installation) -> None:
    receiver = Receiver(status=404)
    with running(receiver) as address:
        monitor.configure(f'[monitoring]\nping_url = "{address}"')
        told = monitor("-q", "check")
    assert told.code == 0
    assert told.err.count("not pinged: 127.0.0.1:") == 2
    assert TOKEN not in told.err


def test_a_check_writes_the_metrics_file(monitor: Installation) -> None:
    path = monitor.folder / "monitor.prom"
    monitor.configure(f'[monitoring]\ntextfile = "{path}"')
    assert monitor("check").code == 0
    assert 'hmicfrs_monitor_watch_late{watch="child-protection"} 0.0' in path.read_text(encoding="utf-8")
    monitor.configure('[monitoring]\ntextfile = "/nowhere/monitor.prom"')
    told = monitor("check")
    assert (told.code, "monitoring.textfile: /nowhere/monitor.prom: cannot be written" in told.err) == (0, True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_the_service_answers_pings_and_logs_and_gives_no_secret_away(monitor: Installation) -> None:
    receiver, port = Receiver(), free_port()
    textfile = monitor.folder / "monitor.prom"
    with running(receiver) as address:
        monitor.configure(
            f'[monitoring]\nlisten = "127.0.0.1:{port}"\nlog = "json"\nping_url = "{address}"\n'
            f'textfile = "{textfile}"\n[mail]\nhost = "127.0.0.1"\nport = {free_port()}\nsecurity = "none"\n'
            'username = "monitor"\npassword = "S3CRET"\nto = ["team@example.org"]'
        )
        with process(monitor, "-v", "run") as service:
            wait_until(lambda: len(receiver.requests) >= 2)
            health = httpx.get(f"http://127.0.0.1:{port}/health")
            metrics = httpx.get(f"http://127.0.0.1:{port}/metrics").text
            service.send_signal(signal.SIGTERM)
            _, log = service.communicate(timeout=30)
    assert service.returncode == 0
    assert (health.status_code, health.json()["status"], health.json()["watches"]) == (200, "working", 1)
    assert 'hmicfrs_monitor_checks_total{outcome="baseline"} 1.0' in metrics
    assert endings(receiver) == ["start", ""]
    lines = [json.loads(line) for line in log.splitlines()]
    (run_id,) = {line["run"] for line in lines}
    assert re.fullmatch(r"[0-9a-f]{12}", run_id)
    (looked,) = [line for line in lines if line.get("outcome")]
    assert (looked["watch"], looked["outcome"], looked["level"]) == ("child-protection", "baseline", "info")
    assert not any(secret in log for secret in ("S3CRET", TOKEN, "<h1"))


def test_each_try_that_fails_is_logged_once(monitor: Installation) -> None:
    monitor.configure(
        f'[mail]\nhost = "127.0.0.1"\nport = {free_port()}\nsecurity = "none"\nto = ["team@example.org"]\n'
        "[alerts]\nfirst_retry_seconds = 3600"
    )
    assert monitor("check").code == 0
    monitor.serve("2025-01-child-protection")
    with process(monitor, "run") as service:  # which lives a year later: the page is overdue
        wait_until(lambda: monitor("alerts", "list", "--json").json["alerts"] != [])
        service.send_signal(signal.SIGTERM)
        _, log = service.communicate(timeout=30)
    assert log.count("not delivered to team@example.org: ") == 1
    assert "channel=smtp" in log


def test_a_port_in_use_is_a_mistake_in_the_settings(monitor: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monitor.configure(f'[monitoring]\nlisten = "127.0.0.1:{taken.getsockname()[1]}"')
        with process(monitor, "run") as service:
            _, log = service.communicate(timeout=30)
    assert service.returncode == 2
    assert "monitoring.listen" in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((Outcome.UNCHANGED, Outcome.CHANGED), ["start", ""]),
        ((Outcome.UNCHANGED, Outcome.SUSPECT), ["start", "fail"]),
        ((Outcome.UNCHANGED, None), ["start", "fail"]),
    ],
)
def test_looks_that_overlap_are_one_round(outcomes: tuple[Outcome | None, ...], expected: list[str]) -> None:
    receiver = Receiver()
    with running(receiver) as address:
        rounds = Rounds(MonitoringSettings(ping_url=address), pytest.fail)
        first, second = outcomes
        with rounds.look() as hand_in:
            _hand(hand_in, first)
            with rounds.look() as hand_in_too:
                _hand(hand_in_too, second)
        with rounds.look() as hand_in:
            hand_in(check("alone", Outcome.UNCHANGED))
    assert endings(receiver) == [*expected, "start", ""]
    assert len(set(runs(receiver))) == 2


def _hand(hand_in: Callable[[Check], None], outcome: Outcome | None) -> None:
    if outcome is not None:
        hand_in(check("one", outcome))
