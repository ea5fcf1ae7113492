"""WARC files as other programs write them: records with warcio, and by hand where it would not."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.captures.setting import PAGE, body

ID = "<urn:uuid:00000000-0000-4000-8000-{:012}>"
TEXT = "text/html; charset=utf-8"
SAME_PAYLOAD = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


class File:
    """A WARC file that is written record by record; `written` is what there is of it."""

    def __init__(self, *, packed: bool = False, version: str = "1.0") -> None:
        self._out = BytesIO()
        self._writer = WARCWriter(self._out, gzip=packed, warc_version=version)
        self.count = 0

    @property
    def written(self) -> bytes:
        return self._out.getvalue()

    def add(
        self,
        kind: str = "response",
        content: bytes | None = None,
        *,
        status: str | None = "200 OK",
        headers: Mapping[str, str] | None = None,
        uri: str = PAGE,
        date: str | None = None,
        warc: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Add a record and give its id; `warc` are more of its headers, without "WARC-"."""
        self.count += 1
        key = ID.format(self.count)
        fields = {
            "WARC-Record-ID": key,
            "WARC-Date": date or f"2024-02-09T10:{self.count:02}:00Z",
            **{f"WARC-{name}": value for name, value in warc.items()},
        }
        head: Any = None
        if status is not None and kind in {"response", "revisit", "request"}:
            shown = {"Content-Type": TEXT} if headers is None else headers
            protocol = "" if kind == "request" else "HTTP/1.1"
            head = StatusAndHeaders(status, list(shown.items()), protocol=protocol)
        payload = (b"" if kind == "revisit" else body()) if content is None else content
        record = self._writer.create_warc_record(
            uri, kind, payload=BytesIO(payload), length=len(payload), http_headers=head, warc_headers_dict=fields
        )
        self._writer.write_record(record)
        return key


def by_hand(block: bytes, *, kind: str = "response", **headers: str) -> bytes:
    """A record with these headers, their names written with "_", beside the usual ones, which "" takes away."""
    fields = {
        "WARC_Type": kind,
        "WARC_Record_ID": ID.format(7),
        "WARC_Target_URI": PAGE,
        "WARC_Date": "2024-02-09T10:30:00Z",
        "Content_Type": "application/http; msgtype=response",
        "Content_Length": str(len(block)),
        **headers,
    }
    lines = ["WARC/1.0", *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value), "", ""]
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"


def answer(content: bytes = b"", *lines: str, status: str = "200 OK", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join([f"{version} {status}", *lines, "", ""]).encode() + content
