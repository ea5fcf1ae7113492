"""What is told of eleven edits in eight markups, as a table: run with `make bench`. Exits 1 where a cell is wrong."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

from domain.change import Change
from domain.compare import compare, loud
from tests.markups.content import CONTENT
from tests.markups.edits import EDITS, is_right
from tests.markups.markups import MARKUPS, page_of


def main() -> int:
    """Print the table and say whether every cell is right."""
    rows, wrong = table()
    widths = [max(map(len, column)) + 2 for column in zip(*rows, strict=True)]
    for row in rows:
        print("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    cells = len(EDITS) * len(MARKUPS)
    print(f"\n{cells - wrong} of {cells} right (✓ what a reader must be told and no more, ✗ anything else)")
    return int(wrong > 0)


def table() -> tuple[list[list[str]], int]:
    """The rows, the names of the markups first, and how many cells are wrong."""
    before = {markup: page_of(CONTENT, markup) for markup in MARKUPS}
    rows, wrong = [["", *MARKUPS]], 0
    for name, edit in EDITS.items():
        row = [name]
        for markup in MARKUPS:
            changes = compare(before[markup], page_of(edit.make(CONTENT), markup))
            right = is_right(edit, changes)
            row.append(f"{'✓' if right else '✗'} {told(changes)}")
            wrong += not right
        rows.append(row)
    return rows, wrong


def told(changes: Sequence[Change]) -> str:
    """The kinds of loud changes, each with how many there are of it."""
    kinds = Counter(change.kind.value for change in loud(changes))
    return ", ".join(f"{kind} ×{count}" if count > 1 else kind for kind, count in kinds.items()) or "silent"


if __name__ == "__main__":
    sys.exit(main())
