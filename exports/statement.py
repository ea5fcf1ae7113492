"""What a file of evidence says of itself, in plain English: what changed, when, what shows it, and what it does not."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from domain.capture import Source
from domain.change import Change, ChangeKind, FieldValue
from domain.evidence import Evidence, State
from domain.subject import one_line

LONDON = ZoneInfo("Europe/London")
WIDTH = 92
MOST_TEXT = 2_000
"""How many characters of a text are quoted."""

_LONG = 4_000
_LABEL = 23
_SHOWS = (
    "That no file here was altered since SHA256SUMS was made: to whoever noted the SHA-256 of SHA256SUMS itself then.",
    (
        "What the installation noted at each look. The record of a check names the SHA-256 of the bytes that it got "
        "and the seal of the check before, so that none can be altered, left out or put in between without every later "
        "seal being another."
    ),
    (
        "That a record was there by a certain day: to whoever had noted a seal by then, of that check or of a later "
        "one, in a mail or on paper."
    ),
)
_SHOWS_NOT = (
    (
        "That the server sent these bytes. It is the word of one observer, who could have made up the whole chain "
        "before a seal of it was noted elsewhere."
    ),
    "That the times are right. They are those of the observer's own clock.",
    "When the change was made, but for the two looks that it lies between; who made it, or why.",
    "What others saw. A server can answer each visitor differently.",
)


def statement(evidence: Evidence, files: Sequence[tuple[str, str]]) -> str:
    """The text; `files` are the names of the others and what each of them is."""
    parts = [
        "A CHANGE OF A WEB PAGE, AND WHAT SHOWS IT",
        _table(_subject(evidence)),
        _headed("What changed", _what_changed(evidence)),
        _headed("When", [_table(_when(evidence)), _wrapped(_imported(evidence))]),
        _headed("The two states", map(_table, (_state(evidence, evidence.before), _state(evidence, evidence.after)))),
        _headed("The files", [_table(files)]),
        _headed("How to check it", _how_to_check(evidence)),
        _headed("What it shows", [_list(_SHOWS)]),
        _headed("What it does not show", [_list(_SHOWS_NOT)]),
        _headed("To cite it", [_wrapped(_citation(evidence))]),
    ]
    return "\n\n".join(parts) + "\n"


def _subject(evidence: Evidence) -> Iterator[tuple[str, str]]:
    recorded = evidence.change
    yield "Page", one_line(evidence.url, _LONG)
    yield "Watch", one_line(recorded.watch, _LONG)
    yield "Change", f"{_happened(recorded.change)}: “{one_line(recorded.change.title, 300)}”"
    if recorded.change.section:
        yield "Where on the page", " › ".join(one_line(title, 300) for title in recorded.change.section)
    yield "Recorded by", evidence.program + ("" if recorded.id is None else f", as change {recorded.id}")


def _happened(change: Change) -> str:
    if change.first_seen:
        return "A report is listed again"
    match change.kind:
        case ChangeKind.REPORT_ADDED:
            return "A report is newly listed"
        case ChangeKind.REPORT_REMOVED:
            return "A report is no longer listed"
        case ChangeKind.REPORT_CHANGED:
            return "What is said of a report was edited"
        case ChangeKind.REPORT_MOVED:
            return "A report was moved on the page"
        case ChangeKind.SECTION_ADDED | ChangeKind.SECTION_REMOVED | ChangeKind.SECTION_MOVED:
            return f"A section was {change.kind.value.partition('-')[2]}"
        case ChangeKind.SECTION_CHANGED:
            return "A section was edited"
        case ChangeKind.SECTION_RENAMED:
            return "A section has another heading"
        case ChangeKind.PAGE_CHANGED:
            return "The page's title, topics or contacts were edited"
        case _ as unreachable:
            assert_never(unreachable)


def _what_changed(evidence: Evidence) -> Iterator[str]:
    change = evidence.change.change
    fields = [(name.replace("_", " "), f"{_said(s.before)} → {_said(s.after)}") for name, s in change.fields.items()]
    if fields:
        yield _table(fields)
    if change.text is not None:
        for name, side in (("before", change.text.before), ("after", change.text.after)):
            yield f"The text {name}:\n\n{_quoted(side)}"
    if not fields and change.text is None:
        yield "Its place on the page alone."


def _said(value: FieldValue) -> str:
    match value:
        case None:
            return "none stated"
        case list():
            return "; ".join(one_line(one, _LONG) for one in value) or "none"
        case _:
            return one_line(str(value), _LONG)


def _quoted(text: FieldValue) -> str:
    if not isinstance(text, str) or not text.strip():
        return "    (none)"
    lines = [one_line(line, _LONG) for line in text[:MOST_TEXT].split("\n")]
    lines += ["(and more: change.json has all of it)"] if len(text) > MOST_TEXT else []
    return "\n".join(_wrapped(line, "    ") if line else "" for line in lines)


def _when(evidence: Evidence) -> Iterator[tuple[str, str]]:
    bounds = evidence.change.bounds
    match evidence.change.change.kind:
        case ChangeKind.REPORT_ADDED | ChangeKind.SECTION_ADDED:
            earlier, later = "Last seen without it", "First seen with it"
        case ChangeKind.REPORT_REMOVED | ChangeKind.SECTION_REMOVED:
            earlier, later = "Last seen with it", "First seen without it"
        case _:
            earlier, later = "Last seen as it was", "First seen changed"
    yield earlier, _moment(bounds.last_seen_before)
    yield later, _moment(bounds.first_seen_after)


def _imported(evidence: Evidence) -> str:
    told = [
        f"Check {state.check} is no look of this installation: it was imported ({state.snapshot.source}), and its time "
        "is by the word of where it comes from."
        for state in (evidence.before, evidence.after)
        if evidence.link_of(state).source is not Source.LIVE
    ]
    return " ".join(told)


def _state(evidence: Evidence, state: State) -> Iterator[tuple[str, str]]:
    snapshot = state.snapshot
    name = "Before" if state is evidence.before else "After"
    yield name, f"snapshot {snapshot.id}, brought by check {state.check}"
    yield "first seen", _moment(snapshot.captured_at)
    yield "last seen", _moment(snapshot.confirmed_until)
    yield "bytes", f"{len(state.body)}, SHA-256 {snapshot.sha256}"


def _how_to_check(evidence: Evidence) -> Iterator[str]:
    number, seal = evidence.head
    yield "Unpack the files into a folder, and there run"
    yield "    sha256sum -c SHA256SUMS"
    yield _wrapped(
        "or, where that is not known, `shasum -a 256 -c SHA256SUMS`. The SHA-256 of each file in chain/ is the seal of "
        "the check of that number. Its second line names the seal of the check before, and its last line the SHA-256 "
        "of the bytes that it got, null for none: those of before.html and after.html for the two checks named above."
    )
    if evidence.gaps:
        after = ", ".join(map(str, evidence.gaps))
        yield _wrapped(f"Of check {after} the one before is not among the files: it was left out, or pruned.")
    missing = "" if evidence.chain[-1].seal == seal else " The checks up to it are not all among the files."
    yield _wrapped(
        f"The newest seal when this was made: {number}:{seal.hex()}.{missing} On the installation itself, "
        "`hmicfrs-monitor verify --seal CHECK:SEAL` says whether a seal that was noted still holds."
    )
    yield _wrapped(
        "Look at before.html and after.html as text: a browser would run what the page had in it, and fetch the rest."
    )


def _citation(evidence: Evidence) -> str:
    state = evidence.after
    seal = next(sealed.seal for sealed in evidence.chain if sealed.link.check == state.check)
    seen = _moment(evidence.change.bounds.first_seen_after)
    page = f"HMICFRS, {one_line(evidence.url, _LONG)}, as seen {seen}, SHA-256 {state.snapshot.sha256}"
    return f"{page}; recorded by {evidence.program}, check {state.check}, seal {seal.hex()}."


def _moment(when: datetime) -> str:
    """In London, by which the page's readers go, and in UTC to the microsecond, as the chain has it."""
    local = when.astimezone(LONDON)
    utc = when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return f"{local.day} {local:%B %Y, %H:%M:%S %Z} ({utc})"


def _headed(title: str, blocks: Iterable[str]) -> str:
    return f"{title}\n{'-' * len(title)}\n\n" + "\n\n".join(filter(None, blocks))


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(_wrapped(value, " " * _LABEL, f"{label + ':':<{_LABEL - 1}} ") for label, value in rows)


def _list(items: Iterable[str]) -> str:
    return "\n".join(_wrapped(item, "  ", "- ") for item in items)


def _wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
