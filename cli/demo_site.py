"""A web server on loopback that serves one page, which can be exchanged: real HTTP, with validators."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PATH = "/our-work/article/child-abuse-and-child-protection-issues/"


@dataclass
class Site:
    """What the server answers now, and the requests it had: their header names in lower case, in order.

    `validators` is whether answers carry an ETag and conditional requests get a 304; `headers` go with every answer.
    """

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    validators: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://127.0.0.1:{self.port}{PATH}"

    @property
    def etag(self) -> str:
        """The validator of what is served now."""
        return f'"{sha256(self.body).hexdigest()[:16]}"'


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve the site on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path != PATH:
                self._answer(404, b"")
                return
            site.requests.append({name.lower(): value for name, value in self.headers.items()})
            known = site.validators and site.status == 200  # noqa: PLR2004 - HTTP's OK
            if known and self.headers.get("If-None-Match") == site.etag:
                self._answer(304, None)
            else:
                self._answer(site.status, site.body, etag=known)

        def _answer(self, status: int, body: bytes | None, *, etag: bool = False) -> None:
            self.send_response(status)
            for name, value in site.headers.items():
                self.send_header(name, value)
            if etag:
                self.send_header("ETag", site.etag)
            if body is not None:
                self.send_header("Content-Type", site.content_type)
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Say nothing: the site keeps its requests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_port
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
