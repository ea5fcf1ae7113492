"""Files that are there as a whole or not at all, also after the machine lost its power."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def part_of(place: Path) -> Iterator[Path]:
    """A new empty file of mode 0600 in the folder of a place, to be renamed to it; gone after the block if it was not.

    A kill leaves it: its name ends in ".part". Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(".part", f"{place.name}.", place.parent)
    os.close(descriptor)
    written = Path(name)
    try:
        yield written
    finally:
        written.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have the bytes of a file, or the names in a folder, on disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
