"""The message as mail: its parts, and what hostile page text can do to them. Its headers are `test_headers`' matter."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.alert import ChangesFound, Letter, PageChanges
from domain.change import ChangeKind, FieldChange
from domain.recipient import Recipient
from notifier.content import MOST_CHANGES
from notifier.sender import Sender
from tests.notifier.letters import (
    ADDED,
    CLEVELAND,
    EDITED,
    LETTERS,
    SENDER,
    SENDERS,
    changed,
    composed,
    found,
    letter,
)


class Markup(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def parsed(written: Letter, sender: Sender = SENDER) -> EmailMessage:
    """The message as another mail program reads it; any defect raises."""
    message = email.message_from_bytes(composed(written, sender).as_bytes(), policy=policy.strict)
    assert isinstance(message, EmailMessage)
    assert not [value.defects for part in message.walk() for value in part.values() if value.defects]
    assert all(not part.defects for part in message.walk())
    return message


def body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_parses_strictly_and_holds_no_long_line(name: str) -> None:
    message = parsed(LETTERS[name], SENDERS[name])
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    raw = composed(LETTERS[name], SENDERS[name]).as_bytes()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert all(len(line) <= 76 for line in raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()


def test_a_retry_is_the_same_message_to_the_byte() -> None:
    first = LETTERS["report-followed"]
    again = replace(first, alert=replace(first.alert, attempts=4, last_error="451 later"))
    assert composed(again).as_bytes() == composed(first).as_bytes()
    other = replace(first, alert=replace(first.alert, message_id="<other@example.org>"))
    assert composed(other).get_boundary() != composed(first).get_boundary()


def test_what_is_kept_of_one_change_is_not_told_of_another_of_the_same_number_and_title() -> None:
    before = body(parsed(found(EDITED)), "plain")
    change = replace(EDITED.change, text=FieldChange("It was so.", "It is otherwise."))
    after = body(parsed(found(replace(EDITED, change=change))), "plain")
    assert "otherwise" in after
    assert "outweighed" in before
    assert "outweighed" not in after


def test_a_long_list_of_changes_is_cut_and_says_so() -> None:
    message = parsed(found(*[ADDED] * (MOST_CHANGES + 20)))
    text = body(message, "plain")
    assert text.startswith(f"{MOST_CHANGES + 20} new reports are listed on the HMICFRS page")
    assert text.count("NEW REPORT: ") == MOST_CHANGES
    assert "20 further changes are not told here. To see them all:" in text


def test_an_address_outside_ascii_is_written_as_it_is() -> None:
    written = replace(
        LETTERS["several"], alert=replace(LETTERS["several"].alert, recipient=Recipient("jürgen@example.org", "smtp"))
    )
    assert "To: jürgen@example.org\r\n".encode() in composed(written).as_bytes()
    raw = composed(LETTERS["several"], replace(SENDER, address="Wächter <wächter@example.org>")).as_bytes()
    assert "From: Wächter <wächter@example.org>\r\n".encode() in raw


def test_the_plain_text_is_wrapped_but_for_addresses() -> None:
    for name, written in LETTERS.items():
        for line in body(parsed(written, SENDERS[name]), "plain").splitlines():
            assert len(line) <= 78 or line.strip().startswith("https://"), (name, line)


def test_the_html_fetches_nothing_and_carries_its_styles() -> None:
    html = body(parsed(LETTERS["digest"]), "html")
    tags = Markup(html).tags
    assert {tag for tag, _ in tags} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "div",
            "h1",
            "h2",
            "h3",
            "p",
            "span",
            "a",
            "del",
            "ins",
            "br",
        )
    }
    assert not any({"src", "srcset", "background"} & set(attributes) for _, attributes in tags)
    assert "url(" not in html
    assert "@import" not in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert all("line-through" in (attributes["style"] or "") for tag, attributes in tags if tag == "del")
    assert all("underline" in (attributes["style"] or "") for tag, attributes in tags if tag == "ins")


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;img src=x onerror=alert(1)&gt;",
    "</style></p><h1>Owned</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "Title,\r\nBcc: everyone@example.org\r\n\r\nowned",
    "Title\n.\nQUIT",
    "\u202egpj.exe\u2066 and \x00\x1b[31m\x9b and \u2028",
    "lone \ud800 surrogate",
    'quoted " onclick="alert(1)',
    "x" * 10_000,
    "ü " * 5_000,
    "=_boundary --=_ =?utf-8?q?encoded?=",
    "=?utf-8?q?=0D=0ABcc=3A_everyone=40example.org=1B=E2=80=AE?= title",
    "",
]


def hostile(text: str) -> Letter:
    """A letter with the text of a hostile page wherever page text can stand."""
    report = replace(CLEVELAND, title=text, url=text, area=text, section=(text,), text=f"{text}\n\n{text}")
    edited = replace(report, text=f"{text} more words", title=f"{text} new", url=f"javascript:{text}")
    fields = {"title": FieldChange(text, edited.title), "url": FieldChange(text, edited.url)}
    changes = (
        changed(ChangeKind.REPORT_ADDED, None, report),
        changed(ChangeKind.REPORT_CHANGED, report, edited, fields),
    )
    page = PageChanges("child-protection", text, text, datetime(2025, 3, 3, 15, tzinfo=UTC), changes)
    return letter(ChangesFound((page, page)), f"New HMICFRS report: {text}")


def hrefs(html: str) -> Iterator[str]:
    return (attributes["href"] or "" for tag, attributes in Markup(html).tags if tag == "a")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_page_text_is_inert_in_every_part(text: str) -> None:
    message = parsed(hostile(text))
    assert set(message.keys()) == set(parsed(LETTERS["several"]).keys())
    assert len(message["Subject"]) <= 78
    html, plain = body(message, "html"), body(message, "plain")
    assert not {tag for tag, _ in Markup(html).tags} & {"script", "img"}
    assert not any(name.startswith("on") for _, attributes in Markup(html).tags for name in attributes)
    assert all(href.startswith("https://") for href in hrefs(html))
    assert "Owned</h1>" not in html
    for shown in (html, plain, message["Subject"]):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", shown)
    assert len(html) < 100_000


@given(st.text(alphabet=st.characters(), max_size=200))
def test_no_text_at_all_breaks_a_message(text: str) -> None:
    message = parsed(hostile(text))
    assert set(message.keys()) == set(parsed(LETTERS["several"]).keys())
    assert all(len(line) <= 998 for line in composed(hostile(text)).as_bytes().split(b"\r\n"))
