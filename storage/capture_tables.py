"""The tables of what archives and files hold of a page: what is known of each capture, and what became of it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint, false

from domain.capture import CaptureState, Source
from storage.columns import words
from storage.headers import PackedHeaders
from storage.schema import json_column, metadata, reference, text_column, time_column

# A capture, each known once. What the answer was like (`body` and what follows) is there once it was had; where the
# bytes are those of another, by its `digest`, it is there only once. `accepted`: a check of ours once took it for the
# page. `check`: the one that it became in the history.
captures = Table(
    "capture",
    metadata,
    Column("id", Integer, primary_key=True),
    reference("watch", "watch"),
    Column("source", words(Source), nullable=False),
    text_column("key"),
    text_column("address"),
    time_column("captured_at"),
    text_column("digest", nullable=True),
    Column("status", Integer),
    Column("state", words(CaptureState), nullable=False),
    text_column("reason", nullable=True),
    reference("body", "body", nullable=True),
    Column("http_status", Integer),
    json_column("hops", nullable=True),
    Column("headers", PackedHeaders),
    Column("accepted", Boolean, nullable=False, server_default=false()),
    reference("check", "check", nullable=True),
    UniqueConstraint("watch", "source", "key"),
    Index(None, "watch", "state"),
    Index(None, "watch", "digest"),
)

# How far the index of an archive was read: `resume` is where to go on, NULL at its end, which was met at `read_at`.
listings = Table(
    "listing",
    metadata,
    Column("id", Integer, primary_key=True),
    reference("watch", "watch"),
    text_column("address"),
    text_column("bounds"),
    text_column("resume", nullable=True),
    time_column("read_at"),
    UniqueConstraint("watch", "address", "bounds"),
)
