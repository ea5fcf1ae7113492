"""Every kind of letter, word for word. `python -m tests.notifier.renew_golden` writes the files anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.change import ChangeKind
from tests.notifier.letters import LETTERS
from tests.notifier.renew_golden import ENDINGS, GOLDEN, part


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_letter_reads_as_it_did(name: str, ending: str) -> None:
    assert part(name, ending) == (GOLDEN / f"{name}.{ending}").read_text(encoding="utf-8")


def test_every_kind_of_change_has_its_golden_files_and_no_other_file_is_there() -> None:
    assert {kind.value for kind in ChangeKind} <= set(LETTERS)
    expected = {Path(f"{name}.{ending}") for name in LETTERS for ending in ENDINGS}
    assert {file.relative_to(GOLDEN) for file in GOLDEN.iterdir()} == expected
