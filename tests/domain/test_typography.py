"""Encodings that were spoilt are folded; letters that only look like it stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.typography import folded_title, repaired, typographic_form

PUBLISHED = st.text("abcxyz ‘’“”–—…£é•·âôŵŷ½©\u00a0", max_size=30)


@pytest.mark.parametrize(
    ("spoilt", "right"),
    [
        ("In harmâ€™s way", "In harm’s way"),
        ("â€œCauses of concernâ€\x9d", "“Causes of concern”"),
        ("â€œConcernâ€ stays", "“Concern” stays"),
        ("â€œConcernâ€\ufffd", "“Concern”"),
        ("harm\u00e2\u0080\u0099s", "harm’s"),
        ("NCPIÂ\u00a0â€“ Wales", "NCPI\u00a0– Wales"),
        ("Â£5 Â· â‚¬6 â€¦", "£5 · €6 …"),
        ("Ynys MÃ´n, cafÃ©, dÅµr, tÅ·", "Ynys Môn, café, dŵr, tŷ"),
    ],
)
def test_a_spoilt_encoding_is_set_right(spoilt: str, right: str) -> None:
    assert repaired(spoilt) == right
    assert typographic_form(spoilt) == typographic_form(right)
    assert folded_title(spoilt) == folded_title(right)


@pytest.mark.parametrize(
    "text",
    ["tân, gŵyl, tŷ, Môn", "“CAFÉ”", "“AÇÃO”", "IRMÃ”", "Ångström", "£5 – €6", "“y gân”", "â…”", "Â", "São Paulo’s"],
)
def test_letters_that_were_meant_are_left_alone(text: str) -> None:
    assert repaired(text) == text


@given(PUBLISHED)
def test_text_that_is_right_is_never_changed(text: str) -> None:
    assert repaired(text) == text


@given(st.text("abcxyz ‘’“–—…£é•·ôŵŷ½©", max_size=30))
def test_what_is_spoilt_on_the_way_is_set_right(text: str) -> None:
    assert repaired(text.encode().decode("cp1252", "ignore")) == text
