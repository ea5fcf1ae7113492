"""The feed: read by another program, the same however often it is written, and whole whatever goes wrong."""

from __future__ import annotations

import os
import re
import resource
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alert import ChangesFound, Letter, PageChanges
from domain.change import Bounds, ChangeKind, FieldChange, RecordedChange
from domain.recipient import Recipient
from notifier.atom import ATOM
from notifier.channels import Office, Target
from notifier.errors import Deferred, Refused
from notifier.feed import MOST_ENTRIES, FeedChannel
from tests.notifier.letters import (
    ADDED,
    CLEVELAND,
    EDITED,
    LETTERS,
    LONDON,
    PAGE,
    PAGE_URL,
    SECTION_EDITED,
    SENDER,
    changed,
    composed,
    letter,
    of_page,
)
from tests.notifier.test_message import HOSTILE, Markup

READER = Recipient("case-team", "feed")
CHANGES = [name for name, written in LETTERS.items() if isinstance(written.news, ChangesFound)]
NOTICES = ["trouble-failed", "trouble-suspect", "recovery", "undelivered", "late", "heartbeat"]

Recent = Callable[[Recipient, int], tuple[PageChanges, ...]]


def channel(address: Path | str, *stored: PageChanges, recent: Recent | None = None) -> FeedChannel:
    """A feed at the address, over a history of these pages."""
    return FeedChannel.open(
        Office(
            sender=SENDER,
            zone=LONDON,
            smtp=None,
            maildir=Path("unused"),
            compose=composed,
            targets={READER: Target(str(address))},
            recent=recent or (lambda _, most: tuple(replace(page, changes=page.changes[-most:]) for page in stored)),
            clock=lambda: datetime(2031, 1, 1, tzinfo=UTC),
        )
    )


def to_reader(written: Letter) -> Letter:
    return replace(written, alert=replace(written.alert, recipient=READER))


def telling(*changes: RecordedChange) -> Letter:
    return to_reader(letter(ChangesFound((of_page(*changes),))))


def at_hour(hour: int, recorded: RecordedChange = ADDED) -> RecordedChange:
    """The change as a check so many hours later found it."""
    begin = datetime(2025, 3, 3, tzinfo=UTC)
    return replace(recorded, bounds=Bounds(begin, begin + timedelta(hours=hour)))


def parsed(file: Path) -> feedparser.FeedParserDict:
    """The feed as another program reads it; any defect fails."""
    feed = feedparser.parse(file.read_bytes())
    assert feed.bozo is False
    assert feed.version == "atom10"
    return feed


def ids(file: Path) -> list[str]:
    return [entry.id for entry in parsed(file).entries]


def contents(file: Path) -> list[str]:
    """Each entry's HTML as it was written, before any reader has cleaned it."""
    return [element.text or "" for element in ET.parse(file).getroot().iter(f"{{{ATOM}}}content")]  # noqa: S314


@pytest.mark.parametrize("name", CHANGES)
def test_a_feed_of_any_changes_is_read_without_a_complaint(name: str, tmp_path: Path) -> None:
    written = to_reader(LETTERS[name])
    assert isinstance(written.news, ChangesFound)
    channel(tmp_path / "feed.xml", *written.news.pages).deliver(written)
    told = [change for page in written.news.pages for change in page.changes]
    entries = parsed(tmp_path / "feed.xml").entries
    assert sorted(entry.tags[0].term for entry in entries) == sorted(recorded.change.kind for recorded in told)
    assert len({entry.id for entry in entries}) == len(told)


def test_an_entry_says_what_happened_where_it_is_and_since_when(tmp_path: Path) -> None:
    channel(tmp_path / "feed.xml", of_page(ADDED)).deliver(telling(ADDED))
    feed = parsed(tmp_path / "feed.xml")
    (entry,) = feed.entries
    assert entry.title == "New report: Cleveland Police: National child protection inspection"
    assert entry.link == CLEVELAND.url
    assert entry.published == entry.updated == feed.feed.updated == "2025-03-03T15:00:00Z"
    assert entry.summary.startswith("Published: 15 January 2025; Commissioner’s comments due by: 11 March 2025")
    assert "Causes of concern: 2" in entry.content[0].value
    assert f'The page: <a href="{PAGE_URL}">{PAGE.title}</a>' in entry.content[0].value


def test_an_edited_text_shows_its_words_taken_out_and_put_in(tmp_path: Path) -> None:
    channel(tmp_path / "feed.xml", of_page(EDITED)).deliver(telling(EDITED))
    (entry,) = parsed(tmp_path / "feed.xml").entries
    assert "negative evidence <del>far</del> outweighed" in entry.content[0].value
    assert "We made <del>11</del> <ins>12</ins> recommendations" in entry.content[0].value
    assert entry.summary.startswith("Published: 19 February 2024 (was: 9 February 2024); Recommendations: 12 (was: 11)")


def test_a_change_of_what_has_no_address_links_to_the_page(tmp_path: Path) -> None:
    channel(tmp_path / "feed.xml", of_page(SECTION_EDITED)).deliver(telling(SECTION_EDITED))
    (entry,) = parsed(tmp_path / "feed.xml").entries
    assert entry.link == PAGE_URL


def test_a_feed_has_what_the_standard_requires_and_says_who_wrote_it(tmp_path: Path) -> None:
    digest = to_reader(LETTERS["digest"])
    channel(tmp_path / "feed.xml").deliver(digest)
    assert b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">' in (tmp_path / "feed.xml").read_bytes()
    root = ET.parse(tmp_path / "feed.xml").getroot()  # noqa: S314
    entries = root.findall(f"{{{ATOM}}}entry")
    assert len(entries) == 3
    for element in (root, *entries):
        for required in ("id", "title", "updated"):
            (found,) = element.findall(f"{{{ATOM}}}{required}")
            assert found.text
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", element.findtext(f"{{{ATOM}}}id", ""))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{{{ATOM}}}updated", ""))
    assert root.findtext(f"{{{ATOM}}}author/{{{ATOM}}}name") == "HMICFRS monitor"
    feed = parsed(tmp_path / "feed.xml").feed
    assert (feed.generator_detail.name, feed.generator_detail.version) == ("hmicfrs-monitor", "0.1.0")


def test_a_feed_is_named_for_its_page_or_for_all_of_them(tmp_path: Path) -> None:
    channel(tmp_path / "feed.xml").deliver(telling(ADDED))
    feed = parsed(tmp_path / "feed.xml").feed
    assert (feed.title, feed.link) == (f"HMICFRS: {PAGE.title}", PAGE_URL)
    channel(tmp_path / "feed.xml").deliver(to_reader(LETTERS["digest"]))
    feed = parsed(tmp_path / "feed.xml").feed
    assert (feed.title, feed.get("links", [])) == ("HMICFRS changes", [])


def test_a_second_delivery_and_one_after_the_feed_was_deleted_give_the_same_bytes(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    stored = of_page(at_hour(1, EDITED), at_hour(2, SECTION_EDITED), at_hour(3))
    channel(feed, stored).deliver(telling(at_hour(3)))
    first = feed.read_bytes()
    channel(feed, stored).deliver(telling(at_hour(3)))
    assert feed.read_bytes() == first
    feed.unlink()
    channel(feed, stored).deliver(telling(at_hour(1, EDITED)))
    assert feed.read_bytes() == first
    assert [entry.updated for entry in parsed(feed).entries] == [f"2025-03-03T0{hour}:00:00Z" for hour in (3, 2, 1)]


def test_an_id_outlives_a_replay_which_numbers_the_changes_anew(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    channel(feed, of_page(ADDED, EDITED)).deliver(telling(ADDED))
    before = ids(feed)
    again = [replace(one, id=number, from_snapshot=8, to_snapshot=9) for number, one in ((31, ADDED), (32, EDITED))]
    channel(feed, of_page(*again)).deliver(telling(ADDED))
    assert ids(feed) == before


def test_ids_stay_what_they_were_in_an_earlier_version(tmp_path: Path) -> None:
    channel(tmp_path / "feed.xml").deliver(telling(ADDED))
    assert parsed(tmp_path / "feed.xml").feed.id == "urn:uuid:b62ec468-19e6-5bfe-9596-3fe428729be7"
    assert ids(tmp_path / "feed.xml") == ["urn:uuid:06ece0bb-f941-5ae0-b86c-ec9ba86253de"]


def test_ids_differ_by_watch_instant_kind_and_key_and_for_two_changes_that_share_all_of_them(tmp_path: Path) -> None:
    edited = replace(EDITED.change, after=replace(CLEVELAND, text="edited"))
    moved = replace(ADDED.change, kind=ChangeKind.REPORT_MOVED, before=CLEVELAND)
    changes = (ADDED, at_hour(1), replace(ADDED, change=edited), replace(ADDED, change=moved), EDITED)
    stored = of_page(*changes), of_page(ADDED, watch="ncpi", title="Another")
    channel(tmp_path / "feed.xml", *stored).deliver(telling(ADDED))
    assert len(set(ids(tmp_path / "feed.xml"))) == 6
    twin = replace(ADDED, change=replace(ADDED.change, after=replace(CLEVELAND, title="A twin")))
    channel(tmp_path / "feed.xml", of_page(ADDED, twin)).deliver(telling(ADDED, twin))
    assert [entry.title for entry in parsed(tmp_path / "feed.xml").entries][1] == "New report: A twin"
    assert len(set(ids(tmp_path / "feed.xml"))) == 2


def test_what_the_letter_tells_is_there_though_the_history_has_not_got_it(tmp_path: Path) -> None:
    channel(tmp_path / "feed.xml", of_page(at_hour(1))).deliver(telling(at_hour(1), at_hour(2, EDITED)))
    assert [entry.updated[11:13] for entry in parsed(tmp_path / "feed.xml").entries] == ["02", "01"]


def test_what_both_the_history_and_the_letter_have_is_told_once_as_the_history_has_it(tmp_path: Path) -> None:
    channel(tmp_path / "feed.xml", of_page(ADDED, title="As it is called today")).deliver(telling(ADDED))
    feed = parsed(tmp_path / "feed.xml")
    assert feed.feed.title == "HMICFRS: As it is called today"
    assert len(feed.entries) == 1


def test_one_file_holds_the_newest_changes_of_all_pages_and_no_more(tmp_path: Path) -> None:
    one = of_page(*(at_hour(2 * hour) for hour in range(MOST_ENTRIES)))
    two = of_page(*(at_hour(2 * hour + 1) for hour in range(MOST_ENTRIES)), watch="ncpi", title="Another")
    channel(tmp_path / "feed.xml", one, two).deliver(telling(at_hour(1, EDITED)))
    entries = parsed(tmp_path / "feed.xml").entries
    seen = [datetime.fromisoformat(entry.updated) for entry in entries]
    assert len(seen) == MOST_ENTRIES
    assert seen == sorted(seen, reverse=True)
    assert seen[0] - seen[-1] == timedelta(hours=MOST_ENTRIES - 1)


def test_a_folder_gets_a_feed_for_each_watch_each_with_its_own_id(tmp_path: Path) -> None:
    digest = to_reader(LETTERS["digest"])
    for address in (f"{tmp_path}/new/feeds/", tmp_path):
        channel(address).deliver(digest)
        feeds = {file.stem: parsed(file) for file in Path(address).glob("[!.]*.xml")}
        assert {name: len(feed.entries) for name, feed in feeds.items()} == {"child-protection": 2, "ncpi": 1}
        assert [feeds[name].feed.title for name in sorted(feeds)] == [
            f"HMICFRS: {PAGE.title}",
            "HMICFRS: National inspections",
        ]
        assert feeds["ncpi"].feed.id != feeds["child-protection"].feed.id


def test_a_web_server_may_read_what_is_made_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        channel(tmp_path / "www" / "feeds" / "feed.xml").deliver(telling(ADDED))
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / "www" / name).stat().st_mode) for name in ("", "feeds", "feeds/feed.xml")]
    assert modes == [0o755, 0o755, 0o644]


def test_a_test_letter_writes_the_feed_as_it_is_and_an_empty_one_is_a_feed_too(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    channel(feed).deliver(to_reader(LETTERS["test"]))
    assert parsed(feed).entries == []
    assert parsed(feed).feed.updated == "1970-01-01T00:00:00Z"
    channel(feed, of_page(ADDED)).deliver(to_reader(LETTERS["test"]))
    assert len(ids(feed)) == 1


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_to_administrators_is_refused_and_nothing_written(name: str, tmp_path: Path) -> None:
    written = to_reader(LETTERS[name])
    reason = f"the feed “case-team” is for readers, and takes no {written.alert.kind} notice"
    with pytest.raises(Refused, match=f"^{reason}$"):
        channel(tmp_path / "feed.xml", of_page(ADDED)).deliver(written)
    assert list(tmp_path.iterdir()) == []


def test_a_recipient_without_a_target_waits_and_stops_no_other(tmp_path: Path) -> None:
    stranger = replace(LETTERS["test"].alert, recipient=Recipient("gone", "feed"))
    with pytest.raises(Deferred, match=r"^the feed “gone”: the settings do not say where it is$"):
        channel(tmp_path / "feed.xml").deliver(replace(LETTERS["test"], alert=stranger))
    with pytest.raises(Deferred, match=r"^the feed “case-team”: the settings do not say where it is$"):
        channel("").deliver(telling(ADDED))


def test_a_probe_makes_the_folder_and_tells_where_the_feed_is_and_how_much_it_has(tmp_path: Path) -> None:
    feed = tmp_path / "new" / "feed.xml"
    assert channel(feed, of_page(ADDED, EDITED)).probe(READER) == f"the feed is written to {feed}, with two entries"
    assert not feed.exists()
    told = f"feeds are written into {tmp_path}, one for each watch, with one entry in all"
    assert channel(tmp_path, of_page(ADDED)).probe(READER) == told
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Deferred, match=r"^the feed “case-team” cannot be written: Not a directory$"):
        channel(tmp_path / "file" / "feed.xml").probe(READER)


def test_a_file_in_the_way_of_the_folder_is_told_on_one_line_without_the_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for address in (tmp_path / "file" / "feed.xml", f"{tmp_path}/file/", tmp_path / ("long" * 100)):
        reason = "(Not a directory|File exists|File name too long)"
        with pytest.raises(Deferred, match=f"^the feed “case-team” cannot be written: {reason}$"):
            channel(address).deliver(telling(ADDED))


@contextmanager
def without_root() -> Iterator[None]:
    """As a user to whom permissions apply; root may write everywhere."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_that_may_not_be_written_defers_the_letter_and_fails_the_probe(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feeds = channel(feed, of_page(ADDED))
    feeds.deliver(telling(ADDED))
    before = feed.read_bytes()
    tmp_path.chmod(0o555)
    with without_root():
        for attempt in (lambda: feeds.deliver(telling(EDITED)), lambda: feeds.probe(READER)):
            with pytest.raises(Deferred, match=r"^the feed “case-team” cannot be written: Permission denied$"):
                attempt()
    tmp_path.chmod(0o755)
    assert feed.read_bytes() == before


@contextmanager
def room_for(octets: int) -> Iterator[None]:
    """No file can grow beyond so many octets: the system breaks a write off as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_breaks_off_leaves_the_old_feed_and_no_half_one(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    channel(feed, of_page(ADDED)).deliver(telling(ADDED))
    before, names = feed.read_bytes(), set(tmp_path.iterdir())
    with (
        room_for(len(before)),
        pytest.raises(Deferred, match=r"^the feed “case-team” cannot be written: File too large$"),
    ):
        channel(feed, of_page(ADDED, EDITED)).deliver(telling(EDITED))
    assert feed.read_bytes() == before
    assert set(tmp_path.iterdir()) == names
    channel(feed, of_page(ADDED, EDITED)).deliver(telling(EDITED))
    assert len(ids(feed)) == 2


def test_a_rename_that_fails_leaves_the_old_feed_and_no_half_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", source, None, target)

    feed = tmp_path / "feed.xml"
    channel(feed, of_page(ADDED)).deliver(telling(ADDED))
    before, names = feed.read_bytes(), set(tmp_path.iterdir())
    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(Deferred, match=r"^the feed “case-team” cannot be written: No space left on device$"):
        channel(feed, of_page(ADDED, EDITED)).deliver(telling(EDITED))
    assert feed.read_bytes() == before
    assert set(tmp_path.iterdir()) == names


def test_what_a_killed_delivery_left_half_written_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".feed.xml.new").write_bytes(b"<feed")
    channel(tmp_path / "feed.xml", of_page(ADDED)).deliver(telling(ADDED))
    assert len(ids(tmp_path / "feed.xml")) == 1
    assert not (tmp_path / ".feed.xml.new").exists()


def test_deliveries_at_the_same_time_end_with_all_changes_in_the_feed(tmp_path: Path) -> None:
    feed, stored, delays = tmp_path / "feed.xml", list[RecordedChange](), iter([0.05, 0.0] * 20)

    def recent(_: Recipient, most: int) -> tuple[PageChanges, ...]:
        seen = tuple(stored[-most:])
        time.sleep(next(delays))  # long enough for a later view to be written before this one
        return (of_page(*seen),)

    def store_and_deliver(hour: int) -> None:
        stored.append(at_hour(hour))
        channel(feed, recent=recent).deliver(telling(at_hour(hour)))

    threads = [threading.Thread(target=store_and_deliver, args=(hour,)) for hour in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids(feed)) == 20


def hostile(text: str) -> PageChanges:
    """A page with the text wherever page text can stand."""
    report = replace(CLEVELAND, key=text, title=text, url=text, area=text, section=(text,), text=f"{text}\n\n{text}")
    edited = replace(report, text=f"{text} more words\x0c\ufffe", title=f"{text} new", url=f"javascript:{text}")
    fields = {
        "title": FieldChange(text, edited.title),
        "url": FieldChange(text, edited.url),
        "links": FieldChange([], [text, f"data:text/html,{text}"]),
    }
    added = changed(ChangeKind.REPORT_ADDED, None, report)
    return replace(of_page(added, changed(ChangeKind.REPORT_CHANGED, report, edited, fields), title=text), url=text)


def write_hostile(text: str, feed: Path) -> None:
    page = hostile(text)
    channel(feed, page).deliver(to_reader(letter(ChangesFound((page,)))))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_page_text_is_inert_in_every_part(text: str, tmp_path: Path) -> None:
    write_hostile(text, tmp_path / "feed.xml")
    feed = parsed(tmp_path / "feed.xml")
    assert len(feed.entries) == 2
    for entry, html in zip(feed.entries, contents(tmp_path / "feed.xml"), strict=True):
        assert "<script" not in entry.content[0].value
        tags = Markup(html).tags
        assert {tag for tag, _ in tags} <= {"ul", "li", "a", "p", "blockquote", "del", "ins", "br"}
        assert {name for _, attributes in tags for name in attributes} <= {"href"}
        assert all((attributes.get("href") or "https:").startswith("https:") for _, attributes in tags)
        assert len(entry.title) < 340
        assert len(entry.summary) <= 400
        assert len(html) < 100_000
    shown = (tmp_path / "feed.xml").read_text(encoding="utf-8")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe]", shown)
    assert "Owned</h1>" not in shown
    assert "{{ 7 * 7 }}" in shown or "{{" not in text
    assert not any(one.get("links") for one in (feed.feed, *feed.entries))


def test_a_link_that_a_browser_would_run_is_shown_but_leads_nowhere(tmp_path: Path) -> None:
    for url in ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", " JAVASCRIPT:alert(1)"):
        write_hostile(url, tmp_path / "feed.xml")
        assert b"href" not in (tmp_path / "feed.xml").read_bytes()
        assert all("alert(1)" in html for html in contents(tmp_path / "feed.xml"))


@given(st.text(alphabet=st.characters(), max_size=200))
def test_no_text_at_all_breaks_a_feed(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    feed = tmp_path_factory.getbasetemp() / "any-text.xml"
    write_hostile(text, feed)
    assert len(parsed(feed).entries) == 2
