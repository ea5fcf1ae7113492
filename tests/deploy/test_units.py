"""The units for systemd: that it takes them, and how little they leave to the service."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.commands.run import LOOK_ROUND_EVERY
from cli.errors import Exit
from cli.settings import ScheduleSettings

DEPLOY = Path(__file__).parents[2] / "deploy"
PROGRAM = "/opt/hmicfrs-monitor/.venv/bin/hmicfrs-monitor"
SERVICES = ["hmicfrs-monitor.service", "hmicfrs-monitor-check.service"]
UNITS = [*SERVICES, "hmicfrs-monitor-check.timer"]

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not there: Debian's package systemd has it"
)


def entries(unit: str) -> list[tuple[str, str]]:
    """Each line that sets something, in order."""
    lines = (DEPLOY / unit).read_text(encoding="utf-8").splitlines()
    found = (line.partition("=") for line in lines if line and line[0] not in "#[")
    return [(name, value) for name, _, value in found]


def analysed(*arguments: str, check: bool) -> str:
    environment = {**os.environ, "SYSTEMD_PAGER": "cat", "SYSTEMD_COLORS": "0", "SYSTEMD_EMOJI": "0"}
    told = subprocess.run(
        ["systemd-analyze", *arguments],  # noqa: S607 - wherever it is
        capture_output=True,
        text=True,
        check=check,
        env=environment,
    )
    return told.stdout + told.stderr


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = (DEPLOY / unit).read_text(encoding="utf-8")
        # that the program is there is asked, too
        (tmp_path / unit).write_text(text.replace(PROGRAM, sys.executable), encoding="utf-8")
    told = analysed("verify", *(str(tmp_path / unit) for unit in UNITS), check=True)
    assert [line for line in told.splitlines() if "hmicfrs" in line] == []


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_the_exposure_by_systemds_own_reckoning_is_below_2(unit: str) -> None:
    told = analysed("security", "--offline=true", str(DEPLOY / unit), check=True)
    overall = re.search(r"Overall exposure level for \S+: ([0-9.]+)", told)
    assert overall, told
    assert float(overall[1]) < 2.0


def test_both_services_are_confined_alike() -> None:
    service, check = (entries(unit) for unit in SERVICES)
    assert (
        service[service.index(("User", "hmicfrs-monitor")) :][:-1] == check[check.index(("User", "hmicfrs-monitor")) :]
    )
    assert service[-1] == ("WantedBy", "multi-user.target")


def test_the_limits_of_the_service_fit_the_program() -> None:
    limits = dict(entries("hmicfrs-monitor.service"))
    assert int(limits["TimeoutStopSec"].removesuffix("s")) > ScheduleSettings().drain_seconds
    assert int(limits["WatchdogSec"].removesuffix("min")) * 60 > 3 * LOOK_ROUND_EVERY.total_seconds()
    assert int(limits["TasksMax"]) > ScheduleSettings().workers * 2
    assert limits["RestartPreventExitStatus"] == str(int(Exit.USAGE))
