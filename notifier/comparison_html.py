"""A comparison as one HTML page that needs nothing beside it: no script, nothing fetched, for screens and for paper."""

from __future__ import annotations

from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from notifier.comparison import HASH, Comparison, telling

Columns: TypeAlias = Literal[1, 2]


def as_html(comparison: Comparison, zone: ZoneInfo, version: str, columns: Columns = 2) -> str:
    """The page; with two columns what stood there before is on the left. `version` is the program's."""
    return _PAGE.render(told=telling(comparison, zone), zone=zone.key, version=version, columns=columns, hash=HASH)


_TEMPLATES = Environment(
    loader=PackageLoader("notifier"), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
)
_TEMPLATES.filters["zip"] = zip
_PAGE = _TEMPLATES.get_template("comparison.html.j2")
