"""Where the robots.txt of each site is kept between runs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from domain.robots import RobotsFile
from storage.database import Database
from storage.tables import robots_files


class RobotsShelf:
    """The last robots.txt of each origin (scheme, host and port)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, origin: str) -> RobotsFile | None:
        """The file as it was last had; None for never."""
        with self._database.read() as connection:
            found = connection.execute(select(robots_files).where(robots_files.c.origin == origin))
            row = found.mappings().one_or_none()
        return None if row is None else RobotsFile(**row)

    def put(self, file: RobotsFile) -> None:
        """Keep a file in the place of the one before."""
        columns = {"status": file.status, "text": file.text, "fetched_at": file.fetched_at}
        statement = insert(robots_files).values(origin=file.origin, **columns)
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["origin"], set_=columns))
