"""Every kind of letter, word for word. `python -m tests.notifier.renew_golden` writes the files anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.change import ChangeKind
from tests.notifier.letters import LETTERS
from tests.notifier.renew_golden import GOLDEN, part


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize(("subtype", "ending"), [("plain", "txt"), ("html", "html")])
def test_a_letter_reads_as_it_did(name: str, subtype: str, ending: str) -> None:
    expected = (GOLDEN / f"{name}.{ending}").read_text(encoding="utf-8")
    assert part(LETTERS[name], subtype) == expected


def test_every_kind_of_change_has_its_golden_files_and_no_other_file_is_there() -> None:
    assert {kind.value for kind in ChangeKind} <= set(LETTERS)
    expected = {Path(f"{name}.{ending}") for name in LETTERS for ending in ("txt", "html")}
    assert {file.relative_to(GOLDEN) for file in GOLDEN.iterdir()} == expected
