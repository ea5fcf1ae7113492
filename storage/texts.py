"""The texts of records: those that one check brought are kept together, packed against the bytes of their page.

As these bytes hold them too, they cost some hundred bytes instead of all their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from storage.bodies import read_bodies
from storage.faults import damaged
from storage.tables import texts
from storage.zstd import SHORTEST_BASE, ZstdError, pack, pack_against, unpack, unpack_against

_AT_ONCE = 50
"""How many checks' texts are read together: each needs the bytes of its page, all in memory."""


def keep_texts(connection: Connection, found: Sequence[str], body: int, content: bytes) -> int:
    """Keep texts together; gives their number. `content` are the bytes of the body that they come from."""
    joined = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    leans = len(content) >= SHORTEST_BASE
    packed = pack_against(content, joined) if leans else pack(joined)
    row = {"base": body if leans else None, "bytes": packed}
    return connection.execute(insert(texts).values(row)).lastrowid


def with_texts(connection: Connection, rows: Iterable[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """Rows of version tables, each with its `text`. Raises NotADatabase where the bytes are damaged."""
    found = [dict(row) for row in rows]
    wanted = sorted({row["texts"] for row in found if row["texts"] is not None})
    kept: dict[int, list[str]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        kept |= _read(connection, wanted[start : start + _AT_ONCE])
    for row in found:
        row["text"] = "" if row["texts"] is None else kept[row["texts"]][row["text_place"]]
    return found


def _read(connection: Connection, numbers: Sequence[int]) -> dict[int, list[str]]:
    rows = connection.execute(select(texts).where(texts.c.id.in_(numbers))).mappings().all()
    path = Path(str(connection.engine.url.database))
    bases = read_bodies(connection, {row["base"] for row in rows} - {None}, path)
    return {row["id"]: _unpacked(row, bases, path) for row in rows}


def _unpacked(row: RowMapping, bases: Mapping[int, bytes], path: Path) -> list[str]:
    try:
        joined = unpack(row["bytes"]) if row["base"] is None else unpack_against(bases[row["base"]], row["bytes"])
        found: list[str] = json.loads(joined.decode("utf-8", "surrogatepass"))
    except (ZstdError, ValueError) as error:
        raise damaged(path, f"text {row['id']} cannot be unpacked") from error
    return found
