"""The captures of others: whether each is what its state says, and the check that it became is of it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, and_, func, or_, select

from domain.audit import Findings
from domain.capture import CaptureState, Source
from storage.audit.rules import Rule, apply_rules
from storage.tables import captures, checks

_MERGED = captures.c.state == CaptureState.MERGED


def audit_captures(connection: Connection, findings: Findings, _path: Path) -> None:
    """Hold captures and the checks that they became beside each other."""
    findings.looked_at(connection.execute(select(func.count()).select_from(captures)).scalar_one())
    apply_rules(connection, findings, _RULES)


_BECAME = select(captures.c.id).join(checks, checks.c.id == captures.c.check)
_ITS_CHECK = captures.c.check == checks.c.id
_RULES = (
    Rule(
        "capture",
        "is in the history and became no check, or the reverse",
        select(captures.c.id).where(captures.c.check.is_not(None) != _MERGED),
    ),
    Rule(
        "capture",
        "became a check that is not of it",
        _BECAME.where(
            or_(
                captures.c.watch != checks.c.watch,
                captures.c.source != checks.c.source,
                captures.c.captured_at != checks.c.started_at,
                and_(captures.c.body.is_not(None), captures.c.body != checks.c.body),
            )
        ),
    ),
    Rule(
        "capture",
        "is set aside and nothing says why",
        select(captures.c.id).where(captures.c.state == CaptureState.ASIDE, captures.c.reason.is_(None)),
    ),
    Rule(
        "check",
        "is of an import and no capture became it",
        select(checks.c.id)
        .outerjoin(captures, _ITS_CHECK)
        .where(checks.c.source != Source.LIVE, captures.c.id.is_(None)),
    ),
)
