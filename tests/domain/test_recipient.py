"""Which changes a reader wants."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.change import Change, ChangeKind
from domain.compare import compare
from domain.page import Contact, Page, Programme, Report, Topic
from domain.recipient import EVERYTHING, Wants
from tests.domain.records import HOME, page, pages, report, section, words

WATCH = "child-protection"
CLEVELAND = replace(
    report("cleveland", title="Cleveland Police: National child protection inspection", text="Officers listened."),
    programme=Programme.NCPI,
    area="Cleveland",
)
JOINT = replace(
    report("kent", title="Joint inspection of Kent", text="Agencies met."), programme=Programme.JTAI, area="Kent"
)


def the_change(before: Page, after: Page) -> Change:
    (change,) = compare(before, after)
    return change


def added(one: Report) -> Change:
    return the_change(page(), page(one))


def holds(area: str, *, title: str = "Report", named: str | None = None) -> bool:
    """Whether an area is found in a report of that title that names that area."""
    return Wants(areas=(area,)).include(WATCH, added(replace(report("any", title=title), area=named)))


def says(word: str, text: str) -> bool:
    """Whether a word is found in a report of that text."""
    return Wants(words=(word,)).include(WATCH, added(report("any", text=text)))


@given(pages, pages)
def test_a_reader_who_asks_for_nothing_is_told_everything(one: Page, two: Page) -> None:
    assert all(EVERYTHING.include(WATCH, change) for change in compare(one, two))


@pytest.mark.parametrize(
    "wants",
    [
        Wants(watches=(WATCH,)),
        Wants(kinds=(ChangeKind.REPORT_ADDED,)),
        Wants(programmes=(Programme.NCPI,)),
        Wants(areas=("Cleveland",)),
        Wants(words=("listened",)),
    ],
)
def test_each_list_alone_lets_through_what_it_names_and_nothing_else(wants: Wants) -> None:
    assert wants.include(WATCH, added(CLEVELAND))
    assert not wants.include("elsewhere", the_change(page(JOINT), page()))


FULL = Wants(
    watches=("elsewhere", WATCH),
    kinds=(ChangeKind.REPORT_REMOVED, ChangeKind.REPORT_ADDED),
    programmes=(Programme.THEMATIC, Programme.NCPI),
    areas=("Kent", "Cleveland"),
    words=("shouted", "listened"),
)


def test_one_entry_of_each_list_is_enough() -> None:
    assert FULL.include(WATCH, added(CLEVELAND))


@pytest.mark.parametrize("missed", ["watches", "kinds", "programmes", "areas", "words"])
def test_a_change_must_satisfy_every_list(missed: str) -> None:
    without = replace(FULL, **{missed: getattr(FULL, missed)[:1]})
    assert not without.include(WATCH, added(CLEVELAND))


def test_a_report_is_wanted_as_it_was_and_as_it_is() -> None:
    before = replace(CLEVELAND, title="Report", section=("Old",))
    after = replace(before, programme=Programme.JTAI, area="Kent", text="Officers shouted.", recommendations=3)
    changes = compare(page(before), page(after))
    assert {change.quiet for change in changes} == {True, False}
    for change in changes:
        for programme in (Programme.NCPI, Programme.JTAI):
            assert Wants(programmes=(programme,)).include(WATCH, change)
        for area in ("Cleveland", "Kent"):
            assert Wants(areas=(area,)).include(WATCH, change)
        for word in ("listened", "shouted"):
            assert Wants(words=(word,)).include(WATCH, change)
        assert not Wants(programmes=(Programme.REVIEW,)).include(WATCH, change)
        assert not Wants(areas=("Essex",)).include(WATCH, change)
        assert not Wants(words=("whispered",)).include(WATCH, change)


def test_a_report_that_leaves_the_page_is_wanted_as_it_was() -> None:
    gone = the_change(page(CLEVELAND), page())
    assert Wants(areas=("Cleveland",), programmes=(Programme.NCPI,), words=("listened",)).include(WATCH, gone)


@pytest.mark.parametrize(
    ("area", "named", "found"),
    [
        ("Cleveland", "Cleveland Police", True),
        ("Cleveland Police", "Cleveland", True),
        ("CLEVELAND police", "Cleveland Police", True),
        ("Devon & Cornwall", "Devon and Cornwall Police", True),
        ("Devon and Cornwall", "Devon & Cornwall", True),
        ("Devon & Cornwall", "Devon or Cornwall", False),
        ("Dyfed-Powys", "Dyfed Powys", True),
        ("Cleveland Police", "Police", True),
        ("York", "North Yorkshire", False),
        ("North Yorkshire Police", "Yorkshire Police North", False),
        ("Cleveland", None, False),
        ("Cleveland", "", False),
        ("…", "Cleveland", False),
        ("…", "", False),
    ],
)
def test_an_area_is_found_by_either_name_that_has_the_words_of_the_other(
    area: str, named: str | None, found: bool
) -> None:
    assert holds(area, named=named) is found


@pytest.mark.parametrize(
    ("area", "title", "found"),
    [
        ("Cleveland", "An inspection of Cleveland Police", True),
        ("Cleveland Police", "An inspection of Cleveland Police’s child protection", True),
        ("Cleveland Police", "An inspection in Cleveland", False),
        ("York", "An inspection of North Yorkshire Police", False),
    ],
)
def test_an_area_is_found_in_a_title_that_holds_it(area: str, title: str, found: bool) -> None:
    assert holds(area, title=title) is found
    assert holds(area, title=title, named="Elsewhere") is found


@pytest.mark.parametrize("national", ["national", "National", " NATIONAL "])
def test_national_stands_for_the_reports_that_name_no_area(national: str) -> None:
    assert holds(national, title="State of policing")
    assert not holds(national, title="A national inspection", named="Cleveland")
    assert not holds(national, named="National Crime Agency")
    assert Wants(areas=("Kent", national)).include(WATCH, added(JOINT))


def test_a_section_has_neither_programme_nor_area() -> None:
    said = the_change(page(), page(sections=(section("Cleveland", text="National thematic review."),)))
    assert not Wants(programmes=(Programme.THEMATIC,)).include(WATCH, said)
    assert not Wants(areas=("Cleveland",)).include(WATCH, said)
    assert not Wants(areas=("national",)).include(WATCH, said)
    assert Wants(watches=(WATCH,), kinds=(ChangeKind.SECTION_ADDED,), words=("Cleveland",)).include(WATCH, said)


def test_the_page_has_neither_programme_nor_area() -> None:
    said = the_change(page(title="Cleveland"), page(title="Child abuse"))
    assert not Wants(programmes=(Programme.THEMATIC,)).include(WATCH, said)
    assert not Wants(areas=("Cleveland",)).include(WATCH, said)
    assert not Wants(areas=("national",)).include(WATCH, said)
    assert Wants(watches=(WATCH,), kinds=(ChangeKind.PAGE_CHANGED,), words=("Cleveland",)).include(WATCH, said)


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("harm", "They came to HARM.", True),
        ("HARM", "(harm)", True),
        ("harm", "harmful, unharmed", False),
        ("child protection", "Child\u00a0  protection", True),
        ("child protection", "protection, child", False),
        ("child protection", "child, protection", True),
        ("multi-agency", "multi – agency", True),
        ("multi‑agency", "multi-agency", True),
        ("multi agency", "multi-agency", True),
        ("multi-agency", "multiagency", False),
        ("multi­agency", "multiagency", True),
        ("safe­guarding", "safeguarding", True),
        ("safeguarding", "safe\u00adguarding", True),
        ("harm's way", "In harm’s way", True),
        ("harm’s way", "in harm's way", True),
        ("harms way", "In harm’s way", True),
        ("harm", "In harm’s way", True),
        ("children", "Children’s services", True),
        ("child", "Children’s services", False),
        ("’harm’", "They came to harm", True),
        ("“cause of concern”", 'a "cause of concern" was found', True),
        ("cause of concern", "a cause of “concern”", True),
        ("11", "We made 11 recommendations", True),
        ("11", "We made 111 recommendations", False),
        ("Ynys Môn", "YNYS MÔN", True),
        ("", "anything", False),
        ("…", "", False),
    ],
)
def test_words_are_found_whole_whatever_their_case_and_typography(word: str, text: str, found: bool) -> None:
    assert says(word, text) is found


def test_words_are_looked_for_in_all_that_a_report_says() -> None:
    one = report("any", title="In the title", section=("Under this", "Heading"), text="In the text.")
    for phrase in ("the title", "under this", "heading", "the text"):
        assert Wants(words=(phrase,)).include(WATCH, added(one))


def test_words_are_looked_for_in_all_that_a_section_says() -> None:
    said = the_change(page(), page(sections=(section("Outer part", "Inner part", text="In the text."),)))
    for phrase in ("outer part", "inner part", "the text"):
        assert Wants(words=(phrase,)).include(WATCH, said)


def test_words_are_looked_for_in_all_that_differs() -> None:
    before = replace(page(), topics=(Topic("Old topic", None),), contacts=(Contact("email", "old@example.org"),))
    after = replace(page(), topics=(Topic("New topic", None),), contacts=(Contact("email", "new@example.org"),))
    said = the_change(before, after)
    for phrase in ("old topic", "new topic", "old@example.org", "new@example.org"):
        assert Wants(words=(phrase,)).include(WATCH, said)
    moved = the_change(page(CLEVELAND), page(replace(CLEVELAND, url=f"{HOME}/publications/redcar/")))
    assert moved.kind is ChangeKind.REPORT_CHANGED
    for phrase in ("redcar", "cleveland"):
        assert Wants(words=(phrase,)).include(WATCH, moved)


def test_the_topics_of_a_page_are_among_its_words_whatever_else_differs() -> None:
    topic = (Topic("Vulnerable people", None),)
    said = the_change(replace(page(title="One"), topics=topic), replace(page(title="Two"), topics=topic))
    assert Wants(words=("vulnerable people",)).include(WATCH, said)


@pytest.mark.parametrize(
    "one",
    [
        report("any", title="On the child", text="Protection failed."),
        report("any", title="Report", section=("The child", "Protection"), text="None."),
        report("any", title="Report", section=("The child",), text="Protection failed."),
    ],
)
def test_a_phrase_never_runs_from_one_text_into_another(one: Report) -> None:
    assert Wants(words=("child",)).include(WATCH, added(one))
    assert not Wants(words=("child protection",)).include(WATCH, added(one))


def test_an_area_never_runs_from_the_named_one_into_the_title() -> None:
    assert not holds("East Wales", named="Far East", title="Wales and its forces")


@st.composite
def satisfied(draw: st.DrawFn, change: Change) -> Wants:
    """Wants that a change satisfies, each list either empty or with an entry for it."""
    chosen: dict[str, tuple[object, ...]] = {}
    one = change.record
    fitting: dict[str, object] = {"watches": WATCH, "kinds": change.kind, "words": one.title}
    if isinstance(one, Report):
        fitting |= {"programmes": one.programme, "areas": one.area or "national"}
    others: dict[str, st.SearchStrategy[object]] = {
        "watches": st.sampled_from(["one", "two"]),
        "kinds": st.sampled_from(ChangeKind),
        "programmes": st.sampled_from(Programme),
        "areas": words,
        "words": words,
    }
    for name, entry in fitting.items():
        if draw(st.booleans()):
            chosen[name] = tuple(draw(st.permutations([entry, *draw(st.lists(others[name], max_size=2))])))
    return Wants(**chosen)  # type: ignore[arg-type]


@st.composite
def wider(draw: st.DrawFn, wants: Wants) -> Wants:
    """The same wants with some lists emptied, and others longer."""
    more: dict[str, tuple[object, ...]] = {
        "watches": ("three",),
        "kinds": tuple(ChangeKind),
        "programmes": tuple(Programme),
        "areas": ("Kent",),
        "words": ("harm",),
    }
    lists = {name: draw(st.sampled_from([(), getattr(wants, name)])) for name in more}
    return Wants(
        **{name: (*more[name], *kept) if kept and draw(st.booleans()) else kept for name, kept in lists.items()}
    )


@given(pages, pages, st.data())
def test_what_narrower_wants_include_wider_ones_do_too(one: Page, two: Page, data: st.DataObject) -> None:
    for change in compare(one, two)[:3]:
        narrow = data.draw(satisfied(change))
        assert narrow.include(WATCH, change)
        assert data.draw(wider(narrow)).include(WATCH, change)
