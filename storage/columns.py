"""Column types that SQLite lacks: moments in UTC, and the closed choices of the domain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Dialect, Enum
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """A moment, kept as whole microseconds since 1970 UTC: exact, sortable, eight bytes. Refuses naive values."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """A moment in any zone as a number."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value} has no time zone")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """A number as a moment in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


def require_zones(**moments: datetime | None) -> None:
    """Raise ValueError for a moment without a zone, by its name; None is none."""
    for name, moment in moments.items():
        if moment is not None and moment.utcoffset() is None:
            raise ValueError(f"{name}: {moment} has no time zone; say which, as in datetime(2024, 2, 9, tzinfo=UTC)")


def words(choice: type[StrEnum]) -> Enum:
    """A column of one of a domain enumeration's words, held by a CHECK constraint."""
    values = [word.value for word in choice]
    name = choice.__name__.lower()
    return Enum(choice, name=name, native_enum=False, create_constraint=True, values_callable=lambda _: values)
