"""The evidence of one change as a ZIP file that speaks for itself and can be checked with `sha256sum` alone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from domain.chain import statement as sealed_text
from domain.document import change as change_document
from domain.document import utc_text
from domain.evidence import Evidence, State
from domain.subject import one_line
from exports.statement import statement

SUMS = "SHA256SUMS"

_LONGEST_HEADER = 10_000
_DESCRIBED = {
    "change.json": "the change for programs, with both texts whole",
    "comparison.html": "the difference word by word, as a page to open or print",
    "before.html": "the page before, byte for byte as received, transfer and content coding undone",
    "before.headers.txt": "the addresses asked, the status and the headers that came with it",
    "after.html": "the page after, likewise",
    "after.headers.txt": "the addresses, status and headers of that",
}


def write_evidence(out: BinaryIO, evidence: Evidence) -> tuple[str, ...]:
    """Write the file, the same bytes for the same evidence; gives the names of what is in it, in their order."""
    files = dict(_files(evidence))
    described = [(name, told) for name, told in _DESCRIBED.items() if name in files]
    described += [("chain/", "the record of each check, as it was sealed"), (SUMS, "the SHA-256 of every other file")]
    files = {"STATEMENT.txt": statement(evidence, described).encode(errors="replace"), **files}
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    whole = io.BytesIO()  # into a pipe, which cannot be gone back in, other bytes would be written
    with ZipFile(whole, "w") as archive:
        for name, content in (*files.items(), (SUMS, sums.encode())):
            archive.writestr(_entry(name), content, compresslevel=9)
    out.write(whole.getvalue())
    return (*files, SUMS)


def _files(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    yield "change.json", _json(_document(evidence))
    if evidence.comparison is not None:
        yield "comparison.html", evidence.comparison.encode(errors="replace")
    for name, state in (("before", evidence.before), ("after", evidence.after)):
        yield f"{name}.html", state.body
        yield f"{name}.headers.txt", _headers(evidence, state).encode(errors="replace")
    for sealed in evidence.chain:
        yield f"chain/{sealed.link.check}.txt", sealed_text(sealed.link, sealed.previous).encode()


def _entry(name: str) -> ZipInfo:
    """With no time of its own, which would make every file another, and for all to read."""
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


def _document(evidence: Evidence) -> dict[str, Any]:
    number, seal = evidence.head
    return {
        "url": evidence.url,
        "change": change_document(evidence.change),
        "before": _state(evidence.before),
        "after": _state(evidence.after),
        "chain": [{"check": sealed.link.check, "seal": sealed.seal.hex()} for sealed in evidence.chain],
        "head": {"check": number, "seal": seal.hex()},
    }


def _state(state: State) -> dict[str, Any]:
    snapshot = state.snapshot
    return {
        "snapshot": snapshot.id,
        "check": state.check,
        "captured_at": utc_text(snapshot.captured_at),
        "confirmed_until": utc_text(snapshot.confirmed_until),
        "source": snapshot.source,
        "sha256": snapshot.sha256,
    }


def _json(document: dict[str, Any]) -> bytes:
    """What is no Unicode, a lone surrogate, is escaped as JSON has it."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode(errors="backslashreplace")


def _headers(evidence: Evidence, state: State) -> str:
    """For people; the record of the check has them character by character."""
    link = evidence.link_of(state)
    lines = [f"Asked: {one_line(hop, _LONGEST_HEADER)}" for hop in link.hops or (evidence.url,)]
    lines += [f"Status: {link.http_status}", ""]
    if link.headers is None:
        lines.append("The headers of this answer were not kept.")
    elif link.hops is None:
        lines.append("Of the headers of this answer only these were kept:")
    lines += [one_line(f"{name}: {value}", _LONGEST_HEADER) for name, value in link.headers or ()]
    return "\n".join(lines) + "\n"
