"""Ten years of hourly checks of twenty pages with 400 true changes: what each question costs, and the file takes.

Run it with `make bench`; `python -m benchmarks.decade FILE` keeps the database. It exits 1 where a promise is broken.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, func, select, update

from domain.capture import Source
from domain.check import Accepted, Answer, Outcome, Validators
from domain.compare import compare
from domain.page import Page
from domain.watch import Watch
from scraper.read import read
from scraper.version import READER_VERSION
from storage.archive import Archive
from storage.database import Database
from storage.evidence import evidence_of
from storage.filing import Filing
from storage.history import History
from storage.lineages import with_first_sightings
from storage.rows import watch_row
from storage.sealing import insert_checks
from storage.tables import changes, checks, snapshots, watches

YEARS, PAGES, CHANGES = 10, 20, 400
BEGIN = datetime(2016, 1, 1, tzinfo=UTC)
HOURS = YEARS * 8766
ADDRESS = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/page-{}/"
MOST_MEGABYTES = 400
ROUNDS = 7
_FORCES = "Cleveland", "Kent", "Essex", "Norfolk", "Sussex", "Surrey", "Dorset", "Cumbria", "Cheshire", "Humberside"
_WORDS = "promptly", "often", "rarely", "jointly", "carefully", "at length", "with care", "in good time", "fully"


class Story:
    """One page over the years: what it says, and what of it changes from time to time."""

    def __init__(self, number: int, chance: random.Random) -> None:
        base = files("cli").joinpath("demo_pages", "2025-10-child-protection.html").read_text(encoding="utf-8")
        self.watch = Watch(f"page-{number:02}", ADDRESS.format(number), "0 * * * *")
        self._chance = chance
        self._html = base.replace("child-abuse-and-child-protection-issues", f"page-{number}")
        self._count = 0
        self.page: Page | None = None

    def edit(self, year: int) -> None:
        """List a report more, or say a sentence otherwise."""
        self._count += 1
        if self._chance.random() < 0.4:  # noqa: PLR2004 - about so many of the true page's changes are new reports
            force = self._chance.choice(_FORCES)
            title = f"{force} Police: inspection {self._count} of {self.watch.name} – {self._count % 28 + 1} May {year}"
            slug = f"{force.lower()}-{self._count}-of-{self.watch.name}"
            report = (
                f'<h3 class="wp-block-heading"><a href="/publications/{slug}/">{title}</a></h3>'
                f"<p>We inspected the force and made {self._count % 9 + 2} recommendations.</p>"
            )
            start = self._html.index("<h3", self._html.index("Thematic reviews</h2>"))
            self._html = f"{self._html[:start]}{report}{self._html[start:]}"
        else:
            place = self._html.index("</p>", self._chance.randrange(self._html.index("</h1>"), len(self._html) // 2))
            self._html = (
                f"{self._html[:place]} They act {self._chance.choice(_WORDS)} ({self._count}).{self._html[place:]}"
            )

    def body(self) -> bytes:
        """The page as it is served now."""
        return self._html.encode()


def grow(database: Database) -> None:
    """Write the years, each check as the program writes it; those that find nothing new many at a time."""
    chance = random.Random(56)  # noqa: S311 - the same years in every run
    stories = [Story(number, chance) for number in range(PAGES)]
    Archive(database).register(story.watch for story in stories)
    due = {(chance.randrange(1, HOURS), chance.randrange(PAGES)) for _ in range(CHANGES)}
    while len(due) < CHANGES:
        due.add((chance.randrange(1, HOURS), chance.randrange(PAGES)))
    with database.write() as connection:
        rows: list[tuple[dict[str, Any], str, str | None]] = []
        state: dict[int, tuple[int, int]] = {}
        for hour in range(HOURS):
            at = BEGIN + timedelta(hours=hour)
            for number, story in enumerate(stories):
                began = at + timedelta(seconds=number)
                if hour == 0 or (hour, number) in due:
                    _flush(connection, rows)
                    if hour:
                        story.edit(began.year)
                        _confirm(connection, state[number][1], began - timedelta(hours=1))
                    state[number] = _accept(connection, database, story, began)
                else:
                    rows.append((_unchanged(*state[number], began), story.watch.name, None))
        _flush(connection, rows)
        for number in range(PAGES):
            _confirm(connection, state[number][1], at + timedelta(seconds=number))
        _end(connection)


def _accept(connection: Connection, database: Database, story: Story, at: datetime) -> tuple[int, int]:
    body = story.body()
    page = read(body, story.watch.url, "text/html; charset=utf-8")
    row = watch_row(connection, story.watch.name)
    if story.page and not compare(story.page, page):
        story.edit(at.year)  # what was edited is no part of what is read
        return _accept(connection, database, story, at)
    found = compare(story.page, page) if story.page else ()
    told = with_first_sightings(connection, row["id"], found)
    headers = (("content-type", "text/html; charset=utf-8"), ("server", "nginx"))
    answer = Answer(200, (story.watch.url,), headers, body, Validators(f'"{at:%s}"'))
    filing = Filing(connection, database.path, row, at, 120)
    check, _ = filing.file(Accepted(answer, page, READER_VERSION, told), ())
    story.page = page
    return row["id"], check.snapshot or 0


def _unchanged(watch: int, snapshot: int, at: datetime) -> dict[str, Any]:
    return {
        "watch": watch,
        "source": Source.LIVE,
        "started_at": at,
        "duration_ms": 90,
        "outcome": Outcome.UNCHANGED,
        "http_status": 304,
        "snapshot": snapshot,
    }


def _flush(connection: Connection, rows: list[tuple[dict[str, Any], str, str | None]]) -> None:
    insert_checks(connection, rows)
    rows.clear()


def _confirm(connection: Connection, snapshot: int, until: datetime) -> None:
    connection.execute(update(snapshots).where(snapshots.c.id == snapshot).values(confirmed_until=until))


def _end(connection: Connection) -> None:
    """What each watch's row repeats of its last check."""
    last = select(checks.c.watch, func.max(checks.c.id), func.max(checks.c.started_at)).group_by(checks.c.watch)
    for watch, check, at in connection.execute(last).all():
        row = {"last_check": check, "last_good_at": at}
        connection.execute(update(watches).where(watches.c.id == watch).values(row))


def questions(database: Database) -> Iterator[tuple[str, float, Callable[[], object]]]:
    """Each question with the milliseconds that it may take."""
    history = History(database)
    middle, page = BEGIN + timedelta(days=5 * 365), "page-07"
    end = BEGIN + timedelta(hours=HOURS)

    def show() -> object:
        return history.page(history.snapshot_at(page, middle).id)

    def known() -> object:
        return history.known_at(page, middle)

    def differ() -> object:
        one, two = (history.snapshot_at(page, at) for at in (middle - timedelta(days=365), middle))
        return compare(history.page(one.id), history.page(two.id))

    yield "show --at", 50, show
    yield "history --watch", 50, lambda: history.changes(watch=page)
    yield "history --since (a year)", 50, lambda: history.changes(since=end - timedelta(days=365))
    yield "reports --at", 200, lambda: history.reports(page, middle)
    yield "reports, all pages", 200, lambda: [history.reports(name) for name in history.watches()]
    yield "snapshots", 200, history.snapshots
    yield "checks --limit 100", 200, lambda: history.checks(limit=100)
    yield "diff, two days", 200, differ
    newest = history.changes(limit=1)[0].id or 0
    yield "evidence", 200, lambda: evidence_of(database, newest, "hmicfrs-monitor")
    title = history.reports(page)[0].report.title
    yield "show --at, the looks beside it", 50, known
    yield "timeline", 200, lambda: history.timeline(title)
    yield "since (a month), all pages", 200, lambda: history.since(end - timedelta(days=30), until=end)
    yield "since (ten years), one page", 200, lambda: history.since(BEGIN, watch=page, until=end)
    history.search("police")  # the first one makes the index
    yield "search", 200, lambda: history.search("police inspection")
    yield "search, beginning of a word", 200, lambda: history.search("inspect*")
    yield "search --at", 200, lambda: history.search("exploitation", at=middle)


def main() -> int:
    """Print the table and say whether the promises hold."""
    with TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if sys.argv[1:] else Path(folder) / "monitor.db"
        with Database.open(f"sqlite:///{path}") as database:
            if not History(database).watches():
                began = time.perf_counter()
                grow(database)
                print(f"written in {time.perf_counter() - began:.0f} s")
        size = path.stat().st_size / 1e6  # when the last to close it has taken its log back into it
        with Database.open(f"sqlite:///{path}") as database:
            with database.read() as connection:
                counts = [connection.scalar(select(func.count()).select_from(table)) for table in (checks, changes)]
            print(f"{counts[0]:,} checks, {counts[1]:,} changes, {size:.0f} MB (promised: {MOST_MEGABYTES})\n")
            return int(_asked(database) | (size > MOST_MEGABYTES))


def _asked(database: Database) -> bool:
    """Print what each question takes; gives whether one takes too long."""
    print(f"{'question':<32}{'median ms':>10}{'promised':>10}")
    too_long = False
    for name, promised, ask in questions(database):
        took = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            ask()
            took.append((time.perf_counter() - began) * 1000)
        median = statistics.median(took)
        too_long |= median > promised
        print(f"{name:<32}{median:>10.1f}{promised:>10}")
    return too_long


if __name__ == "__main__":
    sys.exit(main())
