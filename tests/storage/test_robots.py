"""robots.txt between runs."""

from __future__ import annotations

from domain.robots import RobotsFile
from storage.database import Database
from storage.robots import RobotsShelf
from tests.storage.pages import hour


def test_the_last_file_of_each_origin_is_kept(database: Database) -> None:
    shelf = RobotsShelf(database)
    old = RobotsFile("https://a.example", 200, "User-agent: *\nDisallow: /", hour(0))
    new = RobotsFile("https://a.example", 404, "", hour(1))
    other = RobotsFile("https://b.example:8443", 200, "", hour(0))
    for file in (old, other, new):
        shelf.put(file)
    assert shelf.get("https://a.example") == new
    assert shelf.get("https://b.example:8443") == other
    assert shelf.get("https://c.example") is None
