"""Pictures of a few letters as Chromium shows them, narrow and wide, light and dark, and of a page that `diff` makes.

`make screenshots` takes them.

Chromium is the system's own, driven by Playwright; nothing is fetched from anywhere.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from notifier.comparison_html import as_html
from tests.notifier.comparisons import LOUD, VERSION
from tests.notifier.letters import LONDON
from tests.notifier.renew_golden import part

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = Path(__file__).parents[2] / "docs" / "mail"
COMPARISON = Path(__file__).parents[2] / "docs" / "diff" / "two-columns.png"
SHOWN = ("report-added", "report-changed", "digest", "trouble-failed", "heartbeat")
WIDTHS = (320, 800)
SCHEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")

_WIDE = 960
_FLAGS = (
    "--no-sandbox",  # it shows nothing but our own letters, and in a container there is none for root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def main() -> int:
    """Take the pictures anew, those of letters that are no longer shown go; 2 where there is no Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - for the pictures only: the tests read what is above

    program = shutil.which("chromium")
    if not program:
        sys.stderr.write("Chromium is needed for the pictures, and is not here (Debian's package is called chromium)\n")
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    COMPARISON.parent.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program, args=_FLAGS) as chromium:
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = chromium.new_page(
                    viewport={"width": width, "height": 1}, color_scheme=scheme, device_scale_factor=1
                )
                for name in SHOWN:
                    _picture(page, part(name, "html"), width, PICTURES / f"{name}-{width}-{scheme}.png")
        page = chromium.new_page(viewport={"width": _WIDE, "height": 1}, color_scheme="light", device_scale_factor=1)
        _picture(page, as_html(LOUD, LONDON, VERSION), _WIDE, COMPARISON)
    return 0


def _picture(page: Page, html: str, width: int, place: Path) -> None:
    from PIL import Image  # noqa: PLC0415

    page.set_content(html)
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    if picture.width > width:
        raise RuntimeError(f"{place.name} is {picture.width} pixels wide in a window of {width}")
    few = picture.quantize(256, dither=Image.Dither.NONE)  # by which it is less than half as large
    few.save(place, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
