"""What the reader costs when a page is broken or meant to hurt: time and memory of each case, in a process of its own.

Run it with `make bench`. It exits 1 where a case is above the bounds, or gives anything but a page or a named error.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.resources import files

from scraper.errors import NotUnderstood
from scraper.read import read

MOST_SECONDS = 20.0
MOST_MEGABYTES = 200.0
"""For a body of the 5 MB that `max_bytes` allows; on the processor's clock, and beyond what the process had before."""

URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
LARGE = 4_900_000
HEAD = b"<!doctype html><title>Title</title><main><h1>Title</h1>"
PARAGRAPH = b"<p>Protecting children is one of the most important things the police do. " * 3 + b"</p>"
REPORT = b'<h3><a href="/publications/r%d/">Report %d \xe2\x80\x93 4 May 2015</a></h3><p>We made 9 recommendations.</p>'
SCRIPT = b"<script>var page = '<h2>No heading \xe2\x80\x93 2015</h2>';</script>"
TAGS = (b"<b>", b"</p>", b"<div>", b"</b>", b"<a href=/x>", b"<li>", b"</ul>", b"<td>", b"<h3>", b"</div>", b"words ")


def main() -> int:
    """Print the table, or the figures of the one case that is named."""
    if len(sys.argv) > 1:
        print(json.dumps(measured(CASES[sys.argv[1]]())))
        return 0
    print(f"{'case':<34}{'bytes':>11}{'seconds':>9}{'MB':>7}  result")
    within = True
    for name in CASES:
        command = [sys.executable, "-m", "benchmarks.hostile", name]
        octets, seconds, megabytes, result = json.loads(subprocess.check_output(command, text=True))
        within = within and seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES
        print(f"{name:<34}{octets:>11,}{seconds:>9.2f}{megabytes:>7.0f}  {result}")
    print(f"\nbounds: {MOST_SECONDS:.0f} s and {MOST_MEGABYTES:.0f} MB: {'held' if within else 'BROKEN'}")
    return int(not within)


def measured(body: bytes) -> tuple[int, float, float, str]:
    """The body's length, the reading's seconds and megabytes, and what it gave."""
    held, began = _peak(), time.process_time()
    try:
        page = read(body, URL, "text/html")
        result = f"page: {len(page.sections):,} sections, {len(page.reports):,} reports"
    except NotUnderstood as error:
        result = str(error).removeprefix(f"{URL}: ")
    return len(body), time.process_time() - began, _peak() - held, result


def _peak() -> float:
    """The most megabytes that this process ever held; Linux tells it in kilobytes, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _true() -> bytes:
    return files("cli").joinpath("demo_pages", "2025-10-child-protection.html").read_bytes()


def _misnested(pieces: int) -> bytes:
    chance = random.Random(1)  # noqa: S311 - the same broken page each time
    return HEAD + b"".join(chance.choice(TAGS) for _ in range(pieces))


def _reports(number: int) -> bytes:
    return HEAD + b"".join(REPORT % (each, each) for each in range(number))


def _random(length: int) -> bytes:
    return random.Random(1).randbytes(length)  # noqa: S311


def _filled(piece: bytes) -> bytes:
    return HEAD + piece * ((LARGE - len(HEAD)) // len(piece))


CASES: dict[str, Callable[[], bytes]] = {
    "the page as it is": _true,
    "truncated": lambda: _true()[: len(_true()) // 2],
    "truncated within a tag": lambda: _true()[: _true().rindex(b"<h3") + 9],
    "misnested": lambda: _misnested(5_000),
    "misnested, and again": lambda: _misnested(60_000),
    "5 MB of paragraphs": lambda: _filled(PARAGRAPH),
    "30,000 dated reports": lambda: _reports(30_000),
    "40,000 dated reports": lambda: _reports(40_000),
    "5 MB in one paragraph": lambda: _filled(b"Protecting children. "),
    "5 MB in one attribute": lambda: HEAD + b'<p title="' + b"x" * LARGE + b'">Text</p>',
    "20,000 deep": lambda: HEAD + b"<div>" * 20_000 + b"Text",
    "1,900 deep": lambda: HEAD + b"<div>" * 1_900 + b"Text",
    "20,000 attributes": lambda: HEAD + b"<p " + b" ".join(b"a%d" % n for n in range(20_000)) + b">Text",
    "mixed encodings": lambda: _true().replace("–".encode(), b"\x96") + _true().decode().encode("utf-16"),
    "windows-1252 within UTF-8": lambda: _true().replace("–".encode(), b"\x96"),
    "laden with scripts": lambda: _true().replace(b"<p>", SCRIPT * 900 + b"<p>"),
    "random bytes": lambda: _random(LARGE),
    "random bytes below a title": lambda: HEAD + _random(LARGE),
    "random letters below a title": lambda: HEAD + _random(LARGE).translate(bytes(b % 95 + 32 for b in range(256))),
}


if __name__ == "__main__":
    sys.exit(main())
