"""The bodies: whether each unpacks to the bytes that its hash and size are of."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Text, select, type_coerce

from domain.audit import Findings
from storage.bodies import read_body
from storage.errors import NotADatabase
from storage.tables import bodies
from storage.zstd import ZstdError, unpack, unpack_against

_MOST_KEPT = 32_000_000
"""How many bytes of unpacked bodies are kept: enough for the last of some hundred watches."""


def audit_bodies(connection: Connection, findings: Findings, path: Path) -> None:
    """Unpack each in the order of their numbers: a body leans on one that was read shortly before."""
    kept = _Kept()
    encoding = type_coerce(bodies.c.encoding, Text)
    columns = bodies.c.id, bodies.c.sha256, bodies.c.size, encoding, bodies.c.base, bodies.c.depth, bodies.c.bytes
    for row in connection.execute(select(*columns).order_by(bodies.c.id)).yield_per(10):
        findings.looked_at()
        try:
            content = _unpacked(row, kept, connection, path)
        except (ZstdError, ValueError, TypeError, LookupError, NotADatabase):
            findings.fault("body", row.id, "cannot be unpacked")
            continue
        if sha256(content).digest() != row.sha256:
            findings.fault("body", row.id, "is not the one that its hash is of")
        if len(content) != row.size:
            findings.fault("body", row.id, "is of another size", f": {len(content)} bytes, not {row.size}")
        if row.depth != (0 if row.base is None else kept.depth_of(row.base) + 1):
            findings.fault("body", row.id, "counts the bodies below it wrongly")
        kept.put(row.id, row.depth, content)


def _unpacked(row: Row[Any], kept: _Kept, connection: Connection, path: Path) -> bytes:
    if row.base is None:
        return unpack(row.bytes)
    if row.base not in kept:
        content = read_body(connection, row.base, path)
        kept.put(
            row.base, connection.execute(select(bodies.c.depth).where(bodies.c.id == row.base)).scalar_one(), content
        )
    return unpack_against(kept[row.base], row.bytes)


class _Kept:
    """The bodies that were read or leant on last, as many as fit."""

    def __init__(self) -> None:
        self._bodies: dict[int, tuple[int, bytes]] = {}
        self._size = 0

    def __contains__(self, number: int) -> bool:
        return number in self._bodies

    def __getitem__(self, number: int) -> bytes:
        kept = self._bodies[number] = self._bodies.pop(number)  # to the end of the line of those that go
        return kept[1]

    def depth_of(self, number: int) -> int:
        return self._bodies[number][0]

    def put(self, number: int, depth: int, content: bytes) -> None:
        self._bodies[number] = depth, content
        self._size += len(content)
        while self._size > _MOST_KEPT and len(self._bodies) > 1:
            oldest = next(iter(self._bodies))
            self._size -= len(self._bodies.pop(oldest)[1])
