"""The command line's errors, and the exit codes that scripts rely on."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command tells by its exit status. Where several hold, the lowest but 0 is given."""

    WELL = 0
    DEFECT = 1
    USAGE = 2
    UNCHECKED = 3
    SUSPECT = 4
    UNDELIVERED = 5
    LOCKED = 6
    LATE = 7


class CommandError(Exception):
    """A command cannot do what was asked. The message is for the person who asked: one line, or one for each fault."""

    def __init__(self, message: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(message)
        self.code = code


class ReaderLeft(Exception):
    """Whoever read our output wants no more of it, as `| head`."""


def worst(codes: list[Exit]) -> Exit:
    """The lowest of the codes that are not 0; 0 where there is none."""
    return min((code for code in codes if code), default=Exit.WELL)
