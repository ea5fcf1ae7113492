"""Pages that somebody saved as HTML files, dated by their names: `2024-02-09.html`, `2024-02-child-protection.html`.

A name tells when a page was saved as exactly as its author cared to. What it leaves open is taken at its last moment in
the zone, but not later than now: `2024-02-09` is the end of that day, `2024-02` that of the month. By then the page had
said it; taken at its first moment, it would show a report before its publication. A time in the name makes it exact. A
time with `Z` or an offset behind it is taken at its word: an archive's own timestamp, which is in UTC, wants a `Z`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.capture import Capture, Listed
from domain.check import Answer
from scraper.captures.coding import GZIP, gunzip
from scraper.captures.moments import believable, moment
from scraper.captures.source import MOST_BYTES, shown_name, unreadable
from scraper.captures.unusable import Found, Unusable
from scraper.errors import SourceError

_PAGE = re.compile(r".+\.(?:html?|xhtml)(?:\.gz)?", re.IGNORECASE | re.DOTALL)
_DAY = r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
_ZONE = r"(?P<zone>Z(?![A-Za-z])|[+-](?:0\d|1[0-4]):?[0-5]\d)?(?!\d)"
_TIME = r"(?P<hour>\d\d)(?P<colon>[-:.]?)(?P<minute>\d\d)(?:(?P=colon)(?P<second>\d\d))?" + _ZONE
_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        _DAY + "[Tt]" + _TIME,
        _DAY + r"[ _](?=\d{6}(?!\d)|\d\d[-:.]\d\d)" + _TIME,  # four digits alone may be a year
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?" + _ZONE,
        _DAY + r"(?!\d)",
        r"(?P<year>\d{4})-?(?P<month>\d\d)(?!-?\d)",
    )
)
"""How names begin, the most exact first."""

_HOW = "let its name begin with its date, as 2024-02-09, 2024-02 or 2024-02-09T1030"
_INSTANT = timedelta(microseconds=1)
_HTML = (("content-type", "text/html"),)


def saved_files(
    folder: Path, zone: ZoneInfo, url: str, most: int = MOST_BYTES, *, now: datetime | None = None
) -> Iterator[Found]:
    """What is in a folder, without the folders in it: first what is no capture, then the captures in order of time.

    Each is an answer of 200 from `url`, with no header but `content-type: text/html`: the charset is the reader's to
    find. Hidden files are left out. Raises `SourceError` before anything is given, for two files of one time as well.
    """
    dated: dict[datetime, Path] = {}
    unusable: list[Unusable] = []
    for path in _files(folder):
        try:
            at = _moment_of(path, zone, now)
        except ValueError as error:
            unusable.append(Unusable(shown_name(path.name), str(error)))
            continue
        if at in dated:
            raise _same_time(folder, (dated[at], path), at)
        dated[at] = path
    yield from unusable
    for at, path in sorted(dated.items()):
        yield _capture(path, at, url, most)


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and not path.is_dir())
    except OSError as error:
        raise unreadable(shown_name(folder), error) from error


def _moment_of(path: Path, zone: ZoneInfo, now: datetime | None) -> datetime:
    """Raises ValueError, whose text is the reason, for what is no page or has no date."""
    if not path.name.isprintable():
        raise ValueError("its name has characters that cannot be shown; rename it")
    if not _PAGE.fullmatch(path.name):
        raise ValueError("not an HTML file by its name: .html, .htm or .xhtml, with .gz or without")
    found = next((found for form in _FORMS if (found := form.match(path.name))), None)
    if not found:
        raise ValueError(f"no date in its name; {_HOW}")
    given = {name: value for name, value in found.groupdict().items() if value}
    year, month = given["year"], given["month"]
    hour, minute, second = (given.get(name, "00") for name in ("hour", "minute", "second"))
    written = f"{year}-{month}-{given.get('day', '01')}T{hour}:{minute}:{second}"
    try:
        at = moment(written + given["zone"]) if "zone" in given else _local(written, zone)
        if "hour" in given:
            return at
        end = _local(_next(written, whole_month="day" not in given), zone) - _INSTANT
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no date in its name: {written} is none; {_HOW}") from error
    return now if now is not None and at <= now < end else end


def _next(written: str, *, whole_month: bool) -> str:
    """The beginning of the day or month after one."""
    day = datetime.fromisoformat(written)
    after = (day.replace(day=28) + timedelta(days=4)).replace(day=1) if whole_month else day + timedelta(days=1)
    return after.isoformat()


def _local(written: str, zone: ZoneInfo) -> datetime:
    return believable(datetime.fromisoformat(written)).replace(tzinfo=zone).astimezone(UTC)


def _same_time(folder: Path, two: Sequence[Path], at: datetime) -> SourceError:
    names = " and ".join(shown_name(path.name) for path in two)
    return SourceError(
        f"{shown_name(folder)}: {names} are of the same time, {at:%Y-%m-%d %H:%M:%S} UTC;"
        " put times into their names, as 2024-02-09T1030, or take one away"
    )


def _capture(path: Path, at: datetime, url: str, most: int) -> Found:
    name = shown_name(path.name)
    try:
        body = _content(path, most)
    except OSError as error:
        return Unusable(name, f"cannot be read: {error.strerror or error}", url)
    except ValueError as error:
        return Unusable(name, str(error), url)
    return Capture(Listed(path.name, url, at, sha256(body).hexdigest(), 200), Answer(200, (url,), _HTML, body))


def _content(path: Path, most: int) -> bytes:
    """Raises OSError, and ValueError with the reason."""
    if not path.is_file():
        raise ValueError("not a file, or a link that leads nowhere")
    with path.open("rb") as file:
        raw = file.read(most + 1)
    body = gunzip(raw, most) if raw.startswith(GZIP) and len(raw) <= most else raw
    if len(body) > most:
        raise ValueError(f"larger than the {most:,} bytes of max_bytes in [scraper]")
    if not body:
        raise ValueError("it is empty")
    return body
