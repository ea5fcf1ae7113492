"""Where a page was before the site moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.former import former_addresses, is_address_of, spelled_as

PAGE = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"


def test_a_page_has_an_address_for_each_host_that_it_lived_on_today_s_first() -> None:
    assert former_addresses(PAGE) == (
        PAGE,
        "https://www.justiceinspectorates.gov.uk/hmicfrs/our-work/article/child-abuse-and-child-protection-issues/",
        "https://www.justiceinspectorates.gov.uk/hmic/our-work/child-abuse-and-child-protection-issues/",
        "http://www.hmic.gov.uk/our-work/child-abuse-and-child-protection-issues/",
    )


def test_a_child_page_keeps_its_place_below_its_parent() -> None:
    child = PAGE + "national-child-protection-inspection/"
    earlier = "our-work/child-abuse-and-child-protection-issues/national-child-protection-inspection/"
    assert former_addresses(child)[2:] == (
        f"https://www.justiceinspectorates.gov.uk/hmic/{earlier}",
        f"http://www.hmic.gov.uk/{earlier}",
    )


def test_only_articles_lay_elsewhere_below_the_host() -> None:
    page = "https://hmicfrs.justiceinspectorates.gov.uk/publications/in-harms-way/"
    assert former_addresses(page) == (
        page,
        "https://www.justiceinspectorates.gov.uk/hmicfrs/publications/in-harms-way/",
        "https://www.justiceinspectorates.gov.uk/hmic/publications/in-harms-way/",
        "http://www.hmic.gov.uk/publications/in-harms-way/",
    )


@pytest.mark.parametrize("url", former_addresses(PAGE)[:2])
def test_any_address_with_the_whole_path_leads_to_all_of_them(url: str) -> None:
    assert former_addresses(url) == former_addresses(PAGE)


@pytest.mark.parametrize(
    "url", ["https://police.example/a/page/", " https://www.gov.uk/x?page=2 ", "mailto:a@b.example", "?"]
)
def test_a_page_elsewhere_has_its_own_address_only(url: str) -> None:
    assert former_addresses(url) == (url.strip(),)


@pytest.mark.parametrize(
    "address",
    [
        *former_addresses(PAGE),
        "http://hmic.gov.uk:80/our-work/child-abuse-and-child-protection-issues",
        "http://www.hmic.gov.uk/our-work/article/child-abuse-and-child-protection-issues/?utm_source=mail",
    ],
)
def test_each_of_them_is_known_for_the_page_s(address: str) -> None:
    assert is_address_of(address, PAGE)


@pytest.mark.parametrize(
    "address",
    [
        PAGE + "joint-targeted-area-inspection/",
        "https://police.example/our-work/child-abuse-and-child-protection-issues/",
    ],
)
def test_another_page_s_address_is_not(address: str) -> None:
    assert not is_address_of(address, PAGE)


@given(st.text(max_size=80))
def test_any_text_has_addresses_that_differ_as_archives_see_them(url: str) -> None:
    addresses = former_addresses(url)
    assert len(set(addresses)) == len(addresses)
    assert is_address_of(url, url)


def test_an_address_is_spelled_as_the_one_that_archives_file_with_it() -> None:
    today, earlier = former_addresses(PAGE)[:2]
    assert spelled_as(today.replace("https://", "http://").replace(".uk/", ".uk:80/"), (earlier, today)) == today
    assert spelled_as(earlier.rstrip("/").upper(), (today, earlier)) == earlier
    assert spelled_as("https://elsewhere.example/", (today, earlier)) == "https://elsewhere.example/"
    assert spelled_as("https://[::1/", (today,)) == "https://[::1/"
