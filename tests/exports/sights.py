"""Looks as they are exported: a page that was found, confirmed, changed, doubted and not reached; and one imported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from domain.capture import Source
from domain.chain import BEGINNING, Link, seal
from domain.check import Outcome
from domain.sight import Sight

URL = "https://hmicfrs.justiceinspectorates.gov.uk/our-work/article/child-abuse-and-child-protection-issues/"
BEGAN = datetime(2025, 3, 3, 9, 0, 0, 120, tzinfo=UTC)
ONE, TWO, BLOCKED = b"<h1>One</h1>", "<h1>Twö</h1>".encode(), b"<title>Just a moment</title>"
BODIES = {sha256(body).hexdigest(): body for body in (ONE, TWO, BLOCKED, b"")}
HEADERS = (
    ("date", "Mon, 03 Mar 2025 09:00:00 GMT"),
    ("content-type", "text/html; charset=UTF-8"),
    ("content-encoding", "gzip"),
    ("transfer-encoding", "chunked"),
    ("set-cookie", "a=1"),
    ("set-cookie", "b=2"),
    ("x-name", "caf\xe9"),
)


def link(number: int, outcome: Outcome, status: int | None, body: bytes | None = None, **more: object) -> Link:
    """A look, three hours after the one before; more than its state is kept only where it is given."""
    plain = Link(
        check=number,
        watch="child-protection",
        source=Source.LIVE,
        started_at=BEGAN + timedelta(hours=3 * number),
        duration_ms=240,
        outcome=outcome,
        reason=None,
        http_status=status,
        hops=None,
        headers=None,
        etag=None,
        last_modified=None,
        body=None if body is None else sha256(body).hexdigest(),
    )
    return replace(plain, **more)  # type: ignore[arg-type]


LINKS = (
    link(1, Outcome.BASELINE, 200, ONE, hops=(URL,), headers=HEADERS, etag='"1"'),
    link(2, Outcome.UNCHANGED, 304),
    link(3, Outcome.UNCHANGED, 200, ONE, etag='"1"', last_modified="Mon, 03 Mar 2025 09:00:00 GMT"),
    link(4, Outcome.FAILED, None, reason="no connection"),
    link(5, Outcome.FAILED, 503, reason="the server answered 503"),
    link(6, Outcome.SUSPECT, 200, BLOCKED, hops=(URL,), headers=HEADERS[:2], reason="a block page\r\nWARC-Type: x"),
    link(7, Outcome.UNCHANGED, 304),
    link(8, Outcome.CHANGED, 200, TWO, hops=("http://www.hmic.gov.uk/", URL), headers=(("content-length", "13"),)),
    link(9, Outcome.UNCHANGED, 304),
    link(10, Outcome.CHANGED, 200, ONE, hops=(URL,), headers=HEADERS),
    link(11, Outcome.CHANGED, 200, b"", hops=(URL,), headers=(), source=Source.WAYBACK),
)


def sealed(links: tuple[Link, ...] = LINKS) -> tuple[Sight, ...]:
    """The looks as a chain, each with its own seal."""
    previous, sights = BEGINNING, []
    for one in links:
        previous = seal(one, previous)
        sights.append(Sight(one, URL, previous))
    return tuple(sights)
