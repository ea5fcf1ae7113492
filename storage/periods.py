"""How often a page was looked at since a time, and how long it was not. Years of hourly checks are not gone through."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, bindparam, func, select, text

from domain.since import Looks, Stretch
from storage.columns import UtcTime
from storage.tables import checks, snapshots

MOST_COUNTED = 10_000
"""Up to so many checks, more than those of a year, are asked one by one whether they saw the page."""

_STEPS = 1_000
"""Into how many parts a period is divided: a stretch without a look counts if it is longer than one of them."""

# From a look, the next one is the last within the longest stretch that is known, or if there is none there the first
# after it, which makes a longer stretch: so a period takes about as many steps as it has parts, however many its looks.
_LONGEST_LOOKED_FOR = text(
    """
WITH RECURSIVE look(at, longest, began) AS (
    SELECT :begin, :least, NULL
    UNION ALL
    SELECT next.started_at,
        max(look.longest, next.started_at - look.at),
        CASE WHEN next.started_at - look.at > look.longest THEN look.at ELSE look.began END
    FROM look CROSS JOIN "check" AS next ON next.id = coalesce(
        (SELECT id FROM "check" WHERE watch = :watch AND snapshot IS NOT NULL
            AND started_at > look.at AND started_at <= look.at + look.longest ORDER BY started_at DESC LIMIT 1),
        (SELECT id FROM "check" WHERE watch = :watch AND snapshot IS NOT NULL
            AND started_at > look.at + look.longest ORDER BY started_at LIMIT 1)
    )
)
SELECT at AS last, began, began + longest AS ended FROM look ORDER BY at DESC LIMIT 1
"""
)
_LONGEST = _LONGEST_LOOKED_FOR.bindparams(bindparam("begin", type_=UtcTime)).columns(
    last=UtcTime, began=UtcTime, ended=UtcTime
)


def looks_since(connection: Connection, watch: RowMapping, begin: datetime, until: datetime | None) -> Looks:
    """The looks at a page from a time on; `until` is now, None for the time of the last check."""
    mine = (checks.c.watch == watch["id"], checks.c.started_at >= begin)
    tries = connection.execute(select(func.count()).select_from(checks).where(*mine)).scalar_one()
    seen = None
    if tries <= MOST_COUNTED:
        seen = connection.execute(select(func.count(checks.c.snapshot)).where(*mine)).scalar_one()
    last_check = select(func.max(checks.c.started_at)).where(checks.c.watch == watch["id"])
    end = until or connection.scalar(last_check) or begin
    least = max((end - begin) / _STEPS, timedelta(microseconds=1))
    return Looks(
        checks=tries,
        seen=seen,
        longest=_longest(connection, watch["id"], begin, end, least),
        at_least=least,
        last=_last_look(connection, watch),
    )


def _longest(connection: Connection, watch: int, begin: datetime, end: datetime, least: timedelta) -> Stretch | None:
    asked = {"watch": watch, "begin": begin, "least": least // timedelta(microseconds=1)}
    last, began, ended = connection.execute(_LONGEST, asked).one()
    closed = None if began is None else Stretch(began, ended)
    if end - last > (least if closed is None else ended - began):
        return Stretch(last, None)
    return closed


def _last_look(connection: Connection, watch: RowMapping) -> datetime | None:
    """By a check of our own, or by a capture of others."""
    seen = select(snapshots.c.confirmed_until).where(snapshots.c.id == watch["latest_snapshot"])
    return max(filter(None, (watch["last_good_at"], connection.scalar(seen))), default=None)
