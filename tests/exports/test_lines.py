"""Documents as JSON: what is read is what was written, and no line has another line in it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.lines import write_json, write_json_lines

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
documents = st.lists(st.dictionaries(st.text(st.characters(), max_size=8), values, max_size=4), max_size=5)


@given(documents)
def test_a_document_reads_as_it_was_written(given_documents: list[dict[str, Any]]) -> None:
    out = io.BytesIO()
    assert write_json(out, "changes", given_documents) == len(given_documents)
    assert json.loads(out.getvalue().decode()) == {"changes": given_documents}


@given(documents)
def test_each_line_is_a_document_however_lines_are_told_apart(given_documents: list[dict[str, Any]]) -> None:
    out = io.BytesIO()
    assert write_json_lines(out, given_documents) == len(given_documents)
    assert [json.loads(line) for line in out.getvalue().decode().splitlines()] == given_documents


def test_what_is_no_unicode_is_escaped_and_comes_back() -> None:
    out = io.BytesIO()
    write_json_lines(out, [{"title": "a\ud800b\u2028c – d"}])
    assert out.getvalue() == b'{"title":"a\\ud800b\\u2028c \xe2\x80\x93 d"}\n'


def test_documents_are_written_as_they_come() -> None:
    out = io.BytesIO()

    def coming() -> Iterator[dict[str, int]]:
        for number in range(3):
            yield {"id": number}
            assert str(number).encode() in out.getvalue()

    write_json(out, "checks", coming())
    assert out.getvalue() == b'{"checks":[\n{"id":0},\n{"id":1},\n{"id":2}\n]}\n'


def test_nothing_is_an_empty_document() -> None:
    out = io.BytesIO()
    write_json(out, "changes", [])
    assert json.loads(out.getvalue()) == {"changes": []}


def test_what_json_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json_lines(io.BytesIO(), [{"number": float("nan")}])
