"""What the asking commands share: which watch is meant, and which time."""

from __future__ import annotations

from datetime import datetime

from cli.errors import CommandError
from cli.main import Context
from cli.moments import parse_moment
from cli.wiring import utc_now, zone
from storage.history import History


def moment(context: Context, text: str | None, *, end: bool = False) -> datetime | None:
    """A date option in aware UTC; None where it was left out."""
    return parsed(context, text, end=end) if text else None


def parsed(context: Context, text: str, *, end: bool = False) -> datetime:
    """A date that was typed, in aware UTC. Raises CommandError."""
    return parse_moment(text, zone(context.settings), utc_now(), end=end)


def known_watch(context: Context, history: History, name: str | None) -> str | None:
    """The name itself where the settings or the database know it. Raises CommandError."""
    known = _known(context, history)
    if name is not None and name not in known:
        raise CommandError(f"unknown watch {name!r}; known are {', '.join(known)}")
    return name


def one_watch(context: Context, history: History, name: str | None) -> str:
    """The watch meant: the named one, or the only one. Raises CommandError."""
    if name is not None:
        return known_watch(context, history, name) or name
    known = _known(context, history)
    if len(known) > 1:
        raise CommandError(f"which watch? say --watch with one of {', '.join(known)}")
    return known[0]


def _known(context: Context, history: History) -> list[str]:
    return list(dict.fromkeys([watch.name for watch in context.settings.watches] + list(history.watches())))
