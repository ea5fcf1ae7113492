"""The server of the pages, a process of its own: many connections, one thread, and every answer made beforehand.

It is told what to do by requests below `/-/`, which `site` makes; it counts its other answers by their status.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections import Counter
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from benchmarks.peers.pages import page, path_of

LAST_MODIFIED = b"Last-Modified: Fri, 24 Oct 2025 09:00:00 GMT\r\n"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
CONTROL = "/-/"


class Pages:
    """What is served: a page for each path, as it stands after the edits so far, and how it is answered."""

    def __init__(self, number: int) -> None:
        self.answered: Counter[str] = Counter()
        self.validators = True
        self.delay = 0.0
        self._edits = dict.fromkeys(range(1, number + 1), 0)
        self._packed: dict[str, tuple[bytes, bytes]] = {}
        for each in self._edits:
            self._make(each)

    def answer(self, path: str, headers: bytes) -> bytes:
        """The whole answer to a request for a page, and its mark in the counts."""
        found = self._packed.get(path)
        if found is None:
            self.answered["404"] += 1
            return NOT_FOUND
        etag, packed = found
        validators = b"ETag: %s\r\n%s" % (etag, LAST_MODIFIED) if self.validators else b""
        if self.validators and b"\r\nif-none-match: %s\r\n" % etag in headers.lower():
            self.answered["304"] += 1
            return b"HTTP/1.1 304 Not Modified\r\n%s\r\n" % validators
        self.answered["200"] += 1
        zipped = b"gzip" in headers
        body = packed if zipped else gzip.decompress(packed)
        coding = b"Content-Encoding: gzip\r\n" if zipped else b""
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nVary: Accept-Encoding\r\n"
            b"%s%sContent-Length: %d\r\n\r\n%s" % (coding, validators, len(body), body)
        )

    def obey(self, command: str, values: dict[str, list[str]]) -> dict[str, int]:
        """Do what `site` asks for; the counts are told with every answer, and begin anew after it."""
        if command == "mode":
            self.validators, self.delay = values["validators"] == ["1"], float(values["delay"][0])
        elif command == "edit":
            for number in values["page"]:
                self._edits[int(number)] += 1
                self._make(int(number))
        told = dict(self.answered)
        self.answered.clear()
        return told

    def _make(self, number: int) -> None:
        html = page(number, self._edits[number])
        etag = b'"%s"' % sha256(html).hexdigest()[:16].encode()
        self._packed[path_of(number)] = etag, gzip.compress(html, mtime=0)


class Connection(asyncio.Protocol):
    """One client's connection, kept open; its requests have no bodies and are answered in order."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the stream that a socket always is."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - the protocol's own signature is too wide
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that has come in whole."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            headers, self._received = self._received[: end + 2], self._received[end + 4 :]
            self._take(headers)

    def _take(self, headers: bytes) -> None:
        address = headers.split(b" ", 2)[1].decode("ascii")
        if address.startswith(CONTROL):
            asked = urlsplit(address)
            told = json.dumps(self._pages.obey(asked.path.removeprefix(CONTROL), parse_qs(asked.query))).encode()
            self._send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told))
        elif self._pages.delay:
            answer = self._pages.answer(address, headers)
            asyncio.get_running_loop().call_later(self._pages.delay, self._send, answer)
        else:
            self._send(self._pages.answer(address, headers))

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve(number: int) -> None:
    """Serve so many pages until the process is ended; the first line of output is the port."""
    pages = Pages(number)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(pages), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
