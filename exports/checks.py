"""Checks as JSON lines with all that was noted of them and the bytes that they had, for an import to read again.

The first line says what the file is. The bytes stand with the first line that had or confirmed them. What reads it is
`scraper.captures.lines`.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from domain.chain import moment_text
from domain.check import Outcome
from domain.sight import Sight

HEADER = {"hmicfrs-monitor": "checks", "version": 1}


def check_documents(
    looks: Iterable[tuple[Sight, str | None]], body: Callable[[str], bytes]
) -> Iterator[dict[str, Any]]:
    """The lines as documents, the header first.

    With each sight comes the SHA-256 in hexadecimal of the state that the check saw, None where it saw none. `body`
    gives the bytes of a SHA-256, and is asked once for each.
    """
    yield dict(HEADER)
    given: set[str] = set()
    for sight, seen in looks:
        document = _document(sight, seen)
        digest = sight.link.body or (seen if sight.link.outcome is not Outcome.FAILED else None)
        if digest and digest not in given:
            given.add(digest)
            document["body"] = b64encode(body(digest)).decode("ascii")
        yield document


def _document(sight: Sight, seen: str | None) -> dict[str, Any]:
    link = sight.link
    return {
        "check": link.check,
        "watch": link.watch,
        "url": sight.url,
        "source": link.source.value,
        "started_at": moment_text(link.started_at),
        "duration_ms": link.duration_ms,
        "outcome": link.outcome.value,
        "reason": link.reason,
        "http_status": link.http_status,
        "addresses": link.hops,
        "headers": link.headers,
        "etag": link.etag,
        "last_modified": link.last_modified,
        "sha256": link.body,
        "seen": seen,
        "seal": sight.seal.hex(),
    }
