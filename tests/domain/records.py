"""Pages for the tests of the domain: built with few words, and generated."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from domain.address import canonical_address
from domain.page import (
    Contact,
    Link,
    Page,
    Programme,
    PublicationDate,
    RelatedReport,
    Report,
    ReportKind,
    Section,
    Topic,
)

HOME = "https://hmicfrs.justiceinspectorates.gov.uk"


IN_2015 = PublicationDate(2015)


def report(
    slug: str,
    *,
    title: str | None = None,
    published: PublicationDate | None = IN_2015,
    section: tuple[str, ...] = ("Thematic reviews",),
    text: str = "We made no promise.",
    recommendations: int | None = None,
    url: str | None = "",
) -> Report:
    """A report; its address is made of the slug unless one is given, and None leaves it unlinked."""
    address = f"{HOME}/publications/{slug}/" if url == "" else url
    return Report(
        key=canonical_address(address) if address else f"title:{slug}:",
        title=title or f"Report {slug}",
        url=address,
        published=published,
        programme=Programme.THEMATIC,
        kind=ReportKind.INSPECTION,
        recommendations=recommendations,
        causes_of_concern=None,
        area=None,
        section=section,
        text=text,
    )


def section(*path: str, text: str = "We inspect.", level: int = 2, links: tuple[Link, ...] = ()) -> Section:
    return Section("/".join(path).lower(), level, path, path[-1], text, links)


def page(*reports: Report, sections: tuple[Section, ...] = (), title: str = "Child abuse") -> Page:
    return Page(f"{HOME}/our-work/article/child-abuse/", title, sections=sections, reports=reports)


words = st.text(alphabet="abc –-’' .é", min_size=1, max_size=12).filter(lambda text: text.strip(" -–.'’") != "")
dates = st.none() | st.builds(
    PublicationDate, st.integers(2010, 2014), st.none() | st.integers(1, 12), st.none(), text=st.just("as published")
)
links = st.builds(Link, words, st.sampled_from([f"{HOME}/publications/a/", "http://www.hmic.gov.uk/publications/a/"]))


@st.composite
def reports(draw: st.DrawFn) -> tuple[Report, ...]:
    slugs = draw(st.lists(st.sampled_from("abcdefg"), unique=True, max_size=6))
    found = []
    for slug in slugs:
        made = report(
            slug,
            title=draw(words),
            published=draw(dates),
            section=draw(st.sampled_from([(), ("One",), ("One", "Two")])),
            text=draw(words),
            recommendations=draw(st.none() | st.integers(0, 3)),
            url=draw(st.sampled_from(["", None])),
        )
        found.append(replace(made, area=draw(st.none() | words), causes_of_concern=draw(st.none() | st.integers(1, 2))))
    return tuple(found)


@st.composite
def sections(draw: st.DrawFn) -> tuple[Section, ...]:
    paths = draw(st.lists(st.sampled_from([("One",), ("Two",), ("One", "Two"), ("Three",), ("one!",)]), unique=True))
    made = [section(*path, text=draw(words), level=draw(st.integers(2, 4)), links=(draw(links),)) for path in paths]
    if draw(st.booleans()):
        made.insert(0, Section("introduction", 1, (), draw(words), draw(words)))
    return tuple(made)


pages = st.builds(
    Page,
    url=st.sampled_from([f"{HOME}/our-work/article/child-abuse/", f"{HOME}/elsewhere/"]),
    title=words,
    topics=st.lists(st.builds(Topic, words, st.none()), max_size=2).map(tuple),
    sections=sections(),
    reports=reports(),
    related=st.lists(st.builds(RelatedReport, words, st.none()), max_size=2).map(tuple),
    contacts=st.lists(st.builds(Contact, st.just("email"), words), max_size=1).map(tuple),
)
