"""The migrations lead to the tables that the program uses, and a failing one leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Inspector, create_engine, inspect
from sqlalchemy.exc import StatementError

import storage.migrate
from storage.database import NEWEST_REVISION, Database
from storage.errors import NewerDatabase
from storage.tables import metadata, robots_files
from tests.storage.pages import START, url_of
from tests.storage.workers import output_of, started


def test_the_migrated_tables_are_those_of_the_program(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_every_check_constraint_is_migrated(database: Database, tmp_path: Path) -> None:
    wanted = create_engine(url_of(tmp_path / "wanted.db"))
    with database.read() as connection, wanted.begin() as other:
        metadata.create_all(other)
        assert _constraints(inspect(connection)) == _constraints(inspect(other))
    wanted.dispose()


def _constraints(inspector: Inspector) -> dict[str, list[tuple[object, str]]]:
    tables = [name for name in inspector.get_table_names() if name != "alembic_version"]
    return {
        table: sorted((check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table))
        for table in tables
    }


def test_the_newest_revision_is_the_last_script() -> None:
    script = ScriptDirectory.from_config(storage.migrate._config())
    assert script.get_current_head() == NEWEST_REVISION == Database.newest_revision()


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade: Callable[[Connection], None] = storage.migrate.upgrade

    def half(connection: Connection) -> None:
        upgrade(connection)
        connection.exec_driver_sql("CREATE TABLE half_made (id INTEGER)")
        raise RuntimeError("a defect in a migration")

    path = tmp_path / "monitor.db"
    monkeypatch.setattr(storage.migrate, "upgrade", half)
    with pytest.raises(RuntimeError):
        Database.open(url_of(path))
    monkeypatch.undo()
    other = create_engine(url_of(path))
    with other.connect() as connection:
        assert inspect(connection).get_table_names() == []
        assert connection.exec_driver_sql("PRAGMA application_id").scalar_one() == 0
    other.dispose()
    Database.open(url_of(path)).close()


def test_a_database_from_a_newer_program_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    with Database.open(url_of(path)) as database, database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    before = path.read_bytes()
    with pytest.raises(NewerDatabase, match=r"monitor\.db: a newer version .* \(revision 0099\); upgrade the program"):
        Database.open(url_of(path))
    assert path.read_bytes() == before


def test_alembic_is_imported_only_for_a_database_that_needs_it(tmp_path: Path) -> None:
    answers = []
    for _ in range(2):
        with started("open_and_tell_whether_alembic_came", tmp_path / "monitor.db") as opening:
            answers.append(output_of(opening))
    assert answers == ["True\n", "False\n"]


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    row = {"origin": "https://a.example", "status": 200, "text": "", "fetched_at": START.replace(tzinfo=None)}
    with pytest.raises(StatementError, match="has no time zone"), database.write() as connection:
        connection.execute(robots_files.insert().values(row))
