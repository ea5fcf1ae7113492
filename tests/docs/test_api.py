"""`docs/api.md`: every block runs, in order, and prints what stands under it."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from storage.history import History

PAGE = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_block_prints_what_stands_under_it(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo)
    blocks = [(kind, text) for kind, text in BLOCK.findall(PAGE) if kind != "sh"]
    assert len(blocks) > 10
    names: dict[str, Any] = {}
    for (kind, code), (following, expected) in zip(blocks[::2], blocks[1::2], strict=True):
        assert (kind, following) == ("python", "text"), code
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(code, "docs/api.md", "exec"), names)  # noqa: S102 - it is our own
        assert printed.getvalue() == expected, code


def test_the_table_has_the_questions_as_they_are() -> None:
    table = PAGE.partition("## All of it")[2]
    questions = re.findall(r"^\| `(\w+)\((.*?)\)` \|", table, re.MULTILINE)
    assert {name for name, _ in questions} >= {"watches", "reports", "timeline", "since", "search", "known_at"}
    for name, named in questions:
        known = signature(getattr(History, name)).parameters
        for parameter in filter(None, re.split(r",\s*", named)):
            word, _, default = parameter.partition("=")
            if word == "*":
                continue
            assert word in known, f"{name}({word})"
            assert repr(known[word].default) == default if default else known[word].default is known[word].empty, word
