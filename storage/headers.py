"""The headers of answers as a column holds them: packed against those that most servers send."""

from __future__ import annotations

import json

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from storage.zstd import pack_against, unpack_against

# Whatever is packed needs these very bytes to be unpacked: never to be changed.
_USUAL = (
    b'[["server","cloudflare"],["server","nginx"],["server","Apache"],["date","Tue, 24 Nov 2026 19:00:00 GMT"],'
    b'["last-modified","Fri, 24 Oct 2025 09:00:00 GMT"],["expires","Thu, 19 Nov 1981 08:52:00 GMT"],'
    b'["content-type","text/html; charset=UTF-8"],["transfer-encoding","chunked"],["connection","keep-alive"],'
    b'["content-encoding","gzip"],["content-length","12345"],["vary","Accept-Encoding"],'
    b'["vary","Accept-Encoding,Cookie"],'
    b'["cache-control","public, max-age=3600, must-revalidate"],'
    b'["cache-control","no-cache, no-store, private, max-age=0"],'
    b'["pragma","no-cache"],["age","0"],["accept-ranges","bytes"],["etag","W/\\"0123456789abcdef\\""],'
    b'["link","<https://hmicfrs.justiceinspectorates.gov.uk/wp-json/>; rel=\\"https://api.w.org/\\""],'
    b'["link","<https://hmicfrs.justiceinspectorates.gov.uk/?p=1>; rel=shortlink"],["x-powered-by","PHP/8.2"],'
    b'["x-cache","HIT"],["x-cache-hits","1"],["x-served-by","cache"],["x-timer","S1"],["via","1.1 varnish"],'
    b'["strict-transport-security","max-age=31536000; includeSubDomains; preload"],'
    b'["x-content-type-options","nosniff"],'
    b'["x-frame-options","SAMEORIGIN"],["x-xss-protection","1; mode=block"],["referrer-policy","strict-origin"],'
    b'["content-security-policy","upgrade-insecure-requests; default-src \'self\'"],["permissions-policy","()"],'
    b'["set-cookie","path=/; HttpOnly; Secure; SameSite=Lax"],["cf-cache-status","DYNAMIC"],["cf-ray","-LHR"],'
    b'["alt-svc","h3=\\":443\\"; ma=86400"],["keep-alive","timeout=5, max=100"]]'
)


class PackedHeaders(TypeDecorator[list[list[str]]]):
    """Pairs of names and values, in the order in which they came; NULL where they are not kept."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: list[list[str]] | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Pairs as bytes."""
        return None if value is None else packed_headers(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> list[list[str]] | None:  # noqa: ARG002
        """Bytes as pairs. Raises ZstdError and ValueError for others than were packed."""
        if value is None:
            return None
        pairs: list[list[str]] = json.loads(unpack_against(_USUAL, value))
        return pairs


def packed_headers(pairs: list[list[str]]) -> bytes:
    """What the column holds for the pairs."""
    return pack_against(_USUAL, json.dumps(pairs, ensure_ascii=False, separators=(",", ":")).encode())
