"""What is exported and imported into an empty database is the same history: as a web archive, and as lines."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.capture import Capture, Source
from domain.change import Change
from domain.page import Page
from exports.checks import check_documents
from exports.lines import write_json_lines
from exports.warc import write_warc
from scraper.captures.lines import line_captures
from scraper.captures.warc import warc_captures
from storage.database import Database
from storage.history import History
from storage.streams import streamed
from tests.schedules.past import START, WATCH, Scene, capture, page

NOT_MODIFIED = b""
BLOCKED = b"<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"
FEW = page(1, without=[0, 1, 2])
_bodies = st.sampled_from(
    [page(1), page(1, noise="a"), page(2), page(2, without=[1]), page(1, without=[0]), FEW, BLOCKED, NOT_MODIFIED, None]
)


def as_warc(database: Database) -> bytes:
    out = io.BytesIO()
    with streamed(database) as stream:
        sights = (looked.sight for looked in stream.checks())
        write_warc(out, sights, body=stream.body, name="history.warc.gz", software="hmicfrs-monitor test", dated=START)
    return out.getvalue()


def as_lines(database: Database) -> bytes:
    out = io.BytesIO()
    with streamed(database) as stream:
        looks = ((looked.sight, looked.seen) for looked in stream.checks())
        write_json_lines(out, check_documents(looks, stream.body))
    return out.getvalue()


def captures_of(found: Iterable[Any]) -> Iterator[Capture]:
    for one in found:
        assert isinstance(one, Capture), one
        yield one


def told(history: History) -> dict[str, object]:
    """All that the history says, but for numbers and where it comes from."""
    return {
        "states": _states(history),
        "changes": [
            (_said(one.change), one.bounds.last_seen_before, one.bounds.first_seen_after)
            for one in history.changes(quiet=True)
        ],
        "reports": [(one.report, one.first_seen, one.last_seen, one.listed) for one in history.reports(WATCH.name)],
    }


def _states(history: History) -> list[tuple[Page, datetime, datetime]]:
    """The states in turn; what is stored as two that are the same, as captures came between, is one."""
    states: list[tuple[Page, datetime, datetime]] = []
    for one in reversed(history.snapshots()):
        page = history.page(one.id)
        if states and states[-1][0] == page:
            states[-1] = page, states[-1][1], one.confirmed_until
        else:
            states.append((page, one.captured_at, one.confirmed_until))
    return states


def _said(change: Change) -> tuple[object, ...]:
    return change.kind, change.quiet, change.before, change.after, change.fields, change.text, change.first_seen


@pytest.mark.parametrize(
    ("source", "exported", "read"), [(Source.WARC, as_warc, warc_captures), (Source.JSONL, as_lines, line_captures)]
)
@given(
    live=st.dictionaries(st.integers(10, 60), _bodies, max_size=10),
    captured=st.dictionaries(st.integers(0, 60), _bodies, max_size=5),
)
@settings(deadline=None, max_examples=15)
def test_the_history_is_the_same(
    source: Source,
    exported: Callable[[Database], bytes],
    read: Callable[[Any], Iterable[Any]],
    live: dict[int, bytes | None],
    captured: dict[int, bytes | None],
) -> None:
    with TemporaryDirectory() as folder:
        scene, other = Scene.of(Path(folder) / "one.db"), Scene.of(Path(folder) / "other.db")
        for hour in sorted(live):
            body = live[hour]
            if body != NOT_MODIFIED or scene.history.latest(WATCH.name):
                scene.looks(hour, body)
        scene.brings(*(capture(hour + 0.5, body) for hour, body in captured.items() if body))
        merged = other.brings(*captures_of(read(io.BytesIO(exported(scene.database)))), source=source)
        assert merged.left == 0
        assert told(other.history) == told(scene.history)
        assert other.faults() == scene.faults() == []
        scene.database.close()
        other.database.close()


def test_what_comes_back_into_the_database_that_it_is_from_changes_nothing(tmp_path: Path) -> None:
    scene = Scene.of(tmp_path / "monitor.db")
    for hour, body in enumerate([page(1), NOT_MODIFIED, page(2), None, page(1)]):
        scene.looks(hour, body)
    before = told(scene.history)
    scene.brings(*captures_of(warc_captures(io.BytesIO(as_warc(scene.database)))), source=Source.WARC)
    assert told(scene.history) == before
    assert scene.faults() == []
    scene.database.close()


@pytest.mark.parametrize(
    ("source", "exported", "read"), [(Source.WARC, as_warc, warc_captures), (Source.JSONL, as_lines, line_captures)]
)
def test_pages_whose_character_set_the_headers_alone_tell_are_read_again_as_they_were(
    source: Source, exported: Callable[[Database], bytes], read: Callable[[Any], Iterable[Any]], tmp_path: Path
) -> None:
    scene, other = Scene.of(tmp_path / "one.db"), Scene.of(tmp_path / "other.db")
    for hour, (edition, noise) in enumerate([(1, ""), (1, "a"), (1, "b"), (2, ""), (2, "c")]):
        scene.looks(hour, _western(page(edition, noise=noise)), content_type=WESTERN)
    scene.brings(capture(2.5, _western(page(1, noise="d")), content_type=WESTERN))
    assert "£" in scene.history.page(1).sections[0].text
    assert len(scene.history.snapshots()) == 2
    other.brings(*captures_of(read(io.BytesIO(exported(scene.database)))), source=source)
    assert told(other.history) == told(scene.history)
    scene.database.close()
    other.database.close()


WESTERN = "text/html; charset=windows-1252"


def _western(body: bytes) -> bytes:
    return body.decode().replace("Introduction.", "It costs £5, “all in”.").encode("windows-1252")
