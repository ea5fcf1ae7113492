"""Dates as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cli.errors import CommandError
from cli.moments import parse_moment

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-02-09", "2024-02-09T00:00:00+00:00"),
        ("2024-07-09", "2024-07-08T23:00:00+00:00"),
        ("2024-02-09T10:00", "2024-02-09T10:00:00+00:00"),
        ("2024-07-09 10:00", "2024-07-09T09:00:00+00:00"),
        ("2024-07-09T10:00Z", "2024-07-09T10:00:00+00:00"),
        ("2024-07-09T10:00+02:00", "2024-07-09T08:00:00+00:00"),
        ("9 February 2024", "2024-02-09T00:00:00+00:00"),
        ("9th feb 2024", "2024-02-09T00:00:00+00:00"),
        ("yesterday", "2026-07-13T23:00:00+00:00"),
        ("7 days ago", "2026-07-07T23:00:00+00:00"),
        ("2 hours ago", "2026-07-15T10:00:00+00:00"),
    ],
)
def test_a_date_is_read_in_the_zone(text: str, moment: str) -> None:
    assert parse_moment(text, LONDON, NOW, end=False).isoformat() == moment


def test_a_bare_day_can_stand_for_its_end() -> None:
    assert parse_moment("2024-07-09", LONDON, NOW, end=True).isoformat() == "2024-07-09T22:59:59.999999+00:00"
    assert parse_moment("2024-07-09T10:00", LONDON, NOW, end=True).isoformat() == "2024-07-09T09:00:00+00:00"


@pytest.mark.parametrize("text", ["", "soon", "2024-13-01", "31 February 2024", "9 Febtober 2024", "2024", "9/2/2024"])
def test_a_bad_date_is_told_with_the_forms_that_are_taken(text: str) -> None:
    with pytest.raises(CommandError, match="is no date; write it like 2024-02-09"):
        parse_moment(text, LONDON, NOW, end=False)
