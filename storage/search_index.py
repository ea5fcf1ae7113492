"""The full-text index over every state of every record: made at the first search, filled before each.

It holds no text, only which words stand where; so what is taken from it stays in it, and leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Connection, insert, select, text

from domain.page import RecordKind
from storage.database import Database
from storage.errors import Busy, Unwritable
from storage.records import Columns, shelf_for
from storage.tables import search_documents
from storage.versions import version_rows

MODULE = "fts5"
TOKENS = "porter unicode61 remove_diacritics 2"
"""How words are told apart and folded: without their endings, as English has them, case and accents."""

_AT_ONCE = 250
"""How many states are read and indexed in one transaction, in which no check can be stored."""

# `search_words` has whole words: by them the beginning of one finds those that begin otherwise without their endings.
_TABLES = {
    "search_index": f"{{module}}(title, text, content='', tokenize='{TOKENS}')",
    "search_words": "{module}(words, content='', columnsize=0, detail=none, tokenize='unicode61 remove_diacritics 2')",
    "search_vocabulary": "{module}vocab(search_words, row)",
}
_INSERT = "INSERT INTO search_index (rowid, title, text) VALUES (:id, :title, :text)"
_INSERT_WORDS = "INSERT INTO search_words (rowid, words) VALUES (:id, :title || ' ' || :text)"

Told: TypeAlias = Callable[[int, int], None]
"""Called with how many states are indexed of how many that were not."""


def catch_up(database: Database, told: Told) -> str | None:
    """Index what is not yet; gives why that could not be done, None where it was. Raises NoFullText."""
    with database.read() as connection:
        if is_made(connection) and not _overgrown(connection) and not unread(connection):
            return None
    try:
        with database.write() as connection:
            _make(connection)
        with database.read() as connection:
            lacking = {kind: _lacking(connection, kind) for kind in RecordKind}
        total, done = sum(map(len, lacking.values())), 0
        for kind, versions in lacking.items():
            for start in range(0, len(versions), _AT_ONCE):
                some = versions[start : start + _AT_ONCE]
                with database.write() as connection:
                    _index(connection, kind, some)
                done += len(some)
                told(done, total)
    except (Busy, Unwritable) as error:
        return str(error)
    return None


def is_made(connection: Connection) -> bool:
    """Whether there is an index at all."""
    made = text(
        "SELECT count(*) FROM sqlite_master WHERE name IN ('search_index', 'search_words', 'search_vocabulary')"
    )
    return bool(connection.scalar(made) == len(_TABLES))


def unread(connection: Connection) -> int:
    """How many states of records are not in the index."""
    states = sum(
        connection.execute(text(f"SELECT count(*) FROM {shelf_for(kind).table.name}")).scalar_one()  # noqa: S608
        for kind in RecordKind
    )
    return int(states - connection.execute(text("SELECT count(*) FROM search_document")).scalar_one())


def _overgrown(connection: Connection) -> bool:
    """Whether more of the index leads nowhere than somewhere."""
    held = connection.execute(text("SELECT count(*) FROM search_index_docsize")).scalar_one()
    documents = connection.execute(text("SELECT count(*) FROM search_document")).scalar_one()
    return bool(held > 2 * documents)


def _make(connection: Connection) -> None:
    """Make the index, or empty it where it is overgrown."""
    for name, made in _TABLES.items():
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING {made.format(module=MODULE)}")
    if _overgrown(connection):
        connection.execute(text("INSERT INTO search_index (search_index) VALUES ('delete-all')"))
        connection.execute(text("INSERT INTO search_words (search_words) VALUES ('delete-all')"))
        connection.execute(search_documents.delete())


def _lacking(connection: Connection, kind: RecordKind) -> list[int]:
    """The versions that are not in the index; those of a watch together, as their texts lean on each other."""
    table, document = shelf_for(kind).table, search_documents.c
    known = select(document.version).where(document.kind == kind)
    return list(
        connection.scalars(select(table.c.id).where(table.c.id.not_in(known)).order_by(table.c.watch, table.c.id))
    )


def _index(connection: Connection, kind: RecordKind, versions: Sequence[int]) -> None:
    """Put versions into the index that are there still, and that nobody else put there meanwhile."""
    document = search_documents.c
    mine = document.kind == kind, document.version.in_(versions)
    known = set(connection.scalars(select(document.version).where(*mine)))
    rows = version_rows(connection, shelf_for(kind), set(versions) - known)
    if not rows:
        return
    new = [{"watch": row["watch"], "kind": kind, "version": number} for number, row in rows.items()]
    connection.execute(insert(search_documents), new)
    numbers = connection.execute(select(document.id, document.version).where(*mine))
    said = [{"id": number, **_words_of(kind, rows[version])} for number, version in numbers if version in rows]
    connection.execute(text(_INSERT), said)
    connection.execute(text(_INSERT_WORDS), said)


def _words_of(kind: RecordKind, row: Columns) -> dict[str, Any]:
    """What is indexed of a state. An introduction's title is the page's, which has states of its own."""
    is_introduction = kind is RecordKind.SECTION and not row["path"]
    title = "" if is_introduction else row["title"]
    return {"title": storable(title), "text": storable(row.get("text") or "")}


def storable(said: str) -> str:
    """Text without half characters, which SQLite does not take, and without what would end it or mark a part of it."""
    return said.encode("utf-8", "replace").decode().translate({0: " ", 1: " ", 2: " "})
