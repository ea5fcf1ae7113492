"""The one place that runs Alembic; imported only when a database is not at the newest revision."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from storage.backup import back_up
from storage.errors import Busy, MigrationFailed, NotADatabase, Unwritable
from storage.faults import newer, storage_error
from storage.inspection import APPLICATION_ID
from storage.tables import upgrades


def bring_up(connection: Connection, path: Path, revision: str | None, program: str, wait: timedelta) -> Path | None:
    """Bring a database to the newest revision within a transaction in which nothing is written yet.

    Gives the copy that was made of it before, None where it was empty. Raises MigrationFailed, Unwritable.
    """
    # The copy is made by another connection while this one keeps all others from writing: it has every check that the
    # old program stored.
    copy = None if revision is None else _copied(path, revision, wait)
    try:
        upgrade(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        _note(connection, program)
    except DBAPIError as error:
        if isinstance(known := storage_error(path, error), (Busy, NotADatabase, Unwritable)):
            raise known from error
        raise _failed(path, revision, copy, error.orig or error) from error
    except (SQLAlchemyError, CommandError) as error:
        raise _failed(path, revision, copy, error) from error
    return copy


def upgrade(connection: Connection) -> None:
    """Bring a database to the newest revision, within the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_known(revision: str) -> bool:
    """Whether this program has heard of a revision."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def refuse_unknown(connection: Connection, revision: str, path: Path, program: str) -> None:
    """Raise NewerDatabase for a revision that this program has never heard of."""
    if is_known(revision):
        return
    try:
        wrote = connection.scalar(select(upgrades.c.program).where(upgrades.c.revision == revision))
    except OperationalError:
        wrote = None  # it is so much newer that it has no such table
    raise newer(path, revision, wrote, program)


def _copied(path: Path, revision: str, wait: timedelta) -> Path:
    place = path.with_name(f"{path.name}.revision-{revision}.backup")
    try:
        return back_up(path, place, wait, force=True).path
    except Unwritable as error:
        raise Unwritable(f"{path}: is not upgraded, as no copy of it can be made before: {error}") from error


def _note(connection: Connection, program: str) -> None:
    row = {"revision": _scripts().get_current_head(), "program": program}
    statement = insert(upgrades).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["revision"], set_={"program": program}))


def _failed(path: Path, revision: str | None, copy: Path | None, cause: BaseException) -> MigrationFailed:
    why = " ".join(str(cause).split())
    if copy is None:
        return MigrationFailed(f"{path}: its tables could not be made ({why}); this is a defect of the program")
    kept = f"it is as it was, and {copy} is a copy of it"
    return MigrationFailed(
        f"{path}: the upgrade from revision {revision} failed ({why}); {kept}; go back to the program before"
    )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return config
