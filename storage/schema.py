"""What all tables are made of: one naming convention, and the columns that most of them have."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, MetaData, Text

from storage.columns import UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def json_column(name: str, *, nullable: bool = False) -> Column[object]:
    """A column of JSON, in which None is NULL."""
    return Column(name, JSON(none_as_null=True), nullable=nullable)


def time_column(name: str, *, nullable: bool = False) -> Column[object]:
    """A moment in UTC."""
    return Column(name, UtcTime, nullable=nullable)


def text_column(name: str, *, nullable: bool = False) -> Column[object]:
    """A column of text."""
    return Column(name, Text, nullable=nullable)


def reference(name: str, table: str, *, nullable: bool = False, later: bool = False) -> Column[object]:
    """A reference to the number of a row.

    Two tables that refer to each other have no order: `later` says which reference does not count for it.
    """
    return Column(name, ForeignKey(f"{table}.id", use_alter=later), nullable=nullable)
