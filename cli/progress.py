"""A progress bar on standard error, for a person who waits; nothing for pipes, scripts and cron."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")
_AT_ONCE = 500


class Step(Protocol):
    """What a bar is moved with: `by` is how much was done, and `text` what is being done next, "" for the same.

    `total` is how much there is in all, None for what was said before.
    """

    def __call__(self, text: str = "", by: int = 1, total: int | None = None) -> None:
        """Move it."""


@contextmanager
def progress(what: str, total: int, *, wanted: bool) -> Iterator[Step]:
    """Show a bar with the time that is left while the block runs, where standard error is a terminal."""
    if not (wanted and sys.stderr.isatty()):

        def silent(text: str = "", by: int = 1, total: int | None = None) -> None:
            pass

        yield silent
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    from cli.terminal import console, plain

    said = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), said, BarColumn(), TimeElapsedColumn(), TextColumn("left:"), TimeRemainingColumn())
    with Progress(*columns, console=console(errors=True), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def step(text: str = "", by: int = 1, total: int | None = None) -> None:
            bar.update(task, total=total, advance=by, description=plain(text) if text else None)

        yield step


def counted(things: Iterable[T], step: Step) -> Iterator[T]:
    """The same things, a bar moved as they go by; some hundred at a time, as that costs more than most of them do."""
    passed = 0
    for thing in things:
        yield thing
        passed += 1
        if passed == _AT_ONCE:
            step(by=passed)
            passed = 0
    step(by=passed)
