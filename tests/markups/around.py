"""What a markup sets around the article: the furniture, its noise, and the ways to write a text as HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from tests.markups.content import LINK, Body, Content, Linked

Escape = Callable[[str], str]


def plain(text: str) -> str:
    """Text as HTML, its typography as it is."""
    return escape(text, quote=False)


@dataclass(frozen=True, slots=True)
class Around:
    """The furniture of one answer. `lines` stand in the article, `tail` behind every link of the web."""

    nonce: str = "r4nd0m"
    modified: str = "2024-02-09T09:30:00+00:00"
    cookies: str = "We use some essential cookies to make this website work."
    menu: tuple[str, ...] = ("Home", "Our work", "Publications", "News")
    footer: tuple[str, ...] = ("Privacy", "Cookies", "Accessibility")
    lines: tuple[str, ...] = ()
    tail: str = ""

    def href(self, content: Content, href: str) -> str:
        """An address as the page's source has it."""
        if not href.startswith(("/", "http")):
            return href
        address = content.site + href if href.startswith("/") else href
        return escape(address + (("&" if "?" in address else "?") + self.tail if self.tail else ""))

    def line(self, content: Content, text: str, write: Escape = plain, attributes: str = "") -> str:
        """A line of text as HTML, with its links."""
        written, end = "", 0
        for link in LINK.finditer(text):
            written += write(text[end : link.start()])
            written += f'<a href="{self.href(content, link["href"])}"{attributes}>{write(link["words"])}</a>'
            end = link.end()
        return written + write(text[end:])

    def body(self, content: Content, body: Body, write: Escape = plain, items: str = "<ul>") -> str:
        """Paragraphs and lists as HTML."""
        html = ""
        for part in body:
            if isinstance(part, str):
                html += f"<p>{self.line(content, part, write)}</p>\n"
            else:
                entries = "".join(f"<li>{self.line(content, entry, write)}</li>" for entry in part)
                html += f"{items}{entries}</ul>\n"
        return html

    def anchors(self, content: Content, entries: tuple[Linked, ...], write: Escape = plain) -> list[str]:
        """One link for each topic or related report."""
        return [f'<a href="{self.href(content, entry.href)}">{write(entry.title)}</a>' for entry in entries]

    def head(self, content: Content, write: Escape = plain) -> str:
        """The document's head, with scripts under a nonce and a date in JSON-LD."""
        return (
            f'<head><meta charset="utf-8"><title>{write(content.title)} - HMICFRS</title>\n'
            f'<script nonce="{self.nonce}">var csrf = "{self.nonce}";</script>\n'
            f'<script type="application/ld+json">{{"@type": "Article", "dateModified": "{self.modified}"}}</script>'
            "</head>"
        )

    def menu_items(self) -> str:
        """The site's menu as list entries."""
        return "".join(f'<li><a href="/{name.lower().replace(" ", "-")}/">{name}</a></li>' for name in self.menu)

    def footer_items(self) -> str:
        """The footer's links as list entries."""
        return "".join(f'<li><a href="/{name.lower().replace(" ", "-")}/">{name}</a></li>' for name in self.footer)

    def noise(self, opening: str = "<p>", closing: str = "</p>") -> str:
        """The lines that the site prints into the article."""
        return "".join(f"{opening}{line}{closing}\n" for line in self.lines)
