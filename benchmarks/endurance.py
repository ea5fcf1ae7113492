"""Whether a service that runs for years grows: one process checks one page over and over, and tells its memory.

Run it with `python -m benchmarks.endurance`. It exits 1 where memory grew after the first 10,000 checks.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.site import Site, serving
from cli.office import registered
from cli.settings import load_settings
from cli.wiring import fetcher, judge, opened, utc_now, watches
from domain.check import Outcome
from schedules.check import check
from storage.archive import Archive

SAME_BODY_EVERY = 1_000
EDITED_EVERY = 10_000
SETTLED_AFTER = 10_000
"""Checks after which all has been met once: each of the answers, and every module that one of them needs."""

MOST_GROWTH = 5_000_000
"""Bytes of resident memory between then and the end."""


def main() -> int:
    """Print a line now and then, and say whether memory grew."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("--checks", type=int, default=100_000, help="how many, at least 10,000")
    number = max(parser.parse_args().checks, SETTLED_AFTER)
    memory: dict[int, int] = {}
    with TemporaryDirectory() as folder, serving(1) as site:
        _watch_it(Path(folder), site, number, memory)
    growth = memory[number] - memory[SETTLED_AFTER]
    print(f"\nmemory grew by {growth / 1e6:.2f} MB after the first {SETTLED_AFTER:,} checks", end=" ")
    print(f"(at most {MOST_GROWTH / 1e6:.0f} MB): {'BROKEN' if growth > MOST_GROWTH else 'held'}")
    return int(growth > MOST_GROWTH)


def _watch_it(folder: Path, site: Site, number: int, memory: dict[int, int]) -> None:
    """So many checks of the page, with what each of the milestones had in memory."""
    print(f"{'checks':>9}{'memory MB':>11}{'database kB':>13}{'ms a check':>12}  outcomes so far")
    began, outcomes = time.perf_counter(), Counter[str]()
    for count, outcome in enumerate(_outcomes(folder, site, number), 1):
        outcomes[outcome.value] += 1
        if count in {SAME_BODY_EVERY, number} or count % EDITED_EVERY == 0:
            memory[count] = _resident()
            size = sum(file.stat().st_size for file in folder.glob("monitor.db*"))
            each = (time.perf_counter() - began) / count * 1000
            print(
                f"{count:>9,}{memory[count] / 1e6:>11.2f}{size / 1e3:>13,.0f}{each:>12.2f}  {dict(outcomes)}",
                flush=True,
            )


def _outcomes(folder: Path, site: Site, number: int) -> Iterator[Outcome]:
    """How each check ended; they are made of what the program itself makes them of."""
    config = folder / "settings.toml"
    config.write_text(
        "[scraper]\nallow_private_addresses = true\nmin_delay_seconds = 0\n"
        f'[storage]\nurl = "sqlite:///{folder}/monitor.db"\n[[watch]]\nname = "page"\nurl = "{site.url(1)}"\n',
        encoding="utf-8",
    )
    settings = load_settings(config, {})
    (watch,) = watches(settings)
    with opened(settings) as database, fetcher(settings.scraper, database) as polite:
        archive = Archive(database)
        archive.register([watch])
        audience = registered(settings, database)
        for count in range(1, number + 1):
            with _answered(site, count):
                stored = check(watch, clock=utc_now, fetcher=polite, judge=judge, archive=archive, audience=audience)
            yield stored.check.outcome


@contextmanager
def _answered(site: Site, count: int) -> Iterator[None]:
    """The page as it is, but for some checks without validators, and for fewer of them edited before."""
    if count % EDITED_EVERY == 0:
        site.edit([1])
        yield
    elif count % SAME_BODY_EVERY == 0:
        site.mode(validators=False)
        yield
        site.mode(validators=True)
    else:
        yield


def _resident() -> int:
    """Bytes of this process that are in memory, as Linux tells them."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
