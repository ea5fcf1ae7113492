"""One run of one program, measured, and held to what it should have asked and found; and the scenarios of a round."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from benchmarks.peers.programs import CHANGED, NEW, Program
from benchmarks.peers.site import Site

SLOW_ANSWER = 0.2
"""Seconds that the slow server waits before each answer."""

EDITED_EVERY = 10


class Scenario(Enum):
    """What a program meets; in the order in which a round has them, each of which needs the state of the one before.

    The one without validators is last: a program may drop the validators that it had.
    """

    FIRST = "first run"
    NOT_MODIFIED = "unchanged, 304"
    SLOW = "unchanged, 304, 200 ms late"
    EDITED = "a tenth edited"
    SAME_BODY = "unchanged, 200"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run cost. `seconds` are of the clock, `processor` of user and system; memory and database are in bytes.

    `growth` is what the run added to the database.
    """

    seconds: float
    processor: float
    memory: int
    database: int
    growth: int


class WrongRun(Exception):
    """A run did not do what it was measured for."""


def play(scenario: Scenario, programs: Sequence[Program], site: Site, number: int) -> dict[str, Run]:
    """Run the programs one after another in one scenario, over so many pages."""
    site.mode(validators=scenario is not Scenario.SAME_BODY, delay=SLOW_ANSWER if scenario is Scenario.SLOW else 0.0)
    if scenario is Scenario.EDITED:
        site.edit(range(1, number + 1, EDITED_EVERY))
    runs = {}
    for program in programs:
        if scenario is Scenario.FIRST:
            _empty(program, site, number)
        site.counts()
        run = _measured(program)
        answered, found = site.counts(), program.found()
        answered.pop("404", None)  # robots.txt, which one of them asks for
        expected = _expected(scenario, number)
        if (answered, found) != expected:
            raise WrongRun(f"{program.name}, {scenario.value}: {answered} and {found} instead of {expected}")
        runs[program.name] = run
    return runs


def edited(number: int) -> int:
    """How many of so many pages are edited."""
    return len(range(1, number + 1, EDITED_EVERY))


def _expected(scenario: Scenario, number: int) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """How often the server gives each status, and what the program finds."""
    match scenario:
        case Scenario.FIRST:
            answered, found = {"200": number}, {NEW: number, CHANGED: 0}
        case Scenario.SAME_BODY:
            answered, found = {"200": number}, {NEW: 0, CHANGED: 0}
        case Scenario.NOT_MODIFIED | Scenario.SLOW:
            answered, found = {"304": number}, {NEW: 0, CHANGED: 0}
        case Scenario.EDITED:
            changed = edited(number)
            answered, found = {"200": changed, "304": number - changed}, {NEW: 0, CHANGED: changed}
    return {status: count for status, count in answered.items() if count}, found


def _empty(program: Program, site: Site, number: int) -> None:
    shutil.rmtree(program.folder, ignore_errors=True)
    program.folder.mkdir()
    program.set_up([site.url(each) for each in range(1, number + 1)])


def _measured(program: Program) -> Run:
    """What a run costs. This process must stay small: the kernel counts its memory to a child, which begins as it."""
    before = program.database_size()
    errors = program.folder / "errors"
    with program.output.open("wb") as out, errors.open("wb") as err:
        began = time.perf_counter()
        process = subprocess.Popen(program.command(), stdout=out, stderr=err, env=program.environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise WrongRun(f"{program.name}: exit code {process.returncode}\n{errors.read_text(errors='replace')[-2000:]}")
    after = program.database_size()
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, after, after - before)
