"""The file: SQLite's own look at its pages and constraints, and every reference."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from domain.audit import MOST_OF_A_SORT, Findings


def audit_file(connection: Connection, findings: Findings, _path: Path) -> None:
    """Have SQLite check itself."""
    findings.looked_at(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    for (line,) in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST_OF_A_SORT + 1})"):
        if line != "ok":
            findings.fault("file", None, "fails SQLite's own check", f": {' '.join(str(line).split())}")
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        findings.fault(table, row, "refers to what is not there", f": a row of {parent}")
