"""Chat rooms over loopback: apprise's own JSON service to a real server, so that a message is seen as it is sent."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import apprise
import pytest
from apprise.plugins.custom_json import NotifyJSON

from domain.alert import ChangesFound, Letter
from domain.recipient import Recipient
from notifier.channels import Office, Target, open_channel
from notifier.chat import MOST_CHANGES, ChatChannel, inert, message_text
from notifier.errors import ChannelDown, Deferred
from tests.notifier.letters import (
    ADDED,
    CLEVELAND,
    DIGEST,
    LETTERS,
    LONDON,
    PAGE_URL,
    SENDER,
    composed,
    found,
    letter,
    of_page,
)
from tests.notifier.smtp_servers import free_port

# apprise looks for a module that Python 3.13 takes away, where it loads its services
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")

TEAM = Recipient("team", "chat")
TOKEN = "t0ken-of-the-path"
REPORT_ADDED = f"""\
One new report is listed on the HMICFRS page “Child abuse and child protection issues”.

New report: Cleveland Police: National child protection inspection
Published: 15 January 2025; Recommendations: none stated; Causes of concern: 2
{CLEVELAND.url}

The page: {PAGE_URL}"""


@dataclass
class Room:
    """A service that takes messages: how it answers, and what was said in it."""

    status: int = 200
    location: str = ""
    hangs: bool = False
    said: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def running(room: Room) -> Iterator[str]:
    """The room's service on 127.0.0.1; gives its address as apprise knows it, which has secrets in it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            room.asked.append(self.command)
            if body:
                room.said.append(json.loads(body))
            if room.hangs:
                room.over.wait(10)
                return
            self.send_response(room.status)
            if room.location:
                self.send_header("Location", room.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"json://user:pass-in-front@127.0.0.1:{server.server_port}/{TOKEN}"
        finally:
            room.over.set()
            server.shutdown()
            thread.join(10)


def channel(address: str, timeout: float = 10) -> closing[ChatChannel]:
    return closing(ChatChannel(apprise, SENDER, LONDON, {TEAM: Target(address)}, timeout))


def to_team(written: Letter) -> Letter:
    return replace(written, alert=replace(written.alert, recipient=TEAM))


def office(folder: Path) -> Office:
    targets = {TEAM: Target(f"json://127.0.0.1/{TOKEN}")}
    return Office(SENDER, LONDON, None, folder, composed, targets, lambda *_: (), lambda: datetime.now(UTC))


def told_safely(error: Exception) -> bool:
    """Whether an error names its room, on one line and without a secret."""
    text = f"{error} {error!r}"
    return str(error).startswith("team: ") and "\n" not in text and TOKEN not in text and "pass-in-front" not in text


LETTER = to_team(LETTERS["report-added"])


def test_a_message_arrives_with_the_subject_as_its_title() -> None:
    room = Room()
    with running(room) as address, channel(address) as chat:
        chat.deliver(LETTER)
    (said,) = room.said
    assert said["title"] == "New HMICFRS report: Cleveland Police: National child protection inspection"
    assert said["message"] == REPORT_ADDED


def test_every_kind_of_letter_can_be_said() -> None:
    room = Room()
    with running(room) as address, channel(address) as chat:
        for written in LETTERS.values():
            chat.deliver(to_team(written))
    assert [said["message"] for said in room.said] == [
        message_text(to_team(written), SENDER, LONDON) for written in LETTERS.values()
    ]


def test_an_edited_report_is_told_by_what_changed() -> None:
    text = message_text(LETTERS["report-changed"], SENDER, LONDON)
    assert "Published: 19 February 2024 (was: 9 February 2024); Recommendations: 12 (was: 11)\n" in text
    assert "outweighed" not in text


def test_a_digest_names_each_page_and_its_address() -> None:
    text = message_text(DIGEST, SENDER, LONDON)
    assert "\n\nOn the page “National inspections”\n\nSection edited: Future inspections\n\nThe page: " in text
    assert text.count("The page: ") == 2


def test_administrators_are_told_the_facts_and_what_to_do() -> None:
    text = message_text(LETTERS["trouble-failed"], replace(SENDER, dashboard="https://watch.example.org/"), LONDON)
    assert "\nReason: https://hmicfrs.justiceinspectorates.gov.uk: no connection within 20 seconds\n" in text
    assert "\nTo look at it: hmicfrs-monitor checks --watch child-protection\n" in text
    assert text.endswith(f"\n\nThe page: {PAGE_URL}\nDashboard: https://watch.example.org/")


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ((MOST_CHANGES,), None),
        ((MOST_CHANGES + 1,), "One further change is not told here."),
        ((6, 150), "146 further changes are not told here."),
    ],
)
def test_a_room_is_told_of_the_first_changes_and_of_the_number_of_others(pages: tuple[int, ...], words: str) -> None:
    news = ChangesFound(tuple(of_page(*[ADDED] * many, watch=f"watch-{many}") for many in pages))
    text = message_text(letter(news), SENDER, LONDON)
    assert text.count("New report: ") == MOST_CHANGES
    assert text.count("The page: ") == len(pages)
    assert (words in text.splitlines()) if words else ("not told" not in text)


@pytest.mark.parametrize(
    "hostile",
    [
        "@everyone",
        "hey@here now",
        "<!channel> and <!here|here>",
        "<@U123> <@&456> @**all** @room",
        "[HMICFRS](https://example.org/)",
        "<https://example.org/|HMICFRS>",
    ],
)
def test_text_of_the_page_calls_nobody_and_hides_no_address(hostile: str) -> None:
    room = Room()
    report = replace(CLEVELAND, title=hostile, url=f"https://example.org/@everyone?{TOKEN}=@here")
    news = ChangesFound((of_page(replace(ADDED, change=replace(ADDED.change, after=report)), title=hostile),))
    with running(room) as address, channel(address) as chat:
        chat.deliver(to_team(letter(news, subject=f"New HMICFRS report: {hostile}")))
    said = f"{room.said[0]['title']}\n{room.said[0]['message']}"
    assert not any(mark in said for mark in ("@", "<", "]("))
    assert said.count(inert(hostile)) == 3
    assert f"\nhttps://example.org/%40everyone?{TOKEN}=%40here\n" in said


def test_text_of_the_page_cannot_add_lines_or_be_read_as_escapes_or_smileys() -> None:
    room = Room()
    report = replace(CLEVELAND, title="one\r\ntwo \\n three \\u0040here :smile: \u202e \ud800")
    with running(room) as address, channel(address) as chat:
        chat.deliver(to_team(found(replace(ADDED, change=replace(ADDED.change, after=report)))))
    assert "\nNew report: one two \\n three \\u0040here :smile: �\n" in room.said[0]["message"]


@pytest.mark.parametrize("status", [302, 400, 401, 404, 410, 429, 500, 503])
def test_a_message_that_is_not_taken_is_tried_again(status: int) -> None:
    room = Room(status, location=f"/{TOKEN}/elsewhere")
    with running(room) as address, channel(address) as chat, pytest.raises(Deferred) as caught:
        chat.deliver(LETTER)
    assert str(caught.value) == f"team: JSON answered with error {status}"
    assert told_safely(caught.value)
    assert room.asked == ["POST"]


def test_a_service_that_is_down_or_hangs_is_told_without_its_address(caplog: pytest.LogCaptureFixture) -> None:
    with channel(f"json://127.0.0.1:{free_port()}/{TOKEN}") as chat, pytest.raises(Deferred) as down:
        chat.deliver(LETTER)
    with running(Room(hangs=True)) as address:
        with channel(f"{address}?rto=0.2") as chat, pytest.raises(Deferred) as silent:
            chat.deliver(LETTER)
        with channel(address, timeout=0.2) as chat, pytest.raises(Deferred) as slow:
            chat.deliver(LETTER)
    assert str(down.value) == str(silent.value) == "team: JSON cannot be reached"
    assert str(slow.value) == "team: JSON did not take it within 0.2 seconds"
    assert TOKEN not in caplog.text


def test_what_a_service_says_of_a_failure_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(service: apprise.NotifyBase, *_: object, **__: object) -> bool:
        service.logger.warning("no luck with json://127.0.0.1/%s", TOKEN)
        return False

    with channel(f"json://127.0.0.1/{TOKEN}") as chat:
        monkeypatch.setattr(NotifyJSON, "send", fails)
        with pytest.raises(Deferred, match=r"^team: JSON did not take it$") as caught:
            chat.deliver(LETTER)
    assert told_safely(caught.value)


@pytest.mark.parametrize(("choice", "messages"), [("", 2), ("?overflow=truncate", 1)])
def test_a_message_that_is_too_long_for_its_service_goes_in_parts(choice: str, messages: int) -> None:
    room = Room()
    many = tuple(of_page(ADDED, watch=f"{number}{'x' * 1_800}") for number in range(20))
    with running(room) as address, channel(f"{address}{choice}") as chat:
        chat.deliver(to_team(letter(ChangesFound(many))))
    assert len(room.said) == messages


@pytest.mark.parametrize(
    "address", [f"nonsense/{TOKEN}", f"foo://{TOKEN}", f"https://example.org/{TOKEN}", "json://", ""]
)
def test_an_address_that_apprise_does_not_know_is_told_without_it(address: str) -> None:
    with channel(address) as chat:
        for attempt in (lambda: chat.deliver(LETTER), lambda: chat.probe(TEAM)):
            with pytest.raises(Deferred) as caught:
                attempt()
            assert str(caught.value) == "team: its address in the settings is not one that apprise knows"


def test_a_room_that_the_settings_do_not_name_is_told_with_the_way_out() -> None:
    gone = Recipient("gone", "chat")
    with (
        channel("json://127.0.0.1/") as chat,
        pytest.raises(Deferred, match=r"^gone: the settings have no chat of this name; add it there"),
    ):
        chat.deliver(replace(LETTER, alert=replace(LETTER.alert, recipient=gone)))


def test_a_probe_names_the_service_and_sends_nothing() -> None:
    room = Room()
    with running(room) as address, channel(address) as chat:
        assert chat.probe(TEAM) == "JSON: the address can be read; nothing was sent"
    with channel(f"discord://123456789/{TOKEN}") as chat:
        assert chat.probe(TEAM) == "Discord: the address can be read; nothing was sent"
    assert room.asked == []


def test_without_apprise_the_channel_is_down_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ChannelDown, match=r"^chat needs the extra: pip install 'hmicfrs-monitor\[chat\]'$"):
        open_channel("chat", office(tmp_path))


def test_the_office_opens_a_channel_that_keeps_its_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(logging.getLogger("apprise"), "propagate", True)
    with closing(open_channel("chat", office(tmp_path))) as chat:
        assert chat.probe(TEAM).startswith("JSON: ")
        assert TOKEN not in repr((chat, office(tmp_path)))
    assert not logging.getLogger("apprise").propagate
