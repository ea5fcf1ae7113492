"""The chain of checks: whether each is sealed with the seal of the one before it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from domain.audit import Findings
from domain.chain import BEGINNING, seal
from storage.sealing import links


def audit_chain(connection: Connection, findings: Findings, _path: Path) -> None:
    """Seal each check again; where `prune` took checks away, the next one has kept the seal of the last of them.

    The first fault is the first broken link. A check that was left out is found at the one after it.
    """
    before, last = BEGINNING, 0
    for found in links(connection):
        findings.looked_at()
        if found.seal_before is not None:
            before = found.seal_before
        number = found.link.check
        if found.seal is None or seal(found.link, before) != found.seal:
            told = "is not as it was sealed, or the one before it is gone"
            findings.fault("check", number, told, f": the one before is {last or 'none'}")
        before, last = found.seal or BEGINNING, number
