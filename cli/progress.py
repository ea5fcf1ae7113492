"""A progress bar on standard error, for a person who waits; nothing for pipes, scripts and cron."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str, total: int, *, wanted: bool) -> Iterator[Callable[[str], None]]:
    """Show a bar while the block runs, where standard error is a terminal; call what it gives after each step done.

    The call's text says what is being done next.
    """
    if not (wanted and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from cli.terminal import console, plain

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(errors=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda text: bar.update(task, advance=1, description=plain(text))
