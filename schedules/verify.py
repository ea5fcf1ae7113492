"""The verification: the database looked through, and where it is asked for every page read again."""

from __future__ import annotations

from collections.abc import Iterator

from domain.audit import Findings, Part
from schedules.replay import Reader
from scraper.errors import NotUnderstood
from storage.auditor import audited
from storage.database import Database
from storage.errors import Busy, StorageError
from storage.history import History
from storage.replay import Replays


def verify(database: Database, reader: Reader | None, *, only: str | None = None) -> Iterator[Part]:
    """Look through the parts one after the other, or one by its name.

    With a reader, read the pages again that its version read.
    """
    yield from audited(database, only)
    if reader is not None:
        yield _read_again(database, reader)


def _read_again(database: Database, reader: Reader) -> Part:
    findings = Findings("readings", "snapshots of today's reader")
    replays = Replays(database)
    for watch in History(database).watches():
        for snapshot in replays.snapshots(watch):
            if snapshot.reader == reader.version:
                findings.looked_at()
                _read_one(snapshot.id, replays, reader, findings)
    return findings.part()


def _read_one(number: int, replays: Replays, reader: Reader, findings: Findings) -> None:
    try:
        answer = replays.answer(number)
        page = reader.read(answer.body, answer.url, answer.header("content-type"))
        same = page == replays.page(number)
    except Busy:
        raise
    except (StorageError, LookupError, TypeError, ValueError) as error:
        findings.fault("snapshot", number, "cannot be read again", f": {error}")
    except NotUnderstood as error:
        findings.fault("snapshot", number, "is not understood by the reader that read it", f": {error}")
    else:
        if not same:
            findings.fault("snapshot", number, "is not what its bytes say")
