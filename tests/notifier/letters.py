"""Letters as the notifier gets them: one for each kind of change, several at once, and those to the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from domain.alert import (
    Alert,
    AlertKind,
    AlertState,
    ChangesFound,
    Heartbeat,
    Letter,
    News,
    PageChanges,
    Seen,
    Stuck,
    Trial,
    TroubleFound,
    TroubleOver,
    Undelivered,
    WatchLate,
    Week,
)
from domain.change import Bounds, Change, ChangeKind, FieldChange, Places, Record, RecordedChange
from domain.page import Page, Programme, PublicationDate, Report, ReportKind, Section
from domain.recipient import EVERYTHING, Cadence, Recipient, Wants
from notifier.message import compose
from notifier.sender import Sender

LONDON = ZoneInfo("Europe/London")
SITE = "https://hmicfrs.justiceinspectorates.gov.uk"
PAGE_URL = f"{SITE}/our-work/article/child-abuse-and-child-protection-issues/"
SENDER = Sender("HMICFRS monitor <monitor@example.org>", "0.1.0", "watchtower")
WITH_PAGES = replace(
    SENDER,
    dashboard="https://monitor.example.org/",
    unsubscribe=("mailto:monitor@example.org?subject=leave%20{token}", "https://monitor.example.org/leave/{token}"),
)
"""The same installation with web pages, and with two ways to leave."""
BOUNDS = Bounds(datetime(2025, 3, 3, 9, tzinfo=UTC), datetime(2025, 3, 3, 15, tzinfo=UTC))

CLEVELAND = Report(
    key="cleveland",
    title="Cleveland Police: National child protection inspection",
    url=f"{SITE}/publications/cleveland-national-child-protection-inspection-january-2025/",
    published=PublicationDate(2025, 1, 15),
    programme=Programme.NCPI,
    kind=ReportKind.INSPECTION,
    recommendations=None,
    causes_of_concern=2,
    area="Cleveland Police",
    section=("Thematic reviews",),
    text="We inspected how well Cleveland Police protects children. We identified two causes of concern.",
)
HARMS_WAY = Report(
    key="in-harms-way",
    title="In harm’s way: the role of the police in keeping children safe",
    url=f"{SITE}/publications/in-harms-way-the-role-of-the-police-in-keeping-children-safe/",
    published=PublicationDate(2015, 7, 2),
    programme=Programme.THEMATIC,
    kind=ReportKind.INSPECTION,
    recommendations=None,
    causes_of_concern=None,
    area=None,
    section=("Thematic reviews",),
    text="Between January 2014 and June 2015, we conducted 21 inspections of different aspects of the police approach.",
)
_EXPLOITATION_TEXT = (
    "In June 2023, the Mayor’s Office for Policing and Crime in London commissioned us to inspect how well the "
    "Metropolitan Police Service responds to the sexual and criminal exploitation of children. We inspected how well "
    "the Metropolitan Police Service:\n\n• understands the nature and scale of the problem;\n• responds to children at "
    "risk; and\n• supports and safeguards victims.\n\nWhile we found some examples of good work to protect children, "
    "the balance of negative evidence far outweighed the positive. We made 11 recommendations to improve outcomes for "
    "children at risk of or experiencing exploitation."
)
EXPLOITATION = Report(
    key="met",
    title="The Metropolitan Police Service’s handling of the sexual and criminal exploitation of children",
    url=f"{SITE}/publications/metropolitan-police-service-handling-of-sexual-and-criminal-exploitation-of-children/",
    published=PublicationDate(2024, 2, 9),
    programme=Programme.THEMATIC,
    kind=ReportKind.INSPECTION,
    recommendations=11,
    causes_of_concern=None,
    area="Metropolitan Police Service",
    section=("Thematic reviews",),
    text=_EXPLOITATION_TEXT,
)
FUTURE = Section(
    key="future-inspections",
    level=2,
    path=("Future inspections",),
    title="Future inspections",
    text="As well as our rolling inspections for child protection, we are continually developing how we work in this "
    "area. We will publish updates on our child protection work here, as relevant.",
)
JTAI = Section(
    key="jtai",
    level=3,
    path=("Our child protection inspections", "Joint targeted area inspections (JTAI) – England"),
    title="Joint targeted area inspections (JTAI) – England",
    text="We carry out joint targeted inspections (JTAI) in England with Ofsted and the Care Quality Commission (CQC).",
)
PAGE = Page(PAGE_URL, "Child abuse and child protection issues")


def changed(
    kind: ChangeKind,
    before: Record | None,
    after: Record | None,
    fields: Mapping[str, FieldChange] | None = None,
    bounds: Bounds = BOUNDS,
) -> RecordedChange:
    """A change as stored, its text taken from the two sides."""
    sides = [None if record is None or isinstance(record, Page) else record.text for record in (before, after)]
    text = FieldChange(sides[0], sides[1]) if sides[0] != sides[1] else None
    change = Change(kind, False, before, after, Places(0, 0), fields or {}, text)
    return RecordedChange(7, "child-protection", change, bounds, 2, 3)


KINDS: Mapping[type[News], AlertKind] = {
    ChangesFound: AlertKind.CHANGES,
    TroubleFound: AlertKind.TROUBLE,
    TroubleOver: AlertKind.RECOVERY,
    Undelivered: AlertKind.UNDELIVERED,
    WatchLate: AlertKind.LATE,
    Heartbeat: AlertKind.HEARTBEAT,
    Trial: AlertKind.TEST,
}


def letter(news: News, subject: str = "HMICFRS page edited: Child abuse and child protection issues") -> Letter:
    """A letter that a check of 3 March 2025 made due."""
    at = datetime(2025, 3, 3, 15, 0, 1, tzinfo=UTC)
    alert = Alert(
        id=1,
        kind=KINDS[type(news)],
        recipient=Recipient("reader@example.org", "smtp"),
        wants=EVERYTHING,
        cadence=Cadence.IMMEDIATELY,
        watches=("child-protection",),
        subject=subject,
        message_id="<1.20250303150000@example.org>",
        created_at=at,
        due_at=at,
        state=AlertState.PENDING,
        attempts=0,
        next_attempt_at=at,
        last_error=None,
    )
    return Letter(alert, news, token="reader-token")


def composed(written: Letter, sender: Sender = SENDER) -> EmailMessage:
    """A letter as a mail of the tests' installation."""
    return compose(written, sender, LONDON)


def of_page(*changes: RecordedChange, watch: str = "child-protection", title: str = PAGE.title) -> PageChanges:
    """What a message says of one page."""
    url = PAGE_URL if watch == "child-protection" else f"{PAGE_URL}{watch}/"
    return PageChanges(watch, url, title, datetime(2025, 3, 3, 15, tzinfo=UTC), changes)


def found(*changes: RecordedChange) -> Letter:
    """A letter to a reader."""
    return letter(ChangesFound((of_page(*changes),)))


ADDED = changed(ChangeKind.REPORT_ADDED, None, CLEVELAND)
NEWLY_LISTED = changed(ChangeKind.REPORT_ADDED, None, HARMS_WAY)
REMOVED = changed(ChangeKind.REPORT_REMOVED, HARMS_WAY, None)
MOVED = changed(
    ChangeKind.REPORT_MOVED,
    CLEVELAND,
    replace(CLEVELAND, section=("Our child protection inspections", "National child protection inspections (NCPI)")),
    {
        "section": FieldChange(
            ["Thematic reviews"], ["Our child protection inspections", "National child protection inspections (NCPI)"]
        )
    },
)
EDITED = changed(
    ChangeKind.REPORT_CHANGED,
    EXPLOITATION,
    replace(
        EXPLOITATION,
        published=PublicationDate(2024, 2, 19),
        recommendations=12,
        text=_EXPLOITATION_TEXT.replace("far outweighed", "outweighed").replace("11", "12"),
    ),
    {"published": FieldChange("2024-02-09", "2024-02-19"), "recommendations": FieldChange(11, 12)},
)
SECTION_EDITED = changed(
    ChangeKind.SECTION_CHANGED,
    FUTURE,
    replace(FUTURE, text=FUTURE.text.replace("as relevant", "every spring") + "\n\nWe will consult first."),
    {"links": FieldChange(["https://www.nspcc.org.uk/"], [f"{SITE}/consultation/", "javascript:alert(1)"])},
)
SECTION_RENAMED = changed(
    ChangeKind.SECTION_RENAMED,
    FUTURE,
    replace(FUTURE, title="What we plan", path=("What we plan",)),
    {"title": FieldChange("Future inspections", "What we plan")},
)
SECTION_MOVED = changed(
    ChangeKind.SECTION_MOVED,
    JTAI,
    replace(JTAI, path=("Joint work", JTAI.title)),
    {"path": FieldChange(list(JTAI.path), ["Joint work", JTAI.title])},
)
PAGE_EDITED = changed(
    ChangeKind.PAGE_CHANGED,
    PAGE,
    replace(PAGE, title="Child protection"),
    {
        "title": FieldChange(PAGE.title, "Child protection"),
        "topics": FieldChange(["Victims and resolutions", "Protecting people online"], ["Protecting people online"]),
        "contacts": FieldChange(["contact@hmicfrs.gov.uk"], ["children@hmicfrs.gov.uk"]),
    },
)

LISTED_AGAIN = replace(
    NEWLY_LISTED, change=replace(NEWLY_LISTED.change, first_seen=datetime(2024, 7, 1, 8, tzinfo=UTC))
)
HELD_THE_SAME = changed(
    ChangeKind.REPORT_CHANGED,
    CLEVELAND,
    replace(
        CLEVELAND,
        key="example.org/cleveland/",
        url="https://example.org/cleveland/",
        title="Cleveland Police: National child protection inspection report",
    ),
    {
        "title": FieldChange(CLEVELAND.title, "Cleveland Police: National child protection inspection report"),
        "url": FieldChange(CLEVELAND.url, "https://example.org/cleveland/"),
    },
)

WEEK = Week(
    datetime(2025, 2, 24, 8, 30, tzinfo=UTC), datetime(2025, 3, 3, 8, 30, tzinfo=UTC), 1_344, 14, 1, changes=2, quiet=5
)

_WEEKLY = letter(
    ChangesFound((of_page(ADDED, EDITED), of_page(SECTION_EDITED, watch="ncpi", title="National inspections"))),
    "1 new report and 2 edits: Cleveland Police: National child protection inspection",
)
DIGEST = replace(
    _WEEKLY,
    alert=replace(
        _WEEKLY.alert,
        watches=("child-protection", "ncpi"),
        cadence=Cadence.WEEKLY,
        wants=Wants(programmes=(Programme.NCPI, Programme.THEMATIC), areas=("Cleveland", "national")),
    ),
    follows=("<4.first@example.org>",),
)

LETTERS: Mapping[str, Letter] = {
    "report-added": letter(
        ChangesFound((of_page(ADDED),)),
        "New HMICFRS report: Cleveland Police: National child protection inspection",
    ),
    "report-newly-listed": found(NEWLY_LISTED),
    "report-listed-again": found(LISTED_AGAIN),
    "report-held-the-same": found(HELD_THE_SAME),
    "report-removed": found(REMOVED),
    "report-changed": found(EDITED),
    "report-moved": found(MOVED),
    "section-added": found(changed(ChangeKind.SECTION_ADDED, None, JTAI)),
    "section-removed": found(changed(ChangeKind.SECTION_REMOVED, JTAI, None)),
    "section-changed": found(SECTION_EDITED),
    "section-renamed": found(SECTION_RENAMED),
    "section-moved": found(SECTION_MOVED),
    "page-changed": found(PAGE_EDITED),
    "report-followed": replace(found(EDITED), follows=("<0.20240209110000@example.org>",)),
    "several": found(EDITED, SECTION_EDITED, ADDED),
    "digest": DIGEST,
    "trouble-failed": letter(
        TroubleFound(
            "child-protection",
            PAGE_URL,
            "failed",
            "https://hmicfrs.justiceinspectorates.gov.uk: no connection within 20 seconds",
            datetime(2025, 3, 3, 12, tzinfo=UTC),
            datetime(2025, 3, 3, 11, tzinfo=UTC),
        ),
        "hmicfrs-monitor: child-protection could not be checked 3 times in a row",
    ),
    "trouble-suspect": letter(
        TroubleFound(
            "child-protection",
            PAGE_URL,
            "suspect",
            "a maintenance page with status 200",
            datetime(2025, 7, 3, 12, tzinfo=UTC),
            None,
        ),
        "hmicfrs-monitor: child-protection looks wrong and was not accepted",
    ),
    "recovery": letter(
        TroubleOver(
            "child-protection",
            PAGE_URL,
            datetime(2025, 3, 3, 12, tzinfo=UTC),
            datetime(2025, 3, 3, 15, tzinfo=UTC),
        ),
        "hmicfrs-monitor: child-protection is well again",
    ),
    "undelivered": letter(
        Undelivered(
            (
                Stuck(
                    7,
                    Recipient("gone@example.org", "smtp"),
                    "New HMICFRS report: Kent",
                    True,
                    1,
                    datetime(2025, 3, 3, 9, tzinfo=UTC),
                    "gone@example.org: mail.example.org:587 answered 550 5.1.1 no such user",
                ),
                Stuck(
                    8,
                    Recipient("case-system", "webhook"),
                    "New HMICFRS report: Kent",
                    False,
                    6,
                    datetime(2025, 3, 3, 9, tzinfo=UTC),
                    "case-system: no connection",
                ),
            ),
            5,
        ),
        "hmicfrs-monitor: 5 alerts do not arrive",
    ),
    "late": letter(
        WatchLate(
            "child-protection",
            PAGE_URL,
            datetime(2025, 3, 3, 12, tzinfo=UTC),
            datetime(2025, 3, 3, 11, tzinfo=UTC),
        ),
        "hmicfrs-monitor: child-protection was not seen for too long",
    ),
    "heartbeat": letter(
        Heartbeat(
            WEEK,
            2,
            (
                Seen("ncpi", datetime(2025, 3, 3, 7, tzinfo=UTC), False, 1),
                Seen("child-protection", datetime(2025, 3, 3, 8, tzinfo=UTC), False, 0),
            ),
            2,
            0,
            0,
            "0.1.0",
            "4182:9f2c1b7a5d30e8466f0b8e1d24c7a95316be70d2f48c05a1937e6d8b2a40fc5e",
        ),
        "hmicfrs-monitor: all is well: 1,344 checks, 2 changes",
    ),
    "heartbeat-not-well": letter(
        Heartbeat(
            WEEK,
            0,
            (
                Seen("new", None, True, 0),
                Seen("ncpi", datetime(2025, 2, 28, 7, tzinfo=UTC), True, 14),
                Seen("child-protection", datetime(2025, 3, 3, 8, tzinfo=UTC), False, 0),
            ),
            1_000,
            3,
            2,
            "0.1.0",
        ),
        "hmicfrs-monitor: 3 pages need a look, 2 alerts do not arrive",
    ),
    "test": letter(
        Trial((("child-protection", datetime(2025, 3, 3, 11, tzinfo=UTC)), ("ncpi", None))),
        "[Test] hmicfrs-monitor: this is a test",
    ),
}

SENDERS: Mapping[str, Sender] = {name: WITH_PAGES if name == "report-followed" else SENDER for name in LETTERS}
"""Who sends which of the letters."""
