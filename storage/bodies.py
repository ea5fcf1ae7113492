"""Raw bytes, each kept once under its hash and packed: an edited page costs little beside the one before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, RowMapping, bindparam, insert, select

from storage.faults import damaged
from storage.tables import Encoding, bodies
from storage.zstd import SHORTEST_BASE, ZstdError, pack, pack_against, unpack, unpack_against

WHOLE_EVERY = 25
"""How many bodies may lean on each other before one is kept whole: what the reading of any of them costs at most."""


_BY_HASH = select(bodies.c.id).where(bodies.c.sha256 == bindparam("digest"))


def body_id(connection: Connection, content: bytes) -> int | None:
    """The number of a body that is kept already; None for a new one."""
    found = connection.scalar(_BY_HASH, {"digest": sha256(content).digest()})
    return None if found is None else int(found)


def keep_body(connection: Connection, content: bytes, base: int | None, path: Path) -> int:
    """Keep the bytes of an answer; gives their number. `base` is a body that they may be like, None for none."""
    kept = body_id(connection, content)
    if kept is not None:
        return kept
    packed, leans_on, depth = pack(content), None, 0
    if base is not None:
        depth_below = connection.execute(select(bodies.c.depth).where(bodies.c.id == base)).scalar_one()
        before = read_body(connection, base, path) if depth_below + 1 < WHOLE_EVERY else b""
        against = pack_against(before, content) if len(before) >= SHORTEST_BASE else packed
        if len(against) < len(packed):
            packed, leans_on, depth = against, base, depth_below + 1
    row = {
        "sha256": sha256(content).digest(),
        "size": len(content),
        "encoding": Encoding.ZSTD if leans_on is None else Encoding.ZSTD_DICT,
        "base": leans_on,
        "depth": depth,
        "bytes": packed,
    }
    return connection.execute(insert(bodies), row).lastrowid


def read_body(connection: Connection, number: int, path: Path) -> bytes:
    """The bytes of an answer as they came. Raises NotADatabase when they are not the bytes that were kept."""
    return read_bodies(connection, (number,), path)[number]


def read_bodies(connection: Connection, numbers: Collection[int], path: Path) -> dict[int, bytes]:
    """The same for several bodies, what they lean on read once."""
    contents: dict[int, bytes] = {}
    for row in _chains(connection, numbers):
        try:
            base = contents[row["base"]] if row["base"] else None
            content = unpack(row["bytes"]) if base is None else unpack_against(base, row["bytes"])
        except (ZstdError, ValueError, KeyError) as error:
            raise damaged(path, f"body {row['id']} cannot be unpacked") from error
        if row["id"] in numbers and sha256(content).digest() != row["sha256"]:
            raise damaged(path, f"body {row['id']} is not the one that was kept")
        contents[row["id"]] = content
    return {number: contents[number] for number in numbers}


def _chains(connection: Connection, numbers: Collection[int]) -> Sequence[RowMapping]:
    """The rows of bodies and of all that they lean on, each once, the whole ones first."""
    columns = (bodies.c.id, bodies.c.base, bodies.c.depth, bodies.c.sha256, bodies.c.bytes)
    below = select(*columns).where(bodies.c.id.in_(numbers)).cte("below", recursive=True)
    below = below.union(select(*columns).join(below, bodies.c.id == below.c.base))
    return connection.execute(select(below).order_by(below.c.depth)).mappings().all()
