"""The named points of a whole check, from the answer to the mark on the alert, and the way to be killed at one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine, event

from cli.commands import check as command
from scraper.fetch import Fetcher
from storage.archive import Archive
from storage.outbox import Outbox
from tests.delivery.points import Step, Walk


class Point(StrEnum):
    """Where a check may be killed, in the order in which it comes by; what is written is told by its table."""

    FETCH = "the page is fetched"
    FETCHED = "the answer has come"
    JUDGE = "the answer is judged"
    JUDGED = "the page is read"
    STORE = "the transaction"
    COMMIT = "the commit"
    COMMITTED = "the check is stored"
    DELIVER = "the delivery"
    CLAIM = "an alert is claimed"
    CLAIM_COMMIT = "the claim is committed"
    CLAIMED = "the claim has come back"
    RENAME = "the mail is seen"
    RENAMED = "the mail is sent"
    MARK = "the alert is marked"
    MARK_COMMIT = "the mark is committed"
    MARKED = "the alert is done with"
    LEFT = "the end"


_STEPS = (
    Step(Fetcher, "fetch", Point.FETCH, None, Point.FETCHED),
    Step(command, "judge", Point.JUDGE, None, Point.JUDGED),
    Step(Archive, "store", Point.STORE, Point.COMMIT, Point.COMMITTED),
    Step(command, "deliver_all", Point.DELIVER, None, Point.LEFT),
    Step(Outbox, "claim", Point.CLAIM, Point.CLAIM_COMMIT, Point.CLAIMED),
    Step(Path, "rename", Point.RENAME, None, Point.RENAMED),
    Step(Outbox, "sent", Point.MARK, Point.MARK_COMMIT, Point.MARKED),
)
_WRITES = {"INSERT": "INTO", "UPDATE": "UPDATE", "DELETE": "FROM"}


class CheckWalk(Walk):
    """This process's way through a check."""

    def watch(self) -> None:
        """From here on the steps are watched, and each table that the check's transaction has written to."""
        event.listen(Engine, "commit", self._committing)
        event.listen(Engine, "after_cursor_execute", self._executed)
        for step in _STEPS:
            self._watch(step)

    def _executed(self, _connection: object, _cursor: object, statement: str, *_given: object) -> None:
        words = statement.replace('"', "").split()
        if self._commit == Point.COMMIT and words[0] in _WRITES:
            table = words[words.index(_WRITES[words[0]]) + 1]
            self.at(f"{words[0].lower()} {table}")
