"""Write the golden files anew from what the notifier makes today; then read the difference before committing it.

Run from the project's root: `python -m tests.notifier.renew_golden`.
"""

from __future__ import annotations

from pathlib import Path

from domain.alert import Letter
from notifier.message import compose
from tests.notifier.letters import LETTERS, LONDON, SENDER

GOLDEN = Path(__file__).parent / "golden"


def part(letter: Letter, subtype: str) -> str:
    """One of the two parts of the message, as a mail program decodes it."""
    body = compose(letter, SENDER, LONDON).get_body((subtype,))
    assert body is not None
    return str(body.get_content())


def main() -> None:
    """Write both parts of every letter."""
    GOLDEN.mkdir(exist_ok=True)
    for name, letter in LETTERS.items():
        for subtype, ending in (("plain", "txt"), ("html", "html")):
            (GOLDEN / f"{name}.{ending}").write_text(part(letter, subtype), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
