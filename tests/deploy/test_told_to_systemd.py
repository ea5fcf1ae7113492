"""What `run` tells systemd, over a socket that stands for it: sd_notify(3), sd_watchdog_enabled(3)."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.deploy.services import House, Told


@pytest.fixture(params=["a file", "an abstract address"])
def told(request: pytest.FixtureRequest, tmp_path: Path) -> Told:
    in_files = request.param == "a file"
    return Told(str(tmp_path / "notify") if in_files else f"@hmicfrs-monitor-{os.getpid()}-{tmp_path.name}")


def test_run_tells_that_it_is_ready_alive_reloading_ready_again_and_stopping(told: Told, house: House) -> None:
    with told, house.serving(NOTIFY_SOCKET=told.address, WATCHDOG_USEC="300000") as service:
        assert told.next() == ["READY=1", "STATUS=started: 1 watch"]
        for _ in range(3):
            told.until("WATCHDOG=1")
        service.process.send_signal(signal.SIGHUP)
        reloading = told.until("RELOADING=1")
        assert reloading[1].startswith("MONOTONIC_USEC=")
        assert reloading[1].partition("=")[2].isdigit()
        assert told.until("READY=1") == ["READY=1", "STATUS=read the settings anew: 1 watch"]
        told.until("WATCHDOG=1")
        assert service.stop() == 0
        assert told.rest()[-1] == ["STOPPING=1"]


@pytest.mark.parametrize("environment", [{}, {"WATCHDOG_USEC": "300000", "WATCHDOG_PID": "1"}])
def test_without_a_watchdog_and_with_one_for_another_process_there_is_no_sign_of_life(
    environment: dict[str, str], tmp_path: Path, house: House
) -> None:
    with Told(str(tmp_path / "notify")) as told, house.serving(NOTIFY_SOCKET=told.address, **environment) as service:
        told.until("READY=1")
        service.logs("first reading stored")
        service.process.send_signal(signal.SIGHUP)
        told.until("READY=1")
        assert service.stop() == 0
        assert ["WATCHDOG=1"] not in told.rest()


def test_a_supervisor_that_is_gone_does_not_stop_the_service(tmp_path: Path, house: House) -> None:
    with house.serving(NOTIFY_SOCKET=str(tmp_path / "nobody"), WATCHDOG_USEC="300000") as service:
        service.logs("first reading stored")
        assert service.stop() == 0
