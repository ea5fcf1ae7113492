"""Captures in a JSON Lines export of our own: every check with what it saw, one object a line, in UTF-8.

The first line is `{"hmicfrs-monitor": "checks", "version": 1}`. Each further one is a check, in the order of their
numbers, with at least these members (more may be added; a reader passes over what it does not know):

| member | what it has |
|---|---|
| `check` | its number, larger than the one before |
| `watch`, `url` | the watch's name, and its page's address |
| `source` | where the sight came from: "live", "wayback", "file", "warc" or "jsonl" |
| `started_at` | ISO 8601 with zone: "2026-11-24T10:00:00.000000Z" |
| `duration_ms` | how long it took |
| `outcome` | "baseline", "changed", "unchanged", "suspect" or "failed" |
| `reason` | why it failed or was suspect; else null |
| `http_status` | the answer's status, null for no answer |
| `addresses` | what was asked, the first address to the last; null where that is not known |
| `headers` | pairs of name and value, in the order received; null where they are not known |
| `etag`, `last_modified` | the server's validators, or null |
| `sha256` | in hexadecimal, of the answer's body; null for none, as with 304 |
| `seen` | the same of the body whose state was seen, for a 304 the one that was confirmed; null for no state |
| `body` | in base 64, at the first line that has or confirms its hash; else there is none |

A failed check is no capture. What was accepted or suspect then is so again, for the reason given then. One that the
server answered with "not modified" is a capture of the body that it confirmed. Validators are left out: the site is not
to be asked by what a file says.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from typing import NoReturn

from domain.capture import Capture, Listed
from domain.check import Answer, Outcome
from scraper.captures.fields import Fields
from scraper.captures.memory import Memory, Shown
from scraper.captures.shelf import Shelf
from scraper.captures.source import MOST_BYTES, File, Source, opened
from scraper.errors import SourceError

VERSION = 1
KIND_MEMBER, KIND = "hmicfrs-monitor", "checks"

_ROOM = 2_000_000
"""Bytes of a line beside its body, of which headers may be many."""

_NOT_MODIFIED = 304
_OK = 200


def line_captures(file: File, most: int = MOST_BYTES) -> Iterator[Capture]:
    """The captures in an export, in its order, each with the name of its watch and known by that and its number.

    Raises `SourceError`, which names the line, where one is damaged; what was given before is whole.
    """
    with opened(file) as source, Shelf() as shelf:
        reader = _Reader(Memory(shelf), most)
        lines = _lines(source, 4 * most // 3 + _ROOM)
        _check_head(source, next(lines, (1, b"")))
        for number, line in lines:
            try:
                capture = reader.read(Fields(_object(line)))
            except ValueError as error:
                _refuse(source, number, str(error), "have it exported again, or take the line out")
            if capture is not None:
                yield capture


def _lines(source: Source, most: int) -> Iterator[tuple[int, bytes]]:
    """The lines with their numbers, blank ones left out."""
    number = 0
    while line := source.readline(most + 1):
        number += 1
        if len(line) > most:
            _refuse(source, number, f"a line of more than {most:,} bytes", "it is no export of checks")
        if line.strip():
            yield number, line


def _check_head(source: Source, first: tuple[int, bytes]) -> None:
    number, line = first
    try:
        head = _object(line)
    except ValueError:
        head = {}
    if head.get(KIND_MEMBER) != KIND:
        _refuse(source, number, "it does not begin as an export of checks does", "give a file that `export` wrote")
    if head.get("version") != VERSION:
        told = f"an export of another version than {VERSION}, the one that is known here"
        _refuse(source, number, told, "upgrade this program")


def _refuse(source: Source, number: int, reason: str, way_out: str) -> NoReturn:
    raise SourceError(f"{source.name}, line {number:,}: {reason}; {way_out}")


def _object(line: bytes) -> dict[str, object]:
    """Raises ValueError, whose text is the reason."""
    try:
        row = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError as error:
        raise ValueError("it is not JSON, or cut off") from error
    if not isinstance(row, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - what the file has, not what the caller passed
    return row


class _Reader:
    def __init__(self, memory: Memory, most: int) -> None:
        self._memory, self._most = memory, most
        self._last = 0

    def read(self, row: Fields) -> Capture | None:
        """A check as a capture, None for one that failed. Raises ValueError, whose text is the reason."""
        number = row.number("check", self._last + 1)
        self._last = number
        outcome, status = Outcome(row.choice("outcome", tuple(Outcome))), row.status("http_status")
        own, seen = row.hash("sha256"), row.hash("seen")
        headers = row.headers("headers")
        self._keep(row, {one for one in (own, seen) if one}, headers)
        if outcome is Outcome.FAILED:
            return None
        if status is None:
            raise ValueError("“http_status” is null, of a check that had an answer")
        name, shown = self._recalled(own, seen)
        headers = headers or shown.headers
        if status == _NOT_MODIFIED:
            status, headers = _OK, shown.headers or headers
        watch, url = row.text("watch"), row.address("url")
        listed = Listed(f"{watch} check {number}", url, row.moment("started_at"), name, status)
        answer = Answer(status, row.addresses("addresses") or (url,), headers, shown.body)
        if outcome is not Outcome.SUSPECT:
            return Capture(listed, answer, watch, accepted=True)
        return Capture(listed, answer, watch, refused=row.reason("reason") or "it was suspect when it was seen")

    def _keep(self, row: Fields, hashes: set[str], headers: tuple[tuple[str, str], ...]) -> None:
        """Keep the body of a line, which must have a hash that the line tells of."""
        coded = row.body("body")
        if coded is None:
            return
        try:
            body = b64decode(coded, validate=True)
        except ValueError as error:
            raise ValueError("“body” is not base 64") from error
        if len(body) > self._most:
            raise ValueError(f"“body” is larger than the {self._most:,} bytes of max_bytes in [scraper]")
        name = sha256(body).hexdigest()
        if name not in hashes:
            raise ValueError("“body” has neither the hash of “sha256” nor that of “seen”")
        self._memory.keep([name], Shown(_OK, headers, (), body))

    def _recalled(self, own: str | None, seen: str | None) -> tuple[str, Shown]:
        """The answer's own body, or the one whose state it confirmed."""
        for name in (own, seen):
            if name and (shown := self._memory.recall([name])):
                return name, shown
        raise ValueError("its body is neither in it nor in a line before it")
