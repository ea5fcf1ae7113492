"""Comparisons as they are told: the changes of the letters' own, nothing at all, and a page that means harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from domain.capture import Source
from domain.change import ChangeKind, FieldChange
from domain.check import Snapshot, Validators
from notifier.comparison import Comparison
from notifier.comparison_html import as_html
from notifier.comparison_markdown import as_markdown
from tests.notifier.letters import (
    ADDED,
    BOUNDS,
    CLEVELAND,
    EDITED,
    EXPLOITATION,
    FUTURE,
    LONDON,
    MOVED,
    PAGE,
    PAGE_EDITED,
    PAGE_URL,
    REMOVED,
    SECTION_EDITED,
    changed,
)

GOLDEN = Path(__file__).parent / "golden_comparison"
VERSION = "0.1.0"
BEFORE = Snapshot(
    id=2,
    watch="child-protection",
    captured_at=datetime(2025, 1, 15, 9, tzinfo=UTC),
    confirmed_until=BOUNDS.last_seen_before,
    source=Source.LIVE,
    sha256="a16f614140816db638ff223536d6d842dae8ce4ecc3cae0a0af749ead81de798",
    reader=7,
    sections=8,
    reports=9,
    validators=Validators(),
)
AFTER = replace(
    BEFORE,
    id=3,
    captured_at=BOUNDS.first_seen_after,
    confirmed_until=datetime(2025, 6, 3, 15, tzinfo=UTC),
    sha256="968618e1cf96867955c21a864eacc44dee5b522d674ade20095ef7eb40ece9c7",
)
QUIETLY_MOVED = replace(MOVED, change=replace(MOVED.change, quiet=True))
TYPESET = changed(
    ChangeKind.SECTION_CHANGED,
    FUTURE,
    replace(FUTURE, text=FUTURE.text.replace("publish updates", "publish\xa0updates")),
)
QUIETLY_TYPESET = replace(TYPESET, change=replace(TYPESET.change, quiet=True))

NOTHING = Comparison("child-protection", PAGE.title, PAGE_URL, BEFORE, AFTER, ())
WHOLE = replace(NOTHING, changes=(ADDED, EDITED, REMOVED, SECTION_EDITED, PAGE_EDITED, QUIETLY_MOVED, QUIETLY_TYPESET))
LOUD = replace(NOTHING, changes=(ADDED, EDITED), hidden=2)
IMPORTED = replace(NOTHING, before=replace(BEFORE, source=Source.WAYBACK), hidden=1)

HARM = (
    "<script>alert(1)</script>",
    "</style></title><img src=x onerror=alert(1)>",
    '"><a href="javascript:alert(1)" onclick=\'x\'>',
    "{{ told }} {% raw %}",
    "`code` ``` ~~~ | a | b |\n|---|---|\n***",
    "[click](javascript:alert(1)) ![i](http://evil.example/i.png) <http://evil.example/>",
    "# heading\n> quote\n- item\n1. first\n    code\n===\n---",
    "**bold** __bold__ ~~gone~~ &lt;b&gt; \\",
    "right to left \u202egnp.exe\u2066 and \x1b[31mred\x07 and \x00 and \ud800 and \u2028 line",
    "http://evil.example www.evil.example",
)
_NASTY = "\n\n".join(HARM)
_NASTY_REPORT = replace(
    EXPLOITATION, title=" ".join(HARM), url="javascript:alert(1)", area=HARM[0], section=HARM[:3], text=_NASTY
)
HOSTILE = replace(
    NOTHING,
    title=HARM[0] + HARM[1] + HARM[8],
    url='https://x.example/"><script>alert(1)</script>',
    changes=(
        changed(ChangeKind.REPORT_ADDED, None, _NASTY_REPORT),
        changed(ChangeKind.REPORT_REMOVED, _NASTY_REPORT, None),
        changed(
            ChangeKind.REPORT_CHANGED,
            replace(CLEVELAND, text="One word. " + "Much that is the same stays. " * 30),
            replace(_NASTY_REPORT, text=f"One word. {_NASTY} " + "Much that is the same stays. " * 30),
            {"title": FieldChange(CLEVELAND.title, HARM[1]), "key": FieldChange(HARM[5], HARM[6])},
        ),
        changed(
            ChangeKind.SECTION_CHANGED,
            FUTURE,
            replace(FUTURE, text=f"{FUTURE.text}\n\n{_NASTY}"),
            {"links": FieldChange([], ["javascript:alert(1)", "data:text/html,x", 'https://x.example/"onclick="x'])},
        ),
    ),
)


def documents() -> Mapping[str, str]:
    """Each golden file by its name, as it is written today."""
    return {
        "two-columns.html": as_html(WHOLE, LONDON, VERSION),
        "one-column.html": as_html(WHOLE, LONDON, VERSION, 1),
        "nothing.html": as_html(NOTHING, LONDON, VERSION),
        "whole.md": as_markdown(WHOLE, LONDON, VERSION),
        "hostile.md": as_markdown(HOSTILE, LONDON, VERSION),
    }


def main() -> None:
    """Write the golden files anew; then read the difference: `python -m tests.notifier.comparisons`."""
    GOLDEN.mkdir(exist_ok=True)
    for name, text in documents().items():
        (GOLDEN / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
