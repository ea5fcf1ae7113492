"""Raw bytes: kept once, small, and exactly."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage.bodies import WHOLE_EVERY, keep_body, read_body
from storage.database import Database
from storage.errors import NotADatabase
from storage.tables import Encoding, bodies


def html(kilobytes: int) -> bytes:
    """Something as compressible as a page of running text."""
    chance = random.Random(1)  # noqa: S311
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(2000)]
    lines = [f'<p class="wp-block">{" ".join(chance.choices(words, k=15))}</p>' for _ in range(kilobytes * 8)]
    return "\n".join(lines)[: kilobytes * 1024].encode()


def edited(content: bytes, number: int) -> bytes:
    middle = len(content) // 2
    return content[:middle] + b"<p>edit %d</p>" % number + content[middle:]


def keep(database: Database, content: bytes, base: int | None = None) -> int:
    with database.write() as connection:
        return keep_body(connection, content, base, database.path)


def read(database: Database, number: int) -> bytes:
    with database.read() as connection:
        return read_body(connection, number, database.path)


def stored_sizes(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.scalars(select(func.length(bodies.c.bytes)).order_by(bodies.c.id)))


def test_the_same_bytes_are_kept_once(database: Database) -> None:
    assert keep(database, html(4)) == keep(database, html(4))
    assert len(stored_sizes(database)) == 1


def test_an_edit_costs_little_beside_the_page_before(database: Database) -> None:
    content = html(60)
    first = keep(database, content)
    second = keep(database, edited(content, 1), first)
    whole, edit = stored_sizes(database)
    assert whole < 25_000
    assert edit < 200
    assert read(database, second) == edited(content, 1)


def test_every_version_is_read_back_and_a_whole_one_is_kept_now_and_then(database: Database) -> None:
    versions = [html(8)]
    numbers = [keep(database, versions[0])]
    for number in range(60):
        versions.append(edited(versions[-1], number))
        numbers.append(keep(database, versions[-1], numbers[-1]))
    assert [read(database, number) for number in numbers] == versions
    with database.read() as connection:
        whole = connection.scalars(select(bodies.c.id).where(bodies.c.encoding == Encoding.ZSTD)).all()
    assert whole == [1, 1 + WHOLE_EVERY, 1 + 2 * WHOLE_EVERY]


@pytest.mark.parametrize("content", [b"", b"\x00", b"1234567", bytes(range(256)) * 3])
@pytest.mark.parametrize("base", [b"", b"short", html(2)])
def test_small_and_unlike_bytes_are_kept_too(database: Database, content: bytes, base: bytes) -> None:
    assert read(database, keep(database, content, keep(database, base))) == content


@pytest.mark.parametrize(
    "damage", ["UPDATE body SET bytes = x'00ff' WHERE id = 1", "UPDATE body SET bytes = x'' WHERE id = 2"]
)
def test_damage_anywhere_below_is_told_with_the_file(database: Database, damage: str) -> None:
    number = keep(database, edited(html(4), 1), keep(database, html(4)))
    with database.write() as connection:
        connection.exec_driver_sql(damage)
    with pytest.raises(NotADatabase, match=rf"{Path(database.path)}: is damaged \(body [12] .*put a backup"):
        read(database, number)
