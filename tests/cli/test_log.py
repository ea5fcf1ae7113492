"""The log: every line whole, in either form, whatever is said in it, and no secret."""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.log import LONGEST, Form, cleaned, configure

RUN = "0b5a8a523f0a"
OURS = logging.getLogger("hmicfrs-monitor")
HOSTILE = "Report\r\n2026-01-05T08:30:00.000Z [info] all is well\x1b[2J\u202e\u2028\x85\x00{}"
FORMS: tuple[Form, ...] = ("console", "json")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Logging belongs to the process: what a test sets up, the next must not find."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    yield
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers, root.level = handlers, level
    for name in ("hmicfrs-monitor", "cli", "schedules", "scraper", "storage", "notifier", "httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    told = capsys.readouterr().err
    assert told.endswith("\n")
    return told[:-1].split("\n")


def parsed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(capsys)]


def test_a_line_of_json_holds_when_where_what_and_which_run(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", logging.INFO, RUN)
    with time_machine.travel(datetime(2026, 1, 5, 8, 30, 0, 250_000, tzinfo=UTC), tick=False):
        OURS.info("%s: unchanged", "ncpi", extra={"watch": "ncpi", "outcome": "unchanged", "duration_ms": 120})
    (line,) = lines(capsys)
    assert line == (
        '{"timestamp": "2026-01-05T08:30:00.250Z", "level": "info", "logger": "hmicfrs-monitor", '
        f'"event": "ncpi: unchanged", "run": "{RUN}", "watch": "ncpi", "outcome": "unchanged", "duration_ms": 120}}'
    )


def test_a_line_for_people_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console", logging.INFO, RUN)
    with time_machine.travel(datetime(2026, 7, 6, 8, 30, tzinfo=UTC), tick=False):
        OURS.warning("ncpi: failed", extra={"watch": "ncpi", "duration_ms": 20_000})
    assert lines(capsys) == [
        f"2026-07-06T08:30:00.000Z [warning  ] ncpi: failed [hmicfrs-monitor] run={RUN} watch=ncpi duration_ms=20000"
    ]


def test_libraries_and_other_threads_are_in_the_same_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", logging.INFO, RUN)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: OURS.info("in a thread", extra={"number": number}), range(20)))
    logging.getLogger("apscheduler.scheduler").warning("skipped, as at each of its times")
    logging.getLogger("apscheduler.executors.default").error("missed %d", 3)
    logging.getLogger("alembic").error("broken")
    structlog.get_logger("cli.listener").info("native", port=9464)
    told = parsed(capsys)
    assert {line["run"] for line in told} == {RUN}
    assert [line["event"] for line in told[20:]] == ["missed 3", "broken", "native"]
    assert sorted(line["number"] for line in told[:20]) == list(range(20))
    assert (told[20]["logger"], told[22]["logger"], told[22]["port"]) == (
        "apscheduler.executors.default",
        "cli.listener",
        9464,
    )


def test_the_level_is_for_our_own_and_libraries_only_warn(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", logging.DEBUG, RUN)
    for name in ("hmicfrs-monitor", "schedules.service", "apscheduler", "alembic", "httpx", "httpcore.http11"):
        logging.getLogger(name).debug("said")
        logging.getLogger(name).info("said")
    assert [line["logger"] for line in parsed(capsys)] == ["hmicfrs-monitor"] * 2 + ["schedules.service"] * 2


def test_quiet_leaves_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", logging.WARNING, RUN)
    OURS.info("well")
    OURS.warning("not well")
    assert [line["event"] for line in parsed(capsys)] == ["not well"]


def test_what_is_bound_to_the_context_is_in_each_line_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", logging.INFO, RUN)
    with structlog.contextvars.bound_contextvars(watch="ncpi", check=7):
        OURS.info("within")
    OURS.info("without")
    within, without = parsed(capsys)
    assert (within["watch"], within["check"]) == ("ncpi", 7)
    assert "watch" not in without


@pytest.mark.parametrize("form", FORMS)
def test_hostile_text_is_one_printable_line(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure(form, logging.INFO, RUN)
    OURS.info("%s", HOSTILE, extra={"title": HOSTILE, "list": [HOSTILE], HOSTILE: 1})
    (line,) = lines(capsys)
    assert line.isprintable()
    assert "\\u001b" not in line
    assert "\\u202e" not in line


@pytest.mark.parametrize("form", FORMS)
def test_long_values_are_cut(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure(form, logging.INFO, RUN)
    OURS.info("x" * 100_000, extra={"title": "y" * 100_000})
    (line,) = lines(capsys)
    assert 2 * LONGEST < len(line) < 3 * LONGEST


def test_no_extra_passes_for_what_every_line_has(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", logging.INFO, RUN)
    OURS.info("true", extra={"run": "other", "level": "debug", "timestamp": "never", "logger": "x", "exception": "y"})
    (line,) = parsed(capsys)
    assert (line["run"], line["level"], line["logger"], "exception" in line) == (RUN, "info", "hmicfrs-monitor", False)


@pytest.mark.parametrize("form", FORMS)
def test_no_secret_is_told(form: Form, capsys: pytest.CaptureFixture[str]) -> None:
    configure(form, logging.DEBUG, RUN)
    hidden = {"password": "5ecret", "smtp_password": b"5ecret", "Authorization": "Bearer 5ecret", "token": ["5ecret"]}
    extra = {**hidden, "ping_url": "https://hc-ping.com/5ecret", "secret_key": 5, "deep": {"a": [hidden]}}
    OURS.info("asked https://me:5ecret@example.org/x and smtp://5ecret@host", extra=extra)
    OURS.info("%s", "y" * (LONGEST - 20) + " https://me:5ecret" + "5ecret" * 10 + "@example.org/")
    logging.getLogger("httpx").info("HTTP Request: POST https://hc-ping.com/5ecret")
    logging.getLogger("httpcore.connection").debug("https://hc-ping.com/5ecret")
    told = "\n".join(lines(capsys))
    assert "5ecret" not in told
    assert "https://***@example.org/x" in told


def fail(said: str) -> None:
    password = "5ecret"  # noqa: F841 - it must not be told, though the traceback knows it
    raise ValueError(said)


def test_an_exception_is_one_field_of_json_without_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", logging.INFO, RUN)
    try:
        fail(f"{HOSTILE} https://me:5ecret@example.org/")
    except ValueError:
        OURS.exception("the job failed")
        structlog.get_logger("cli").exception("so it did")
    first, second = parsed(capsys)
    for line in (first, second):
        (told,) = line["exception"]
        assert told["exc_type"] == "ValueError"
        assert told["exc_value"].isprintable()
        assert [frame["name"] for frame in told["frames"]][-1] == "fail"
    assert "5ecret" not in json.dumps([first, second])


def test_a_traceback_is_for_people_and_no_line_of_it_passes_for_one_of_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("console", logging.INFO, RUN)
    try:
        fail(f"{HOSTILE} https://me:5ecret@example.org/")
    except ValueError as error:
        OURS.error("the job failed", exc_info=error)
    first, second, *rest = lines(capsys)
    assert first.endswith(f"the job failed [hmicfrs-monitor] run={RUN}")
    assert second == "    Traceback (most recent call last):"
    assert all(line.startswith("    ") and line.isprintable() for line in rest)
    assert "5ecret@" not in "".join(rest)


def test_without_a_terminal_there_is_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console", logging.INFO, RUN)
    OURS.error("red?")
    assert "\x1b" not in capsys.readouterr().err


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_whatever_is_logged_is_plain_data(value: object) -> None:
    kept = cleaned(value)
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=st.text(), extra=st.text())
def test_whatever_is_said_is_one_line_in_either_form(
    capsys: pytest.CaptureFixture[str], event: str, extra: str
) -> None:
    for form in FORMS:
        configure(form, logging.INFO, RUN)
        OURS.info("%s", event, extra={"title": extra})
        (line,) = lines(capsys)
        assert not any(unicodedata.category(character).startswith("C") for character in line)
        if form == "json":
            assert json.loads(line)["run"] == RUN
