"""Where a document goes: to standard output, or into a file that is there as a whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click

from cli.errors import CommandError
from storage.inspection import APPLICATION_ID

_HEADER = 72

output_option = click.option(
    "-o", "--output", metavar="FILE", help="Write to this file, in the place of one that is there. Default: print it."
)


@contextmanager
def written(name: str | None) -> Iterator[BinaryIO]:
    """A place to write to: the file of that name, or standard output for None and "-".

    The file takes its name, and the place of one that was there, when the block ended well. Raises CommandError where
    it cannot be written.
    """
    try:
        if name in {None, "-"}:
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with _opened(Path(str(name))) as file:
                yield file
    except BrokenPipeError:
        raise  # `main` knows what it means
    except OSError as error:
        place = "standard output" if name in {None, "-"} else name or "''"
        raise CommandError(f"{place}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _opened(place: Path) -> Iterator[BinaryIO]:
    if place.exists() and not place.is_file() and not place.is_dir():
        with place.open("wb") as device:  # a pipe or a device, whose place no file is to take
            yield device
        return
    target = place.resolve()
    if target.name and _is_of_our_database(target):
        raise CommandError(f"{place}: is of a database of this program; name another file")
    if target.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    unfinished = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with unfinished.open("xb") as file:
            with suppress(FileNotFoundError):
                os.fchmod(file.fileno(), target.stat().st_mode & 0o777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _is_of_our_database(target: Path) -> bool:
    """Whether it is a database of this program, or what SQLite has beside one: it would be lost."""
    base = target.with_name(re.sub(r"-(?:wal|shm|journal)$", "", target.name))
    try:
        with base.open("rb") as file:
            beginning = file.read(_HEADER)
    except OSError:
        return False
    mark = beginning[_HEADER - 4 :]  # https://sqlite.org/fileformat.html#application_id
    return beginning.startswith(b"SQLite format 3\0") and mark == APPLICATION_ID.to_bytes(4, "big")
