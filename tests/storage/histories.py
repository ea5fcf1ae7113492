"""A history with something of everything in it: two watches, trouble and its end, alerts, what came back, chains."""

from __future__ import annotations

from domain.alert import AlertKind
from storage.database import Database
from storage.outbox import Outbox
from tests.domain.records import page, report, section
from tests.storage.pages import ADMIN, READER, Story, answer, hour, owed

LONG = "We inspected and we found. " * 40


def tell(database: Database) -> None:
    """Five snapshots and 23 checks of one watch, two snapshots of another, four alerts of which one is pending."""
    story, other = Story.of(database), Story.of(database, "other")
    first = page(report("a"), report("b"), sections=(section("One", text=LONG), section("Two")))
    story.reads(first, 0)
    other.reads(page(report("z")), 0.1)
    for at in range(1, 5):
        story.sees_the_same(at)
    story.sees_the_same(5, answer(repr(first).encode() + b" "))
    edited = page(report("b", text="Edited."), report("a"), sections=(section("One", text=LONG + "More."),))
    story.reads(edited, 6, owed=owed(AlertKind.CHANGES, READER))
    for at in range(7, 11):
        story.fails(at, owed(AlertKind.TROUBLE, ADMIN) if at == 9 else ())
    story.sees_the_same(11)
    story.suspects(12)
    story.suspects(13, b"<h1>Maintenance</h1>, still")
    story.suspects(14, b"<h1>Maintenance</h1>, for long")
    story.reads(page(report("b", text="Edited.")), 15, owed=owed(AlertKind.CHANGES, READER))
    story.reads(first, 16)
    story.reads(page(report("a", title="Retitled"), sections=first.sections), 17, owed=owed(AlertKind.CHANGES, READER))
    story.sees_the_same(18)
    other.reads(page(report("z"), report("y")), 18.1)
    for at in range(19, 22):
        story.fails(at)
    outbox = Outbox(database)
    for alert in (1, 2, 3):
        outbox.sent(alert, hour(17))
