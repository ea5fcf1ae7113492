"""Which hosts asked to be left alone, and until when, kept between runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from storage.database import Database
from storage.tables import hosts


class PauseShelf:
    """The last pause that each host asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, host: str) -> datetime | None:
        """Until when, also where that is past; None for never."""
        with self._database.read() as connection:
            return connection.scalar(select(hosts.c.not_before).where(hosts.c.name == host))

    def put(self, host: str, until: datetime) -> None:
        """Keep a time in the place of the one before."""
        statement = insert(hosts).values(name=host, not_before=until)
        changed = statement.on_conflict_do_update(index_elements=["name"], set_={"not_before": until})
        with self._database.write() as connection:
            connection.execute(changed)
