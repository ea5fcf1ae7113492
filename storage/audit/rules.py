"""Rules that single rows break: each a statement that finds those that do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select

from domain.audit import Findings


class Rule(NamedTuple):
    """The statement gives the numbers of the rows of `table` of which `what` is to be said."""

    table: str
    what: str
    broken_by: Select[Any]


def apply_rules(connection: Connection, findings: Findings, rules: Iterable[Rule]) -> None:
    """Find the rows that break the rules."""
    for rule in rules:
        for number in connection.execute(rule.broken_by).yield_per(100).scalars():
            findings.fault(rule.table, number, rule.what)
