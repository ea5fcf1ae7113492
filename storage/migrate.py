"""The one place that runs Alembic; imported only when a database is not at the newest revision."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.errors import NewerDatabase


def upgrade(connection: Connection) -> None:
    """Bring a database to the newest revision, within the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def refuse_unknown(revision: str, path: Path) -> None:
    """Raise NewerDatabase for a revision that this program has never heard of."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision not in known:
        raise NewerDatabase(f"{path}: a newer version of the program wrote it (revision {revision}); upgrade this one")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    return config
