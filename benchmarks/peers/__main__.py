"""What a check of many pages costs beside urlwatch and webchanges: run with `make bench-peers`.

It exits 1 where a promise is not reached; docs/performance.md explains it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.figures import PROMISED_PAGES, Rounds, promises, table
from benchmarks.peers.programs import PROGRAMS, Ours, Program
from benchmarks.peers.runs import Run, Scenario, WrongRun, play
from benchmarks.peers.site import serving

ROUNDS = {1: 7, 100: 5}
"""How often the scenarios are played for so many pages; three times for any other number."""


def main() -> int:
    """Print the tables and say whether the promises are kept."""
    options = _options()
    well = True
    for pages in options.pages:
        rounds, fault = _played(pages, options.rounds or ROUNDS.get(pages, 3), options.only)
        if all(rounds.values()):
            print("\n".join(table(pages, rounds)), end="\n\n", flush=True)
            kept = promises(rounds) if pages == PROMISED_PAGES else []
            print("".join(f"{promise}\n" for promise in kept))
            well = well and all(promise.is_reached for promise in kept)
        if fault:
            print(f"{pages:,} pages: {fault}\n", flush=True)
            well = False
    return int(not well)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--pages", type=_numbers, default=(1, 100, PROMISED_PAGES), help="how many, e.g. 1,100,1000")
    parser.add_argument("--rounds", type=int, help="how often, instead of the fewer the more pages")
    parser.add_argument("--only", choices=["urlwatch", "webchanges", "none"], help="compare with this peer, or none")
    return parser.parse_args()


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in text.split(","))


def _played(pages: int, rounds: int, only: str | None) -> tuple[Rounds, WrongRun | None]:
    """All scenarios, round by round, with another program first each time; up to a run that went wrong."""
    scenarios = [each for each in Scenario if each is not Scenario.SLOW or pages == PROMISED_PAGES]
    played: dict[Scenario, list[dict[str, Run]]] = {scenario: [] for scenario in scenarios}
    with TemporaryDirectory() as folder, serving(pages) as site:
        programs: list[Program] = [
            made(Path(folder) / name) for name, made in PROGRAMS.items() if only in {None, name} or made is Ours
        ]
        for number in range(rounds):
            first = number % len(programs)
            for scenario in scenarios:
                try:
                    runs = play(scenario, [*programs[first:], *programs[:first]], site, pages)
                except WrongRun as fault:
                    return played, fault
                played[scenario].append({program.name: runs[program.name] for program in programs})
                print(f"round {number + 1} of {rounds}: {scenario.value}", file=sys.stderr)
    return played, None


if __name__ == "__main__":
    sys.exit(main())
