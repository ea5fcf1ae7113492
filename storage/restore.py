"""A backup put in the place of the database: at any moment either the old one or the new one is there, whole."""

from __future__ import annotations

import importlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from storage.backup import stamp
from storage.database import NEWEST_REVISION
from storage.durable import part_of, sync
from storage.errors import Busy, NotADatabase, StorageError, Unwritable
from storage.faults import newer, storage_error
from storage.inspection import APPLICATION_ID, Inside, look_inside
from storage.lock import run_lock

_PAUSE_SECONDS = 0.02
_HEADER = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in the place. `kept` is where the database that was there is now, None where there was none."""

    path: Path
    kept: Path | None
    inside: Inside


def restore(file: Path, path: Path, now: datetime, program: str, wait: timedelta) -> Restored:
    """Put a copy of a backup in the place of the database, which is kept beside it; `program` is our version.

    Waits so long for those who read or deliver. Raises LockHeld while a run of checks is under way, NotADatabase for a
    file that is none of ours or damaged, NewerDatabase, Unwritable and Busy; then the database is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        place = path.resolve()
        with run_lock(path, "hmicfrs-monitor restore", now), part_of(place) as written:
            _fetch(file, place, written)
            inside = _looked_into(written, file, program)
            kept = _kept_as(place, now)
            _like(written, place)
            sync(written)
            with _alone(place, wait):
                _keep(place, kept)
                written.rename(place)
            sync(place.parent)
    except OSError as error:
        named = error.filename or path
        raise Unwritable(f"{named}: cannot be written ({error.strerror}); see to its disk and permissions") from error
    return Restored(path, kept if kept.exists() else None, inside)


def _fetch(file: Path, place: Path, written: Path) -> None:
    """Copy a backup, with a -wal where somebody copied a database as it lay there, into one file."""
    try:
        if place.exists() and file.samefile(place):
            raise StorageError(f"{file}: is the database itself; name a backup")
        shutil.copyfile(file, written)
        wal = _beside(file, "-wal")
        if wal.exists():
            shutil.copyfile(wal, _beside(written, "-wal"))
    except FileNotFoundError as error:
        raise StorageError(f"{file}: there is no such file; name a backup") from error
    except IsADirectoryError as error:
        raise StorageError(f"{file}: is a folder; name a backup in it") from error
    try:
        with closing(sqlite3.connect(written, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error:
        pass  # what is wrong with it is told when it is looked into
    finally:
        for suffix in ("-wal", "-shm", "-journal"):
            _beside(written, suffix).unlink(missing_ok=True)


def _looked_into(written: Path, file: Path, program: str) -> Inside:
    try:
        inside = look_inside(written, "integrity_check")
    except NotADatabase as error:
        raise NotADatabase(f"{file}: {error}; name another backup") from error
    # Alembic, which `migrate` imports, is only needed to know the older revisions.
    if inside.revision != NEWEST_REVISION and not importlib.import_module("storage.migrate").is_known(inside.revision):
        raise newer(file, inside.revision, inside.program, program)
    return inside


def _kept_as(place: Path, now: datetime) -> Path:
    """The name for the database that is there, where nothing is yet."""
    name = f"{place.name}.before-restore-"
    kept = place.with_name(name + stamp(now))
    for other in place.parent.iterdir():
        if other.name.startswith(name) and place.exists() and other.samefile(place):
            other.unlink()  # a second name for it, from a restore that was killed
    while kept.exists():
        kept = kept.with_name(f"{kept.name}-again")
    return kept


def _like(written: Path, place: Path) -> None:
    """Let the new file be as accessible as the old one: who runs the service may be another than who restores."""
    if place.exists():
        before = place.stat()
        written.chmod(stat.S_IMODE(before.st_mode))
        if os.geteuid() == 0:
            os.chown(written, before.st_uid, before.st_gid)


@contextmanager
def _alone(place: Path, wait: timedelta) -> Iterator[None]:
    """Bring the database that is there into one file, and let nobody read or write it; a damaged one stays as it is.

    Raises Busy where others do not leave it, and NotADatabase for one of another program.
    """
    if not _has_header(place):  # it is not opened: SQLite would take away the -wal, which may be all that is left
        yield
        return
    with closing(sqlite3.connect(place, isolation_level=None, timeout=wait.total_seconds())) as connection:
        try:
            _refuse_foreign(connection, place)
            _into_one_file(connection, wait)
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if isinstance(known := storage_error(place, error), (Busy, Unwritable)):
                raise known from error
            connection.close()  # or it would see to the files beside it when it is closed after the rename
        yield


def _has_header(place: Path) -> bool:
    """Whether a file begins as SQLite's do."""
    if not place.exists():
        return False
    with place.open("rb") as file:
        return file.read(len(_HEADER)) == _HEADER


def _refuse_foreign(connection: sqlite3.Connection, place: Path) -> None:
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and mark != APPLICATION_ID:
        raise NotADatabase(f"{place}: is the database of another program; name another file in storage.url")


def _into_one_file(connection: sqlite3.Connection, wait: timedelta) -> None:
    """Have all of the -wal in the file, which is only done where nobody else has it open. SQLite does not wait here."""
    deadline = monotonic() + wait.total_seconds()
    while True:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(_PAUSE_SECONDS)
        else:
            return


def _keep(place: Path, kept: Path) -> None:
    """Give the old database a second name, so that it is never without one, and take away what lies beside it.

    A -wal is left only of a damaged one; it would be taken for the new one's.
    """
    if place.exists() and place.stat().st_size:
        try:
            kept.hardlink_to(place)
        except OSError:  # there are file systems without such names
            shutil.copyfile(place, kept)
        sync(kept)
    for suffix in ("-wal", "-journal"):
        if _beside(place, suffix).exists():
            _beside(place, suffix).rename(_beside(kept, suffix))
    _beside(place, "-shm").unlink(missing_ok=True)
    sync(place.parent)


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)
