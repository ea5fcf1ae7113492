"""Documents as CSV: what is read is what was written, in the same columns always, and no spreadsheet runs any of it."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli import document
from domain.change import ChangeKind, FieldChange
from domain.document import change as change_document
from domain.report_listing import ListedReport
from exports.table import COLUMNS, FIELDS, Sort, write_table
from tests.exports.sights import BEGAN
from tests.notifier.comparisons import BEFORE
from tests.notifier.letters import ADDED, CLEVELAND, EDITED, SECTION_EDITED, SECTION_MOVED, changed

DANGEROUS = "=+-@＝＋－＠﹢\t\r"

texts = st.text(st.characters(), max_size=20) | st.tuples(st.sampled_from(DANGEROUS), st.text(max_size=8)).map("".join)


def table(sort: Sort, *documents: Mapping[str, Any], bom: bool = False) -> list[dict[str, str]]:
    out = io.BytesIO()
    assert write_table(out, sort, documents, bom=bom) == len(documents)
    assert out.getvalue().startswith(b"\xef\xbb\xbf") is bom
    text = out.getvalue().decode("utf-8-sig" if bom else "utf-8")
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def one(sort: Sort, found: Mapping[str, Any]) -> dict[str, str]:
    (row,) = table(sort, found)
    return row


def kept(text: str) -> str:
    """What of a text is to come back."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join("\ufffd" if unicodedata.category(c) == "Cs" else c for c in text)
    marks = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    return "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in marks))


@given(texts, texts)
@example("=1+1", "-")
@example("a\r\nb", '"quoted", and\nmore')
@example("\x00=1", "\u202e")
def test_text_comes_back_but_for_what_is_not_to_be_shown(title: str, text: str) -> None:
    row = one("reports", {"title": title, "text": text})
    for name, value in (("title", title), ("text", text)):
        assert row[name] in {kept(value), f"'{kept(value)}"}


@given(texts)
def test_no_cell_begins_as_a_formula(text: str) -> None:
    cell = one("checks", {"reason": text})["reason"]
    seen = cell.lstrip().lstrip("\u200b\ufeff\u00ad\u2060").lstrip()
    assert unicodedata.normalize("NFKC", seen[:1]) not in {"=", "+", "-", "@"}
    assert not cell.startswith(("\t", "\r", "\n"))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("＝1", "'＝1"),
        (" \u200b=1", "' \u200b=1"),
        ("\r=1", "'\n=1"),
        ("\ttab", "'\ttab"),
        ("-5", "'-5"),
        ("– dash", "– dash"),
        ("'quoted'", "'quoted'"),
        ("12", "12"),
        ("a\x00\x1b[31m\x85b", "a[31mb"),
        ("two\r\nlines\rthree", "two\nlines\nthree"),
        ("user\u202egnp", "usergnp"),
        ("soft\u00adhyphen", "soft\u00adhyphen"),
        ("lone \ud800", "lone \ufffd"),
    ],
)
def test_text_is_made_harmless(text: str, cell: str) -> None:
    assert one("checks", {"reason": text})["reason"] == cell


def test_numbers_of_our_own_stay_numbers_and_null_is_empty() -> None:
    row = one("checks", {"id": -3, "http_status": 200, "duration_ms": 0, "snapshot": None, "reason": None})
    assert row == {
        "id": "-3", "watch": "", "started_at": "", "outcome": "", "reason": "", "http_status": "200",
        "duration_ms": "0", "snapshot": "", "source": "", "sha256": "",
    }  # fmt: skip


@pytest.mark.parametrize("sort", COLUMNS)
@pytest.mark.parametrize("bom", [False, True])
def test_the_columns_are_the_same_whatever_is_in_them(sort: Sort, bom: bool) -> None:
    out = io.BytesIO()
    assert write_table(out, sort, [], bom=bom) == 0
    assert out.getvalue() == (b"\xef\xbb\xbf" if bom else b"") + (",".join(COLUMNS[sort]) + "\r\n").encode()
    (row,) = table(sort, {"unknown": 1}, bom=bom)
    assert tuple(row) == COLUMNS[sort]
    assert set(row.values()) == {""}


def test_a_report_is_flat() -> None:
    listed = ListedReport("child-protection", CLEVELAND, BEGAN, BEGAN, listed=True)
    row = one("reports", document.listed_report(listed))
    assert row["title"] == CLEVELAND.title
    assert row["published"] == "2025-01-15"
    assert (row["recommendations"], row["causes_of_concern"], row["listed"]) == ("", "2", "true")
    assert row["section"] == "Thematic reviews"
    assert row["first_seen"] == "2025-03-03T09:00:00Z"


def test_a_change_has_two_columns_for_a_field() -> None:
    row = one("changes", change_document(EDITED))
    assert (row["kind"], row["quiet"]) == ("report-changed", "false")
    assert (row["recommendations_before"], row["recommendations_after"]) == ("11", "12")
    assert (row["published_before"], row["published_after"]) == ("2024-02-09", "2024-02-19")
    assert "far outweighed" in row["text_before"]
    assert "far outweighed" not in row["text_after"]
    assert row["other_fields"] == row["title_before"] == ""
    added = one("changes", change_document(ADDED))
    assert (added["text_before"], added["text_after"]) == ("", CLEVELAND.text)


def test_other_fields_stand_in_lines() -> None:
    row = one("changes", change_document(SECTION_EDITED))
    assert row["other_fields"].startswith("links: https://www.nspcc.org.uk/ → https://hmicfrs.")
    moved = one("changes", change_document(SECTION_MOVED))
    assert moved["other_fields"].startswith("path: Our child protection inspections › Joint targeted")
    hostile = changed(ChangeKind.REPORT_CHANGED, CLEVELAND, CLEVELAND, {"title": FieldChange(None, "=cmd|'/c'!A0")})
    assert one("changes", change_document(hostile))["title_after"] == "'=cmd|'/c'!A0"


def test_a_snapshot_has_all_of_its_document() -> None:
    found = document.snapshot(replace(BEFORE, source="-wayback"))
    row = one("snapshots", found)
    assert row.keys() == found.keys()
    assert (row["sha256"], row["source"]) == (BEFORE.sha256, "'-wayback")


def test_each_key_of_the_documents_has_its_column() -> None:
    listed = ListedReport("child-protection", CLEVELAND, BEGAN, BEGAN, listed=True)
    assert set(COLUMNS["reports"]) == document.listed_report(listed).keys()
    flat = {f"{name}_{side}" for name in (*FIELDS, "text") for side in ("before", "after")} | {"other_fields"}
    assert set(COLUMNS["changes"]) == (change_document(EDITED).keys() - {"fields", "text"}) | flat
