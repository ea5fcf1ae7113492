"""The Internet Archive on loopback: its index and its captures over real HTTP, as they behave, with faults at will.

The behaviour is that of internetarchive/wayback (its CDX server's README, and issues 121 and 195) and what the public
clients of web.archive.org rely on. It runs in a thread of the test; processes under test are given its address.
"""

from __future__ import annotations

import gzip
import json
import re
import socket
import struct
import time
from base64 import b32encode
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Literal, TypeAlias
from urllib.parse import parse_qs, quote_plus, unquote_plus, urlsplit

Endpoint: TypeAlias = Literal["index", "capture"]
Headers: TypeAlias = tuple[tuple[str, str], ...]

HTML: Headers = (("Content-Type", "text/html; charset=UTF-8"),)
OWN_PAGE = b"<!DOCTYPE html><html><head><title>Internet Archive: Error</title></head><body><h1>Sorry</h1></body></html>"
EXCLUDED = (
    b"org.archive.util.io.RuntimeIOException: org.archive.wayback.exception.AdministrativeAccessControlException:"
    b" Blocked Site Error"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A capture. `coding` lies on the bytes as stored, and is handed on; one that is not `playable` is listed only.

    A `revisit` is listed without a status, and plays the body that it is given.
    """

    stamp: str
    original: str
    body: bytes = b""
    status: int = 200
    headers: Headers = HTML
    revisit: bool = False
    coding: Literal["", "gzip"] = ""
    playable: bool = True
    stated_digest: str | None = None

    @property
    def stored(self) -> bytes:
        return gzip.compress(self.body, mtime=0) if self.coding else self.body

    @property
    def digest(self) -> str:
        return self.stated_digest or b32encode(sha1(self.stored, usedforsecurity=False).digest()).decode()

    @property
    def row(self) -> dict[str, str]:
        sort = next((value.partition(";")[0] for name, value in self.headers if name == "Content-Type"), "unk")
        return {
            "urlkey": urlkey(self.original),
            "timestamp": self.stamp,
            "original": self.original,
            "mimetype": "warc/revisit" if self.revisit else sort,
            "statuscode": "-" if self.revisit else str(self.status),
            "digest": self.digest,
            "length": str(len(self.stored)),
        }


@dataclass(frozen=True, slots=True)
class Say:
    """Another answer in place of the right one."""

    status: int
    headers: Headers = ()
    body: bytes = OWN_PAGE


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer for so many seconds, and then none."""

    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset in the middle of the right answer."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The right answer with so many bytes of its body, as if that were all of it."""

    length: int


Fault: TypeAlias = Say | Silence | Reset | Cut


def too_many(retry_after: str | None = None) -> Say:
    return Say(429, (("Retry-After", retry_after),) if retry_after is not None else ())


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came, at `at` of the archive's clock."""

    endpoint: Endpoint
    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Archive:
    """What is kept, which faults come first, and what was asked.

    `excluded` are addresses that are neither listed nor shown. `always` are faults for every request whose path has
    such a piece in it.
    """

    kept: list[Kept] = field(default_factory=list)
    faults: dict[Endpoint, deque[Fault]] = field(default_factory=lambda: {"index": deque(), "capture": deque()})
    always: dict[str, Fault] = field(default_factory=dict)
    excluded: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    clock: Callable[[], float] = time.monotonic
    base: str = ""

    def fail(self, endpoint: Endpoint, *faults: Fault) -> None:
        """The next answers of that endpoint, one fault each."""
        self.faults[endpoint].extend(faults)

    def paths(self, endpoint: Endpoint) -> list[str]:
        return [asked.path for asked in self.asked if asked.endpoint == endpoint]

    def fault_for(self, endpoint: Endpoint, path: str) -> Fault | None:
        if self.faults[endpoint]:
            return self.faults[endpoint].popleft()
        return next((fault for piece, fault in self.always.items() if piece in path), None)

    def answer(self, path: str) -> Say:
        if path.startswith("/cdx/search/cdx?"):
            return self._index(parse_qs(path.partition("?")[2]))
        if found := re.fullmatch(r"/web/(\d{1,14})([a-z]{2}_)?/(.+)", path):
            return self._capture(found[1], found[2] or "", found[3])
        return Say(404)

    def _index(self, asked: dict[str, list[str]]) -> Say:
        key = urlkey(asked["url"][0])
        if asked.get("matchType", ["exact"]) != ["exact"] or asked["output"] != ["json"]:
            return Say(400)
        if key in map(urlkey, self.excluded):
            return Say(403, (("Content-Type", "text/plain"),), EXCLUDED)
        columns = asked.get("fl", ["urlkey,timestamp,original,mimetype,statuscode,digest,length"])[0].split(",")
        first, last = asked.get("from", ["0"])[0], asked.get("to", ["9"])[0]
        rows = sorted(
            (kept.row for kept in self.kept if urlkey(kept.original) == key), key=lambda row: (key, row["timestamp"])
        )
        rows = [row for row in rows if first <= row["timestamp"] and row["timestamp"][: len(last)] <= last]
        if "resumeKey" in asked:
            rows = resumed(rows, unquote_plus(asked["resumeKey"][0]))  # once more than it should (issue 195)
        limit = int(asked.get("limit", ["150000"])[0])
        shown, more = rows[:limit], rows[limit:]
        table = [columns, *([row[column] for column in columns] for row in shown)] if shown else []
        if more and asked.get("showResumeKey") == ["true"]:
            known = key if "urlkey" in columns else "-"  # issue 121
            table += [[], [quote_plus(f"{known} {shown[-1]['timestamp']}!")]]
        body = "[" + ",\n ".join(json.dumps(row) for row in table) + "]\n"
        return Say(
            200, (("Content-Type", "application/json"), ("Content-Encoding", "gzip")), gzip.compress(body.encode())
        )

    def _capture(self, stamp: str, mode: str, original: str) -> Say:
        key = urlkey(original)
        if key in map(urlkey, self.excluded):
            return Say(403, (("X-Archive-Wayback-Runtime-Error", "AdministrativeAccessControlException: Blocked"),))
        near = [kept for kept in self.kept if kept.playable and urlkey(kept.original) == key]
        if not near:
            return Say(404)
        kept = min(near, key=lambda kept: abs(int(kept.stamp) - int(stamp.ljust(14, "0"))))
        if kept.stamp != stamp:
            return Say(302, (("Location", f"{self.base}/web/{kept.stamp}{mode}/{kept.original}"),), b"")
        if mode != "id_":
            return played(replace(kept, body=b"<script>the archive's bar</script>" + kept.body), self.base)
        return played(kept, self.base)


def urlkey(url: str) -> str:
    """An address as the index files it: neither scheme, letter case, "www." nor a slash at the end count."""
    parts = urlsplit(url if "//" in url else f"http://{url}")
    host = re.sub(r"^www\d*\.", "", parts.hostname or "")
    query = f"?{'&'.join(sorted(parts.query.split('&')))}".lower() if parts.query else ""
    return f"{','.join(reversed(host.split('.')))})/{parts.path.lower().strip('/')}{query}"


def resumed(rows: list[dict[str, str]], key: str) -> list[dict[str, str]]:
    if key.startswith("- "):
        return rows[-1:]  # far from where it should
    return [row for row in rows if f"{row['urlkey']} {row['timestamp']}" > key]


def played(kept: Kept, base: str) -> Say:
    """A capture as it is played: the site's headers under other names, and the archive's own beside them."""
    at = datetime.strptime(kept.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    own = [(name, value) for name, value in kept.headers if name.lower() == "content-type"]
    own += [("Content-Encoding", kept.coding)] if kept.coding else []
    original = [*kept.headers, ("Date", format_datetime(at, usegmt=True)), ("Server", "Apache")]
    original += [("Content-Encoding", kept.coding)] if kept.coding else []
    own += [
        ("Location", f"{base}/web/{kept.stamp}id_/{value}")
        for name, value in kept.headers
        if name.lower() == "location"
    ]
    archive = [
        ("Memento-Datetime", format_datetime(at, usegmt=True)),
        ("Link", f'<{kept.original}>; rel="original"'),
        ("X-Archive-Src", "spn2-20240209103000/spn2-20240209103000.warc.gz"),
    ]
    headers = (*own, *((f"X-Archive-Orig-{name}", value) for name, value in original), *archive)
    return Say(kept.status, headers, kept.stored)


@contextmanager
def serving(archive: Archive) -> Iterator[str]:
    """Serve it on a free port until the block ends; gives its address."""
    ended = Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(archive, ended))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    archive.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield archive.base
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(archive: Archive, ended: Event) -> type[BaseHTTPRequestHandler]:
    """What answers; who keeps silent does so until `ended`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in one piece, which no delayed acknowledgement holds up

        def do_GET(self) -> None:
            endpoint: Endpoint = "index" if self.path.startswith("/cdx/") else "capture"
            headers = {name.lower(): value for name, value in self.headers.items()}
            archive.asked.append(Asked(endpoint, self.path, headers, archive.clock()))
            right = archive.answer(self.path)
            match archive.fault_for(endpoint, self.path):
                case None:
                    self._say(right)
                case Say() as other:
                    self._say(other)
                case Cut(length):
                    self._say(cut(right, length))
                case Silence(seconds):
                    ended.wait(seconds)
                    self.close_connection = True
                case Reset():
                    self._say(right, missing=1000)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True

        def _say(self, answer: Say, *, missing: int = 0) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body) + missing))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def cut(answer: Say, length: int) -> Say:
    """The beginning of an answer's body, its coding undone so that it is whole but for its end."""
    coded = ("Content-Encoding", "gzip") in answer.headers
    body = gzip.decompress(answer.body) if coded else answer.body
    headers = tuple(header for header in answer.headers if header[0] != "Content-Encoding")
    return Say(answer.status, headers, body[:length])
