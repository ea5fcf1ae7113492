"""`export`: what is recorded, as a file for others to open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from cli import document
from cli.asking import known_watch, moment
from cli.errors import CommandError
from cli.main import Context
from cli.options import pass_context, watch_option
from cli.output import output_option, written
from cli.progress import Step, counted, progress
from cli.version import VERSION
from cli.wiring import existing, zone
from domain.document import change as change_document
from storage.database import Database
from storage.history import History
from storage.streams import Stream, streamed

FORMATS = ("csv", "json", "jsonl", "sqlite", "atom", "warc")
SORTS = ("reports", "changes", "snapshots", "checks")
_ONLY = {"sqlite": None, "atom": "changes", "warc": "checks"}
"""The formats that hold one sort alone, or everything."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@click.command()
@click.option("--format", "form", required=True, type=click.Choice(FORMATS), help="What the file is for.")
@click.option("--what", type=click.Choice(SORTS), help="sqlite has everything, atom changes, warc checks.")
@watch_option
@click.option("--since", metavar="D", help="Only what was seen at this time or later; of a bare day, its beginning.")
@click.option("--quiet-changes", is_flag=True, help="Of changes, also those that alerted nobody.")
@click.option("--bom", is_flag=True, help="Of csv: a mark at the beginning, by which Excel knows UTF-8.")
@output_option
@pass_context
def export(
    context: Context,
    form: str,
    what: str | None,
    watch: str | None,
    since: str | None,
    quiet_changes: bool,
    bom: bool,
    output: str | None,
) -> None:
    """Write what is recorded into a file, whole or not at all; however much it is, it takes little memory.

    csv opens in a spreadsheet and runs nothing there; json is one document, jsonl a line for each. sqlite is for
    Datasette, with the views reports_now, report_versions and changes. warc (1.1; gzipped where FILE ends in .gz) has
    every answer with its bytes; jsonl of checks has them, too: `import` reads both again.
    """
    what = _sort(form, what, since, watch, bom=bom, output=output)
    if quiet_changes and what != "changes":
        raise click.UsageError("--quiet-changes is for changes")
    with existing(context.settings) as database:
        named = known_watch(context, History(database), watch)
        begin = moment(context, since)
        bar = not context.quiet and output not in {None, "-"}
        with written(output) as file:
            if form == "sqlite":
                _sqlite(database, file, output, bar=bar)
                return
            with streamed(database, watch=named, since=begin) as stream:
                total = stream.count(what) if what != "reports" else 0
                with progress("exporting", total, wanted=bar) as step:
                    history = History(database)
                    work = _Export(context, history, stream, begin, step, quiet_changes)
                    names = [named] if named else history.watches()
                    work.write(file, form, what, names=names, bom=bom, name=output)


def _sort(form: str, what: str | None, since: str | None, watch: str | None, *, bom: bool, output: str | None) -> str:
    """What is to be exported. Raises UsageError for what does not go together."""
    if form in _ONLY and what not in {None, _ONLY[form]}:
        raise click.UsageError(f"--format {form} has {_ONLY[form] or 'everything'}; leave --what out")
    if form == "sqlite" and (since or watch):
        raise click.UsageError("--format sqlite has everything; leave --since and --watch out")
    if form == "sqlite" and (output in {None, "-"} or (Path(str(output)).exists() and not Path(str(output)).is_file())):
        raise click.UsageError("--format sqlite needs a file: -o FILE")
    if bom and form != "csv":
        raise click.UsageError("--bom is for --format csv")
    if form not in _ONLY and what is None:
        raise click.UsageError(f"--format {form} needs --what with one of {', '.join(SORTS)}")
    return what or _ONLY[form] or "checks"


@dataclass(frozen=True, slots=True)
class _Export:
    """What is written of the database at one moment."""

    context: Context
    history: History
    stream: Stream
    since: datetime | None
    step: Step
    quiet: bool

    def write(self, file: BinaryIO, form: str, what: str, *, names: Sequence[str], bom: bool, name: str | None) -> None:
        """Write one sort of things, of the watches with these names, in one format."""
        match form:
            case "csv":
                from exports.table import write_table

                write_table(file, what, self._documents(what, names), bom=bom)  # type: ignore[arg-type]
            case "json":
                from exports.lines import write_json

                write_json(file, what, self._documents(what, names))
            case "jsonl":
                from exports.lines import write_json_lines

                write_json_lines(file, self._checks() if what == "checks" else self._documents(what, names))
            case "atom":
                file.write(self._feed(names))
            case _:
                self._warc(file, "export.warc" if name in {None, "-"} else name)

    def _documents(self, what: str, names: Sequence[str]) -> Iterator[dict[str, Any]]:
        match what:
            case "changes":
                for recorded in counted(self.stream.changes(quiet=self.quiet), self.step):
                    yield change_document(recorded)
            case "snapshots":
                for snapshot in counted(self.stream.snapshots(), self.step):
                    yield document.snapshot(snapshot)
            case "checks":
                for looked in counted(self.stream.checks(), self.step):
                    yield document.check(looked.check)
            case _:
                for listed in (listed for name in names for listed in self.history.reports(name)):
                    if self.since is None or listed.first_seen >= self.since:
                        yield document.listed_report(listed)

    def _checks(self) -> Iterator[dict[str, Any]]:
        from exports.checks import check_documents

        looks = ((looked.sight, looked.seen) for looked in counted(self.stream.checks(), self.step))
        return check_documents(looks, self.stream.body)

    def _feed(self, names: Sequence[str]) -> bytes:
        from cli.office import sender
        from domain.alert import PageChanges
        from notifier.atom import document as atom
        from notifier.atom import identified

        settings, pages = self.context.settings, []
        standings = {standing.watch: standing for standing in self.history.standings()}
        changes = list(counted(self.stream.changes(quiet=self.quiet), self.step))
        for name in names:
            standing, told = standings[name], [one for one in changes if one.watch == name]
            if standing.snapshot and told:
                page = self.history.page(standing.snapshot.id)
                seen = standing.last_good or standing.snapshot.confirmed_until
                pages.append(PageChanges(name, page.url, page.title, seen, tuple(told)))
        entries = sorted(identified(pages).values(), key=lambda one: one.seen, reverse=True)
        return atom(("export", *names), entries, sender(settings), zone(settings))

    def _warc(self, file: BinaryIO, name: str) -> None:
        from exports.warc import write_warc

        sights = (looked.sight for looked in counted(self.stream.checks(), self.step))
        software, before = f"hmicfrs-monitor {VERSION}", self.stream.before()
        # Of nothing but what is stored, so that the same is exported as the same bytes.
        dated, place = self.stream.newest() or self.since or _NEVER, Path(name).name
        write_warc(file, sights, body=self.stream.body, name=place, software=software, dated=dated, before=before)


def _sqlite(database: Database, file: BinaryIO, name: str | None, *, bar: bool) -> None:
    from storage.datasette import write_datasette
    from storage.errors import Unwritable

    with streamed(database) as stream:
        total = stream.count("checks")
    with progress("exporting", total, wanted=bar) as step:
        try:
            write_datasette(database, Path(file.name), lambda count: step(by=count))
        except Unwritable as error:
            raise CommandError(f"{name}: cannot be written: {error.__cause__}") from error
