"""The check: one look at a page, from its address to the stored row. Everything it needs is passed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TypeAlias

from domain.check import (
    Accepted,
    Answer,
    Failed,
    Finding,
    Good,
    Outcome,
    Snapshot,
    Standing,
    Stored,
    Suspect,
    Suspected,
    Unchanged,
    Validators,
    Verdict,
)
from domain.compare import compare, loud
from domain.owed import Audience, Owed, owed_to_admins, owed_to_readers
from domain.page import Page
from domain.watch import Watch
from scraper.errors import FetchError
from scraper.fetch import Fetcher, NotModified
from storage.archive import Archive

Judge: TypeAlias = Callable[[Answer, Watch, Page | None], Verdict]
"""Whether an answer is the page, given the last accepted state: `scraper.verdict.verdict`.

It is passed in so that a check which meets the same bytes again need not import the reader.
"""


def check(
    watch: Watch,
    *,
    clock: Callable[[], datetime],
    fetcher: Fetcher,
    judge: Judge,
    archive: Archive,
    audience: Callable[[], Audience],
    standing: Standing | None = None,
) -> Stored:
    """Look at a page once and store what was found, with the alerts that it makes due, in one transaction.

    `audience` is asked who is told when there is something to tell: recipients come and go while a service runs.
    `standing` is how the watch stands, None to ask the archive. Whatever the page or the network does ends in a stored
    row; a StorageError is the only error raised.
    """
    started = clock()
    standing = standing or archive.standing(watch.name)
    finding = look(watch, standing, fetcher, judge, archive, clock)
    duration = int((clock() - started).total_seconds() * 1000)
    if _is_no_news(finding, standing):
        return archive.store(watch.name, started, duration, finding, (), "")
    told = audience()
    owed = _owed(watch, standing, finding, told, clock())
    return archive.store(watch.name, started, duration, finding, owed, told.message_domain)


def look(
    watch: Watch,
    standing: Standing,
    fetcher: Fetcher,
    judge: Judge,
    archive: Archive,
    clock: Callable[[], datetime],
) -> Finding:
    """Fetch, judge, read and compare a page with its last snapshot; stores nothing."""
    latest = standing.snapshot
    try:
        fetched = fetcher.fetch(watch.url, latest.validators if latest else Validators())
    except FetchError as error:
        return Failed(str(error), error.status)
    fresh_until = clock() + fetched.fresh_for if fetched.fresh_for else None
    if isinstance(fetched, NotModified):
        return Unchanged(None, fresh_until)
    answer = fetched.answer
    if latest and _same_body(latest, answer.body):
        return Unchanged(answer, fresh_until, same_bytes=True)
    before = archive.page(latest.id) if latest else None
    # What only others captured, perhaps years ago, is nothing by which a page of today could have fallen.
    judged = judge(answer, watch, before if standing.last_good else None)
    if isinstance(judged, Suspect):
        if judged.page is None or not _was_read_before(judged.page, before, standing, watch, judge, archive):
            return Suspected(judged.reason, answer)
        judged = Good(judged.page, judged.reader)
    changes = archive.with_first_sightings(watch.name, compare(before, judged.page)) if before else ()
    if before and not changes:
        return Unchanged(answer, fresh_until)
    return Accepted(answer, judged.page, judged.reader, changes, fresh_until)


def _was_read_before(
    page: Page, before: Page | None, standing: Standing, watch: Watch, judge: Judge, archive: Archive
) -> bool:
    """Whether the last check was suspect too, and read the same: what comes twice is what the page now says."""
    last = standing.last_check
    if last is None or last.outcome is not Outcome.SUSPECT:
        return False
    earlier = judge(archive.suspect_answer(last), watch, before)
    return isinstance(earlier, Suspect) and earlier.page is not None and not loud(compare(earlier.page, page))


def _same_body(latest: Snapshot, body: bytes) -> bool:
    return sha256(body).hexdigest() == latest.sha256


def _is_no_news(finding: Finding, standing: Standing) -> bool:
    """Whether nobody can be owed an alert: most looks find what the one before found."""
    return isinstance(finding, Unchanged) and standing.trouble is None


def _owed(watch: Watch, standing: Standing, finding: Finding, audience: Audience, now: datetime) -> Sequence[Owed]:
    to_admins = owed_to_admins(watch.name, finding, standing.trouble, standing.trouble_told_at, audience, now)
    # Before the first good check of our own, what was there before is known from captures of others, if at all.
    if isinstance(finding, Accepted) and standing.last_good is not None:
        return (*owed_to_readers(watch.name, finding.changes, audience, now), *to_admins)
    return to_admins
