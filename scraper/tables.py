"""Which cells of a table name a report: those beside a column of publication dates. Other tables are plain text."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from scraper.dates import parse_published
from scraper.text import tidy

_DATES = re.compile(r"(?:date\s)?(?:of\s)?(?:published|publication|released?)(?:\son|\sdate)?|date", re.IGNORECASE)
_TITLES = re.compile(r"report|title|publication$|inspection|name|document", re.IGNORECASE)
_CELLS = frozenset({"td", "th"})
_NONE: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())


def title_cells(table: LexborNode) -> tuple[frozenset[int], frozenset[int]]:
    """The cells that hold a report's title, and what only names columns or the table, as `mem_id`s.

    Both are empty where no column is one of publication dates, by its name or, in a table without names, by its cells.
    """
    rows = [cells for row in table.css("tr") if (cells := [cell for cell in _children(row) if cell.tag in _CELLS])]
    if not rows or len(table.css("table")) > 1:  # itself, and any within: then it lays out the page
        return _NONE
    names = [_words(cell) for cell in rows[0]]
    headed = len(rows) > 1 and not any(parse_published(name) for name in names)
    body = rows[1:] if headed else rows
    width = max(map(len, body))
    dates = [column for column in range(width) if _is_dated(body, column)]
    if headed:
        dates = [column for column, name in enumerate(names[:width]) if _DATES.fullmatch(name.strip(" :"))]
    others = [column for column in range(width) if column not in dates]
    if not dates or not others:
        return _NONE
    named = [column for column in others if headed and _TITLES.search((names[column : column + 1] or [""])[0])]
    title = (named or others)[0]
    heads = rows[0] if headed else []
    captions = [child for child in _children(table) if child.tag == "caption"]
    return (
        frozenset(row[title].mem_id for row in body if len(row) == width),
        frozenset(node.mem_id for node in (*heads, *captions)),
    )


def _is_dated(rows: list[list[LexborNode]], column: int) -> bool:
    dated = [row for row in rows if len(row) > column and parse_published(_words(row[column]))]
    linked = [row for row in dated if any(cell.css_first("a[href]") is not None for cell in row)]
    return 2 * len(linked) > len(rows)


def _children(node: LexborNode) -> list[LexborNode]:
    found = []
    child = node.first_child
    while child is not None:
        found.append(child)
        child = child.next
    return found


def _words(cell: LexborNode) -> str:
    return tidy(cell.text(separator=" "))
