"""What a run does not ask the Internet Archive for, and what it says of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.capture import CaptureState
from schedules.importing import MOST_UNPLAYABLE, Fetched, Wanted, fetch_captures
from scraper.errors import ArchiveError
from storage.captures import Captures
from tests.captures.archive import Archive, Kept, Say, serving
from tests.captures.setting import Time, wayback
from tests.schedules.past import URL, WATCH, Scene, page

MANY = [Kept(f"2023{month:02}01120000", URL, page(month)) for month in range(1, 9)]


@dataclass
class Run:
    """One run of an import on a clock that only waiting moves, and how it ended."""

    scene: Scene
    archive: Archive
    got: Fetched = field(default_factory=Fetched)

    def __call__(self, since: datetime | None = None, until: datetime | None = None) -> None:
        time, captures = Time(), Captures(self.scene.database)
        with wayback(self.archive, time) as client:
            fetch_captures(
                WATCH,
                Wanted((URL,), since, until),
                self.got,
                archive=client,
                captures=captures,
                clock=time.clock,
                begin=lambda _: None,
                step=lambda _: None,
            )

    def asked(self) -> set[str]:
        return {path.removeprefix("/web/")[:6] for path in self.archive.paths("capture")}

    def in_state(self, state: CaptureState) -> int:
        return len(Captures(self.scene.database).known(WATCH.name, state))


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    scene, archive = Scene.of(tmp_path / "monitor.db"), Archive(list(MANY))
    with serving(archive):
        yield Run(scene, archive)
    scene.database.close()


def test_an_archive_that_gives_none_of_several_captures_in_a_row_is_left_alone(run: Run) -> None:
    run.archive.always["/web/"] = Say(504)
    with pytest.raises(ArchiveError, match=r"5 captures in a row cannot be had today"):
        run()
    assert len(run.asked()) == MOST_UNPLAYABLE == run.got.unplayable
    assert run.in_state(CaptureState.LISTED) == len(MANY)
    run.archive.always.clear()
    run()
    assert run.in_state(CaptureState.KEPT) == len(MANY)


def test_one_that_is_had_between_shows_that_the_archive_is_well(run: Run) -> None:
    run.archive.always |= {f"/web/20230{month}": Say(504) for month in (1, 2, 3, 4, 6, 7, 8)}
    run()
    assert (run.got.fetched, run.got.unplayable) == (1, 7)


def test_each_capture_that_is_not_to_be_had_today_is_named_with_the_reason(run: Run) -> None:
    run.archive.always["/web/202303"] = Say(504)
    run()
    (one,) = run.got.left_out
    assert one.name == f"20230301120000/{URL}"
    assert "504" in one.reason
    assert one.reason.endswith("start it again later: it goes on from here")


def test_a_capture_that_is_dated_in_the_future_is_neither_noted_nor_asked_for(run: Run) -> None:
    run.archive.kept.append(Kept("20310101000000", URL, page(9)))
    run()
    assert [(one.name[:4], one.reason) for one in run.got.left_out] == [("2031", "it is dated in the future")]
    assert "203101" not in run.asked()
    assert len(Captures(run.scene.database).known(WATCH.name)) == len(MANY)


def test_a_run_within_bounds_asks_for_nothing_that_was_listed_beyond_them_before(run: Run) -> None:
    run.archive.always["/web/"] = Say(403)
    with pytest.raises(ArchiveError):
        run()
    run.archive.always.clear()
    run.archive.asked.clear()
    run(datetime(2023, 3, 1, tzinfo=UTC), datetime(2023, 4, 30, tzinfo=UTC))
    assert run.asked() == {"202303", "202304"}
    run()
    assert run.in_state(CaptureState.KEPT) == len(MANY)
