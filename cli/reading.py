"""One reading of the file and the environment: each field by itself, so that all faults are told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from cli.sources import CONFIG_VARIABLE, PREFIX, variable

S = TypeVar("S", bound=msgspec.Struct)


class Reading:
    """One reading of all sources: converts each field by itself, so that no fault hides another."""

    def __init__(self, where: str, environment: Mapping[str, str]) -> None:
        self.where = where
        self.faults: list[str] = []
        self._environment = environment
        self._variables = {CONFIG_VARIABLE}

    def table(self, name: str, struct: type[S], document: Mapping[str, Any]) -> S:
        """A table of the file, with what the environment overrides; faulty fields keep their defaults."""
        written = self._mapping(name, document.get(name, {}))
        self.unknown(written, [field.encode_name for field in _fields(struct)], name)
        values: dict[str, Any] = {}
        for field in _fields(struct):
            key, override = field.encode_name, variable(name, field.encode_name)
            self._variables.add(override)
            if override in self._environment:
                given = self._environment[override]
                listed = [part.strip() for part in given.split(",") if part.strip()]
                value: Any = listed if _is_list(field.type) else given
                self._convert(values, field, value, f"${override}", strict=False)
            elif key in written:
                self._convert(values, field, written[key], f"{self.where}: {name}.{key}", strict=True)
        return struct(**values)

    def tables(self, name: str, struct: type[S], document: Mapping[str, Any]) -> tuple[S, ...]:
        """The tables of a list in the file, those that have what they must; () where there are none."""
        written = document.get(name, [])
        if not isinstance(written, list):
            self.faults.append(f"{self.where}: {name}: write it as [[{name}]], once for each")
            return ()
        found = (self._entry(f"{name} {number}", struct, table) for number, table in enumerate(written, 1))
        return tuple(entry for entry in found if entry is not None)

    def _entry(self, place: str, struct: type[S], table: object) -> S | None:
        entries = self._mapping(place, table)
        fields = _fields(struct)
        self.unknown(entries, [field.encode_name for field in fields], place)
        values: dict[str, Any] = {}
        for field in fields:
            if field.encode_name in entries:
                place_of_field = f"{self.where}: {place}: {field.encode_name}"
                self._convert(values, field, entries[field.encode_name], place_of_field, strict=True)
            elif field.required:
                self.faults.append(f"{self.where}: {place}: {field.encode_name} is missing")
        wanted = {field.name for field in fields if field.required}
        return struct(**values) if wanted <= values.keys() else None

    def unknown(self, written: Iterable[str], known: Iterable[str], table: str | None = None) -> None:
        """Note the keys that no setting has, with the one that was likely meant."""
        known = list(known)
        for key in written:
            if key not in known:
                place = f"{self.where}: {table}.{key}" if table else f"{self.where}: {key}"
                self.faults.append(f"{place}: no such setting{_likely(key, known)}")

    def unknown_variables(self) -> None:
        """Note the environment variables that begin like ours and override nothing."""
        for name in sorted(self._environment):
            if name.startswith(PREFIX) and name not in self._variables:
                self.faults.append(f"${name}: no such setting{_likely(name, self._variables)}")

    def _mapping(self, name: str, table: object) -> dict[str, Any]:
        if isinstance(table, dict):
            return table
        self.faults.append(f"{self.where}: {name}: must be a table")
        return {}

    def _convert(
        self, values: dict[str, Any], field: msgspec.structs.FieldInfo, value: object, place: str, *, strict: bool
    ) -> None:
        try:
            values[field.name] = msgspec.convert(value, field.type, strict=strict)
        except msgspec.ValidationError as error:
            self.faults.append(f"{place}: {error}")


@cache
def _fields(struct: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Which msgspec works out anew each time."""
    return msgspec.structs.fields(struct)


def _likely(key: str, known: Iterable[str]) -> str:
    matches = get_close_matches(key, list(known), 1)
    return f"; did you mean {matches[0]}?" if matches else ""


def _is_list(kind: object) -> bool:
    return any(get_origin(part) is tuple for part in (kind, *get_args(kind)))
