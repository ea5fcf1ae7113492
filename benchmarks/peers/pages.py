"""Article pages for the comparison: a recorded page's frame, with other titles, reports and prose, 60 KB each.

The same number always gives the same page, and no two numbers do.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from random import Random

LENGTH = 60_000
"""How many bytes a page has, or up to one report's more."""

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
    reports = [_report(chance, number, 0, edits)]
    length = len(above.encode()) + len(below.encode()) + len(reports[0].encode())
    while length < LENGTH:
        reports.append(_report(chance, number, len(reports), 0))
        length += len(reports[-1].encode())
    return "".join((above, *reports, below)).replace(_TITLE, f"{_TITLE}: page {number}").encode()


def _report(chance: Random, number: int, order: int, edits: int) -> str:
    force, kind, month = chance.choice(_FORCES), chance.choice(_KINDS), chance.choice(_MONTHS)
    address = f"{_PUBLICATIONS}{force.lower().replace(' ', '-')}-{kind.lower().replace(' ', '-')}-{number}-{order}/"
    date = f"{chance.randint(1, 28)}&nbsp;{month} {chance.randint(2010, 2025)}"
    recommendations = f"We made {chance.randint(2, 40) + edits} recommendations."
    return (
        f'{_FIRST_REPORT}="{address}">{force} Police: {kind}&nbsp;&#8211; {date}</a></h3>\n'
        f'<div class="wp-block-group"><p>{_prose(chance)}</p>\n'
        f'<ul class="wp-block-list">{"".join(f"<li>{_sentence(chance)}</li>" for _ in range(3))}</ul>\n'
        f"<p>{_prose(chance)} {recommendations}</p></div>\n"
    )


def _prose(chance: Random) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(2, 4)))


def _sentence(chance: Random) -> str:
    return " ".join(chance.choices(_recorded()[2], k=chance.randint(3, 10))).capitalize() + "."


@cache
def _recorded() -> tuple[str, str, tuple[str, ...]]:
    """What stands above the reports of the recorded page, what stands below, and runs of words from its prose."""
    html = files("cli").joinpath("demo_pages", "2025-10-child-protection.html").read_text(encoding="utf-8")
    above, _, rest = html.partition(_FIRST_REPORT)
    below = _BELOW_REPORTS + rest.partition(_BELOW_REPORTS)[2]
    prose = " ".join(re.sub(r"<[^>]*>", " ", paragraph) for paragraph in re.findall(r"<p>(.*?)</p>", html, re.DOTALL))
    words = re.findall(r"[A-Za-z’]+", prose)
    return above, below, tuple(" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN))
