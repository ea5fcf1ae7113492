"""The rows of checks, each sealed as it is stored, and read again as the links of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select

from domain.chain import BEGINNING, Link, seal
from storage.tables import bodies, checks, watches

_AT_ONCE = 2_000

# Made once: each is used for every check.
_LAST = select(checks.c.id, checks.c.seal).order_by(checks.c.id.desc()).limit(1)
_INSERT = insert(checks)
_LINKS = (
    select(
        checks.c.id,
        watches.c.name,
        checks.c.source,
        checks.c.started_at,
        checks.c.duration_ms,
        checks.c.outcome,
        checks.c.reason,
        checks.c.http_status,
        checks.c.hops,
        checks.c.headers,
        checks.c.etag,
        checks.c.last_modified,
        bodies.c.sha256,
        checks.c.seal,
        checks.c.seal_before,
        checks.c.snapshot,
    )
    .join(watches, checks.c.watch == watches.c.id)
    .outerjoin(bodies, checks.c.body == bodies.c.id)
    .where(checks.c.id > bindparam("after"))
    .order_by(checks.c.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A link of the chain as it is stored.

    `seal` is None where there is none, which no program of ours leaves. `seal_before` is the seal of the check before,
    kept where `prune` took that one away.
    """

    link: Link
    seal: bytes | None
    seal_before: bytes | None
    snapshot: int | None


def insert_check(connection: Connection, row: Mapping[str, Any], watch: str, digest: str | None) -> int:
    """Store a check of the watch of that name, sealed; gives its number. `digest` is the SHA-256 of its body in hex."""
    return insert_checks(connection, ((row, watch, digest),))[0]


def insert_checks(connection: Connection, looks: Iterable[tuple[Mapping[str, Any], str, str | None]]) -> list[int]:
    """Store many, which have the same columns; each as with `insert_check`."""
    last = connection.execute(_LAST).one_or_none()
    number, before = (0, BEGINNING) if last is None else (last.id, last.seal)
    rows = []
    for row, watch, digest in looks:
        number += 1
        sealed = {**row, "id": number}
        sealed["seal"] = before = seal(_link(sealed, watch, digest), before)
        rows.append(sealed)
    if rows:
        connection.execute(_INSERT, rows)
    return [row["id"] for row in rows]


def links(connection: Connection, *wanted: ColumnElement[bool], after: int = 0) -> Iterator[Sealed]:
    """The checks with numbers beyond `after`, by number, those that are wanted; read some at a time."""
    statement = _LINKS.where(*wanted)
    while rows := connection.execute(statement, {"after": after, "most": _AT_ONCE}).all():
        for row in rows:
            yield _sealed(row)
        after = rows[-1].id


def _sealed(row: Sequence[Any]) -> Sealed:
    """A row of `_LINKS`, whose columns are in the order of a link's; there are millions of them."""
    check, watch, source, started_at, duration, outcome, reason, status, hops, headers, etag, modified, *others = row
    digest, seal, seal_before, snapshot = others
    hops = None if hops is None else tuple(hops)
    headers = None if headers is None else tuple((name, value) for name, value in headers)
    body = None if digest is None else digest.hex()
    told = source, started_at, duration, outcome, reason, status, hops, headers, etag, modified, body
    return Sealed(Link(check, watch, *told), seal, seal_before, snapshot)


def _link(row: Mapping[Any, Any], watch: str, digest: str | None) -> Link:
    hops, headers = row.get("hops"), row.get("headers")
    return Link(
        check=row["id"],
        watch=watch,
        source=row["source"],
        started_at=row["started_at"],
        duration_ms=row["duration_ms"],
        outcome=row["outcome"],
        reason=row.get("reason"),
        http_status=row.get("http_status"),
        hops=None if hops is None else tuple(hops),
        headers=None if headers is None else tuple((name, value) for name, value in headers),
        etag=row.get("etag"),
        last_modified=row.get("last_modified"),
        body=digest,
    )
