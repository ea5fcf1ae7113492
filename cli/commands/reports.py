"""`reports`: the reports over their life on the page."""

from __future__ import annotations

import click

from cli import document
from cli.asking import known_watch, moment
from cli.main import Context
from cli.moments import first_seen, last_seen
from cli.options import at_option, json_option, pass_context, watch_option
from cli.terminal import print_table
from cli.wiring import opened, zone
from domain.report_listing import ListedReport
from storage.history import History


@click.command()
@watch_option
@at_option
@json_option
@pass_context
def reports(context: Context, watch: str | None, at: str | None, as_json: bool) -> None:
    """The reports listed at a time, with their first and last sighting; those gone by then come last.

    Below each sighting stands the look next to it that saw the page without the report.
    """
    as_of = moment(context, at, end=True)
    with opened(context.settings) as database:
        history = History(database)
        named = known_watch(context, history, watch)
        names = (named,) if named else history.watches()
        found = [listed for name in names for listed in history.reports(name, as_of)]
    if as_json:
        document.print_json({"reports": [document.listed_report(listed) for listed in found]})
        return
    zoned = zone(context.settings)
    rows = [
        (
            _published(listed),
            listed.report.title,
            listed.report.programme,
            _count(listed.report.recommendations),
            first_seen(listed.first_seen, listed.absent_until, zoned),
            last_seen(listed.last_seen, listed.absent_from, zoned),
            "yes" if listed.listed else "no",
        )
        for listed in found
    ]
    columns = ("Published", "Report", "Programme", "Recs", "First seen", "Last seen", "Listed")
    print_table(columns, rows, "No report was recorded by then.")


def _published(listed: ListedReport) -> str:
    return listed.report.published.iso if listed.report.published else "–"


def _count(recommendations: int | None) -> str:
    return "–" if recommendations is None else str(recommendations)
