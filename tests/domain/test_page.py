"""Publication dates are no more precise than they are stated, and exist."""

from __future__ import annotations

import pytest

from domain.page import Precision, PublicationDate


@pytest.mark.parametrize(
    ("published", "iso", "precision"),
    [
        (PublicationDate(2015), "2015", Precision.YEAR),
        (PublicationDate(2015, 7), "2015-07", Precision.MONTH),
        (PublicationDate(2015, 7, 2), "2015-07-02", Precision.DAY),
    ],
)
def test_a_date_is_cut_to_its_precision(published: PublicationDate, iso: str, precision: Precision) -> None:
    assert (published.iso, published.precision) == (iso, precision)


@pytest.mark.parametrize(
    ("one", "other", "agrees"),
    [
        (PublicationDate(2015), PublicationDate(2015, 7, 2), True),
        (PublicationDate(2015, 7), PublicationDate(2015), True),
        (PublicationDate(2015, 7), PublicationDate(2015, 8, 1), False),
        (PublicationDate(2015), PublicationDate(2016), False),
    ],
)
def test_dates_agree_where_one_states_the_other_more_precisely(
    one: PublicationDate, other: PublicationDate, agrees: bool
) -> None:
    assert one.agrees_with(other) is agrees


@pytest.mark.parametrize(
    ("published", "last"),
    [
        (PublicationDate(2015), "2015-12-31"),
        (PublicationDate(2016, 2), "2016-02-29"),
        (PublicationDate(2015, 12), "2015-12-31"),
        (PublicationDate(2015, 7, 2), "2015-07-02"),
    ],
)
def test_the_last_day_that_a_date_can_mean(published: PublicationDate, last: str) -> None:
    assert published.last_day.isoformat() == last


@pytest.mark.parametrize(("month", "day"), [(None, 2), (2, 30), (13, None)])
def test_a_date_that_no_calendar_has_is_refused(month: int | None, day: int | None) -> None:
    with pytest.raises(ValueError, match=r"day|month"):
        PublicationDate(2015, month, day)
