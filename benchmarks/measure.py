"""Whole processes, timed in turn within one run: what two commands cost compared with each other."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Wall seconds of each run of a command, in order."""

    runs: tuple[float, ...]

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.runs)

    @property
    def best(self) -> float:
        """What the command costs where nothing disturbs it: disturbance only adds."""
        return min(self.runs)


def in_turn(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Cost]:
    """Run the commands one after another, round by round, after a round that is not counted.

    A command that fails ends the benchmark: what it costs to fail is not what was asked.
    """
    # With that variable set, what is timed is Python compiling our sources again in every process.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
            if number:
                found[name].append(time.perf_counter() - began)
    return {name: Cost(tuple(runs)) for name, runs in found.items()}


def ratio(one: Cost, other: Cost) -> float:
    """The median of the ratios round by round, which holds when the machine's speed drifts."""
    return statistics.median(a / b for a, b in zip(one.runs, other.runs, strict=True))
