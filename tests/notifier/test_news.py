"""What became of a page since a time, in words and in Markdown: nothing of the page marks up anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.change import Bounds, Change, ChangeKind, FieldChange, Places, RecordedChange
from domain.page import PublicationDate, RecordKind, Report
from domain.since import Entry, Group, Interlude, Looks, News, Passage, Stretch
from notifier.news import lasting, telling
from notifier.news_markdown import as_markdown
from tests.domain.records import report, section

LONDON = ZoneInfo("Europe/London")
SINCE = datetime(2025, 1, 1, tzinfo=UTC)
MIDNIGHT = "1 January 2025, 00:00 GMT"
BOUNDS = Bounds(datetime(2025, 1, 15, 9, tzinfo=UTC), datetime(2025, 1, 15, 10, tzinfo=UTC))
LOOKS = Looks(720, 718, Stretch(SINCE, SINCE + timedelta(hours=5)), timedelta(minutes=43), BOUNDS.first_seen_after)
HOSTILE = "**Bold** [link](https://evil.example) <b>|`x`| www.evil.example\n# No heading"
CLEVELAND = report("cleveland", title="Cleveland Police", published=PublicationDate(2025, 1, 15), recommendations=7)


def news(
    *entries: Entry, interludes: tuple[Interlude, ...] = (), looks: Looks = LOOKS, title: str = "Child abuse"
) -> News:
    url = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/"
    return News("child-protection", url, title, SINCE, None, None, False, entries, interludes, looks)


def new(record: Report = CLEVELAND) -> Entry:
    change = Change(ChangeKind.REPORT_ADDED, False, None, record, Places(None, 0), text=FieldChange(None, record.text))
    return Entry(Group.NEW, record, (recorded(change),), 0, BOUNDS, 1, 2)


def recorded(change: Change) -> RecordedChange:
    return RecordedChange(None, "child-protection", change, BOUNDS, 1, 2)


def edited(one: Report, two: Report) -> Entry:
    change = Change(
        ChangeKind.REPORT_CHANGED,
        False,
        one,
        two,
        Places(0, 0),
        {"recommendations": FieldChange(one.recommendations, two.recommendations)},
        FieldChange(one.text, two.text),
    )
    return Entry(Group.EDITED, two, (recorded(change),), 3, BOUNDS, 1, 2)


def facts(*entries: Entry, interludes: tuple[Interlude, ...] = ()) -> dict[str, str]:
    ((_, (item,)),) = telling(news(*entries, interludes=interludes), LONDON).groups
    return {fact.label: fact.value if fact.was is None else f"{fact.was} → {fact.value}" for fact in item.facts}


def test_a_new_report_has_what_a_board_needs() -> None:
    told = facts(new())
    assert told["Published"] == "15 January 2025"
    assert told["Programme and kind"] == "Thematic: inspection"
    assert told["Recommendations"] == "7"
    assert told["Link"].endswith("/publications/cleveland/")
    assert told["When"] == (
        "last seen without it 15 January 2025, 09:00 GMT, first seen with it 15 January 2025, 10:00 GMT"
    )


def test_an_edit_is_told_by_what_differs_and_how_often() -> None:
    one = replace(CLEVELAND, text="One promise was made.", recommendations=None)
    two = replace(CLEVELAND, text="One promise was broken.")
    assert facts(edited(one, two)) == {
        "Recommendations": "none stated → 7",
        "Edited": "3 times",
        "When": "last seen as it was 15 January 2025, 09:00 GMT, first seen as it is now 15 January 2025, 10:00 GMT",
    }
    ((_, (item,)),) = telling(news(edited(one, two)), LONDON).groups
    assert [piece.text for piece in item.words if piece.kind != "same"] == ["made", "broken"]


def test_an_edit_in_vain_says_so() -> None:
    told = facts(Entry(Group.EDITED, CLEVELAND, (), 2, BOUNDS, 1, 3))
    assert (told["Edited"], told["In the end"]) == ("2 times", "it is again as it was")


def test_what_came_and_went_has_both_its_bounds() -> None:
    passages = (Passage(True, BOUNDS, 1, 2), Passage(False, BOUNDS, 2, 3))
    told = facts(interludes=(Interlude(RecordKind.REPORT, "k", "Kent", "https://example.org/", passages),))
    assert list(told) == ["Link", "Came", "Went"]
    assert told["Went"].startswith("last seen with it")
    passing = Interlude(RecordKind.SECTION, "k", "Kent", None, passages)
    ((heading, (item,)),) = telling(news(interludes=(passing,)), LONDON).groups
    assert (heading, item.title) == ("Came and went meanwhile", "Section: Kent")


def test_a_section_says_what_became_of_it() -> None:
    one, two = section("Reviews", text="One."), section("Reviews", text="Two.")
    change = Change(ChangeKind.SECTION_CHANGED, False, one, two, Places(0, 0), text=FieldChange("One.", "Two."))
    entry = Entry(Group.TEXT, two, (recorded(change),), 1, BOUNDS, 1, 2)
    ((heading, (item,)),) = telling(news(entry), LONDON).groups
    assert (heading, item.title) == ("The page’s text", "Section edited: Reviews")


@pytest.mark.parametrize(
    ("looks", "notes"),
    [
        (
            LOOKS,
            (
                "Looked at 718 times since then, and 2 more that failed or were not believed.",
                f"The longest time in which it was not seen: 5 hours, from {MIDNIGHT} to 1 January 2025, 05:00 GMT.",
                "Last look: 15 January 2025, 10:00 GMT.",
            ),
        ),
        (
            Looks(1, 1, None, timedelta(minutes=43), SINCE),
            (
                "Looked at 1 time since then.",
                "It was never left unseen for longer than 43 minutes.",
                "Last look: 1 January 2025, 00:00 GMT.",
            ),
        ),
        (
            Looks(87_660, None, Stretch(SINCE, None), timedelta(days=3), SINCE),
            (
                "Checked 87,660 times since then.",
                "The longest time in which it was not seen began 1 January 2025, 00:00 GMT, and goes on.",
                "Last look: 1 January 2025, 00:00 GMT.",
            ),
        ),
        (Looks(0, 0, Stretch(SINCE, None), timedelta(days=3), SINCE), ("Not looked at since then.",)),
    ],
)
def test_what_was_not_seen_is_said(looks: Looks, notes: tuple[str, ...]) -> None:
    assert telling(news(looks=looks), LONDON).notes == notes


def test_nothing_new_says_when_it_was_last_looked_at() -> None:
    said = telling(news(), LONDON).summary
    assert said == "Nothing new since 1 January 2025, 00:00 GMT; last looked at 15 January 2025, 10:00 GMT"
    never = telling(news(looks=replace(LOOKS, last=None)), LONDON).summary
    assert never == "Nothing new since 1 January 2025, 00:00 GMT; never looked at with success"
    passing = Interlude(RecordKind.SECTION, "k", "Kent", None, (Passage(True, BOUNDS, 1, 2),))
    assert "what came and went is below" in telling(news(interludes=(passing,)), LONDON).summary


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "1 minute"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(hours=26), "26 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=605, hours=1), "605 days"),
    ],
)
def test_a_span_is_told_in_one_unit(span: timedelta, said: str) -> None:
    assert lasting(span) == said


def test_markdown_is_a_list_for_each_group() -> None:
    told = as_markdown([news(new())], LONDON)
    assert told.startswith(
        "## Child abuse\n\n<https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse/>\n\n"
        "**Since 1 January 2025, 00:00 GMT: 1 new report**\n\n### New reports\n\n- **Cleveland Police**\n"
        "    - Published: 15 January 2025\n"
    )
    assert told.endswith("Last look: 15 January 2025, 10:00 GMT.\n")


def test_hostile_text_marks_up_nothing_in_markdown() -> None:
    one = replace(CLEVELAND, title=HOSTILE, text=f"{HOSTILE} before", url=f"javascript:{HOSTILE}")
    two = replace(one, text=f"{HOSTILE} ~~after~~")
    passing = Interlude(RecordKind.REPORT, "k", HOSTILE, "https://example.org/<b>", (Passage(True, BOUNDS, 1, 2),))
    told = as_markdown([news(new(one), edited(one, two), interludes=(passing,), title=HOSTILE)], LONDON)
    ours = "**Since 1 January 2025, 00:00 GMT: 1 new report, 1 report edited**"
    for line in told.replace(ours, "").splitlines():
        assert not line.startswith("# No heading")
        assert "**Bold**" not in line
        assert "[link](" not in line
        assert "<b>" not in line.replace("\\<b\\>", "")
        assert "www.evil" not in line
        assert "`x`" not in line
        assert "~~after~~" not in line
    assert "<javascript" not in told
