"""The message as mail: its headers, its parts, and what hostile page text can do to either."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.alert import ChangesFound, Letter, Recipient
from domain.change import ChangeKind, FieldChange, RecordedChange
from notifier.content import MOST_CHANGES
from notifier.message import compose
from tests.notifier.letters import ADDED, CLEVELAND, LETTERS, LONDON, SENDER, changed, found, letter

_DATE = re.compile(r"^Date: Mon, 03 Mar 2025 15:00:01 \+0000\r$", re.MULTILINE)


class Markup(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def parsed(written: Letter) -> EmailMessage:
    """The message as another mail program reads it; any defect raises."""
    raw = compose(written, SENDER, LONDON).as_bytes()
    message = email.message_from_bytes(raw, policy=policy.default.clone(raise_on_defect=True))
    assert isinstance(message, EmailMessage)
    for value in message.values():
        assert not value.defects
    assert all(not part.defects for part in message.walk())
    return message


def body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("name", LETTERS)
def test_every_letter_parses_strictly_and_holds_no_long_line(name: str) -> None:
    message = parsed(LETTERS[name])
    assert message.get_content_type() == "multipart/alternative"
    raw = compose(LETTERS[name], SENDER, LONDON).as_bytes()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()


def test_the_headers_say_who_writes_to_whom_and_that_no_person_did() -> None:
    message = parsed(LETTERS["report-added"])
    assert message["From"] == "HMICFRS monitor <monitor@example.org>"
    assert message["To"] == "reader@example.org"
    assert message["Subject"] == "New HMICFRS report: Cleveland Police: National child protection inspection"
    assert message["Message-ID"] == LETTERS["report-added"].alert.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "<child-protection.hmicfrs-monitor.example.org>"
    assert _DATE.search(compose(LETTERS["report-added"], SENDER, LONDON).as_string())


def test_a_retry_is_the_same_message_to_the_byte() -> None:
    first = LETTERS["several"]
    again = replace(first, alert=replace(first.alert, attempts=4, last_error="451 later"))
    assert compose(again, SENDER, LONDON).as_bytes() == compose(first, SENDER, LONDON).as_bytes()
    other = replace(first, alert=replace(first.alert, message_id="<other@example.org>"))
    assert compose(other, SENDER, LONDON).get_boundary() != compose(first, SENDER, LONDON).get_boundary()


def test_a_long_list_of_changes_is_cut_and_says_so() -> None:
    message = parsed(found(*[ADDED] * (MOST_CHANGES + 20)))
    text = body(message, "plain")
    assert text.startswith(f"{MOST_CHANGES + 20} new reports are listed on the HMICFRS page")
    assert text.count("NEW REPORT: ") == MOST_CHANGES
    assert "20 further changes are not told here" in text


def test_an_address_outside_ascii_is_written_as_it_is() -> None:
    written = replace(
        LETTERS["several"], alert=replace(LETTERS["several"].alert, recipient=Recipient("jürgen@example.org", "smtp"))
    )
    assert "To: jürgen@example.org\r\n".encode() in compose(written, SENDER, LONDON).as_bytes()


def test_the_plain_text_is_wrapped_but_for_addresses() -> None:
    for name, written in LETTERS.items():
        for line in body(parsed(written), "plain").splitlines():
            assert len(line) <= 78 or line.strip().startswith("https://"), (name, line)


def test_the_html_fetches_nothing_and_carries_its_styles() -> None:
    html = body(parsed(LETTERS["several"]), "html")
    tags = Markup(html).tags
    assert {tag for tag, _ in tags} <= {
        *("html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "p", "span", "a", "del", "ins", "br")
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
    "",
]


def hostile(text: str) -> Letter:
    """A letter with the text of a hostile page wherever page text can stand."""
    report = replace(CLEVELAND, title=text, url=text, area=text, section=(text,), text=f"{text}\n\n{text}")
    edited = replace(report, text=f"{text} more words", title=f"{text} new", url=f"javascript:{text}")
    fields = {"title": FieldChange(text, edited.title), "url": FieldChange(text, edited.url)}
    changes: tuple[RecordedChange, ...] = (
        changed(ChangeKind.REPORT_ADDED, None, report),
        changed(ChangeKind.REPORT_CHANGED, report, edited, fields),
    )
    written = letter(ChangesFound(text, changes), f"New HMICFRS report: {text}")
    return replace(written, page_url=text)


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
@settings(max_examples=40, deadline=None)
def test_no_text_at_all_breaks_a_message(text: str) -> None:
    message = parsed(hostile(text))
    assert set(message.keys()) == set(parsed(LETTERS["several"]).keys())
    assert all(len(line) <= 998 for line in compose(hostile(text), SENDER, LONDON).as_bytes().split(b"\r\n"))
