"""Article pages for the comparison: a recorded page with other titles, more prose, and all that a site puts around it.

Each has about 60 KB, of which some 27 KB are bare text, in as many reports as the recorded page has. The same number
always gives the same page, and no two numbers do.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from random import Random

LENGTH = 60_000
"""How many bytes a page has, or up to one sheet of style's more."""

REPORTS = 12
PARAGRAPHS = 5
"""Of each report, beside its list."""

_TITLE = "Child abuse and child protection issues"
_FIRST_REPORT = '<h3 class="wp-block-heading"><a href'
_BELOW_REPORTS = '<h2 class="wp-block-heading" id="h-future-inspections">'
_PUBLICATIONS = "https://hmicfrs.justiceinspectorates.gov.uk/publications/"
_FORCES = ("Avon and Somerset", "Cleveland", "Dyfed-Powys", "Essex", "Gwent", "Kent", "Lancashire", "Norfolk", "Surrey")
_KINDS = ("National child protection inspection", "Joint targeted area inspection", "Post-inspection review")
_MONTHS = ("January", "March", "May", "July", "September", "November")
_RUN = 2
"""Words that are taken from the recorded prose at a time: pages so made compress as a page of this length does."""


def path_of(number: int) -> str:
    """Where a page is served; numbers count from 1."""
    return f"/our-work/article/watched-page-{number:04d}/"


def page(number: int, edits: int = 0) -> bytes:
    """A page as it stands after so many edits, each of which has its first report count one recommendation more."""
    above, below, _ = _recorded()
    chance = Random(number)  # noqa: S311 - the same page each time
    reports = [_report(chance, number, order, 0 if order else edits) for order in range(REPORTS)]
    html = (
        "".join((above.replace("</header>", f"{_menu()}</header>", 1), *reports, below))
        .replace(_TITLE, f"{_TITLE}: page {number}")
        .encode()
    )
    return html.replace(b"</head>", _style(LENGTH - len(html)) + b"</head>", 1)


def _report(chance: Random, number: int, order: int, edits: int) -> str:
    force, kind, month = chance.choice(_FORCES), chance.choice(_KINDS), chance.choice(_MONTHS)
    address = f"{_PUBLICATIONS}{force.lower().replace(' ', '-')}-{kind.lower().replace(' ', '-')}-{number}-{order}/"
    date = f"{chance.randint(1, 28)}&nbsp;{month} {chance.randint(2010, 2025)}"
    recommendations = f"We made {chance.randint(2, 40) + edits} recommendations."
    paragraphs = "".join(f"<p>{_prose(chance)}</p>\n" for _ in range(PARAGRAPHS))
    return (
        f'{_FIRST_REPORT}="{address}">{force} Police: {kind}&nbsp;&#8211; {date}</a></h3>\n'
        f'<div class="wp-block-group">{paragraphs}'
        f'<ul class="wp-block-list">{"".join(f"<li>{_sentence(chance)}</li>" for _ in range(3))}</ul>\n'
        f"<p>{_prose(chance)} {recommendations}</p></div>\n"
    )


def _prose(chance: Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(2, 4)))


def _sentence(chance: Random) -> str:
    return " ".join(chance.choices(_recorded()[2], k=chance.randint(3, 10))).capitalize() + "."


@cache
def _style(length: int) -> bytes:
    """Style sheets, as a site's plugins put them into each page."""
    sheets, number = "", 0
    while len(sheets) < length:
        number += 1
        colour = f"{number * 4321 % 0xFFFFFF:06x}"
        rule = f".wp-block-{number}{{margin:0 auto {number}px;max-width:{number * 7}px;color:#{colour}}}"
        sheets += f'<style id="wp-block-{number}-inline-css">{rule}</style>\n'
    return sheets.encode()


@cache
def _menu() -> str:
    """The menus above and below the page: the same on each, as a site's are."""
    chance = Random(0)  # noqa: S311 - the same menu each time
    entries = (
        f'<li id="menu-item-{700 + at}" class="menu-item menu-item-type-post_type menu-item-{700 + at}">'
        f'<a href="https://hmicfrs.justiceinspectorates.gov.uk/our-work/part-{at}/">{_sentence(chance)}</a></li>\n'
        for at in range(60)
    )
    return f'<nav class="site-menu"><ul>{"".join(entries)}</ul></nav>'


@cache
def _recorded() -> tuple[str, str, tuple[str, ...]]:
    """What stands above the reports of the recorded page, what stands below, and runs of words from its prose."""
    html = files("cli").joinpath("demo_pages", "2025-10-child-protection.html").read_text(encoding="utf-8")
    above, _, rest = html.partition(_FIRST_REPORT)
    below = _BELOW_REPORTS + rest.partition(_BELOW_REPORTS)[2]
    prose = " ".join(re.sub(r"<[^>]*>", " ", paragraph) for paragraph in re.findall(r"<p>(.*?)</p>", html, re.DOTALL))
    words = re.findall(r"[A-Za-z’]+", prose)
    return above, below, tuple(" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN))
