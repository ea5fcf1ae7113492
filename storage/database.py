"""The database file: opened, recognised, brought to the newest revision, and its two kinds of transaction.

The tables are `tables`'; how a revision follows another is `migrate`'s.
"""

from __future__ import annotations

import importlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Lock, Semaphore
from time import monotonic, sleep
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from storage.errors import Busy, NotADatabase, StorageError, Unwritable
from storage.faults import UNKNOWN, damaged, storage_error
from storage.inspection import APPLICATION_ID
from storage.zstd import ZstdError

NEWEST_REVISION = "0007"
"""The last of `migrations/versions`, known without Alembic, whose import costs more than a check."""

BUSY_TIMEOUT = timedelta(seconds=10)
_PAUSE_SECONDS = 0.02
_CONNECTIONS = 4
"""How many threads are at the database at once; each connection more would have a cache of its own."""


class Database:
    """An open database. May be shared by threads; a context manager that closes it.

    `backup_made` is the copy that was made before it was upgraded just now, None where it was not.
    """

    def __init__(self, path: Path, busy_timeout: timedelta) -> None:
        """Use `open`."""
        self.path = path
        self.backup_made: Path | None = None
        self._busy_timeout = busy_timeout
        self._turn = Lock()
        self._places = Semaphore(_CONNECTIONS)
        self._engine = _engine(path, busy_timeout)
        self._writing = self._engine.execution_options(begin="BEGIN IMMEDIATE")

    @classmethod
    def open(cls, url: str, *, program: str = UNKNOWN, busy_timeout: timedelta = BUSY_TIMEOUT) -> Self:
        """Open the file of a `sqlite:///` address; make it, and its folder, and migrate it, where that is due.

        `program` is the version that opens it, for a version before it to tell. Waits as long as `busy_timeout` for
        other programs, here and in every transaction. Raises NotADatabase for a file of another kind or program, which
        is left as it was, NewerDatabase, MigrationFailed, Unwritable and Busy.
        """
        path = _path(url)
        if path.is_dir():
            raise NotADatabase(f"{path}: is a folder; name a file in storage.url")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unwritable(f"{path}: its folder cannot be made ({error.strerror}); see to storage.url") from error
        with ExitStack() as unless_well:
            database = cls(path, busy_timeout)
            unless_well.callback(database.close)
            database._bring_up(program)
            unless_well.pop_all()
        return database

    @classmethod
    def open_as_it_is(cls, path: Path, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> Self:
        """Open a file that is there, and leave it as it is: for who only asks.

        Raises StorageError where there is none, or one of an older revision, NotADatabase and NewerDatabase.
        """
        if not path.is_file() or not path.stat().st_size:
            raise StorageError(f"{path}: there is no database; name the file of storage.url")
        with ExitStack() as unless_well:
            database = cls(path, busy_timeout)
            unless_well.callback(database.close)
            with database.read() as connection:
                revision = _revision(connection, path)
                if revision is not None and revision != NEWEST_REVISION:
                    importlib.import_module("storage.migrate").refuse_unknown(connection, revision, path, UNKNOWN)
            if revision != NEWEST_REVISION:
                told = f"{path}: is of revision {revision}, and not of {NEWEST_REVISION} yet"
                raise StorageError(f"{told}; `hmicfrs-monitor status` upgrades it")
            unless_well.pop_all()
        return database

    @staticmethod
    def path_of(url: str) -> Path:
        """The file that an address names. Raises StorageError for one that names none."""
        return _path(url)

    @property
    def busy_timeout(self) -> timedelta:
        """How long other programs are waited for."""
        return self._busy_timeout

    @classmethod
    def newest_revision(cls) -> str:
        """The revision that this version of the program writes."""
        return NEWEST_REVISION

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write, alone among all processes; all or nothing. Raises Busy, Unwritable."""
        # Threads take turns here: in SQLite's own queue they would look again and again, and sleep in between.
        with self._turn, self._places, self._own_errors(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def write_unchecked(self) -> Iterator[Connection]:
        """As `write`, but the caller sees to it that every reference holds at its end."""
        with self._turn, self._own_errors(), self._writing.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys = OFF")  # has no effect within a transaction
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """The driver's own connection outside of any transaction, for what SQLite does by itself. Raises Busy."""
        with self._own_errors(), self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            yield driver

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the database, beside which others may write."""
        with self._places, self._own_errors(), self._engine.begin() as connection:
            yield connection

    def tidy(self) -> None:
        """Let SQLite renew its statistics where they are old, and take its log back into the file as far as it can."""
        with self.alone() as driver:
            driver.execute("PRAGMA optimize")
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def octets(self) -> int:
        """What it takes on the disk, with what is written ahead of it."""
        total = 0
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                total += self.path.with_name(f"{self.path.name}{ending}").stat().st_size
        return total

    def close(self) -> None:
        """Let go of the file. An open transaction is lost."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise storage_error(self.path, error) from error
        except ZstdError as error:
            raise damaged(self.path, "a packed column cannot be unpacked") from error

    def _bring_up(self, program: str) -> None:
        with self.read() as connection:
            revision = _revision(connection, self.path)
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        if revision == NEWEST_REVISION:
            if journal != "wal":  # a backup that somebody put here has no mark for it
                self._use_write_ahead_log()
            return
        # Alembic is imported for the few opens that need it: it costs as much as SQLAlchemy itself.
        migrate = importlib.import_module("storage.migrate")
        if revision is not None:
            with self.read() as connection:
                migrate.refuse_unknown(connection, revision, self.path, program)
        self._use_write_ahead_log()
        with self.write() as connection:
            revision = _revision(connection, self.path)
            if revision != NEWEST_REVISION:  # or another process has just done it
                self.backup_made = migrate.bring_up(connection, self.path, revision, program, self._busy_timeout)

    def _use_write_ahead_log(self) -> None:
        """Set a property that stays with the file; not possible inside a transaction.

        SQLite does not wait here for other programs that open the same new file at the same time, so we do.
        """
        deadline = monotonic() + self._busy_timeout.total_seconds()
        while True:
            try:
                with self.alone() as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
            except Busy:
                if monotonic() > deadline:
                    raise
                sleep(_PAUSE_SECONDS)
            else:
                return


def _path(url: str) -> Path:
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StorageError("storage.url: is not an address; it looks like sqlite:////folder/monitor.db") from error
    if parts.drivername != "sqlite":
        raise StorageError(f"storage.url: {parts.drivername} is not supported; use sqlite:////folder/monitor.db")
    if parts.database in {None, "", ":memory:"} or parts.query or parts.host:
        raise StorageError("storage.url: must name a file and no options, as in sqlite:////folder/monitor.db")
    return Path(str(parts.database))


def _engine(path: Path, busy_timeout: timedelta) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        # The driver's own transactions begin late and lose updates; ours begin with the statement in `_begin`.
        connect_args={"isolation_level": None, "timeout": busy_timeout.total_seconds()},
        json_serializer=partial(json.dumps, ensure_ascii=False, separators=(",", ":")),
        pool_size=_CONNECTIONS,
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.create_function("casefolded", 1, str.casefold, deterministic=True)  # SQLite's lower() is for ASCII
    except sqlite3.Error:
        connection.close()  # the pool has not taken it yet
        raise


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _revision(connection: Connection, path: Path) -> str | None:
    """The revision of a database of ours, None for an empty one."""
    tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    if not tables and mark in {0, APPLICATION_ID}:
        return None
    if mark != APPLICATION_ID or "alembic_version" not in tables:
        raise NotADatabase(f"{path}: is the database of another program; name another file in storage.url")
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if revision is None:
        raise damaged(path, "its revision is gone")
    return str(revision)
