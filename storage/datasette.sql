-- The history of HMICFRS pages as hmicfrs-monitor stored it. Times are UTC, ISO 8601. NULL: not stated, or not known.
-- Views have a rowid, without which Datasette does not search them; it shows the comments below with each table.

CREATE TABLE watch (
    -- a page under watch
    name TEXT PRIMARY KEY,
    url TEXT NOT NULL
);

CREATE TABLE snapshot (
    -- a state of a page that was accepted as the page; sha256 is of the bytes that it was read from
    id INTEGER PRIMARY KEY,
    watch TEXT NOT NULL REFERENCES watch (name),
    captured_at TEXT NOT NULL,     -- the first look that saw it
    confirmed_until TEXT NOT NULL, -- the last look that saw it
    source TEXT NOT NULL,          -- live: a look of our own; wayback, file, warc, jsonl: imported
    sha256 TEXT NOT NULL,
    sections INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    reader INTEGER NOT NULL        -- the version of the reader that read it
);

CREATE TABLE report_version (
    -- a state of a report, from the first look that saw it so to the last; lineage links the states of one report
    id INTEGER PRIMARY KEY,
    lineage INTEGER NOT NULL,
    watch TEXT NOT NULL REFERENCES watch (name),
    absent_until TEXT,             -- the last look before that saw the page without it; NULL: on the first page seen
    first_seen TEXT NOT NULL,
    last_seen TEXT,                -- NULL: it is still so
    absent_from TEXT,              -- the first look that saw the page without it
    title TEXT NOT NULL,
    published TEXT,                -- cut to its precision
    published_precision TEXT,
    programme TEXT NOT NULL,
    kind TEXT NOT NULL,
    area TEXT,
    recommendations INTEGER,       -- NULL: none stated, which is not zero
    causes_of_concern INTEGER,
    url TEXT,
    section TEXT NOT NULL,
    text TEXT NOT NULL,
    key TEXT NOT NULL,
    first_snapshot INTEGER NOT NULL REFERENCES snapshot (id),
    last_snapshot INTEGER REFERENCES snapshot (id)
);

CREATE TABLE section_version (
    -- a state of a section, as with reports
    id INTEGER PRIMARY KEY,
    lineage INTEGER NOT NULL,
    watch TEXT NOT NULL REFERENCES watch (name),
    absent_until TEXT,
    first_seen TEXT NOT NULL,
    last_seen TEXT,
    absent_from TEXT,
    title TEXT NOT NULL,
    level INTEGER NOT NULL,
    path TEXT NOT NULL,
    text TEXT NOT NULL,
    links TEXT NOT NULL,           -- JSON
    key TEXT NOT NULL,
    first_snapshot INTEGER NOT NULL REFERENCES snapshot (id),
    last_snapshot INTEGER REFERENCES snapshot (id)
);

CREATE TABLE change (
    -- what differs between a snapshot and the next; it came about between last_seen_before and first_seen_after
    id INTEGER PRIMARY KEY,
    watch TEXT NOT NULL REFERENCES watch (name),
    kind TEXT NOT NULL,
    quiet INTEGER NOT NULL,        -- 1: type-setting, order and the like
    title TEXT NOT NULL,
    section TEXT NOT NULL,
    fields TEXT NOT NULL,          -- JSON: {"recommendations": {"before": 11, "after": 12}}
    text_before TEXT,
    text_after TEXT,
    last_seen_before TEXT NOT NULL,
    first_seen_after TEXT NOT NULL,
    first_seen TEXT,               -- of a report that came back: when it was seen at first
    same_because TEXT,             -- why both sides were held to be one record
    key TEXT NOT NULL,
    from_snapshot INTEGER NOT NULL REFERENCES snapshot (id),
    to_snapshot INTEGER NOT NULL REFERENCES snapshot (id)
);

CREATE TABLE "check" (
    -- every look, and every capture that was imported; seal is its link in the chain of checks
    id INTEGER PRIMARY KEY,
    watch TEXT NOT NULL REFERENCES watch (name),
    started_at TEXT NOT NULL,
    source TEXT NOT NULL,
    outcome TEXT NOT NULL,         -- baseline, unchanged, changed, failed, suspect
    reason TEXT,
    http_status INTEGER,
    duration_ms INTEGER NOT NULL,
    snapshot INTEGER REFERENCES snapshot (id),
    sha256 TEXT,
    seal TEXT NOT NULL
);

CREATE VIEW reports_now AS
    -- The reports that the pages list now, the newest first, and between which two looks each came.
    SELECT v.title, v.published, v.programme, v.kind, v.area, v.recommendations, v.causes_of_concern, v.url, v.section,
           v.watch, first.absent_until AS came_after, first.first_seen AS came_by, v.text, v.lineage, v.id AS rowid
    FROM report_version v
    JOIN (SELECT lineage, watch, absent_until, min(first_seen) AS first_seen
          FROM report_version GROUP BY watch, lineage) first
      ON first.lineage = v.lineage AND first.watch = v.watch
    WHERE v.last_snapshot IS NULL
    ORDER BY v.published DESC, v.title;

CREATE VIEW report_versions AS
    -- Every state of every report: a report's life in the order of time.
    SELECT title, published, programme, kind, area, recommendations, causes_of_concern, url, section, watch,
           absent_until, first_seen, last_seen, absent_from, text, lineage, first_snapshot, last_snapshot, id AS rowid
    FROM report_version
    ORDER BY watch, lineage, first_seen;

CREATE VIEW changes AS
    -- What readers were told, or would have been: the newest first, without quiet changes.
    SELECT first_seen_after AS seen, last_seen_before AS last_seen_without, kind, title, section, fields, text_before,
           text_after, watch, first_seen, key, from_snapshot, to_snapshot, id AS rowid
    FROM change
    WHERE NOT quiet
    ORDER BY first_seen_after DESC, id;
