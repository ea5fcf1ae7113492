"""`import`: the past of the pages before they were watched, from archives and files. It alerts nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

import click

from cli import document
from cli.asking import known_watch, moment
from cli.errors import CommandError, Exit
from cli.main import Context
from cli.merging import bring, brought_to, merged, one_watch_of, registered, tell
from cli.moments import short
from cli.options import json_option, one_watch_option, pass_context, watch_option
from cli.progress import progress
from cli.terminal import plain, print_table
from cli.validation import address_fault
from cli.version import VERSION
from cli.wiring import existing, opened, utc_now, watches, zone
from domain.capture import CaptureState, Source
from domain.document import utc_text
from domain.former import former_addresses
from domain.watch import Watch
from schedules.importing import Fetched, Wanted, fetch_captures
from scraper.captures.asking import WaybackSettings
from scraper.captures.files import saved_files
from scraper.captures.lines import line_captures
from scraper.captures.unusable import Found
from scraper.captures.warc import warc_captures
from scraper.captures.wayback import Wayback
from scraper.errors import ArchiveError, SourceError
from storage.captures import Captures
from storage.database import Database
from storage.history import History
from storage.lock import run_lock
from storage.pauses import PauseShelf


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def imports(ctx: click.Context, as_json: bool) -> None:
    """Complete the history with what others kept of the pages, each at its own time; nobody is alerted.

    What a check of our own compares with stays what it is: captures later than the last good check wait for the next
    one. Block pages and the like are set aside, as a check would. Nothing is imported twice. By itself, what is known.
    """
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Context), None, None, as_json=as_json)


@imports.command()
@click.argument("folder", type=click.Path(path_type=Path))
@one_watch_option
@json_option
@pass_context
def files(context: Context, folder: Path, watch: str | None, as_json: bool) -> None:
    """HTML files of a page, whose names begin with their dates: 2024-02-09.html, 20240209103000-page.html.

    A bare day or month stands for its end, in the settings' zone: by then the page had said it.
    """

    def found() -> Iterator[Found]:
        url = one_watch_of(watches(context.settings, (watch,) if watch else ()), watch).url
        return saved_files(folder, zone(context.settings), url, context.settings.scraper.max_bytes, now=utc_now())

    _import(context, Source.FILE, found, watch, one=True, as_json=as_json)


@imports.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--watch", metavar="W", help="All of it is of this watch. Default: by the addresses.")
@json_option
@pass_context
def warc(context: Context, file: Path, watch: str | None, as_json: bool) -> None:
    """A web archive (WARC, gzipped or not), such as `export --format warc` writes."""
    _import(context, Source.WARC, lambda: warc_captures(file), watch, one=False, as_json=as_json)


@imports.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--watch", metavar="W", help="All of it is of this watch. Default: by names and addresses.")
@json_option
@pass_context
def jsonl(context: Context, file: Path, watch: str | None, as_json: bool) -> None:
    """Checks as JSON lines, as `export --format jsonl --what checks` writes them."""
    _import(context, Source.JSONL, lambda: line_captures(file), watch, one=False, as_json=as_json)


@imports.command()
@one_watch_option
@click.option("--from", "begin", metavar="D", help="Only captures of this time or later.")
@click.option("--to", "end", metavar="D", help="Only captures of this time or earlier.")
@click.option(
    "--also", multiple=True, metavar="ADDRESS", help="An address that the page had, too; may stand several times."
)
@json_option
@pass_context
def wayback(
    context: Context, watch: str | None, begin: str | None, end: str | None, also: tuple[str, ...], as_json: bool
) -> int:
    """The Internet Archive's captures of a page, and of its addresses before the site moved.

    It takes its time: the archive is asked slowly. A run that was broken off goes on where it stopped.
    """
    for address in also:
        if fault := address_fault(address):
            raise CommandError(f"--also {address}: {fault}")
    since, until = moment(context, begin), moment(context, end, end=True)
    if since and until and since > until:
        raise CommandError("--from is later than --to")
    one_watch_of(watches(context.settings, (watch,) if watch else ()), watch)
    bar = not as_json
    with _importing(context) as database:
        chosen = one_watch_of(registered(context, database, watch), watch)
        wanted = Wanted(tuple(dict.fromkeys((*former_addresses(chosen.url), *also))), since, until)
        brought, got, broken = brought_to(database, chosen), Fetched(), None
        try:
            _fetch(context, database, chosen, wanted, got, bar=bar)
        except ArchiveError as error:
            broken = error
        brought.found = len(Captures(database).known(chosen.name, source=Source.WAYBACK))
        brought.new = got.new
        brought.more = {"fetched": got.fetched, "gone": got.gone, "unplayable": got.unplayable}
        merged(context, database, (brought,), bar=bar)
    tell(context, (brought,), got.left_out, as_json=as_json)
    if got.unplayable and not broken:
        broken = ArchiveError(f"{got.unplayable} of the captures cannot be had today; start it again another day")
    if broken:
        click.echo(plain(f"hmicfrs-monitor: {broken}"), err=True)
    return Exit.UNCHECKED if broken else Exit.WELL


@imports.command(name="list")
@watch_option
@click.option("--state", type=click.Choice([state.value for state in CaptureState]), help="Only those.")
@json_option
@pass_context
def list_captures(context: Context, watch: str | None, state: str | None, as_json: bool) -> None:
    """Every capture that is known, the oldest first: listed, kept and waiting, merged into the history, or aside."""
    _list(context, watch, state, as_json=as_json)


def _list(context: Context, watch: str | None, state: str | None, *, as_json: bool) -> None:
    with existing(context.settings) as database:
        history = History(database)
        named = known_watch(context, history, watch)
        names = [name for name in history.watches() if named in {None, name}]
        wanted = CaptureState(state) if state else None
        found = [(name, one) for name in names for one in Captures(database).known(name, wanted)]
    if as_json:
        told = [
            {
                "watch": name,
                "source": one.source,
                "captured_at": utc_text(one.listed.captured_at),
                "address": one.listed.address,
                "key": one.listed.key,
                "state": one.state,
                "reason": one.reason,
                "check": one.check,
            }
            for name, one in found
        ]
        document.print_json({"captures": told})
        return
    zoned = zone(context.settings)
    rows = [
        (name, one.source, short(one.listed.captured_at, zoned), one.state, one.reason or one.listed.address)
        for name, one in found
    ]
    print_table(("Watch", "Source", "Captured", "State", "Why, or where"), rows, "No capture is known.")


def _import(
    context: Context,
    source: Source,
    found: Callable[[], Iterator[Found]],
    name: str | None,
    *,
    one: bool,
    as_json: bool,
) -> None:
    """Keep what is found and put it into the history. With `one`, all of it is of one watch."""
    chosen = watches(context.settings, (name,) if name else ())
    if one:
        chosen = (one_watch_of(chosen, name),)
    readable = _begun(found())
    with _importing(context) as database:
        registered(context, database, name)
        with progress("reading", 0, wanted=not (as_json or context.quiet)) as step:
            lot = bring(database, source, readable, chosen, named=one or name is not None, step=step)
        brought = tuple(lot.brought.values())
        merged(context, database, brought, bar=not as_json)
    tell(context, brought, lot.unusable, as_json=as_json)
    if lot.broken:
        raise CommandError(f"{lot.broken}; what was read before it is imported") from lot.broken


def _begun(found: Iterator[Found]) -> Iterator[Found]:
    """The same, its beginning read: a name that was mistyped is told before a database is made."""
    try:
        beginning = list(islice(found, 1))
    except SourceError as error:
        raise CommandError(str(error)) from error
    return chain(beginning, found)


@contextmanager
def _importing(context: Context) -> Iterator[Database]:
    """The database, for one import at a time; checks may go on beside it."""
    with opened(context.settings) as database:
        beside = database.path.with_name(f"{database.path.name}.import")
        with run_lock(beside, "hmicfrs-monitor import", utc_now()):
            yield database


def _fetch(context: Context, database: Database, watch: Watch, wanted: Wanted, got: Fetched, *, bar: bool) -> None:
    settings = context.settings
    asking = WaybackSettings(
        user_agent_contact=settings.scraper.user_agent_contact,
        max_bytes=settings.scraper.max_bytes,
        attempts=settings.scraper.attempts,
        index_per_minute=settings.archive.index_per_minute,
        fetches_per_minute=settings.archive.fetches_per_minute,
        allow_private_addresses=settings.scraper.allow_private_addresses,
    )

    def note(fault: str) -> None:
        click.echo(plain(fault), err=True)

    pauses = PauseShelf(database)
    archive = Wayback(asking, VERSION, clock=utc_now, base=settings.archive.url, pauses=pauses, note=note)
    with archive, progress("asking the index", 1, wanted=bar and not context.quiet) as step:
        fetch_captures(
            watch,
            wanted,
            got,
            archive=archive,
            captures=Captures(database),
            clock=utc_now,
            begin=lambda total: step("fetching", 0, total),
            step=step,
        )
