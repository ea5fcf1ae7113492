"""A new database in a file for each test."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest

from storage.database import Database
from storage.history import History
from storage.inspection import APPLICATION_ID
from storage.outbox import Outbox
from storage.recipients import Recipients
from tests.storage.pages import Story, url_of


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(url_of(tmp_path / "monitor.db")) as opened:
        yield opened


@pytest.fixture
def story(database: Database) -> Story:
    return Story.of(database)


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


@pytest.fixture
def people(database: Database) -> Recipients:
    return Recipients(database)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The file of the old program."""
    path = tmp_path / "monitor.db"
    dump = files("tests.storage").joinpath("revision_0001.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    return path
