"""The log: one line on standard error for each event, for people or as JSON, from every thread and library alike.

Whatever a page or a server says comes through as printable text on that one line, and secrets do not come through.
"""

from __future__ import annotations

import logging
import math
import os
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, TypeAlias

import structlog
from structlog.stdlib import BoundLogger, ExtraAdder, LoggerFactory, ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from cli.terminal import plain

Form: TypeAlias = Literal["console", "json"]

OURS = ("hmicfrs-monitor", "cli", "schedules", "scraper", "storage", "notifier")
"""The loggers whose level is asked for; of others, warnings and worse are told."""

LONGEST = 500
_LOOKED_AT = 20 * LONGEST
_MOST_FRAMES = 20
_DEEPEST = 6
_MASK = "***"
_SECRET = re.compile(r"password|passwd|secret|token|authorization|cookie|ping_url", re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*@")
_TELLING_ALL = ("httpx", "httpcore")
"""They log each address that is asked, with the secrets in it."""

_TELLING_EACH_TIME = "apscheduler"
"""It warns at each time of a job that is still under way; one that hangs is told by /health and the watchdog."""


def configure(form: Form, level: int, run_id: str) -> None:
    """Log to standard error from now on; `run_id` stands in each line. `level` is that of `OURS`.

    A record's `extra` becomes keys of its line, and so does what is bound to structlog's context variables.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(form, run_id, colours=sys.stderr.isatty() and not os.environ.get("NO_COLOR")))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in _TELLING_ALL:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger(_TELLING_EACH_TIME).setLevel(logging.ERROR)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, ProcessorFormatter.wrap_for_formatter],
        logger_factory=LoggerFactory(),
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=False,
    )


def cleaned(value: object, key: str = "", depth: int = 0) -> Any:
    """A value as a line may hold it: secrets masked, by their key and in addresses, and text plain, short and flat."""
    if _SECRET.search(key) and value is not None:
        return _MASK
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping() if depth < _DEEPEST:
            return {_flat(str(name)): cleaned(held, str(name), depth + 1) for name, held in value.items()}
        case list() | tuple() | set() | frozenset() if depth < _DEEPEST:
            return [cleaned(held, "", depth + 1) for held in value]
        case datetime(tzinfo=None):
            return value.isoformat()
        case datetime():
            return _stamp(value)
        case _:
            return _flat(str(value))


def _flat(text: str) -> str:
    """One line; credentials go before it is cut, which might leave half of them."""
    whole = _CREDENTIALS.sub(f"{_MASK}@", plain(" ".join(text[:_LOOKED_AT].splitlines()).replace("\t", " ")))
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}…"


def _formatter(form: Form, run_id: str, *, colours: bool) -> logging.Formatter:
    renderer: Processor
    if form == "json":
        renderer, told = structlog.processors.JSONRenderer(), _as_data
    else:
        renderer, told = structlog.dev.ConsoleRenderer(colors=colours, sort_keys=False, pad_event_to=0), _as_text
    return ProcessorFormatter(
        foreign_pre_chain=[ExtraAdder(), structlog.contextvars.merge_contextvars],
        processors=[partial(_line, run_id, told), renderer],
    )


def _line(
    run_id: str,
    told: Callable[[BaseException], Any],
    _logger: WrappedLogger,
    _method: str,
    found: EventDict,
) -> EventDict:
    """All that a line holds, in its order; no extra stands in for what each line has."""
    record: logging.LogRecord = found.pop("_record")
    found.pop("_from_structlog", None)
    event, fault = found.pop("event", ""), _fault(found.pop("exc_info", None))
    line = {
        "timestamp": _stamp(datetime.fromtimestamp(record.created, UTC)),
        "level": record.levelname.lower(),
        "logger": _flat(record.name),
        "event": _flat(str(event)),
        "run": run_id,
    }
    more = {name: held for name, held in cleaned(found).items() if name not in {*line, "exception"}}
    return {**line, **more, **({} if fault is None else {"exception": told(fault)})}


def _fault(given: object) -> BaseException | None:
    """The exception that a record is about, however it was given."""
    match given:
        case BaseException():
            return given
        case (_, BaseException() as fault, _):
            return fault
        case None | False | (None, None, None):
            return None
        case _:
            return sys.exc_info()[1]


def _as_data(fault: BaseException) -> Any:
    # Without the frames' variables, which hold passwords and pages.
    transform = ExceptionDictTransformer(show_locals=False, max_frames=_MOST_FRAMES, use_rich=False)
    return cleaned(transform((type(fault), fault, fault.__traceback__)))


def _as_text(fault: BaseException) -> str:
    """The traceback as usual, but set in: no line of its text can pass for one of the log."""
    lines = "".join(traceback.format_exception(fault)).splitlines()
    return "\n".join(f"    {_flat(line)}" for line in lines)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
