"""The checks: whether how the watches stand, and when snapshots were seen, is what the checks say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, not_, or_, select

from domain.audit import Findings
from domain.capture import Source
from domain.check import Outcome
from storage.audit.rules import Rule, apply_rules
from storage.tables import captures, checks, snapshots, watches

GOOD = checks.c.outcome.in_((Outcome.BASELINE, Outcome.UNCHANGED, Outcome.CHANGED))
_NEW = checks.c.outcome.in_((Outcome.BASELINE, Outcome.CHANGED))


def audit_checks(connection: Connection, findings: Findings, _path: Path) -> None:
    """Hold checks, snapshots and watches beside each other."""
    findings.looked_at(connection.execute(select(func.count()).select_from(checks)).scalar_one())
    apply_rules(connection, findings, _RULES)
    for row in connection.execute(select(watches)):
        _audit_watch(connection, row, findings)


def _captured(wrong: ColumnElement[bool]) -> Select[Any]:
    """Snapshots that do not agree with the check that found them."""
    return select(snapshots.c.id).join(checks, checks.c.id == snapshots.c.check).where(wrong)


def _of_checks(wrong: ColumnElement[bool]) -> Select[Any]:
    return select(checks.c.id).where(wrong)


def _first() -> Select[Any]:
    """The first good check of our own of each watch has no other to compare with, and every other has."""
    good = select(checks.c.watch, func.min(checks.c.id).label("id")).where(_LIVE, GOOD).group_by(checks.c.watch)
    first = good.subquery()
    wrong = and_(_LIVE, _NEW, (checks.c.outcome == Outcome.BASELINE) != (checks.c.id == first.c.id))
    return _captured(wrong).join(first, first.c.watch == snapshots.c.watch)


def _elsewhere() -> Select[Any]:
    """Good checks see the snapshot that was found last: by number, or where captures came between them by time."""
    found = case((snapshots.c.check == checks.c.id, snapshots.c.place))
    in_turn = case((_AMONG_OTHERS, checks.c.started_at), else_=0)
    last = func.max(found).over(partition_by=checks.c.watch, order_by=(in_turn, checks.c.id))
    seen = (
        select(checks.c.id, snapshots.c.place, GOOD.label("good"), last.label("last"))
        .outerjoin(snapshots, snapshots.c.id == checks.c.snapshot)
        .subquery()
    )
    return select(seen.c.id).where(seen.c.good, seen.c.place.is_distinct_from(seen.c.last))


_LIVE = checks.c.source == Source.LIVE
_AMONG_OTHERS = checks.c.watch.in_(select(captures.c.watch).where(captures.c.check.is_not(None)))
_BEGINS_AGAIN = and_(_AMONG_OTHERS, checks.c.outcome == Outcome.UNCHANGED)
"""A check that found a state unchanged may see its return, since a capture came between that shows another."""

_SIGHT = exists().where(
    checks.c.watch == snapshots.c.watch,
    checks.c.started_at == snapshots.c.confirmed_until,
    checks.c.snapshot == snapshots.c.id,
)
_RULES = (
    Rule(
        "snapshot",
        "is not what its check found",
        _captured(
            or_(
                not_(or_(_NEW, _BEGINS_AGAIN)),
                checks.c.snapshot.is_distinct_from(snapshots.c.id),
                checks.c.watch != snapshots.c.watch,
            )
        ),
    ),
    Rule(
        "snapshot",
        "has other bytes than its check",
        _captured(
            and_(
                checks.c.body.is_distinct_from(snapshots.c.body),
                not_(and_(_BEGINS_AGAIN, checks.c.body.is_(None))),
            )
        ),
    ),
    Rule(
        "snapshot",
        "was captured at another time than its check",
        _captured(checks.c.started_at != snapshots.c.captured_at),
    ),
    Rule("snapshot", "is a baseline and not the first, or the reverse", _first()),
    Rule(
        "snapshot",
        "is said to be seen until a time at which no check saw it",
        select(snapshots.c.id).where(or_(~_SIGHT, snapshots.c.confirmed_until < snapshots.c.captured_at)),
    ),
    Rule("check", "is good and saw no snapshot, or the reverse", _of_checks(checks.c.snapshot.is_not(None) != GOOD)),
    Rule("check", "saw another snapshot than the last one", _elsewhere()),
    Rule(
        "check",
        "is bad and does not say why",
        _of_checks(and_(~GOOD, or_(checks.c.reason.is_(None), checks.c.trouble_since.is_(None)))),
    ),
    Rule(
        "check",
        "was suspect and kept no answer",
        _of_checks(and_(checks.c.outcome == Outcome.SUSPECT, checks.c.body.is_(None))),
    ),
)


def _audit_watch(connection: Connection, watch: Row[Any], findings: Findings) -> None:
    """What a watch's row repeats of its checks and snapshots."""
    mine = and_(checks.c.watch == watch.id, _LIVE)
    good = and_(mine, GOOD)
    newest = select(snapshots.c.id).where(snapshots.c.watch == watch.id).order_by(snapshots.c.place.desc()).limit(1)

    def one(statement: Select[Any]) -> Any:
        return connection.execute(statement).scalar()

    last_good = one(select(func.max(checks.c.id)).where(good)) or 0
    since = and_(mine, checks.c.id > last_good)
    stands = {
        "last_check": one(select(func.max(checks.c.id)).where(mine)),
        "latest_snapshot": one(newest),
        "last_good_at": one(select(func.max(checks.c.started_at)).where(good)),
        "consecutive_failures": one(select(func.count()).select_from(checks).where(since)),
        "trouble_since": one(select(checks.c.started_at).where(since).order_by(checks.c.id).limit(1)),
    }
    for column, value in stands.items():
        stored = getattr(watch, column)
        if stored != value:
            findings.fault("watch", watch.id, f"{column} is not what the checks say", f": {stored}, not {value}")
