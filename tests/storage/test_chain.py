"""The chain of checks: whatever is altered, left out or put in is named, and pruning leaves it whole."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.capture import Source
from domain.chain import BEGINNING, Link, seal, statement
from domain.check import Outcome
from storage.auditor import audited
from storage.chain import head, seal_of
from storage.database import Database
from storage.prune import Limits, prune
from storage.sealing import links
from tests.storage.histories import tell
from tests.storage.pages import hour, url_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "monitor.db"
    with Database.open(url_of(path)) as database:
        tell(database)
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "monitor.db"))


def broken(path: Path) -> tuple[str, ...]:
    with Database.open(url_of(path)) as database:
        return next(audited(database, "chain")).faults


def spoil(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(statement, values).rowcount == 1
        connection.commit()


def test_a_good_chain_is_well_and_every_seal_follows_from_the_text_of_the_check(path: Path) -> None:
    assert broken(path) == ()
    with Database.open(url_of(path)) as database, database.read() as connection:
        before = BEGINNING
        for found in links(connection):
            text = statement(found.link, before)
            assert text.startswith(f"hmicfrs-monitor check {found.link.check}\nprevious {before.hex()}\n")
            assert found.seal == sha256(text.encode("ascii")).digest()
            before = found.seal
        assert found.link.check == 24


@pytest.mark.parametrize(
    "altered",
    [
        "started_at = started_at + 1",
        "duration_ms = duration_ms + 1",
        "outcome = 'changed'",
        "reason = 'another'",
        "http_status = 418",
        "hops = '[\"https://elsewhere.example/\"]'",
        "headers = NULL",
        "etag = 'another'",
        "last_modified = 'another'",
        "body = (SELECT max(id) FROM body)",
        "watch = 2",
        "source = 'file'",
        "seal = x'00'",
        "seal = NULL",
    ],
)
def test_each_part_of_a_check_is_sealed(path: Path, altered: str) -> None:
    spoil(path, f'UPDATE "check" SET {altered} WHERE id = 1')  # noqa: S608
    assert broken(path)[0].startswith("check 1: is not as it was sealed")


def test_a_check_that_was_taken_out_is_missed_at_the_next(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('DELETE FROM "check" WHERE id = 4')
        connection.commit()
    assert broken(path) == ("check 5: is not as it was sealed, or the one before it is gone: the one before is 3",)


def test_the_hash_of_a_body_is_sealed_with_the_check_that_had_it(path: Path) -> None:
    spoil(path, "UPDATE body SET sha256 = ? WHERE id = 1", bytes(32))
    assert broken(path)[0].startswith("check 1:")


def test_what_is_made_anew_from_an_altered_check_on_holds_but_not_against_a_seal_that_was_noted(path: Path) -> None:
    with Database.open(url_of(path)) as database:
        noted = head(database)
        assert noted is not None
        assert seal_of(database, noted.check) == noted
    spoil(path, 'UPDATE "check" SET reason = ? WHERE id = 8', "forged")
    with Database.open(url_of(path)) as database, database.read() as connection:
        before, forged = BEGINNING, []
        for found in links(connection):
            before = seal(found.link, before)
            forged.append((before, found.link.check))
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany('UPDATE "check" SET seal = ? WHERE id = ?', forged)
        connection.commit()
    assert broken(path) == ()
    with Database.open(url_of(path)) as database:
        assert seal_of(database, noted.check) != noted


@pytest.mark.parametrize("limits", [(5, 30), (10, 20, 30)])
def test_pruning_once_or_again_leaves_the_chain_whole(path: Path, limits: tuple[int, ...]) -> None:
    with Database.open(url_of(path)) as database:
        gone = [prune(database, Limits(hour(limit), None), hour(30)).checks for limit in limits]
    assert sum(gone) > 3
    assert broken(path) == ()
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute('SELECT count(*) FROM "check" WHERE seal_before IS NOT NULL').fetchone()
        assert kept[0] > 0
        connection.execute('UPDATE "check" SET seal_before = NULL')
        connection.commit()
    assert broken(path)


_text = st.none() | st.text()


@given(
    reason=_text,
    hops=st.none() | st.lists(st.text()).map(tuple),
    headers=st.none() | st.lists(st.tuples(st.text(), st.text())).map(tuple),
    etag=_text,
    watch=st.text(),
    status=st.none() | st.integers(0, 999),
)
@settings(deadline=None)
def test_whatever_was_noted_of_a_check_its_text_has_a_line_for_each_fact(
    reason: str | None,
    hops: tuple[str, ...] | None,
    headers: tuple[tuple[str, str], ...] | None,
    etag: str | None,
    watch: str,
    status: int | None,
) -> None:
    at = hour(0) + timedelta(microseconds=7)
    link = Link(3, watch, Source.LIVE, at, 5, Outcome.SUSPECT, reason, status, hops, headers, etag, None, "ab")
    text = statement(link, BEGINNING)
    assert text.isascii()
    assert text.count("\n") == 14
    assert 'started "2024-02-09T09:00:00.000007Z"\n' in text


def test_the_sealed_text_is_the_same_for_ever() -> None:
    """Another text would break every seal of yesterday."""
    at = hour(0) + timedelta(microseconds=7)
    hops, headers = ("https://a.example/",), (("content-type", "text/html"), ("x-odd", "’"))
    link = Link(3, "child-protection", Source.LIVE, at, 5, Outcome.CHANGED, None, 200, hops, headers, '"1"', None, "ab")
    assert statement(link, bytes([1] * 32)) == (
        "hmicfrs-monitor check 3\n"
        "previous 0101010101010101010101010101010101010101010101010101010101010101\n"
        'watch "child-protection"\n'
        'source "live"\n'
        'started "2024-02-09T09:00:00.000007Z"\n'
        "duration_ms 5\n"
        'outcome "changed"\n'
        "reason null\n"
        "status 200\n"
        'addresses ["https://a.example/"]\n'
        'headers [["content-type", "text/html"], ["x-odd", "\\u2019"]]\n'
        'etag "\\"1\\""\n'
        "last_modified null\n"
        'body "ab"\n'
    )
