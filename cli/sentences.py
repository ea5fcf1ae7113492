"""Checks and changes told on the terminal, in the same words as in the mails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cli.terminal import console, plain
from domain.change import Change, RecordedChange
from domain.check import Outcome, Stored
from domain.compare import loud
from domain.subject import changes_subject

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from notifier.worddiff import Piece


def check_lines(result: Stored) -> Iterator[str]:
    """What a check found: a line for the watch, and one for each change."""
    check = result.check
    changes = [recorded.change for recorded in result.changes]
    match check.outcome:
        case Outcome.BASELINE:
            said = "first reading stored; from now on changes are told"
        case Outcome.UNCHANGED:
            said = "unchanged"
        case Outcome.CHANGED:
            told = loud(changes)
            said = (
                changes_subject(told, check.started_at) if told else f"{len(changes)} quiet changes, nobody is alerted"
            )
        case Outcome.FAILED | Outcome.SUSPECT:
            said = f"{check.outcome}: {check.reason}"
    yield plain(f"{check.watch}: {said}")
    for change in changes:
        yield f"  {change_line(change)}"


def change_line(change: Change) -> str:
    """A change in a line: a star where readers are told of it, its kind, whose it is, and what differs."""
    return plain(f"{_mark(change)} {change.kind}: {change.title}{_fields(change)}")


def print_changes(changes: Sequence[RecordedChange], zone: ZoneInfo, *, empty: str, out: Console | None = None) -> None:
    """Each change with its facts and, where its text was edited, the difference word by word.

    To standard output, where no other place is given.
    """
    from rich.padding import Padding

    from notifier.facts import facts, what_happened

    out = out or console()
    if not changes:
        out.print(empty)
    for recorded in changes:
        number = f"[{recorded.id}] " if recorded.id is not None else ""
        quiet = " (quiet)" if recorded.change.quiet else ""
        out.print()
        out.print(plain(f"{number}{what_happened(recorded)}{quiet}: {recorded.change.title}"), style="bold")
        for fact in facts(recorded, zone):
            value = fact.value if fact.was is None else f"{fact.was} → {fact.value}"
            out.print(plain(f"  {fact.label}: {value}"), soft_wrap=True)
        if words := words_told(recorded.change, out):
            out.print(Padding(words, (0, 0, 0, 4)))


def words_told(change: Change, out: Console) -> Text | None:
    """What differs in the edited text; None where it was not edited."""
    if not (change.text and isinstance(change.text.before, str) and isinstance(change.text.after, str)):
        return None
    from rich.text import Text

    from notifier.worddiff import TOO_LARGE, excerpt, word_diff

    difference = word_diff(change.text.before, change.text.after)
    told = Text(f"{TOO_LARGE}\n" if difference.cut else "")
    return told.append_text(pieces_told(excerpt(difference), out))


def pieces_told(pieces: Iterable[Piece], out: Console) -> Text:
    """Removed words struck and in red, added ones underlined and in green; marks say the same without colours."""
    from rich.text import Text

    from notifier.worddiff import as_text

    styles = {"same": "", "removed": "red strike", "added": "green underline"}
    told = Text()
    for piece in pieces:
        marked = piece.text if out.is_terminal and not out.no_color else as_text((piece,))
        told.append(plain(marked), styles[piece.kind])
    return told


def _mark(change: Change) -> str:
    return "·" if change.quiet else "*"


def _fields(change: Change) -> str:
    """The fields that differ, in brackets."""
    names = [*change.fields, *(["text"] if change.text and change.before and change.after else [])]
    return f" ({', '.join(_in_words(names))})" if names else ""


def _in_words(names: Iterable[str]) -> Iterator[str]:
    return (name.replace("_", " ") for name in names)
