"""One capture as the Internet Archive plays it: its bytes as they were kept, and the headers that the site sent.

Pure. The archive's own pages, such as errors, blocks and redirects to another capture, are told from captures here.
"""

from __future__ import annotations

import re
from base64 import b32encode
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha1

import httpx

from domain.capture import Listed
from domain.check import Answer
from scraper.captures.asking import Reply
from scraper.captures.coding import undone
from scraper.captures.index import is_same_page, stamp_of
from scraper.captures.moments import stamped
from scraper.errors import CaptureGone
from scraper.exchange import shown

_ORIGINAL = "x-archive-orig-"
_PLAYED = re.compile(r"/web/(?P<stamp>[0-9]{4,14})(?:[a-z]{2}_)?/(?P<original>.+)", re.DOTALL)
_SHA1 = re.compile(r"[A-Z2-7]{32}")
_EXCLUDED = ("AdministrativeAccessControl", "RobotAccessControl", "has been excluded", "Blocked Site Error")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def path_of(listed: Listed, original: str | None = None) -> str:
    """Where a capture is played as it was kept: `id_` keeps the archive's own bar and links out of it."""
    return f"/web/{stamp_of(listed)}id_/{(original or listed.address).replace('#', '%23')}"


def answer_of(reply: Reply, listed: Listed, most: int) -> Answer:
    """A capture as the site's own answer, which has no validators: the site is never to be asked by them.

    Raises `CaptureGone` where it is another capture than the one listed, or its bytes cannot be had.
    """
    _check_time(reply, listed)
    if len(reply.raw) > most:
        raise CaptureGone(f"{name_of(listed)}: larger than the {most:,} bytes of max_bytes in [scraper]")
    try:
        body = undone(reply.raw, _codings(reply), most)
    except ValueError as error:
        raise CaptureGone(f"{name_of(listed)}: {error}") from error
    if len(body) > most:
        raise CaptureGone(f"{name_of(listed)}: larger than the {most:,} bytes of max_bytes in [scraper]")
    return Answer(reply.status, (listed.address,), _headers(reply), body)


def differs_from_index(reply: Reply, answer: Answer, listed: Listed) -> bool:
    """Whether the bytes are not those of the index's digest, as far as can be told.

    The digest is of the bytes as they were stored, which the archive may have decoded before it sent them.
    """
    if not listed.digest or not _SHA1.fullmatch(listed.digest) or _codings(reply):
        return False
    return listed.digest != b32encode(sha1(answer.body, usedforsecurity=False).digest()).decode()


def target_of(reply: Reply, listed: Listed, base: httpx.URL) -> str | None:
    """Under which address the archive's own redirect plays the same capture; None for one that leads to no capture.

    Raises `CaptureGone` where it leads to another capture.
    """
    location = reply.header("location")
    try:
        target = reply.url.join(location) if location else None
    except httpx.InvalidURL:
        target = None
    if target is None:
        return None
    found = _PLAYED.fullmatch(target.raw_path.decode("ascii"))
    if not found or (target.host, target.port) != (base.host, base.port):
        return None
    try:
        at = stamped(found["stamp"])
    except ValueError:
        return None
    if at != listed.captured_at.replace(microsecond=0) or not is_same_page(found["original"], listed.address):
        raise _another(listed, f"that of {at:%Y-%m-%d %H:%M:%S} UTC of {shown(found['original'])}")
    return found["original"]


def is_own_redirect(reply: Reply) -> bool:
    """Whether the archive itself sends elsewhere; a redirect that it kept is a capture like any other."""
    return reply.status in _REDIRECTS and not reply.is_memento


def is_exclusion(reply: Reply) -> bool:
    """Whether the archive says that the site's owner, or its robots.txt, keeps the page from being shown."""
    told = (reply.header("x-archive-wayback-runtime-error") or "") + reply.text
    return any(sign in told for sign in _EXCLUDED)


def name_of(listed: Listed) -> str:
    """A capture as messages name it."""
    return f"{shown(listed.address)} as of {listed.captured_at:%Y-%m-%d %H:%M:%S} UTC"


def _check_time(reply: Reply, listed: Listed) -> None:
    try:
        at = parsedate_to_datetime(reply.header("memento-datetime") or "")
    except (ValueError, OverflowError):
        return
    at = at.replace(tzinfo=at.tzinfo or UTC)
    if at != listed.captured_at.replace(microsecond=0):
        raise _another(listed, f"that of {_told(at)}")


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %z}".strip()


def _another(listed: Listed, which: str) -> CaptureGone:
    return CaptureGone(f"{name_of(listed)}: the archive gives another capture than this one: {which}")


def _codings(reply: Reply) -> str:
    """What may lie on the bytes: the archive undoes the site's coding, or hands it on, at times with no header."""
    kept = (reply.header(_ORIGINAL + "content-encoding") or "").strip()
    sent = (reply.header("content-encoding") or "").strip(" ,")
    return kept if sent in {"", kept} else f"{kept}, {sent}"


def _headers(reply: Reply) -> tuple[tuple[str, str], ...]:
    """The headers that the site sent, and of the archive's own what tells the type, and where a redirect leads."""
    headers = [
        (key.removeprefix(_ORIGINAL), value)
        for key, value in reply.headers
        if key.startswith(_ORIGINAL) and key != _ORIGINAL
    ]
    names = {key for key, _ in headers}
    if "content-type" not in names and (sort := reply.header("content-type")):
        headers.append(("content-type", sort))
    if "location" not in names and (location := reply.header("location")):
        found = _PLAYED.search(location)
        headers.append(("location", found["original"] if found else location))
    return tuple(headers)
