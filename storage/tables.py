"""The tables as the program uses them. What makes them in a database is `migrations`; a test holds both to be equal."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from domain.alert import AlertKind, AlertState
from domain.change import ChangeKind
from domain.check import Outcome
from domain.page import Programme, ReportKind
from domain.recipient import Cadence, Origin, Role
from storage.columns import UtcTime, words
from storage.headers import PackedHeaders


class Encoding(StrEnum):
    """How a body is kept: whole, or against the body before it as zstd's dictionary."""

    ZSTD = "zstd"
    ZSTD_DICT = "zstd-dict"


class Source(StrEnum):
    """Where a snapshot comes from."""

    LIVE = "live"


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _json(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, JSON(none_as_null=True), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, UtcTime, nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Text, nullable=nullable)


def _refers(name: str, table: str, *, nullable: bool = False, later: bool = False) -> Column[object]:
    # Two tables that refer to each other have no order; `use_alter` says which reference does not count for it.
    return Column(name, ForeignKey(f"{table}.id", use_alter=later), nullable=nullable)


# A page under watch; the last check and snapshot are kept here, as finding the newest of each by grouping is slow.
# `fresh_until`: so long its server gives the answer that it gave last, by its own word.
watches = Table(
    "watch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    _text("url"),
    _refers("last_check", "check", nullable=True, later=True),
    _refers("latest_snapshot", "snapshot", nullable=True, later=True),
    _time("last_good_at", nullable=True),
    Column("consecutive_failures", Integer, nullable=False, server_default="0"),
    _time("trouble_since", nullable=True),
    Column("trouble_told", Boolean, nullable=False, server_default=false()),
    _time("trouble_told_at", nullable=True),
    _time("fresh_until", nullable=True),
)

# The raw bytes of answers, each kept once. `depth` counts the bodies that must be read before this one.
bodies = Table(
    "body",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("encoding", words(Encoding), nullable=False),
    _refers("base", "body", nullable=True),
    Column("depth", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    CheckConstraint("(encoding = 'zstd-dict') = (base IS NOT NULL)", name="base"),
)

# Every look. What the answer was like beside its bytes (`hops`, `headers`) is kept where it does not only confirm a
# snapshot. `trouble_since`: when the run of bad checks began that this one belongs to, or ends.
checks = Table(
    "check",
    metadata,
    Column("id", Integer, primary_key=True),
    _refers("watch", "watch"),
    _time("started_at"),
    Column("duration_ms", Integer, nullable=False),
    Column("outcome", words(Outcome), nullable=False),
    _text("reason", nullable=True),
    Column("http_status", Integer),
    _json("hops", nullable=True),
    Column("headers", PackedHeaders),
    _text("etag", nullable=True),
    _text("last_modified", nullable=True),
    _refers("body", "body", nullable=True),
    _refers("snapshot", "snapshot", nullable=True, later=True),
    _time("trouble_since", nullable=True),
    Index(None, "watch", "started_at"),
)

# An accepted state. `outline` has the ids of the page's version and, in page order, of its sections' and reports'.
snapshots = Table(
    "snapshot",
    metadata,
    Column("id", Integer, primary_key=True),
    _refers("watch", "watch"),
    _refers("check", "check"),
    _refers("body", "body"),
    _time("captured_at"),
    _time("confirmed_until"),
    Column("source", words(Source), nullable=False),
    Column("reader", Integer, nullable=False),
    Column("sections", Integer, nullable=False),
    Column("reports", Integer, nullable=False),
    _text("etag", nullable=True),
    _text("last_modified", nullable=True),
    _json("outline"),
    Index(None, "watch", "captured_at"),
    CheckConstraint("confirmed_until >= captured_at", name="confirmed"),
)


# The texts of the records that one check brought, together: a JSON list, packed against the body that they come from.
texts = Table(
    "text",
    metadata,
    Column("id", Integer, primary_key=True),
    _refers("base", "body", nullable=True),
    Column("bytes", LargeBinary, nullable=False),
)


def _its_text() -> tuple[Column[object], Column[object]]:
    """Which of the texts is a record's; NULL for none."""
    return _refers("texts", "text", nullable=True), Column("text_place", Integer)


def _versions(name: str, *columns: Column[object]) -> Table:
    """One row for each state of a record, from its first snapshot to its last (NULL: still so).

    `lineage` is the id of the first version of the same record, whatever its key and title were then.
    """
    return Table(
        name,
        metadata,
        Column("id", Integer, primary_key=True),
        _refers("watch", "watch"),
        Column("lineage", Integer, nullable=False),
        _refers("first_snapshot", "snapshot"),
        _refers("last_snapshot", "snapshot", nullable=True),
        *columns,
        Index(None, "watch", "lineage"),
        CheckConstraint("last_snapshot >= first_snapshot", name="held"),
        CheckConstraint("lineage <= id", name="lineage"),
    )


page_versions = _versions(
    "page_version", _text("url"), _text("title"), _json("topics"), _json("related"), _json("contacts")
)

section_versions = _versions(
    "section_version",
    _text("key"),
    Column("level", Integer, nullable=False),
    _json("path"),
    _text("title"),
    _json("links"),
    *_its_text(),
)

report_versions = _versions(
    "report_version",
    _text("key"),
    _text("title"),
    _text("url", nullable=True),
    Column("published_year", Integer),
    Column("published_month", Integer),
    Column("published_day", Integer),
    _text("published_text", nullable=True),
    Column("programme", words(Programme), nullable=False),
    Column("kind", words(ReportKind), nullable=False),
    Column("recommendations", Integer),
    Column("causes_of_concern", Integer),
    _text("area", nullable=True),
    _json("section"),
    *_its_text(),
)

# What a check found. The kind says whose versions `before_version` and `after_version` are; they hold the record,
# so that title, section and text are not repeated here. `has_text`: the texts of the two are part of the change.
changes = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    _refers("watch", "watch"),
    _refers("check", "check"),
    _refers("from_snapshot", "snapshot"),
    _refers("to_snapshot", "snapshot"),
    Column("position", Integer, nullable=False),
    Column("kind", words(ChangeKind), nullable=False),
    Column("quiet", Boolean, nullable=False),
    _json("fields"),
    Column("before_version", Integer),
    Column("after_version", Integer),
    Column("place_before", Integer),
    Column("place_after", Integer),
    Column("has_text", Boolean, nullable=False),
    _time("last_seen_before"),
    _time("first_seen_after"),
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
    _text("address"),
    _text("channel"),
    Column("role", words(Role), nullable=False),
    Column("origin", words(Origin), nullable=False),
    _json("wants", nullable=True),
    Column("cadence", words(Cadence), nullable=False),
    Column("paused", Boolean, nullable=False, server_default=false()),
    _time("added_at"),
    _time("left_at", nullable=True),
    Column("token", Text, nullable=False, unique=True),
    _time("heartbeat_since", nullable=True),
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
    _refers("subscriber", "recipient", nullable=True),
    _text("recipient"),
    _text("channel"),
    _json("wants", nullable=True),
    Column("cadence", words(Cadence), nullable=False),
    _text("occasion"),
    _json("watches"),
    _text("subject"),
    _json("notice", nullable=True),
    Column("message_id", Text, nullable=False, unique=True),
    _time("created_at"),
    _time("due_at"),
    Column("state", words(AlertState), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _time("next_attempt_at", nullable=True),
    _time("last_attempt_at", nullable=True),
    _time("claimed_until", nullable=True),
    _text("last_error", nullable=True),
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
    _text("text"),
    _time("fetched_at"),
)

# A server that asked us to come back later.
hosts = Table("host", metadata, Column("name", Text, primary_key=True), _time("not_before"))

# Which version of the program brought the database to which revision: a version that is older tells it.
upgrades = Table("upgrade", metadata, Column("revision", Text, primary_key=True), _text("program"))
