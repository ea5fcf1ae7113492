"""The alerts: whether each has something to tell, and stands where its tries have brought it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from domain.alert import AlertKind, AlertState
from domain.audit import Findings
from domain.check import Outcome
from storage.audit.rules import Rule, apply_rules
from storage.tables import alert_checks, alerts, checks

_NOTICE = alerts.c.kind.in_((AlertKind.UNDELIVERED, AlertKind.LATE, AlertKind.HEARTBEAT))
_OF_CHECKS = alerts.c.kind.in_((AlertKind.CHANGES, AlertKind.TROUBLE, AlertKind.RECOVERY))
_BAD = checks.c.outcome.in_((Outcome.FAILED, Outcome.SUSPECT))
_PENDING = alerts.c.state == AlertState.PENDING


def audit_alerts(connection: Connection, findings: Findings, _path: Path) -> None:
    """Hold the outbox beside the checks."""
    findings.looked_at(connection.execute(select(func.count()).select_from(alerts)).scalar_one())
    apply_rules(connection, findings, _RULES)


def _of_alerts(wrong: ColumnElement[bool]) -> Select[Any]:
    return select(alerts.c.id).where(wrong)


def _covering(wrong: ColumnElement[bool]) -> Select[Any]:
    """Alerts that tell of a check of another outcome than theirs."""
    covered = alerts.join(alert_checks, alert_checks.c.alert == alerts.c.id)
    return select(alerts.c.id).select_from(covered.join(checks, checks.c.id == alert_checks.c.check)).where(wrong)


def _several() -> Select[Any]:
    """Only an alert of changes tells of several checks."""
    covered = alerts.join(alert_checks, alert_checks.c.alert == alerts.c.id)
    single = select(alerts.c.id).select_from(covered).where(alerts.c.kind != AlertKind.CHANGES)
    return single.group_by(alerts.c.id).having(func.count() > 1)


_RULES = (
    Rule(
        "alert",
        "tells of no check",
        _of_alerts(and_(_OF_CHECKS, ~exists().where(alert_checks.c.alert == alerts.c.id))),
    ),
    Rule("alert", "has no notice to tell", _of_alerts(and_(_NOTICE, alerts.c.notice.is_(None)))),
    Rule("alert", "tells of several checks", _several()),
    Rule(
        "alert",
        "tells of a check that found something else",
        _covering(
            or_(
                and_(alerts.c.kind == AlertKind.CHANGES, checks.c.outcome != Outcome.CHANGED),
                and_(alerts.c.kind == AlertKind.TROUBLE, ~_BAD),
                and_(alerts.c.kind == AlertKind.RECOVERY, _BAD),
            )
        ),
    ),
    Rule(
        "alert",
        "is pending without a next try, or the reverse",
        _of_alerts(alerts.c.next_attempt_at.is_not(None) != _PENDING),
    ),
    Rule("alert", "is claimed and not pending", _of_alerts(and_(~_PENDING, alerts.c.claimed_until.is_not(None)))),
    Rule(
        "alert",
        "was sent or has failed without a try",
        _of_alerts(
            and_(
                alerts.c.state.in_((AlertState.SENT, AlertState.FAILED)),
                or_(alerts.c.attempts == 0, alerts.c.last_attempt_at.is_(None)),
            )
        ),
    ),
)
