"""Page text made fit for a terminal, colours where they are wanted, and tables."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_INERT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str) -> str:
    """Text without anything that could steer a terminal: controls, escapes and directional marks; newlines stay."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _INERT)


def console(*, errors: bool = False, into: TextIO | None = None) -> Console:
    """A rich console; it colours nothing unless it writes to a terminal, and reads no markup out of page text.

    It writes to `into` where that is given, else to standard output or, with `errors`, to standard error.
    """
    from rich.console import Console

    class PipeConsole(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to `main`, which ends every command alike; rich would exit 1."""
            raise BrokenPipeError

    stream = into or (sys.stderr if errors else sys.stdout)
    width = None if stream.isatty() else 120
    return PipeConsole(file=stream, markup=False, emoji=False, highlight=False, soft_wrap=False, width=width)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> None:
    """A table for people, or the sentence `empty` where it would have no rows."""
    from rich import box
    from rich.table import Table

    body = [[plain(cell) for cell in row] for row in rows]
    if not body:
        console().print(empty)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in body:
        table.add_row(*row)
    console().print(table)
