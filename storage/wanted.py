"""What a reader wants, as a JSON column holds it: the lists that are not empty, or NULL for everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from domain.change import ChangeKind
from domain.page import Programme
from domain.recipient import EVERYTHING, Wants

_LISTS = tuple(field.name for field in fields(Wants))


def stored_wants(wants: Wants) -> dict[str, list[str]] | None:
    """The wants for the column."""
    lists: dict[str, tuple[str, ...]] = {name: getattr(wants, name) for name in _LISTS}
    return {name: [str(entry) for entry in entries] for name, entries in lists.items() if entries} or None


def wants_of(stored: Mapping[str, list[str]] | None) -> Wants:
    """The wants from the column."""
    if not stored:
        return EVERYTHING
    lists = {name: tuple(stored.get(name, ())) for name in _LISTS}
    return Wants(
        watches=lists["watches"],
        kinds=tuple(ChangeKind(kind) for kind in lists["kinds"]),
        programmes=tuple(Programme(programme) for programme in lists["programmes"]),
        areas=lists["areas"],
        words=lists["words"],
    )
