"""The tables as the program uses them. What makes them in a database is `migrations`; a test holds both to be equal."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from domain.alert import AlertKind, AlertState
from domain.capture import Source
from domain.change import ChangeKind
from domain.check import Outcome
from domain.page import Programme, ReportKind
from domain.recipient import Cadence, Origin, Role
from storage.capture_tables import captures as captures  # noqa: PLC0414 - in the metadata as well
from storage.columns import words
from storage.headers import PackedHeaders
from storage.schema import json_column, reference, text_column, time_column
from storage.schema import metadata as metadata  # noqa: PLC0414 - with the tables below in it
from storage.search_tables import search_documents as search_documents  # noqa: PLC0414 - in the metadata as well


class Encoding(StrEnum):
    """How a body is kept: whole, or against the body before it as zstd's dictionary."""

    ZSTD = "zstd"
    ZSTD_DICT = "zstd-dict"


# A page under watch; the last check and snapshot are kept here, as finding the newest of each by grouping is slow.
# `fresh_until`: so long its server gives the answer that it gave last, by its own word.
watches = Table(
    "watch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    text_column("url"),
    reference("last_check", "check", nullable=True, later=True),
    reference("latest_snapshot", "snapshot", nullable=True, later=True),
    time_column("last_good_at", nullable=True),
    Column("consecutive_failures", Integer, nullable=False, server_default="0"),
    time_column("trouble_since", nullable=True),
    Column("trouble_told", Boolean, nullable=False, server_default=false()),
    time_column("trouble_told_at", nullable=True),
    time_column("fresh_until", nullable=True),
)

# The raw bytes of answers, each kept once. `depth` counts the bodies that must be read before this one.
bodies = Table(
    "body",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("encoding", words(Encoding), nullable=False),
    reference("base", "body", nullable=True),
    Column("depth", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    CheckConstraint("(encoding = 'zstd-dict') = (base IS NOT NULL)", name="base"),
)

# Every look, and every capture that was imported. What the answer was like beside its bytes (`hops`, `headers`) is
# kept where it does not only confirm a snapshot; of other bytes that do, content-type alone. `trouble_since`: when the
# run of bad checks began that this one belongs to, or ends. `seal`: see `domain.chain`; `seal_before`: that of the
# check before, where it was pruned.
checks = Table(
    "check",
    metadata,
    Column("id", Integer, primary_key=True),
    reference("watch", "watch"),
    time_column("started_at"),
    Column("duration_ms", Integer, nullable=False),
    Column("outcome", words(Outcome), nullable=False),
    text_column("reason", nullable=True),
    Column("http_status", Integer),
    json_column("hops", nullable=True),
    Column("headers", PackedHeaders),
    text_column("etag", nullable=True),
    text_column("last_modified", nullable=True),
    reference("body", "body", nullable=True),
    reference("snapshot", "snapshot", nullable=True, later=True),
    time_column("trouble_since", nullable=True),
    Column("source", words(Source), nullable=False, server_default=Source.LIVE),
    Column("seal", LargeBinary),
    Column("seal_before", LargeBinary),
    Index(None, "watch", "started_at"),
)

# An accepted state. `place` is its place among those of the watch in time, counted from 1, which its number need not
# follow. `outline` has the ids of the page's version and, in page order, of its sections' and reports'.
snapshots = Table(
    "snapshot",
    metadata,
    Column("id", Integer, primary_key=True),
    reference("watch", "watch"),
    reference("check", "check"),
    reference("body", "body"),
    time_column("captured_at"),
    time_column("confirmed_until"),
    Column("source", words(Source), nullable=False),
    Column("reader", Integer, nullable=False),
    Column("sections", Integer, nullable=False),
    Column("reports", Integer, nullable=False),
    text_column("etag", nullable=True),
    text_column("last_modified", nullable=True),
    json_column("outline"),
    Column("place", Integer, nullable=False),
    Index(None, "watch", "captured_at"),
    Index(None, "watch", "place", unique=True),
    CheckConstraint("confirmed_until >= captured_at", name="confirmed"),
)


# The texts of the records that one check brought, together: a JSON list, packed against the body that they come from.
texts = Table(
    "text",
    metadata,
    Column("id", Integer, primary_key=True),
    reference("base", "body", nullable=True),
    Column("bytes", LargeBinary, nullable=False),
)


def _its_text() -> tuple[Column[object], Column[object]]:
    """Which of the texts is a record's; NULL for none."""
    return reference("texts", "text", nullable=True), Column("text_place", Integer)


def _versions(name: str, *columns: Column[object]) -> Table:
    """One row for each state of a record, from its first snapshot to its last (NULL: still so).

    `lineage` is the id of the first version of the same record, whatever its key and title were then.
    """
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        reference("watch", "watch"),
        Column("lineage", Integer, nullable=False),
        reference("first_snapshot", "snapshot"),
        reference("last_snapshot", "snapshot", nullable=True),
        *columns,
        Index(None, "watch", "lineage"),
        CheckConstraint("lineage <= id", name="lineage"),
    )


page_versions = _versions(
    "page_version",
    text_column("url"),
    text_column("title"),
    json_column("topics"),
    json_column("related"),
    json_column("contacts"),
)

section_versions = _versions(
    "section_version",
    text_column("key"),
    Column("level", Integer, nullable=False),
    json_column("path"),
    text_column("title"),
    json_column("links"),
    *_its_text(),
)

report_versions = _versions(
    "report_version",
    text_column("key"),
    text_column("title"),
    text_column("url", nullable=True),
    Column("published_year", Integer),
    Column("published_month", Integer),
    Column("published_day", Integer),
    text_column("published_text", nullable=True),
    Column("programme", words(Programme), nullable=False),
    Column("kind", words(ReportKind), nullable=False),
    Column("recommendations", Integer),
    Column("causes_of_concern", Integer),
    text_column("area", nullable=True),
    json_column("section"),
    *_its_text(),
)

# What a check found. The kind says whose versions `before_version` and `after_version` are; they hold the record,
# so that title, section and text are not repeated here. `has_text`: the texts of the two are part of the change.
changes = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    reference("watch", "watch"),
    reference("check", "check"),
    reference("from_snapshot", "snapshot"),
    reference("to_snapshot", "snapshot"),
    Column("position", Integer, nullable=False),
    Column("kind", words(ChangeKind), nullable=False),
    Column("quiet", Boolean, nullable=False),
    json_column("fields"),
    Column("before_version", Integer),
    Column("after_version", Integer),
    Column("place_before", Integer),
    Column("place_after", Integer),
    Column("has_text", Boolean, nullable=False),
    time_column("last_seen_before"),
    time_column("first_seen_after"),
    UniqueConstraint("check", "position"),
    Index(None, "watch", "first_seen_after"),
    Index(None, "first_seen_after"),
    CheckConstraint("before_version IS NOT NULL OR after_version IS NOT NULL", name="sides"),
)

# Who is told. A subscription that has ended keeps its row, as its alerts refer to it. `wants` is NULL for everything.
# `heartbeat_since`: from when on a weekly sign of life is owed.
recipients = Table(
    "recipient",
    metadata,
    Column("id", Integer, primary_key=True),
    text_column("address"),
    text_column("channel"),
    Column("role", words(Role), nullable=False),
    Column("origin", words(Origin), nullable=False),
    json_column("wants", nullable=True),
    Column("cadence", words(Cadence), nullable=False),
    Column("paused", Boolean, nullable=False, server_default=false()),
    time_column("added_at"),
    time_column("left_at", nullable=True),
    Column("token", Text, nullable=False, unique=True),
    time_column("heartbeat_since", nullable=True),
    UniqueConstraint("address", "channel", "role"),
)

# What is owed to whom. `occasion`: what there is one message to a recipient for. `claimed_until`: a process is
# delivering it, and is taken for dead after that. `notice`: what it tells where no check made it due. `told`: the
# administrator knows that it does not arrive.
alerts = Table(
    "alert",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", words(AlertKind), nullable=False),
    reference("subscriber", "recipient", nullable=True),
    text_column("recipient"),
    text_column("channel"),
    json_column("wants", nullable=True),
    Column("cadence", words(Cadence), nullable=False),
    text_column("occasion"),
    json_column("watches"),
    text_column("subject"),
    json_column("notice", nullable=True),
    Column("message_id", Text, nullable=False, unique=True),
    time_column("created_at"),
    time_column("due_at"),
    Column("state", words(AlertState), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    time_column("next_attempt_at", nullable=True),
    time_column("last_attempt_at", nullable=True),
    time_column("claimed_until", nullable=True),
    text_column("last_error", nullable=True),
    Column("told", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("recipient", "channel", "occasion"),
    Index(None, "state", "due_at"),
    Index(None, "subscriber"),
    CheckConstraint("(state = 'pending') = (next_attempt_at IS NOT NULL)", name="next_attempt"),
)

# The checks that an alert tells of: one, or all those of a digest.
alert_checks = Table(
    "alert_check",
    metadata,
    Column("alert", ForeignKey("alert.id"), primary_key=True),
    Column("check", ForeignKey("check.id"), primary_key=True),
    Index(None, "check"),
)

robots_files = Table(
    "robots",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("status", Integer, nullable=False),
    text_column("text"),
    time_column("fetched_at"),
)

# A server that asked us to come back later.
hosts = Table("host", metadata, Column("name", Text, primary_key=True), time_column("not_before"))

# Which version of the program brought the database to which revision: a version that is older tells it.
upgrades = Table("upgrade", metadata, Column("revision", Text, primary_key=True), text_column("program"))
