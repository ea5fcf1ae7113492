"""How the HTML looks, light and dark: contrast as WCAG 2 reckons it, sizes, headings, styles where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from css_inline import CSSInliner
from jinja2 import Environment

from domain.subject import SUBJECT_LENGTH
from notifier import render
from notifier.content import content
from notifier.wording import inline
from tests.notifier.letters import LETTERS, LONDON, SENDERS
from tests.notifier.renew_golden import part
from tests.notifier.screenshots import PICTURES, SCHEMES, SHOWN, WIDTHS

AA = 4.5
TEMPLATE = files("notifier").joinpath("templates", "letter.html.j2").read_text(encoding="utf-8")
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{\n(.*?)\n\}", re.DOTALL)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
VOID = {"meta", "br"}

Style = Mapping[str, str]


def declared(text: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in text.split(";") if one.strip())
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def dark_rules(html: str) -> Mapping[str, Style]:
    """What stands in the rules for dark mode, by selector: the name of a tag, or of a class after a full stop."""
    block = DARK.search(html)
    assert block is not None
    rules: dict[str, dict[str, str]] = {}
    for selectors, body in RULE.findall(block[1]):
        assert body.count("!important") == body.count(";"), (
            "a style inside a tag wins over a rule that is not important"
        )
        for selector in selectors.split(","):
            assert re.fullmatch(r"\.?[a-z][a-z0-9-]*", selector.strip())
            rules.setdefault(selector.strip(), {}).update(declared(body))
    return rules


def brightness(colour: str) -> float:
    """Relative luminance of "#rrggbb" (WCAG 2.2); no other way to write a colour is known here."""
    assert re.fullmatch(r"#[0-9a-f]{6}", colour), colour
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((brightness(one), brightness(other)))
    return (lighter + 0.05) / (darker + 0.05)


class Shown(HTMLParser):
    """Every stretch of text with its style in light and in dark mode, inherited or its own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, tuple[Style, Style]]] = []
        self.levels: list[int] = []
        self._dark = dark_rules(html)
        self._open: list[tuple[str, tuple[Style, Style]]] = [("", ({}, {}))]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        own = {name: value or "" for name, value in attrs}
        style = declared(own.get("style", ""))
        names = [tag, *(f".{name}" for name in own.get("class", "").split())]
        dark = {key: value for name in self._dark if name in names for key, value in self._dark[name].items()}
        light_before, dark_before = self._open[-1][1]
        self._open.append((tag, ({**light_before, **style}, {**dark_before, **style, **dark})))
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and "body" in (tag for tag, _ in self._open):
            self.texts.append((data.strip(), self._open[-1][1]))


def pale(html: str) -> Iterator[tuple[str, str, float]]:
    """The texts that are hard to read, with the mode in which they are and the contrast."""
    for text, styles in Shown(html).texts:
        for mode, style in zip(("light", "dark"), styles, strict=True):
            ratio = contrast(style["color"], style["background"])
            if ratio < AA:
                yield text, mode, ratio


def test_contrast_is_reckoned_as_the_guidelines_do() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.005)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.00, abs=0.005)


@pytest.mark.parametrize("name", LETTERS)
def test_every_text_can_be_read_on_its_background_light_and_dark(name: str) -> None:
    assert list(pale(part(name, "html"))) == []


@pytest.mark.parametrize(("colour", "mode"), [("color: #50575e;", "light"), ("color: #b8bcc0 !important;", "dark")])
def test_a_pale_colour_would_be_noticed(colour: str, mode: str) -> None:
    html = part("digest", "html")
    assert colour in html
    faded = html.replace(colour, colour.replace("50575e", "8c939a").replace("b8bcc0", "6f747a"))
    assert {found for _, found, _ in pale(faded)} == {mode}


def test_every_colour_of_the_template_is_shown_by_some_letter() -> None:
    """Otherwise the tests above would pass over it."""
    shown = "".join(part(name, "html") for name in LETTERS)
    for selector in re.findall(r"^(.+?) \{", TEMPLATE.partition("<style>")[2].partition("</style>")[0], re.MULTILINE):
        for name in selector.split(", ") if not selector.startswith("@") else ():
            assert re.search(rf'class="[^"]*\b{name[1:]}\b', shown) if name[0] == "." else f"<{name} " in shown, name


@pytest.mark.parametrize("name", LETTERS)
def test_no_text_is_smaller_than_16_pixels(name: str) -> None:
    for text, styles in Shown(part(name, "html")).texts:
        for style in styles:
            size = style.get("font-size") or style["font"].partition("/")[0]
            assert size.endswith("px"), (text, size)
            assert int(size.removesuffix("px")) >= 16, (text, size)


@pytest.mark.parametrize(
    ("name", "levels"), [("trouble-failed", [1]), ("several", [1, 2, 2, 2]), ("digest", [1, 2, 3, 3, 2, 3])]
)
def test_headings_make_an_outline(name: str, levels: list[int]) -> None:
    assert Shown(part(name, "html")).levels == levels


@pytest.mark.parametrize("name", LETTERS)
def test_styles_put_into_the_template_are_those_put_into_the_letter(name: str) -> None:
    """The inliner reads the template as a page: what is a tag to the one must be a tag to the other."""
    inliner = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
    environment = Environment(autoescape=True, trim_blocks=False)
    environment.filters.update(lines=render._lines)
    told = render._fields(content(LETTERS[name], SENDERS[name], LONDON))
    subject = inline(LETTERS[name].alert.subject, SUBJECT_LENGTH)
    page = inliner.inline(environment.from_string(TEMPLATE).render(told, subject=subject))
    assert re.sub(r"\s+", " ", page) == re.sub(r"\s+", " ", inliner.inline(part(name, "html")))


def test_the_page_about_mails_shows_every_picture_and_none_is_missing() -> None:
    shown = set(re.findall(r"!\[\]\(mail/([^)]+)\)", (PICTURES.parent / "mail.md").read_text(encoding="utf-8")))
    taken = {f"{name}-{width}-{scheme}.png" for name in SHOWN for width in WIDTHS for scheme in SCHEMES}
    assert shown == taken == {picture.name for picture in PICTURES.iterdir()}
    assert sum(picture.stat().st_size for picture in PICTURES.iterdir()) < 1_500_000
