"""A copy of the database in one file, made while others write: on disk and looked into before it has its name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from pathlib import Path

from storage.durable import part_of, sync
from storage.errors import NotADatabase, StorageError, Unwritable
from storage.faults import storage_error
from storage.inspection import Inside, look_inside

_PRIMARY = 0xFF  # the low byte of an extended code, https://sqlite.org/rescode.html
_OF_THE_DATABASE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made. `sha256` is the file's, in hexadecimal."""

    path: Path
    size: int
    sha256: str
    inside: Inside


def stamp(now: datetime) -> str:
    """A time as it stands in the names of files: 20240209T093000Z."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def back_up(database: Path, place: Path, wait: timedelta, *, force: bool = False) -> Backup:
    """Copy a database into a file of its own, of mode 0600; over one that is there only with `force`.

    Waits so long for other programs. Raises Unwritable, and then the place is as it was; NotADatabase where the
    database is damaged.
    """
    _refuse(database, place, force=force)
    try:
        with part_of(place) as written:
            _copy(database, written, place, wait)
            sync(written)
            inside = _looked_into(written, database)
            with written.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            size = written.stat().st_size
            _refuse(database, place, force=force)
            written.rename(place)
        sync(place.parent)
    except OSError as error:
        raise Unwritable(f"{place}: cannot be written ({error.strerror}); see to its disk and permissions") from error
    return Backup(place, size, digest, inside)


def _looked_into(written: Path, database: Path) -> Inside:
    try:
        return look_inside(written, "quick_check")
    except NotADatabase as error:
        raise NotADatabase(f"{database}: {error}; put a backup in its place") from error


def _refuse(database: Path, place: Path, *, force: bool) -> None:
    """Raise a StorageError for a place that no backup may have."""
    if not place.parent.is_dir():  # it is not made: where a disk is not mounted, the backup would be on this one
        raise Unwritable(f"{place}: there is no such folder; make it, or mount its disk")
    if place.is_dir():
        raise Unwritable(f"{place}: is a folder; name a file in it")
    if place.exists() and place.samefile(database):
        raise StorageError(f"{place}: is the database itself; name another file")
    if place.exists() and not force:
        raise StorageError(f"{place}: is there already; name another file, or say --force to replace it")


def _copy(database: Path, written: Path, place: Path, wait: timedelta) -> None:
    # VACUUM INTO rather than the backup API: one read transaction, which holds up no writer and sees what is still in
    # the -wal; it leaves out free pages and, unlike a copy of pages, the mark for a -wal, so that one file is all.
    try:
        seconds = wait.total_seconds()
        with closing(sqlite3.connect(database, isolation_level=None, timeout=seconds)) as connection:
            connection.execute("VACUUM INTO ?", (str(written),))
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
        raise storage_error(database if code in _OF_THE_DATABASE else place, error) from error
