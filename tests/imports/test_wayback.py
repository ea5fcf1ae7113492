"""The Internet Archive's captures become the history of the page, whatever the archive answers on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.capture import CaptureState
from domain.former import former_addresses
from schedules.importing import Fetched, Wanted, fetch_captures
from schedules.merging import Merged
from scraper.errors import ArchiveError
from storage.captures import Captures
from storage.outbox import Outbox
from tests.captures.archive import Archive, Cut, Fault, Kept, Reset, Say, Silence, serving, too_many
from tests.captures.setting import Time, wayback
from tests.schedules.past import URL, WATCH, Scene, page

FORMER = former_addresses(URL)[1]
BLOCK = b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"
PAST = [
    Kept("20180301120000", FORMER, page(1, without=[0])),
    Kept("20180601120000", FORMER.replace("https://", "http://").replace(".uk/", ".uk:80/"), page(1, without=[0])),
    Kept("20190101000000", FORMER, status=404, body=b"gone"),
    Kept("20190301120000", FORMER, page(1)),
    Kept("20200301120000", URL, BLOCK),
    Kept("20210301120000", URL.replace("https", "http"), page(1)),
    Kept("20220301120000", URL, page(1), revisit=True),
    Kept("20230301120000", URL, status=403, body=BLOCK),
    Kept("20240301120000", URL, page(2)),
    Kept("20240601120000", URL, page(2)),
]
EVERYTHING = Wanted(former_addresses(URL), None, None)


def moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene.of(tmp_path / "monitor.db")
    yield scene
    scene.database.close()


def imported(scene: Scene, archive: Archive, wanted: Wanted = EVERYTHING) -> tuple[Fetched, Merged]:
    """One run of an import, on a clock that only waiting moves."""
    got, time = Fetched(), Time()
    ledger = Captures(scene.database)
    with wayback(archive, time, timeout_seconds=0.5) as client:
        fetch_captures(
            WATCH,
            wanted,
            got,
            archive=client,
            captures=ledger,
            clock=time.clock,
            begin=lambda _: None,
            step=lambda _: None,
        )
    return got, scene.merges()


def assert_right_history(scene: Scene) -> None:
    """A move of the host begins a state, as the address of the page is part of what it is: quietly."""
    states = [
        (page(1, without=[0]), moment("20180301120000"), moment("20180601120000")),
        (page(1), moment("20190301120000"), moment("20190301120000")),
        (page(1), moment("20210301120000"), moment("20220301120000")),
        (page(2), moment("20240301120000"), moment("20240601120000")),
    ]
    assert scene.states() == states
    assert scene.faults() == []
    assert Outbox(scene.database).alerts() == ()


def repeated(archive: Archive) -> dict[str, int]:
    """The requests that came more than once."""
    return {path: count for path, count in Counter(asked.path for asked in archive.asked).items() if count > 1}


def test_the_history_has_each_state_with_the_archive_s_own_times(scene: Scene) -> None:
    archive = Archive(list(PAST))
    with serving(archive):
        got, merged = imported(scene, archive)
    assert (got.new, got.fetched, got.gone, got.unplayable) == (10, 4, 0, 0)
    assert (merged.placed, merged.aside, merged.left) == (7, 1, 0)
    assert_right_history(scene)
    reasons = {one.listed.key[:4]: one.reason for one in Captures(scene.database).known(WATCH.name, CaptureState.ASIDE)}
    assert reasons["2019"] == "the site answered with status 404"
    assert "block page" in (reasons["2020"] or "")
    assert reasons["2023"] == "the site answered with status 403"


def test_of_captures_with_the_same_bytes_one_is_asked_for_and_none_that_the_site_refused(scene: Scene) -> None:
    archive = Archive(list(PAST))
    with serving(archive):
        imported(scene, archive)
        asked = [one.path for one in archive.asked if one.endpoint == "capture"]
        assert [path.partition("id_")[0] for path in asked] == [
            "/web/20180301120000",
            "/web/20190301120000",
            "/web/20200301120000",
            "/web/20240301120000",
        ]
        before = len(archive.asked)
        got, merged = imported(scene, archive)
    assert len(archive.asked) == before, "an index that was just read is not asked again"
    assert (got.new, got.fetched, merged.placed) == (0, 0, 0)
    assert repeated(archive) == {}


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        ("index", too_many()),
        ("index", too_many("30")),
        ("index", Silence(2)),
        ("index", Cut(40)),
        ("index", Say(503)),
        ("index", Say(200)),
        ("capture", too_many()),
        ("capture", too_many("30")),
        ("capture", Silence(2)),
        ("capture", Reset()),
        ("capture", Say(504)),
    ],
)
def test_a_fault_on_the_way_costs_one_question_more(scene: Scene, endpoint: str, fault: Fault) -> None:
    archive = Archive(list(PAST))
    archive.fail("index" if endpoint == "index" else "capture", fault)
    with serving(archive):
        imported(scene, archive)
    assert_right_history(scene)
    assert list(repeated(archive).values()) == [2]


def test_where_a_capture_is_gone_the_next_with_the_same_bytes_stands_in_for_it(scene: Scene) -> None:
    gone = [Kept("20180201120000", FORMER, page(1, without=[0]), playable=False), *PAST]
    archive = Archive(gone)
    with serving(archive):
        got, _ = imported(scene, archive)
    assert (got.gone, got.fetched) == (1, 4)
    assert_right_history(scene)


def test_an_archive_that_can_play_none_is_left_alone_for_today(scene: Scene) -> None:
    archive = Archive([Kept(f"20{year}0101000000", URL, page(year)) for year in range(13, 25)])
    archive.always["/web/"] = Say(504)
    with serving(archive), pytest.raises(ArchiveError, match="5 captures in a row cannot be had today"):
        imported(scene, archive)
    assert len(set(archive.paths("capture"))) == 5


def test_what_an_archive_gave_before_it_fell_silent_is_kept_and_not_asked_for_again(scene: Scene) -> None:
    archive = Archive(list(PAST))
    archive.always["/web/2024"] = Say(403)
    with serving(archive):
        with pytest.raises(ArchiveError):
            imported(scene, archive)
        assert scene.merges().placed == 5
        had = {asked.path for asked in archive.asked if "/web/2024" not in asked.path}
        archive.always.clear()
        archive.asked.clear()
        imported(scene, archive)
    assert not had & {asked.path for asked in archive.asked}
    assert_right_history(scene)


def test_only_captures_of_the_time_and_the_addresses_that_are_wanted_are_asked_for(scene: Scene) -> None:
    archive = Archive([*PAST, Kept("20200601120000", "https://elsewhere.example/page/", page(1, without=[2]))])
    since, until = moment("20200101000000"), moment("20221231000000")
    with serving(archive):
        _, merged = imported(scene, archive, Wanted((URL, "https://elsewhere.example/page/"), since, until))
    assert (merged.placed, merged.aside) == (3, 1)
    assert [first.year for _, first, _ in scene.states()] == [2020, 2021]
