"""`python -m tests.delivery.table` prints what becomes of each fault with a kill at each point."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.delivery.faults import FAULTS, READERS, Cell, cells
from tests.delivery.points import Point
from tests.notifier.smtp_servers import CERTIFICATE


def printed(table: Sequence[Sequence[Cell]]) -> str:
    """The matrix: for each fault and point the kills there, "-" for a fault that never comes by, and "+" for twice."""
    names = [row[0].fault.name for row in table]
    lines = ["", f"{'killed before':28}" + "".join(f"{name:>24}" for name in names)]
    by_point = [_by_point(row) for row in table]
    for point in Point:
        entries = [_entry(found.get(point, ())) for found in by_point]
        lines.append(f"{point.value:28}" + "".join(f"{entry:>24}" for entry in entries))
    lines.append(f"{'not killed':28}" + "".join(f"{_entry(row[:1]):>24}" for row in table))
    every = [cell for row in table for cell in row]
    lines += [
        "",
        f"{len(every):5} cells, each three alerts and one fault of the mail server",
        f"{sum(cell.fate.killed for cell in every):5} processes killed with SIGKILL",
        f"{sum(len(READERS) - cell.fault.refused for cell in every):5} messages due to readers",
        f"{sum(cell.lost for cell in every):5} lost",
        f"{sum(cell.twice for cell in every):5} came twice: " + ", ".join(_why_twice(every)),
        f"{sum(cell.unlike for cell in every):5} of these with another Message-ID, or any other byte",
        f"{sum(cell.twice not in cell.may_come_twice() for cell in every):5} cells with a copy too many or too few",
    ]
    return "\n".join(lines)


def _why_twice(every: Iterable[Cell]) -> list[str]:
    lost = {why: sum(cell.twice for cell in every if cell.fault.answers_lost is why) for why in (True, False)}
    return [f"{lost[True]} where the server did not answer", f"{lost[False]} killed between its answer and the mark"]


def _by_point(row: Iterable[Cell]) -> dict[Point, list[Cell]]:
    found: dict[Point, list[Cell]] = defaultdict(list)
    for cell in row:
        if cell.fate.killed:
            found[cell.point].append(cell)
    return found


def _entry(found: Sequence[Cell]) -> str:
    if not found:
        return "-"
    twice, lost = sum(cell.twice for cell in found), sum(cell.lost for cell in found)
    return f"{len(found)}" + f" +{twice}" * bool(twice) + f" LOST {lost}" * bool(lost)


def _row(number: int) -> list[Cell]:
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # the server warns of its own deprecations
    with tempfile.TemporaryDirectory() as folder:
        return list(cells(FAULTS[number], Path(folder)))


def main() -> None:
    os.environ["SSL_CERT_FILE"] = str(CERTIFICATE)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        table = list(pool.map(_row, range(len(FAULTS))))
    sys.stdout.write(printed(table) + "\n")


if __name__ == "__main__":
    main()
