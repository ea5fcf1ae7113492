"""The crontab: times that mean what its comments say, and commands that are there."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from cli.main import COMMANDS, Context, cli
from schedules.cron import Cron, parse_schedule

PROGRAM = "/opt/hmicfrs-monitor/.venv/bin/hmicfrs-monitor"
LINES = [
    line
    for line in (Path(__file__).parents[2] / "deploy" / "crontab").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
JOBS = {line.split()[9]: line for line in LINES if PROGRAM in line}


def test_who_is_mailed_stands_before_the_jobs() -> None:
    assert LINES[0].startswith("MAILTO=")


@pytest.mark.parametrize("line", LINES[1:])
def test_each_line_has_five_fields_and_a_command_that_cron_passes_on_whole(line: str) -> None:
    assert isinstance(parse_schedule(" ".join(line.split()[:5])), Cron)
    assert "%" not in line  # which cron takes for the end of the command


def test_looks_are_made_four_times_an_hour_and_backups_once_a_day() -> None:
    times = {job: parse_schedule(" ".join(line.split()[:5])) for job, line in JOBS.items()}
    assert list(times) == ["check", "backup", "verify"]
    looks, backups, weekly = times.values()
    assert isinstance(looks, Cron)
    assert isinstance(backups, Cron)
    assert isinstance(weekly, Cron)
    assert (looks.minutes, looks.any_day, looks.any_weekday) == ((2, 17, 32, 47), True, True)
    assert (len(backups.minutes), len(backups.hours), backups.any_day, backups.any_weekday) == (1, 1, True, True)
    assert weekly.weekdays == (0,)


@pytest.mark.parametrize("job", [job for job in JOBS if job in COMMANDS])
def test_each_job_is_a_command_with_these_options(job: str) -> None:
    words = shlex.split(JOBS[job].split(PROGRAM)[1])
    with cli.make_context("hmicfrs-monitor", words) as context:
        command = cli.get_command(context, job)
        assert command is not None
        command.make_context(job, words[words.index(job) + 1 :], obj=Context(None, verbose=False, quiet=True))
        assert context.params["config"] == "/etc/hmicfrs-monitor/config.toml"
