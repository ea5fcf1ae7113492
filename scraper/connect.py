"""Connections that are safe to make: to a checked address only, and with an end to every answer.

The check is made on the very address that is connected to, so that no second look-up of the name can differ from it.
TLS still goes by the host's name.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from functools import cache

import httpcore
import httpx

from scraper.errors import AddressRefused
from scraper.guard import refusal

PATIENCE = 3
"""A whole answer, its head and body, may take so many times the timeout: a server that drips cannot hold us."""


class GuardedTransport(httpx.HTTPTransport):
    """httpx's transport over guarded connections, `secure` for https and otherwise for http alone.

    No proxy is ever used, whatever the environment says: it would resolve the name itself, past the guard.
    """

    def __init__(self, *, secure: bool, allow_private: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context() if secure else None,
            max_connections=None,
            keepalive_expiry=5.0,
            network_backend=_GuardedBackend(allow_private=allow_private),
        )


@cache
def _ssl_context() -> ssl.SSLContext:
    """One for the process: it costs some 20 ms and 1 MB to make."""
    return httpx.create_ssl_context()


class _GuardedBackend(httpcore.SyncBackend):
    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolved(host, port)
        if not self._allow_private:
            _check(host, addresses)
        until = None if timeout is None else time.monotonic() + timeout
        for left, address in zip(range(len(addresses) - 1, -1, -1), addresses, strict=True):
            share = None if until is None else max((until - time.monotonic()) / (left + 1), 0.001)
            try:
                stream = super().connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not left:
                    raise
            else:
                return _PatientStream(stream)
        raise httpcore.ConnectError(f"{host} has no address")


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(error.strerror or str(error)) from error
    except UnicodeError as error:
        raise httpcore.ConnectError("the host's name is malformed") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _check(host: str, addresses: Iterable[str]) -> None:
    """One address that is not public refuses the host: which of them is connected to must not be left to chance."""
    for address in addresses:
        kind = refusal(address)
        if kind:
            named = host if host == address else f"{host} ({address})"
            raise AddressRefused(
                f"{named} is {kind} and is not asked; allow_private_addresses = true in [scraper] allows it"
            )


class _PatientStream(httpcore.NetworkStream):
    """A connection on which an answer is over a stated time after its request, however its bytes are dealt out."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._asked_at = time.monotonic()

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._asked_at = time.monotonic()
        self._stream.write(buffer, timeout)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if timeout is None:
            return self._stream.read(max_bytes)
        patience = PATIENCE * timeout
        left = self._asked_at + patience - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"the whole answer took longer than {patience:g} seconds")
        try:
            return self._stream.read(max_bytes, min(timeout, left))
        except httpcore.ReadTimeout as error:
            raise httpcore.ReadTimeout(f"nothing came for {min(timeout, left):.3g} seconds") from error

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _PatientStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()
