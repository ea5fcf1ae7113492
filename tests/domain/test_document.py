"""The values as plain documents: every key, and the form of its value."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain import document
from domain.change import Bounds, Change, ChangeKind, FieldChange, Places, RecordedChange
from domain.page import Contact, Link, Page, Programme, PublicationDate, RelatedReport, Topic
from tests.domain.records import HOME, page, report, section

SEEN = datetime(2024, 2, 9, 9, 0, 0, 999_999, tzinfo=UTC)
REPORT = replace(
    report("met", title="The Met", published=PublicationDate(2024, 2, text="February 2024"), recommendations=11),
    area="Metropolitan",
    causes_of_concern=0,
)


def recorded(change: Change) -> RecordedChange:
    return RecordedChange(7, "child-protection", change, Bounds(SEEN - timedelta(hours=1), SEEN), 3, 4)


def test_a_moment_is_in_utc_to_the_second() -> None:
    assert document.utc_text(SEEN) == "2024-02-09T09:00:00Z"
    assert document.utc_text(SEEN.astimezone(timezone(timedelta(hours=-11)))) == "2024-02-09T09:00:00Z"
    assert document.utc_text(None) is None


def test_a_report_has_these_keys() -> None:
    assert document.report(REPORT) == {
        "key": REPORT.key,
        "title": "The Met",
        "url": f"{HOME}/publications/met/",
        "published": "2024-02",
        "published_precision": "month",
        "published_text": "February 2024",
        "programme": Programme.THEMATIC,
        "kind": "inspection",
        "recommendations": 11,
        "causes_of_concern": 0,
        "area": "Metropolitan",
        "section": ("Thematic reviews",),
        "text": "We made no promise.",
    }


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (PublicationDate(2015), ("2015", "year", "")),
        (PublicationDate(2015, 7, 2, "2 July 2015"), ("2015-07-02", "day", "2 July 2015")),
        (None, (None, None, None)),
    ],
)
def test_a_date_is_cut_to_what_is_known_of_it(
    published: PublicationDate | None, expected: tuple[str | None, ...]
) -> None:
    told = document.report(replace(REPORT, published=published))
    assert (told["published"], told["published_precision"], told["published_text"]) == expected


def test_a_page_has_these_keys() -> None:
    whole = Page(
        f"{HOME}/a/",
        "Child abuse",
        topics=(Topic("Vulnerable people", None),),
        sections=(section("One", links=(Link("here", f"{HOME}/b/"),)),),
        reports=(REPORT,),
        related=(RelatedReport("Other", f"{HOME}/c/"),),
        contacts=(Contact("email", "a@example.org"),),
    )
    assert document.page(whole) == {
        "url": f"{HOME}/a/",
        "title": "Child abuse",
        "topics": [{"title": "Vulnerable people", "url": None}],
        "sections": [
            {
                "key": "one",
                "level": 2,
                "path": ("One",),
                "title": "One",
                "text": "We inspect.",
                "links": [{"text": "here", "url": f"{HOME}/b/"}],
            }
        ],
        "reports": [document.report(REPORT)],
        "related": [{"title": "Other", "url": f"{HOME}/c/"}],
        "contacts": [{"kind": "email", "value": "a@example.org"}],
    }


def test_a_change_has_these_keys() -> None:
    after = replace(REPORT, recommendations=12, text="We made a promise.")
    change = Change(
        ChangeKind.REPORT_CHANGED,
        False,
        REPORT,
        after,
        Places(0, 1),
        {"recommendations": FieldChange(11, 12)},
        FieldChange(REPORT.text, after.text),
    )
    assert document.change(recorded(change)) == {
        "id": 7,
        "watch": "child-protection",
        "kind": "report-changed",
        "key": REPORT.key,
        "title": "The Met",
        "section": ("Thematic reviews",),
        "quiet": False,
        "fields": {"recommendations": {"before": 11, "after": 12}},
        "text": {"before": "We made no promise.", "after": "We made a promise."},
        "last_seen_before": "2024-02-09T08:00:00Z",
        "first_seen_after": "2024-02-09T09:00:00Z",
        "first_seen": None,
        "same_because": change.same_because,
        "from_snapshot": 3,
        "to_snapshot": 4,
    }
    assert change.same_because


def test_a_text_that_did_not_change_is_null_on_both_sides() -> None:
    one, two = page(title="One"), page(title="Two")
    change = Change(ChangeKind.PAGE_CHANGED, False, one, two, Places(None, None), {"title": FieldChange("One", "Two")})
    told = document.change(recorded(change))
    assert told["text"] == {"before": None, "after": None}
    assert (told["key"], told["section"], told["same_because"]) == (two.url, (), None)


def test_a_report_that_is_listed_again_has_its_first_sighting() -> None:
    change = Change(
        ChangeKind.REPORT_ADDED, True, None, REPORT, Places(None, 0), text=FieldChange(None, "x"), first_seen=SEEN
    )
    told = document.change(recorded(change))
    assert (told["first_seen"], told["quiet"]) == ("2024-02-09T09:00:00Z", True)
    assert told["text"] == {"before": None, "after": "x"}


def test_the_documents_are_json() -> None:
    change = Change(ChangeKind.REPORT_ADDED, False, None, REPORT, Places(None, 0), text=FieldChange(None, "x"))
    told = [document.change(recorded(change)), document.page(page(REPORT, sections=(section("One"),)))]
    assert json.loads(json.dumps(told))[0]["kind"] == "report-added"
