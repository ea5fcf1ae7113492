"""Write the golden files anew from what the notifier makes today; then read the difference before committing it.

Run from the project's root: `python -m tests.notifier.renew_golden`.
"""

from __future__ import annotations

from pathlib import Path

from tests.notifier.letters import LETTERS, SENDERS, composed

GOLDEN = Path(__file__).parent / "golden"
ENDINGS = ("headers", "txt", "html")


def part(name: str, ending: str) -> str:
    """A letter's headers as they are sent, or one of its two parts as a mail program decodes it."""
    message = composed(LETTERS[name], SENDERS[name])
    if ending == "headers":
        return message.as_bytes().partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n") + "\n"
    body = message.get_body(("plain" if ending == "txt" else "html",))
    assert body is not None
    return str(body.get_content())


def main() -> None:
    """Write all of every letter."""
    GOLDEN.mkdir(exist_ok=True)
    for name in LETTERS:
        for ending in ENDINGS:
            (GOLDEN / f"{name}.{ending}").write_text(part(name, ending), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
