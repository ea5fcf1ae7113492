"""An alert with all that its message is made of, gathered from what the checks stored."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, assert_never

from sqlalchemy import Connection, RowMapping, Select, func, select

from domain.alert import (
    AlertKind,
    AlertState,
    ChangesFound,
    Letter,
    News,
    PageChanges,
    Trial,
    TroubleFound,
    TroubleOver,
)
from domain.capture import Source
from domain.change import ChangeKind, RecordedChange
from domain.check import Outcome
from domain.recipient import Wants
from storage.errors import UnknownAlert
from storage.notices import heartbeat_of, undelivered_of, watch_late_of
from storage.recorded import CHANGES, read_changes
from storage.rows import ALERTS, alert_of
from storage.tables import (
    alert_checks,
    alerts,
    changes,
    checks,
    page_versions,
    recipients,
    report_versions,
    snapshots,
    watches,
)
from storage.versions import Outline
from storage.wanted import wants_of

_GOOD = (Outcome.BASELINE, Outcome.UNCHANGED, Outcome.CHANGED)
_OF_REPORTS = [kind for kind in ChangeKind if kind.value.startswith("report-")]


def letter_of(connection: Connection, alert_id: int) -> Letter:
    """The letter of an alert. Raises UnknownAlert."""
    row = connection.execute(ALERTS.where(alerts.c.id == alert_id)).mappings().one_or_none()
    if row is None:
        raise UnknownAlert(f"{alert_id}: no such alert; `alerts` lists them")
    news = _news(connection, row)
    follows = _follows(connection, row, news) if isinstance(news, ChangesFound) else ()
    token = connection.scalar(select(recipients.c.token).where(recipients.c.id == row["subscriber"]))
    return Letter(alert_of(row), news, follows, token)


def changes_told(connection: Connection, alert_id: int, wants: Wants) -> tuple[RecordedChange, ...]:
    """The loud changes that an alert tells, as the history has them now: of its checks in turn, in page order."""
    covered = select(alert_checks.c.check).where(alert_checks.c.alert == alert_id)
    loud = CHANGES.where(changes.c.check.in_(covered), ~changes.c.quiet)
    return wanted(read_changes(connection, loud.order_by(changes.c.check, changes.c.position)), wants)


def wanted(found: Iterable[RecordedChange], wants: Wants) -> tuple[RecordedChange, ...]:
    """Those of the changes that a reader asked for."""
    return tuple(recorded for recorded in found if wants.include(recorded.watch, recorded.change))


def by_page(connection: Connection, told: Iterable[RecordedChange], until: datetime) -> tuple[PageChanges, ...]:
    """Changes grouped by their page, with what is known of it at a time; pages by name."""
    in_turn = sorted(told, key=lambda recorded: recorded.watch)
    return tuple(
        _page_changes(connection, watch, tuple(group), until)
        for watch, group in groupby(in_turn, key=lambda recorded: recorded.watch)
    )


def _news(connection: Connection, row: RowMapping) -> News:
    kind: AlertKind = row["kind"]
    match kind:
        case AlertKind.CHANGES:
            told = changes_told(connection, row["id"], wants_of(row["wants"]))
            return ChangesFound(by_page(connection, told, row["due_at"]))
        case AlertKind.TROUBLE:
            check, watch = _check_of(connection, row["id"])
            last_good = _good_until(connection, check["watch"], check["trouble_since"])
            outcome, reason = check["outcome"].value, check["reason"]
            return TroubleFound(watch["name"], watch["url"], outcome, reason, check["trouble_since"], last_good)
        case AlertKind.RECOVERY:
            check, watch = _check_of(connection, row["id"])
            return TroubleOver(watch["name"], watch["url"], check["trouble_since"], check["started_at"])
        case AlertKind.UNDELIVERED:
            return undelivered_of(row["notice"])
        case AlertKind.LATE:
            return watch_late_of(row["notice"])
        case AlertKind.HEARTBEAT:
            return heartbeat_of(row["notice"])
        case AlertKind.TEST:
            return Trial(())
        case _:
            assert_never(kind)


def _check_of(connection: Connection, alert_id: int) -> tuple[RowMapping, RowMapping]:
    """The check that made an alert due, and its watch."""
    made_due = select(checks).join(alert_checks, alert_checks.c.check == checks.c.id)
    check = connection.execute(made_due.where(alert_checks.c.alert == alert_id)).mappings().one()
    watch = connection.execute(select(watches).where(watches.c.id == check["watch"])).mappings().one()
    return check, watch


def _page_changes(connection: Connection, watch: str, told: tuple[RecordedChange, ...], until: datetime) -> PageChanges:
    row = connection.execute(select(watches).where(watches.c.name == watch)).mappings().one()
    last = max(told, key=lambda recorded: recorded.bounds.first_seen_after).to_snapshot
    outline = connection.execute(select(snapshots.c.outline).where(snapshots.c.id == last)).scalar_one()
    page = page_versions.c.id == Outline.of(outline).page
    title: str = connection.execute(select(page_versions.c.title).where(page)).scalar_one()
    seen = max(recorded.bounds.first_seen_after for recorded in told)
    return PageChanges(watch, row["url"], title, _good_until(connection, row["id"], until) or seen, told)


def _good_until(connection: Connection, watch: int, until: datetime) -> datetime | None:
    """When the last good check by then began: at a later try of the message, it is the same one."""
    ours = checks.c.watch == watch, checks.c.source == Source.LIVE
    by_then = *ours, checks.c.started_at <= until, checks.c.outcome.in_(_GOOD)
    return connection.scalar(select(checks.c.started_at).where(*by_then).order_by(checks.c.started_at.desc()).limit(1))


def _follows(connection: Connection, row: RowMapping, news: ChangesFound) -> tuple[str, ...]:
    """The Message-IDs of the first alerts to the same recipient about the reports that this one tells of.

    None where it tells of a new report, which begins a thread of its own.
    """
    told = [recorded for page in news.pages for recorded in page.changes]
    if any(one.change.kind is ChangeKind.REPORT_ADDED and not one.change.first_seen for one in told):
        return ()
    numbers = [one.id for one in told if one.change.kind in _OF_REPORTS]
    lineages = connection.scalars(_lineages(report_versions.c.lineage).where(changes.c.id.in_(numbers))).all()
    if not lineages:
        return ()
    earlier = connection.execute(
        _lineages(report_versions.c.lineage, alerts.c.message_id, alerts.c.wants, changes.c.id.label("change"))
        .join(alert_checks, alert_checks.c.check == changes.c.check)
        .join(alerts, alerts.c.id == alert_checks.c.alert)
        .where(
            report_versions.c.lineage.in_(lineages),
            alerts.c.kind == AlertKind.CHANGES,
            alerts.c.recipient == row["recipient"],
            alerts.c.channel == row["channel"],
            alerts.c.state != AlertState.CANCELLED,
            alerts.c.id < row["id"],
        )
        .order_by(alerts.c.id)
    ).mappings()
    return _first_messages(connection, earlier)


def _first_messages(connection: Connection, earlier: Iterable[RowMapping]) -> tuple[str, ...]:
    """Of alerts in turn, each with the change of a report that it may tell, the first that tells of each report."""
    first: dict[int, str] = {}
    for row in earlier:
        lineage, wants = row["lineage"], row["wants"]
        if lineage not in first and (wants is None or _tells(connection, row["change"], wants_of(wants))):
            first[lineage] = row["message_id"]
    return tuple(dict.fromkeys(first.values()))


def _tells(connection: Connection, change: int, wants: Wants) -> bool:
    return bool(wanted(read_changes(connection, CHANGES.where(changes.c.id == change)), wants))


def _lineages(*columns: Any) -> Select[Any]:
    """Loud changes of reports with the lineage of their report."""
    version = func.coalesce(changes.c.after_version, changes.c.before_version)
    return (
        select(*columns)
        .select_from(changes)
        .join(report_versions, report_versions.c.id == version)
        .where(changes.c.kind.in_(_OF_REPORTS), ~changes.c.quiet)
    )
