"""The table that says what the full-text index holds. The index itself is made at the first search, by `search_index`.

What a check writes is not indexed before somebody searches: a check pays nothing for it.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, UniqueConstraint

from domain.page import RecordKind
from storage.columns import words
from storage.schema import metadata, reference

# A version that is in the index, under the number `id`, which is never given again: where versions are written anew,
# their documents go from here, and what the index has of them leads nowhere.
search_documents = Table(
    "search_document",
    metadata,
    Column("id", Integer, primary_key=True),
    reference("watch", "watch"),
    Column("kind", words(RecordKind), nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("kind", "version"),
    sqlite_autoincrement=True,
)
