"""SQLite's errors as the storage's own: one line each that names the file and the way out."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from storage.errors import Busy, NewerDatabase, NoFullText, NotADatabase, StorageError, Unwritable

UNKNOWN = "unknown"
"""The version of a program that does not say which it is."""

_PRIMARY = 0xFF  # the low byte of an extended code, https://sqlite.org/rescode.html
_UNWRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR}


def storage_error(path: Path, error: DBAPIError | sqlite3.Error) -> StorageError:
    """What an error of the database means for the person who runs the program."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(f"{path}: another program holds the database ({cause}); try again, or end that program")
        case sqlite3.SQLITE_FULL:
            return Unwritable(f"{path}: no room to write ({cause}); free some space on its disk and try again")
        case sqlite3.SQLITE_NOTADB:
            return NotADatabase(f"{path}: is not a database; name another file in storage.url, or move this one away")
        case sqlite3.SQLITE_CORRUPT:
            return damaged(path, str(cause))
        case sqlite3.SQLITE_ERROR if "no such module" in str(cause):
            return NoFullText("the SQLite of this Python has no FTS5, which `search` needs; all else works without it")
    if code in _UNWRITABLE:
        return Unwritable(f"{path}: cannot be read and written ({cause}); see to its disk and permissions")
    return StorageError(f"{path}: the database refused a statement ({cause}); this is a defect of the program")


def damaged(path: Path, what: str) -> NotADatabase:
    """The error for a file that is a database, but whose content is broken."""
    return NotADatabase(f"{path}: is damaged ({what}); put a backup in its place, or move it away to begin anew")


def newer(path: Path, revision: str, wrote: str | None, program: str) -> NewerDatabase:
    """The error for a database of a later program, which says `wrote` of itself; `program` is the version of this."""
    by = f"version {wrote} of the program" if wrote else "a newer version of the program"
    this = "" if program == UNKNOWN else f", this is version {program}"
    way_out = "upgrade the program, or `restore` a backup"
    return NewerDatabase(f"{path}: {by} wrote it (revision {revision}){this}; {way_out}")
