"""One run of checks at a time: a lock beside the database, which the kernel frees however its holder ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from storage.errors import LockHeld, Unwritable


@contextmanager
def run_lock(database_path: Path, holder: str, since: datetime) -> Iterator[None]:
    """Hold the lock of a database, with who holds it and since when written in it for others to read.

    Never waits. Raises LockHeld, which names the other holder, and Unwritable.
    """
    path = database_path.with_name(database_path.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise Unwritable(f"{path}: cannot be written ({error.strerror}); see to its folder's permissions") from error
    with os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            who = " ".join(file.read().split()) or "another run"
            raise LockHeld(f"{database_path}: {who} holds the lock; wait for it to end, or end it") from error
        _write(file.fileno(), f"{holder} (process {os.getpid()}) since {since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n")
        try:
            yield
        finally:
            # The file stays: were it removed, two others could each lock a file of this name.
            _write(file.fileno(), "")


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
