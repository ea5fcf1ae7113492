"""Files that others read, and that are there as a whole or not at all, also after the machine lost its power."""

from __future__ import annotations

import os
from pathlib import Path


def publish(content: bytes, written: Path, place: Path, mode: int) -> None:
    """Put a file in its place, over one that is there: on disk first, as `written` in the same file system.

    Raises OSError; then the place is as it was, and `written` is gone.
    """
    try:
        with written.open("wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.rename(place)
    finally:
        written.unlink(missing_ok=True)
    _sync(place.parent)


def _sync(folder: Path) -> None:
    """A rename is on disk only when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
