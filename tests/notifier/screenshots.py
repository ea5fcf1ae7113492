"""Pictures of a few letters as Chromium shows them, narrow and wide, light and dark: `make screenshots`.

Chromium is the system's own, driven by Playwright; nothing is fetched from anywhere.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from tests.notifier.renew_golden import part

PICTURES = Path(__file__).parents[2] / "docs" / "mail"
SHOWN = ("report-added", "report-changed", "digest", "trouble-failed", "heartbeat")
WIDTHS = (320, 800)
SCHEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")

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
    from PIL import Image  # noqa: PLC0415 - both are here for the pictures only, and the tests read the names above
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    program = shutil.which("chromium")
    if not program:
        sys.stderr.write("Chromium is needed for the pictures, and is not here (Debian's package is called chromium)\n")
        return 2
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program, args=_FLAGS) as chromium:
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = chromium.new_page(
                    viewport={"width": width, "height": 1}, color_scheme=scheme, device_scale_factor=1
                )
                for name in SHOWN:
                    page.set_content(part(name, "html"))
                    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
                    if picture.width > width:
                        raise RuntimeError(f"{name} is {picture.width} pixels wide in a window of {width}")
                    few = picture.quantize(256, dither=Image.Dither.NONE)  # by which it is less than half as large
                    few.save(PICTURES / f"{name}-{width}-{scheme}.png", optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
