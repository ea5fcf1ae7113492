"""What the rounds come to: medians, ratios round by round, the table, and whether the promises are kept."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks.peers.programs import Ours, Urlwatch
from benchmarks.peers.runs import Run, Scenario, edited

Rounds: TypeAlias = Mapping[Scenario, Sequence[Mapping[str, Run]]]
"""For each scenario its rounds, and in each of them the run of every program."""

PROMISED_PAGES = 1000
OURS = Ours.name


def seconds(run: Run) -> float:
    """The cost that promises are about."""
    return run.seconds


def median(rounds: Sequence[Mapping[str, Run]], program: str, value: Callable[[Run], float]) -> float:
    """The figure to quote."""
    return statistics.median(value(played[program]) for played in rounds)


def times_faster(rounds: Sequence[Mapping[str, Run]], peer: str, value: Callable[[Run], float] = seconds) -> float:
    """How often our cost fits into the peer's: the median over rounds, between which a machine's speed drifts."""
    return statistics.median(value(played[peer]) / value(played[OURS]) for played in rounds)


def table(pages: int, rounds: Rounds) -> Iterator[str]:
    """The lines of the table for so many pages."""
    count = max(len(played) for played in rounds.values())
    yield f"{pages:,} page{'s' if pages > 1 else ''}, {count} rounds"
    heads = f"{'seconds':>9}{'CPU s':>9}{'MB':>7}{'DB kB':>9}{'pages/s':>9}{'faster':>8}{'CPU':>7}{'MB':>7}"
    yield f"{'scenario':<29}{'program':<17}{heads}"
    for scenario in sorted(rounds, key=list(_SHOWN).index):
        for program in rounds[scenario][0]:
            yield f"{_SHOWN[scenario]:<29}{program:<17}{_costs(pages, rounds[scenario], program)}"


_SHOWN = {
    scenario: scenario.value
    for scenario in (Scenario.FIRST, Scenario.SAME_BODY, Scenario.NOT_MODIFIED, Scenario.EDITED, Scenario.SLOW)
}


def _costs(pages: int, rounds: Sequence[Mapping[str, Run]], program: str) -> str:
    wall = median(rounds, program, seconds)
    costs = f"{wall:>9.2f}{median(rounds, program, _processor):>9.2f}{median(rounds, program, _memory) / 1e6:>7.0f}"
    costs += f"{median(rounds, program, lambda run: run.database) / 1e3:>9,.0f}{pages / wall:>9.0f}"
    if program == OURS:
        return costs
    return costs + (
        f"{times_faster(rounds, program):>7.2f}×{times_faster(rounds, program, _processor):>6.2f}×"
        f"{times_faster(rounds, program, _memory):>6.2f}×"
    )


def _processor(run: Run) -> float:
    return run.processor


def _memory(run: Run) -> float:
    return run.memory


@dataclass(frozen=True, slots=True)
class Promise:
    """A figure with its bound: the least that it may be, or the most. `aim` is what is hoped for, where it is more."""

    what: str
    figure: float
    bound: float
    unit: str
    at_least: bool = False
    aim: float | None = None

    @property
    def is_reached(self) -> bool:
        """Whether the figure is within its bound."""
        return self.figure >= self.bound if self.at_least else self.figure <= self.bound

    def __str__(self) -> str:
        bound = f"{'at least' if self.at_least else 'at most'} {self.bound:g} {self.unit}"
        aim = f", aim {self.aim:g}" if self.aim else ""
        reached = "reached" if self.is_reached else "not reached"
        return f"{self.what + ':':<49}{self.figure:>8.2f} {self.unit:<3} ({bound}{aim}): {reached}"


def promises(rounds: Rounds) -> list[Promise]:
    """What is promised for 1,000 pages, as far as these rounds can tell."""
    kept = []
    if Urlwatch.name in rounds[Scenario.FIRST][0]:
        for scenario, bound, aim in (
            (Scenario.FIRST, 2.5, 4.0),
            (Scenario.SAME_BODY, 5.0, 8.0),
            (Scenario.NOT_MODIFIED, 2.0, 4.0),
            (Scenario.SLOW, 3.0, None),
        ):
            faster = times_faster(rounds[scenario], Urlwatch.name)
            what = f"faster than urlwatch, {scenario.value}"
            kept.append(Promise(what, faster, bound, "×", at_least=True, aim=aim))
    memory = max(median(played, OURS, _memory) for played in rounds.values()) / 1e6
    snapshot = median(rounds[Scenario.FIRST], OURS, lambda run: run.database) / PROMISED_PAGES / 1e3
    return [
        *kept,
        Promise("peak memory, the worst scenario's", memory, 120, "MB"),
        Promise("database for a page's first snapshot", snapshot, 25, "kB"),
        Promise("database for a small edit", _for_an_edit(rounds), 1.5, "kB"),
    ]


def _for_an_edit(rounds: Rounds) -> float:
    """Kilobytes for each edited page, beyond what a run adds in which no page was."""
    edits = median(rounds[Scenario.EDITED], OURS, lambda run: run.growth)
    checks = median(rounds[Scenario.NOT_MODIFIED], OURS, lambda run: run.growth)
    return (edits - checks) / edited(PROMISED_PAGES) / 1e3
