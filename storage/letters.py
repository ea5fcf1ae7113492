"""An alert with all that its message is made of, gathered from what the check stored."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from sqlalchemy import Connection, RowMapping, select

from domain.alert import AlertKind, ChangesFound, Letter, News, TroubleFound, TroubleOver
from domain.check import Outcome
from storage.errors import UnknownAlert
from storage.recorded import CHANGES, read_changes
from storage.rows import ALERTS, alert_of
from storage.tables import alerts, changes, checks, page_versions, snapshots, watches
from storage.versions import Outline

_GOOD = (Outcome.BASELINE, Outcome.UNCHANGED, Outcome.CHANGED)


def letter_of(connection: Connection, alert_id: int) -> Letter:
    """The letter of an alert. Raises UnknownAlert."""
    row = connection.execute(ALERTS.where(alerts.c.id == alert_id)).mappings().one_or_none()
    if row is None:
        raise UnknownAlert(f"{alert_id}: no such alert; `alerts` lists them")
    page_url: str = connection.execute(select(watches.c.url).where(watches.c.id == row["watch"])).scalar_one()
    return Letter(alert_of(row), page_url, _news(connection, row["kind"], row["check"]))


def _news(connection: Connection, kind: AlertKind, check_id: int) -> News:
    check = connection.execute(select(checks).where(checks.c.id == check_id)).mappings().one()
    match kind:
        case AlertKind.CHANGES:
            loud = CHANGES.where(changes.c.check == check_id, ~changes.c.quiet).order_by(changes.c.position)
            return ChangesFound(_page_title(connection, check), read_changes(connection, loud))
        case AlertKind.TROUBLE:
            last_good = _good_before(connection, check)
            return TroubleFound(check["outcome"].value, check["reason"], check["trouble_since"], last_good)
        case AlertKind.RECOVERY:
            return TroubleOver(check["trouble_since"], check["started_at"])
        case _:
            assert_never(kind)


def _page_title(connection: Connection, check: RowMapping) -> str:
    outline = connection.execute(select(snapshots.c.outline).where(snapshots.c.id == check["snapshot"])).scalar_one()
    page = page_versions.c.id == Outline.of(outline).page
    title: str = connection.execute(select(page_versions.c.title).where(page)).scalar_one()
    return title


def _good_before(connection: Connection, check: RowMapping) -> datetime | None:
    """When the last good check before this one began, which a later delivery must not mix up with a later one."""
    before = checks.c.started_at < check["trouble_since"], checks.c.watch == check["watch"]
    good = select(checks.c.started_at).where(*before, checks.c.outcome.in_(_GOOD))
    return connection.scalar(good.order_by(checks.c.started_at.desc()).limit(1))
