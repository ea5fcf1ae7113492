"""Every published form of an address has one canonical form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.address import canonical_address

SLUGS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
HOSTS = st.sampled_from(
    [
        "http://www.hmic.gov.uk/",
        "http://www.justiceinspectorates.gov.uk/hmic/",
        "https://www.justiceinspectorates.gov.uk/hmicfrs/",
        "https://hmicfrs.justiceinspectorates.gov.uk/",
        "HTTPS://HMICFRS.justiceinspectorates.gov.uk:443/hmicfrs/s/",
        "https://hmicfrs.justiceinspectorates.gov.uk/news/news-feed/a-slug/hmicfrs/",
    ]
)
SECTIONS = st.sampled_from(["our-work/article/", "publications/", "publication-html/", "news/news-feed/"])
TAILS = st.sampled_from(["", "/", "/#top", "/?utm_source=x&utm_medium=y", "?utm_campaign=z#a"])


@given(HOSTS, SECTIONS, SLUGS, TAILS)
def test_every_host_prefix_and_tail_of_a_page_gives_one_address(host: str, part: str, slug: str, tail: str) -> None:
    wanted = f"hmicfrs.justiceinspectorates.gov.uk/{part}{slug}/"
    assert canonical_address(f"{host}{part}{slug}{tail}") == wanted


@given(SECTIONS, SLUGS, SLUGS)
def test_two_slugs_never_give_one_address(part: str, slug: str, other: str) -> None:
    one, two = (canonical_address(f"https://www.justiceinspectorates.gov.uk/hmicfrs/{part}{s}/") for s in (slug, other))
    assert (one == two) == (slug == other)


@given(st.text(max_size=80))
def test_any_text_is_taken_without_an_error(text: str) -> None:
    assert canonical_address(canonical_address(text)) == canonical_address(text)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("mailto:Contact@hmicfrs.gov.uk?subject=A%20question", "mailto:contact@hmicfrs.gov.uk"),
        ("tel:+442000000000", "tel:+442000000000"),
        ("https://www.nspcc.org.uk", "www.nspcc.org.uk/"),
        ("https://example.org/a?b=1&utm_source=x", "example.org/a/?b=1"),
        ("https://example.org/a?GCLID=1&fbclid=2&b=1&mc_cid=3&mc_eid=4&_ga=5&msclkid=6", "example.org/a/?b=1"),
        ("https://example.org/a?page=2&gallery=1&id=3&ref=4&pk=5", "example.org/a/?page=2&gallery=1&id=3&ref=4&pk=5"),
        ("http://127.0.0.1:8080/our-work/article/x/", "127.0.0.1:8080/our-work/article/x/"),
        (
            "https://s3-eu-west-2.amazonaws.com/assets-hmicfrs.justiceinspectorates.gov.uk/uploads/a.pdf",
            "assets-hmicfrs.justiceinspectorates.gov.uk/uploads/a.pdf",
        ),
        (
            "https://hmicfrs.justiceinspectorates.gov.uk/publications/",
            "hmicfrs.justiceinspectorates.gov.uk/publications/",
        ),
        ("http://[broken", "http://[broken"),
    ],
)
def test_addresses_beside_the_pages(url: str, canonical: str) -> None:
    assert canonical_address(url) == canonical
