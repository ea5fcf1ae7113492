"""What the verdict's tests are set in: the watch, answers to it, and pages of any size."""

from __future__ import annotations

from pathlib import Path

from domain.check import Answer
from domain.watch import Watch

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "cli" / "demo_pages"
MARKUPS = sorted((ROOT / "tests" / "scraper" / "reading" / "markups").glob("*/page.html"))
URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
WATCH = Watch("child-protection", URL, "0 * * * *", expected_title="Child abuse and child protection issues")
ANY_TITLE = Watch("any", URL, "0 * * * *")
FRAME = "Home Our work Publications News Search Contact Privacy Cookies Accessibility Crown copyright "


def answered(
    body: str | bytes, *, status: int = 200, at: str = URL, content_type: str | None = "text/html", **headers: str
) -> Answer:
    """An answer from `at`, to which the watch's address redirects where it is another."""
    hops = (URL,) if at == URL else (URL, at)
    sent = [("content-type", content_type)] if content_type else []
    sent += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Answer(status, hops, tuple(sent), body.encode() if isinstance(body, str) else body)


def page(title: str, h1: str = "", text: str = "", *, words: int = 0, head: str = "", body: str = "") -> str:
    """A page with so many more words of menu and footer."""
    heading = f"<h1>{h1}</h1>" if h1 else ""
    menu = "".join(f"<li>{word}</li>" for word in (FRAME * (words // 12 + 1)).split()[:words])
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body {body}><ul>{menu}</ul>"
        f"<main>{heading}<p>{text}</p></main></body></html>"
    )


def article(title: str, text: str, *, repeat: int = 8) -> str:
    """A real page: its own title, sections with text, all in the site's frame."""
    sections = "".join(f"<h2>Part {number}</h2><p>{text} We found much else.</p>" for number in range(repeat))
    return page(f"{title} - HMICFRS", title, text, words=60, body='class="page"').replace(
        "</main>", f"{sections}</main>"
    )
