"""The whole database looked through, beside whatever else is at work: each part as it stands at one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection

from domain.audit import Findings, Part
from storage.audit.alerts import audit_alerts
from storage.audit.bodies import audit_bodies
from storage.audit.captures import audit_captures
from storage.audit.chain import audit_chain
from storage.audit.changes import audit_changes
from storage.audit.checks import audit_checks
from storage.audit.file import audit_file
from storage.audit.pages import UNREADABLE
from storage.audit.versions import audit_versions
from storage.database import Database
from storage.errors import Busy, StorageError

_Audit: TypeAlias = Callable[[Connection, Findings, Path], None]

_AUDITS: tuple[tuple[str, str, _Audit], ...] = (
    ("file", "pages", audit_file),
    ("bodies", "bodies", audit_bodies),
    ("versions", "states of records", audit_versions),
    ("changes", "changes", audit_changes),
    ("checks", "checks", audit_checks),
    ("chain", "checks", audit_chain),
    ("captures", "captures", audit_captures),
    ("alerts", "alerts", audit_alerts),
)


PARTS = tuple(name for name, _, _ in _AUDITS)


def audited(database: Database, only: str | None = None) -> Iterator[Part]:
    """Look through each part in turn, or one of `PARTS`, in one read transaction each; changes nothing. Raises Busy."""
    for name, things, audit in _AUDITS:
        if only not in {None, name}:
            continue
        findings = Findings(name, things)
        try:
            with database.read() as connection:
                audit(connection, findings, database.path)
        except Busy:
            raise
        except StorageError as error:
            findings.fault(name, None, "cannot be read any further", f": {error}")
        except UNREADABLE as error:
            findings.fault(name, None, "has a value that cannot be read", f": {type(error).__name__}: {error}")
        yield findings.part()
