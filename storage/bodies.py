"""Raw bytes, each kept once under its hash and packed: an edited page costs little beside the one before it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, insert, select

from storage.faults import damaged
from storage.tables import Encoding, bodies
from storage.zstd import SHORTEST_BASE, ZstdError, pack, pack_against, unpack, unpack_against

WHOLE_EVERY = 25
"""How many bodies may lean on each other before one is kept whole: what the reading of any of them costs at most."""


def body_id(connection: Connection, content: bytes) -> int | None:
    """The number of a body that is kept already; None for a new one."""
    found = connection.scalar(select(bodies.c.id).where(bodies.c.sha256 == sha256(content).digest()))
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
    return connection.execute(insert(bodies).values(row)).lastrowid


def read_body(connection: Connection, number: int, path: Path) -> bytes:
    """The bytes of an answer as they came. Raises NotADatabase when they are not the bytes that were kept."""
    chain = _chain(connection, number)
    try:
        content = unpack(chain[0][1])
        for _, packed in chain[1:]:
            content = unpack_against(content, packed)
    except (ZstdError, ValueError) as error:
        raise damaged(path, f"body {number} cannot be unpacked") from error
    if sha256(content).digest() != chain[-1][0]:
        raise damaged(path, f"body {number} is not the one that was kept")
    return content


def _chain(connection: Connection, number: int) -> list[tuple[bytes, bytes]]:
    """Hash and packed bytes of a body and of those it leans on, the whole one first."""
    columns = (bodies.c.id, bodies.c.base, bodies.c.depth, bodies.c.sha256, bodies.c.bytes)
    below = select(*columns).where(bodies.c.id == number).cte("below", recursive=True)
    below = below.union_all(select(*columns).join(below, bodies.c.id == below.c.base))
    rows = connection.execute(select(below.c.sha256, below.c.bytes).order_by(below.c.depth))
    return [(digest, packed) for digest, packed in rows]
