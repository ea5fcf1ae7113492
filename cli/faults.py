"""What a command's error is: somebody's mistake, bad luck, or a defect; and the exit code that tells which."""

from __future__ import annotations

import sys
from typing import Any

import click

from cli.errors import CommandError, Exit

INTERRUPTED = 130
"""128 and the number of SIGINT, as shells have it."""


def explained(error: BaseException) -> tuple[str, int]:
    """The message for the person who ran the command, a line for each fault, and the exit code."""
    match error:
        case CommandError(code=code):
            return str(error), code
        case click.exceptions.Exit(exit_code=code):
            return "", code
        case click.Abort() | KeyboardInterrupt():
            return "interrupted", INTERRUPTED
        case click.ClickException():
            return f"{error.format_message()}{_hint(error)}", Exit.USAGE
        case _ if _is(error, "storage.errors", "LockHeld"):
            return str(error), Exit.LOCKED
        case _ if _is(error, "storage.errors", "StorageError"):
            return str(error), Exit.USAGE
        case _ if _is(error, "scraper.errors", "NotUnderstood"):
            return str(error), Exit.SUSPECT
        case _ if _is(error, "scraper.errors", "ScraperError"):
            return str(error), Exit.UNCHECKED
        case _:
            what = f"a defect of the program: {type(error).__name__}: {error}"
            return f"{what}\nrun it again with -v for the traceback", Exit.DEFECT


def _is(error: BaseException, module: str, name: str) -> bool:
    """Whether it is an error of another folder; it can only be one where the folder is imported already."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(error, kind)


def _hint(error: click.ClickException) -> str:
    ctx: Any = getattr(error, "ctx", None)
    return f"\ntry `{ctx.command_path} --help`" if ctx else ""
