"""Programs on loopback that take what is posted to them, each with manners of its own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.notifier.smtp_servers import CERTIFICATE

TOKEN = "T0KEN-of-the-path"


@dataclass
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """A program that takes events: how it answers, and what it was asked. `raw` is said in place of an answer."""

    status: int = 204
    location: str = ""
    raw: bytes | None = None
    hangs: bool = False
    endless: bool = False
    requests: list[Request] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    host: str = ""

    def take(self, handler: BaseHTTPRequestHandler) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.rfile.read(int(headers.get("content-length", 0)))
        self.requests.append(Request(handler.command, handler.path, headers, body))
        if self.hangs:
            self.over.wait(10)
        if self.raw is not None or self.hangs:
            handler.wfile.write(self.raw or b"")
            return
        handler.send_response(self.status)
        if self.location:
            handler.send_header("Location", self.location)
        handler.end_headers()
        try:
            while self.endless and not self.over.is_set():
                handler.wfile.write(b"x" * 65536)
        except OSError:
            return


@contextmanager
def running(receiver: Receiver, *, tls: bool = False) -> Iterator[str]:
    """The receiver on 127.0.0.1; gives the address to post to, which has secrets in it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self)

        do_GET = do_OPTIONS = do_POST  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATE)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        receiver.host = f"127.0.0.1:{server.server_port}"
        try:
            yield f"{'https' if tls else 'http'}://{receiver.host}/private/{TOKEN}?key=pass-by-query"
        finally:
            receiver.over.set()
            server.shutdown()
            thread.join(10)
