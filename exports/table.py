"""Documents as a table in CSV (RFC 4180), safe to open in a spreadsheet: each sort has its columns, whatever is in it.

A list stands in one cell, its parts joined with " › "; what is null is an empty cell.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Literal, TypeAlias

Sort: TypeAlias = Literal["reports", "changes", "snapshots", "checks"]
Document: TypeAlias = Mapping[str, Any]

FIELDS = ("title", "published", "programme", "kind", "area", "recommendations", "causes_of_concern", "url", "section")
"""The fields of a change that have two columns, `…_before` and `…_after`; the others stand in `other_fields`."""

_SIDES = tuple(f"{name}_{side}" for name in FIELDS for side in ("before", "after"))

COLUMNS: Mapping[Sort, tuple[str, ...]] = {
    "reports": (
        "watch", "title", "published", "published_precision", "published_text", "programme", "kind", "area",
        "recommendations", "causes_of_concern", "url", "section", "listed", "absent_until", "first_seen", "last_seen",
        "absent_from", "key", "text",
    ),
    "changes": (
        "id", "watch", "kind", "quiet", "title", "section", "last_seen_before", "first_seen_after", "first_seen",
        *_SIDES, "other_fields", "text_before", "text_after", "key", "same_because", "from_snapshot", "to_snapshot",
    ),
    "snapshots": (
        "id", "watch", "captured_at", "confirmed_until", "source", "sha256", "sections", "reports", "reader",
    ),
    "checks": (
        "id", "watch", "started_at", "outcome", "reason", "http_status", "duration_ms", "snapshot", "source", "sha256",
    ),
}  # fmt: skip
"""The names of the columns, as in the JSON; times are UTC. `other_fields` has lines such as "links: before → after"."""

_BOM = b"\xef\xbb\xbf"
_BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEEN_THROUGH = re.compile(r"[\s\u00ad\u200b-\u200d\u2060\ufeff]*")
_FORMULA = frozenset("=+-@")


def write_table(out: BinaryIO, sort: Sort, documents: Iterable[Document], *, bom: bool = False) -> int:
    """Write a line of names and one for each document, in UTF-8; gives how many documents there were.

    A cell that a spreadsheet would take for a formula begins with an apostrophe. `bom` is for Excel, which takes UTF-8
    for something else without one.
    """
    out.write(_BOM if bom else b"")
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    try:
        table = csv.writer(text, lineterminator="\r\n")
        table.writerow(COLUMNS[sort])
        count = 0
        for document in documents:
            value = _of_change(document) if sort == "changes" else document.get
            table.writerow([_cell(value(name)) for name in COLUMNS[sort]])
            count += 1
    finally:
        text.detach()
    return count


def _of_change(document: Document) -> Callable[[str], Any]:
    """The values of a change by column."""
    fields: Mapping[str, Document] = document.get("fields") or {}
    flat = dict(document)
    for name in FIELDS:
        flat |= _sides(name, fields.get(name) or {})
    flat |= _sides("text", document.get("text") or {})
    flat["other_fields"] = "\n".join(_others(fields))
    return flat.get


def _sides(name: str, sides: Document) -> dict[str, Any]:
    return {f"{name}_{side}": sides.get(side) for side in ("before", "after")}


def _others(fields: Mapping[str, Document]) -> Iterator[str]:
    for name, sides in fields.items():
        if name not in FIELDS:
            before, after = (_joined(sides.get(side)) or "none" for side in ("before", "after"))
            yield f"{name}: {before} → {after}"


def _cell(value: object) -> str:
    """Numbers and yes or no are ours, and stay what they are; all else is text of the page."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case _:
            return _harmless(_joined(value))


def _joined(value: object) -> str:
    match value:
        case None:
            return ""
        case list() | tuple():
            return " › ".join(map(_joined, value))
        case _:
            return str(value)


def _harmless(text: str) -> str:
    """Text without control characters, directional marks and lone surrogates, which begins no formula."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_kept, text))
    return f"'{text}" if text[:1] in {"\t", "\n"} or _begins_a_formula(text) else text


def _kept(character: str) -> str:
    if character in "\n\t":
        return character
    if unicodedata.category(character) == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "" if unicodedata.category(character) == "Cc" or character in _BIDIRECTIONAL else character


def _begins_a_formula(text: str) -> bool:
    """Also behind spaces and what shows nothing, and in the wide forms that some spreadsheets take for the others."""
    seen = _SEEN_THROUGH.match(text)
    first = text[seen.end() : seen.end() + 1] if seen else ""
    return unicodedata.normalize("NFKC", first) in _FORMULA
